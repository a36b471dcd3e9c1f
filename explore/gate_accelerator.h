// The whole accelerator as gates, behind the interface of the RTL: runs programs on the netlist of
// axnn_top and sees every transition.
#pragma once

#include <functional>
#include <memory>

#include "sim/accelerator.h"
#include "synth/gate_sim.h"

namespace axnn {

/// What an observer sees each time the design was evaluated.
struct GateMoment {
  bool rising = false;    ///< a clock edge was
  bool issues = false;    ///< axnn_top's issue_o: a step begins
  bool finishes = false;  ///< the last result of a sample or of a batch's column is written
};

/// Runs `gates`, a simulator of axnn_top or axnn_top_booth as `axnn synth` makes them (weights in
/// two's complement, no faults); both must outlive the accelerator.
std::unique_ptr<Accelerator> make_gate_accelerator(GateSimulator& gates,
                                                   std::function<void(const GateMoment&)> observe);

}  // namespace axnn
