// Energy of a gate netlist from its Liberty library: what a transition of each net costs, inside
// the driving cell and on the net, and what the clock costs a cycle.
#pragma once

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
  double gated_clock_pj = 0;    ///< of these, behind gates that stood still (EnergyMeter)
  double leakage_nw = 0;
  long combinational_outputs = 0;
  long register_outputs = 0;

  LogicEnergy& operator+=(const LogicEnergy& other);
};

/// What a transition of a net costs one module. A net that a cell of it drives: internal energy of
/// the cell (mean over rise, fall and input pins at the net's load and kTypicalSlewNs) plus C V^2 /
/// 2 and the sinks' internal energy on the input pins the net drives, in this module and below. A
/// net that a block's output drives: the latter. No wire load (before layout).
struct NetPrice {
  enum Kind { kCombinational, kRegister, kClock };
  int net = 0;  ///< of the module
  double pj = 0;
  Kind kind = kCombinational;  ///< kClock: a register's clock pin, or gates on the way there
  int output = -1;             ///< net of the register whose clock pin this is
};

/// All prices of the cells directly in a module; energy_by_module adds them up, two transitions a
/// cycle for clocks. A net may stand in several. Throws Error for a cell of unknown type.
std::vector<NetPrice> net_prices(const Netlist& netlist, const Library& library,
                                 std::string_view module);

/// Energies of `top`'s hierarchy, one entry a module name, each with the cells directly in modules
/// of that name times the number of instances. What a module's outputs drive outside of it is in
/// the entry of the module around it. Throws Error for a cell of unknown type.
std::map<std::string, LogicEnergy> energy_by_module(const Netlist& netlist, const Library& library,
                                                    std::string_view top);

/// Clock of the registers directly in a module whose clock comes from a port of it, straight or through
/// a clock gate, pJ a cycle if no gate closes. 0 without such a port.
double clock_domain_pj(const Netlist& netlist, const Library& library, std::string_view module,
                       std::string_view port);

/// Sum of energy_by_module.
LogicEnergy total_energy(const Netlist& netlist, const Library& library, std::string_view top);

}  // namespace axnn
