// The same training over many splits and seeds, for a mean and a deviation that mean something.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/faults.h"
#include "model/multiplier.h"
#include "train/recipe.h"
#include "train/test_set.h"

namespace axnn {

/// One training and what became of it. Accuracies are on the test part, 0 to 1.
struct RunResult {
  TrainedModel trained;
  std::vector<double> golden;                ///< per multiplier, as given
  std::vector<double> errors;                ///< per multiplier: squared_error()
  double exact_error = 0;                    ///< the same with exact products
  std::vector<std::vector<double>> flipped;  ///< per multiplier, per chip
};

/// Chips a network is judged on: numbers 1 to `chips`.
struct ChipOptions {
  int chips = 0;
  double rate = 0;
  WeightFormat format = WeightFormat::kSignMagnitude;
};

/// Accuracy on each chip, 0 to 1; `approximate` as in PasOptions.
std::vector<double> chip_accuracies(const IntegerNet& net, Multiplier multiplier,
                                    const ChipOptions& options, const TestSet& test,
                                    const NeuronMask& approximate = {});

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

struct MeanDeviation {
  double mean = 0;
  double deviation = 0;  ///< of a sample (n - 1); 0 for one value
};

/// Of at least one value.
MeanDeviation mean_deviation(std::span<const double> values);

/// Bin n counts the values in [from + n * width, from + (n + 1) * width), the last bin its end too.
struct Histogram {
  double from = 0;
  double width = 0;
  std::vector<int> counts;
};

/// From the smallest to the largest value, of at least one; a single bin if all are equal.
Histogram make_histogram(std::span<const double> values, int bins);

}  // namespace axnn
