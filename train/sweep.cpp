#include "train/sweep.h"

#include <algorithm>
#include <mutex>
#include <numeric>

#include "data/split.h"
#include "eval/test_set.h"
#include "model/parallel.h"
#include "train/pas.h"
#include "train/runs.h"

namespace axnn {
namespace {

struct Judgement {
  double error = 0;
  double accuracy = 0;
};

// One candidate trained on the rest and judged on the validation part of `split`.
Judgement judge(const Dataset& data, const Recipe& recipe, std::uint64_t seed, const Split& split,
                const ChipOptions& chips) {
  const TrainedModel trained = train_on(data, recipe, seed, split);
  const TestSet part = make_test_set(trained.model, data, trained.split.test);
  const IntegerNet net = trained.model.integer_net();
  Judgement sum;
  int terms = 0;
  const auto add = [&](const IntegerNet& stored, Multiplier m) {
    const GoldenModel golden(stored, m);
    const double right = accuracy(golden, part);
    sum.accuracy += right;
    sum.error +=
        1 - right + 0.05 * squared_error(golden, trained.model, recipe.options.output, part);
    ++terms;
  };
  for (const Multiplier& m : judged_modes(recipe)) {
    if (chips.chips == 0) add(net, m);
    for (int c = 0; c < chips.chips; ++c) {
      // The network as it is and on chips, as often; none that training, its search or eval sees.
      add(apply_faults(net, chips.format, FaultMap(0, 0)), m);
      const FaultMap map(training_chip(seed, recipe.ax.flips.chips + 1000 + c), chips.rate);
      add(apply_faults(net, chips.format, map), m);
    }
  }
  return {sum.error / terms, sum.accuracy / terms};
}

// What flips, if anything does: `count` chips.
ChipOptions chips_of(const Recipe& recipe, const SweepOptions& options, int count) {
  const double rate = options.chip_rate.value_or(recipe.ax.flips.rate);
  return {rate > 0 ? count : 0, rate, recipe.ax.flips.format};
}

// The rows that take part in choosing: at most `most`, each class in proportion.
std::vector<int> choosing_rows(const Dataset& data, const std::vector<int>& train, int most) {
  const auto count = static_cast<int>(train.size());
  if (most == 0 || count <= most) return train;
  return carve_validation(data, train, (count + most - 1) / most, 1).test;
}

void test_winner(const Dataset& data, const Recipe& recipe, const SweepOptions& options,
                 SweepSplit& result) {
  const std::vector<Multiplier> modes = judged_modes(recipe);
  const ChipOptions chips = chips_of(recipe, options, options.chips);
  const std::uint64_t seed = options.seed + (result.split - options.split);
  const RunResult run =
      train_runs(data, recipe, seed, result.split, 1, 1, modes, {}, chips).front();
  result.test_float = run.trained.float_judged;
  result.test = run.golden;
  for (const std::vector<double>& flipped : run.flipped) {
    result.test_chips.push_back(std::accumulate(flipped.begin(), flipped.end(), 0.0) /
                                static_cast<double>(flipped.size()));
  }
}

}  // namespace

std::vector<Multiplier> judged_modes(const Recipe& recipe) {
  if (has_pas(recipe.ax.method)) return recipe.ax.modes;
  return {recipe.ax.modes.front()};
}

std::vector<SweepSplit> sweep(const Dataset& data, const std::vector<Candidate>& candidates,
                              const SweepOptions& options) {
  const auto splits = static_cast<std::size_t>(options.splits);
  const auto folds = static_cast<std::size_t>(options.folds);
  std::vector<SweepSplit> results(splits);
  std::vector<std::vector<int>> rows(splits);
  for (std::size_t s = 0; s < splits; ++s) {
    results[s].split = options.split + s;
    rows[s] = choosing_rows(data, make_split(data, results[s].split).train, options.rows);
  }
  const std::size_t trainings = splits * candidates.size() * folds;
  std::vector<Judgement> judged(trainings);
  std::mutex mutex;
  int done = 0;
  const auto tell = [&] {
    const std::lock_guard lock(mutex);
    if (options.progress) options.progress(++done, static_cast<int>(trainings + splits));
  };
  parallel_for(trainings, options.threads, [&](std::size_t i) {
    const std::size_t fold = i % folds;
    const std::size_t s = i / folds / candidates.size();
    const Candidate& candidate = candidates[i / folds % candidates.size()];
    const std::uint64_t seed = options.seed + s;
    const Split split = carve_validation(data, rows[s], kFolds, seed * 7919 + fold);
    judged[i] = judge(data, candidate.recipe, seed, split,
                      chips_of(candidate.recipe, options, options.chips / 5));
    tell();
  });
  parallel_for(splits, options.threads, [&](std::size_t s) {
    SweepSplit& result = results[s];
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      Judgement mean;
      for (std::size_t f = 0; f < folds; ++f) {
        const Judgement& one = judged[(s * candidates.size() + c) * folds + f];
        mean.error += one.error / static_cast<double>(folds);
        mean.accuracy += one.accuracy / static_cast<double>(folds);
      }
      result.errors.push_back(mean.error);
      result.accuracies.push_back(mean.accuracy);
    }
    const auto best = std::ranges::min_element(result.errors);
    result.winner = static_cast<std::size_t>(best - result.errors.begin());
    test_winner(data, candidates[result.winner].recipe, options, result);
    tell();
  });
  return results;
}

}  // namespace axnn
