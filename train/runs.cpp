#include "train/runs.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <thread>

namespace axnn {
namespace {

RunResult one_run(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                  std::uint64_t split, std::span<const Multiplier> multipliers,
                  const std::function<void(const EpochReport&)>& on_epoch, const ChipOptions& chips,
                  const Session& session) {
  RunResult result;
  result.trained = train_model(data, recipe, seed, split, on_epoch, session);
  const Model& model = result.trained.model;
  const TestSet test = make_test_set(model, data, result.trained.split.test);
  const IntegerNet net = model.integer_net();
  const NeuronMask& mask = result.trained.approximate;
  const OutputKind output = recipe.options.output;
  result.exact_error = squared_error(GoldenModel(net, Multiplier{}), model, output, test);
  for (const Multiplier& m : multipliers) {
    const GoldenModel golden(net, m, mask);
    result.golden.push_back(accuracy(golden, test));
    result.errors.push_back(squared_error(golden, model, output, test));
    if (chips.chips > 0) result.flipped.push_back(chip_accuracies(net, m, chips, test, mask));
  }
  return result;
}

}  // namespace

std::vector<RunResult> train_runs(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                                  std::uint64_t split, int runs, int threads,
                                  std::span<const Multiplier> multipliers,
                                  const std::function<void(const RunProgress&)>& on_progress,
                                  const ChipOptions& chips, const Session& session) {
  std::vector<RunResult> results(static_cast<std::size_t>(runs));
  std::atomic<int> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  RunProgress progress;
  const auto work = [&] {
    for (int r = next++; r < runs; r = next++) {
      try {
        const auto number = static_cast<std::uint64_t>(r);
        const auto on_epoch = [&](const EpochReport& epoch) {
          const std::lock_guard lock(mutex);
          progress.epoch_ended = true;
          progress.run = r;
          progress.epoch = epoch;
          if (on_progress) on_progress(progress);
        };
        results[number] = one_run(data, recipe, seed + number, split + number, multipliers,
                                  on_epoch, chips, session);
        const std::lock_guard lock(mutex);
        ++progress.finished;
        progress.epoch_ended = false;
        if (on_progress) on_progress(progress);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = runs;
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int t = 1; t < std::min(threads, runs); ++t) workers.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
  return results;
}

std::vector<double> chip_accuracies(const IntegerNet& net, Multiplier multiplier,
                                    const ChipOptions& options, const TestSet& test,
                                    const NeuronMask& approximate) {
  std::vector<double> accuracies;
  for (int chip = 1; chip <= options.chips; ++chip) {
    const FaultMap map(static_cast<std::uint64_t>(chip), options.rate);
    const IntegerNet faulted = apply_faults(net, options.format, map);
    accuracies.push_back(accuracy(GoldenModel(faulted, multiplier, approximate), test));
  }
  return accuracies;
}

MeanDeviation mean_deviation(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  MeanDeviation result;
  for (double v : values) result.mean += v / count;
  double squares = 0;
  for (double v : values) squares += (v - result.mean) * (v - result.mean);
  result.deviation = values.size() > 1 ? std::sqrt(squares / (count - 1)) : 0;
  return result;
}

Histogram make_histogram(std::span<const double> values, int bins) {
  const auto [low, high] = std::ranges::minmax(values);
  if (low == high) return {low, 0, {static_cast<int>(values.size())}};
  Histogram h{low, (high - low) / bins, std::vector<int>(static_cast<std::size_t>(bins))};
  for (double v : values) {
    const auto bin = static_cast<int>((v - low) / h.width);
    ++h.counts[static_cast<std::size_t>(std::min(bin, bins - 1))];
  }
  return h;
}

}  // namespace axnn
