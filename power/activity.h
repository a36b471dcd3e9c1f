// Switching activity of the synthesised accelerator: what its gates took while a simulator ran
// them, module by module, over what they would take if every output toggled once a step.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "power/logic_energy.h"
#include "synth/gate_sim.h"

namespace axnn {

/// Energy of every module's nets between two moments of a simulation.
class EnergyMeter {
 public:
  /// All three must outlive the meter. `netlist` is the one simulated.
  EnergyMeter(const GateSimulator& gates, const Netlist& netlist, const Library& library);

  void start();
  void stop();

  /// Between start and stop, pJ: sums over all instances of modules of that name in the RTL.
  /// Without leakage and numbers of outputs. `glitches`: all transitions, else those between
  /// settled states.
  std::map<std::string, LogicEnergy> energy(bool glitches = true) const;

 private:
  struct Item {
    int net;  // of the simulator
    double pj;
    NetPrice::Kind kind;
    std::size_t module;
  };

  const GateSimulator& gates_;
  std::vector<std::string> modules_;
  std::vector<Item> items_;
  std::vector<std::uint64_t> all_, settled_;  // counts: at the start, then since the start
};

}  // namespace axnn
