// The same training over many splits and seeds, for a mean and a deviation that mean something.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "eval/chips.h"
#include "model/multiplier.h"
#include "train/recipe.h"

namespace axnn {

/// One training and what became of it. Accuracies are on the part the recipe says, 0 to 1.
struct RunResult {
  TrainedModel trained;
  std::vector<double> golden;                ///< per multiplier, as given
  std::vector<double> errors;                ///< per multiplier: squared_error()
  double exact_error = 0;                    ///< the same with exact products
  std::vector<std::vector<double>> flipped;  ///< per multiplier, per chip
};

/// How far train_runs is.
struct RunProgress {
  int finished = 0;         ///< runs
  bool epoch_ended = true;  ///< what there is to report: an epoch, or else a run
  int run = 0;              ///< number of the run whose epoch ended last
  EpochReport epoch;        ///< that epoch
};

/// Runs number 0 to runs - 1: run r trains with seed + r on split + r and evaluates the golden
/// model with each multiplier. At most `threads` at a time; the results do not depend on it.
/// `on_progress` is called after every epoch and run, one call at a time. `session` is of a single
/// run. Throws what a run throws.
std::vector<RunResult> train_runs(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                                  std::uint64_t split, int runs, int threads,
                                  std::span<const Multiplier> multipliers,
                                  const std::function<void(const RunProgress&)>& on_progress = {},
                                  const ChipOptions& chips = {}, const Session& session = {});

}  // namespace axnn
