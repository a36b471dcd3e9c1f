// The same training over many splits and seeds, for a mean and a deviation that mean something.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/multiplier.h"
#include "train/recipe.h"

namespace axnn {

/// One training and what became of it. Accuracies are on the test part, 0 to 1.
struct RunResult {
  TrainedModel trained;
  std::vector<double> golden;  ///< per multiplier, as given
};

/// How far train_runs is.
struct RunProgress {
  int finished = 0;   ///< runs
  EpochReport epoch;  ///< the last one that ended, of any run
};

/// Runs number 0 to runs - 1: run r trains with seed + r on split + r and evaluates the golden
/// model with each multiplier. At most `threads` at a time; the results do not depend on it.
/// `on_progress` is called after every epoch and run, one call at a time. Throws what a run throws.
std::vector<RunResult> train_runs(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                                  std::uint64_t split, int runs, int threads,
                                  std::span<const Multiplier> multipliers,
                                  const std::function<void(const RunProgress&)>& on_progress = {});

struct MeanDeviation {
  double mean = 0;
  double deviation = 0;  ///< of a sample (n - 1); 0 for one value
};

/// Of at least one value.
MeanDeviation mean_deviation(std::span<const double> values);

}  // namespace axnn
