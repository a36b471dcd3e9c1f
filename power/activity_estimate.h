// Switching of a network that no gates were simulated for, from the networks that were measured.
#pragma once

#include <span>
#include <string_view>

#include "power/technology.h"

namespace axnn {

/// What is known of a run without gates.
struct ActivityDrivers {
  double operand_toggles = 0;  ///< bits of a PE's operands that change a step
  double results_a_step = 0;   ///< Inference::result_tiles / steps
};

struct MeasuredRun {
  RunActivity activity;  ///< with its operand_toggles
  double results_a_step = 0;
};

/// True of what works once a result and not once a step: rows, post unit, output.
bool follows_results(std::string_view module);

/// Of the PEs and their multipliers a line over operand bits (least squares, never below 0), of
/// what follows results their number times the mean of one, of all else the mean. Throws Error for
/// fewer than two runs, or runs whose operands all change alike.
RunActivity estimate_activity(std::span<const MeasuredRun> measured, const ActivityDrivers& of);

}  // namespace axnn
