// Energy of a gate netlist from its Liberty library: what a transition of each net costs, inside
// the driving cell and on the net, and what the clock costs a cycle.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "synth/liberty.h"
#include "synth/netlist.h"

namespace axnn {

/// Input slew at which internal energy is read from the tables, ns. The slews OpenSTA reports on
/// the PE's critical path lie between 0.06 and 0.23 ns.
inline constexpr double kTypicalSlewNs = 0.12;

/// Energies of a module, everything below it included or not as the function says.
struct LogicEnergy {
  double combinational_pj = 0;  ///< if every combinational output made one transition
  double register_pj = 0;       ///< if every register output made one transition
  double clock_pj = 0;          ///< a clock cycle: both edges on the clock pins of all registers
  double leakage_nw = 0;
  long combinational_outputs = 0;
  long register_outputs = 0;

  LogicEnergy& operator+=(const LogicEnergy& other);
};

/// Energy of one transition of each net of `module`, pJ, index = net number: internal energy of the
/// driving cell (mean over rise, fall and input pins at the net's load and kTypicalSlewNs) plus
/// C V^2 / 2 on the input pins the net drives, in this module and below. No wire load (before
/// layout). Zero for nets no cell of this module drives.
std::vector<double> net_energy(const Netlist& netlist, const Library& library,
                               std::string_view module);

/// Energies of `top`'s hierarchy, one entry a module name, each with the cells directly in modules
/// of that name times the number of instances. What a module's outputs drive outside of it is in
/// the entry of the module around it. Throws Error for a cell of unknown type.
std::map<std::string, LogicEnergy> energy_by_module(const Netlist& netlist, const Library& library,
                                                    std::string_view top);

/// Energy of a clock cycle on the clock pins directly on the input port `port` of a module, pJ; 0
/// if there is none.
double clock_energy(const Netlist& netlist, const Library& library, std::string_view module,
                    std::string_view port);

/// Registers directly in a module whose output net has a name that `wanted` accepts (without its
/// index): register_pj, clock_pj and register_outputs of the result, nothing else.
LogicEnergy register_energy(const Netlist& netlist, const Library& library, std::string_view module,
                            const std::function<bool(std::string_view)>& wanted);

/// Sum of energy_by_module.
LogicEnergy total_energy(const Netlist& netlist, const Library& library, std::string_view top);

}  // namespace axnn
