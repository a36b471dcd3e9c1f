#include "train/runs.h"

#include <algorithm>
#include <mutex>

#include "model/parallel.h"

namespace axnn {
namespace {

RunResult one_run(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                  std::uint64_t split, std::span<const Multiplier> multipliers,
                  const std::function<void(const EpochReport&)>& on_epoch, const ChipOptions& chips,
                  const Session& session, int threads) {
  RunResult result;
  result.trained = train_model(data, recipe, seed, split, on_epoch, session, threads);
  const Model& model = result.trained.model;
  const TestSet test = make_test_set(model, data, result.trained.judged(recipe.judged_on));
  const IntegerNet net = model.integer_net();
  const NeuronMask& mask = result.trained.approximate;
  const OutputKind output = recipe.options.output;
  result.exact_error = squared_error(GoldenModel(net, Multiplier{}), model, output, test);
  for (const Multiplier& m : multipliers) {
    const GoldenModel golden(net, m, mask);
    result.golden.push_back(accuracy(golden, test));
    result.errors.push_back(squared_error(golden, model, output, test));
    if (chips.chips > 0) {
      result.flipped.push_back(chip_accuracies(net, m, chips, test, mask, threads));
    }
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
  std::mutex mutex;
  RunProgress progress;
  parallel_for(results.size(), threads, [&](std::size_t number) {
    const auto on_epoch = [&](const EpochReport& epoch) {
      const std::lock_guard lock(mutex);
      progress.epoch_ended = true;
      progress.run = static_cast<int>(number);
      progress.epoch = epoch;
      if (on_progress) on_progress(progress);
    };
    results[number] = one_run(data, recipe, seed + number, split + number, multipliers, on_epoch,
                              chips, session, std::max(1, threads / runs));
    const std::lock_guard lock(mutex);
    ++progress.finished;
    progress.epoch_ended = false;
    if (on_progress) on_progress(progress);
  });
  return results;
}

}  // namespace axnn
