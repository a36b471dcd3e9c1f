// The fast estimate: numbers of gates x mean energy x mean activity, and how far it is from the
// energy that counted toggles give.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "power/power.h"

namespace axnn {

/// One module's logic, clock included, in one inference.
struct EstimateRow {
  std::string net, module;
  MultiplierKind kind = MultiplierKind::kFig8;
  Mapping mapping = Mapping::kLatency;
  int mode = 0;
  double share = 0;  ///< of the inference's energy (scaled), memories included
  double toggles_pj = 0;
  double estimate_pj = 0;
  bool fitted = false;  ///< of a network that the coefficients come from

  double error() const { return estimate_pj / toggles_pj - 1; }
};

/// For every workload, mode and module. A module of a design is taken as
///   n x a x (gates x mean energy of a gate + registers x mean energy of a register) + clock,
/// means over the whole design, n: steps, of the rows in throughput mapping results; clock:
/// registers x mean clock energy, clocked as PowerModel::modules says. Where operands move (PEs,
/// operand lines, neuron buffer) a = c + d x operand bits that change a step, a statistic that needs
/// no gates; of the rows in latency mapping a = c + d x results a step, of the plain PE's rows, which see
/// its sums grow, a = c x operand bits + d x results a step; elsewhere a = c. Each c and d, of a class of
/// modules, a design, mapping and mode, is fitted on two networks: the first workload's, and the one
/// whose operands differ most from it (without one c = 0).
std::vector<EstimateRow> estimate_errors(const PowerModel& model,
                                         std::span<const Workload> workloads);

}  // namespace axnn
