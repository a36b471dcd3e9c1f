#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <numeric>

#include "model/error.h"
#include "model/rng.h"

namespace axnn {
namespace {

constexpr std::size_t kLeastRows = 10;

// Missing values (NaN) are equal, and after all numbers.
std::weak_ordering compare(float a, float b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) <=> std::isnan(b);
  return a < b   ? std::weak_ordering::less
         : a > b ? std::weak_ordering::greater
                 : std::weak_ordering::equivalent;
}

// Rows whose features and label no earlier row has, ascending.
std::vector<int> distinct_rows(const Dataset& data) {
  const auto label = [&](int n) { return data.labels[std::size_t(n)]; };
  std::vector<int> order(std::size_t(data.rows()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    const auto less = std::lexicographical_compare_three_way(
        data.row(a).begin(), data.row(a).end(), data.row(b).begin(), data.row(b).end(), compare);
    return less != 0 ? less < 0 : label(a) < label(b);
  });
  const auto last = std::unique(order.begin(), order.end(), [&](int a, int b) {
    const auto same = [](float x, float y) { return compare(x, y) == 0; };
    return std::ranges::equal(data.row(a), data.row(b), same) && label(a) == label(b);
  });
  order.erase(last, order.end());
  std::sort(order.begin(), order.end());
  return order;
}

// Fold number `fold` of `folds`: the rows of each class in an order drawn by `rng`, class after
// class, are dealt to the folds in turn, so folds differ by at most one row in all and in each
// class. A class with one row is always for training.
Split deal(const Dataset& data, std::span<const int> rows, int folds, int fold, const Rng& rng) {
  std::vector<std::vector<int>> by_class(data.classes.size());
  for (int row : rows) by_class[std::size_t(data.labels[std::size_t(row)])].push_back(row);
  Split split;
  int dealt = 0;
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    const auto count = static_cast<int>(by_class[c].size());
    for (int i : rng.permutation(count, static_cast<std::uint32_t>(c))) {
      const bool is_test = dealt++ % folds == fold && count > 1;
      (is_test ? split.test : split.train).push_back(by_class[c][std::size_t(i)]);
    }
  }
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.test.begin(), split.test.end());
  if (split.train.empty() || split.test.empty()) {
    throw Error("no class has two different rows, one to train and one to test with", data.name,
                "name the label column with --label");
  }
  return split;
}

}  // namespace

Split make_split(const Dataset& data, std::uint64_t split) {
  if (data.official_train > 0) {
    Split official;
    official.train.resize(std::size_t(data.official_train));
    official.test.resize(std::size_t(data.rows() - data.official_train));
    std::iota(official.train.begin(), official.train.end(), 0);
    std::iota(official.test.begin(), official.test.end(), data.official_train);
    return official;
  }
  const std::vector<int> rows = distinct_rows(data);
  if (rows.size() < kLeastRows) {
    throw Error("too few rows to split: " + std::to_string(rows.size()), data.name,
                "at least ten different rows are needed");
  }
  Split result = deal(data, rows, kFolds, static_cast<int>(split % kFolds),
                      Rng(split / kFolds, Purpose::kSplit));
  result.repeats = data.rows() - static_cast<int>(rows.size());
  return result;
}

Split carve_validation(const Dataset& data, std::span<const int> rows, int folds,
                       std::uint64_t seed) {
  return deal(data, rows, folds, 0, Rng(seed, Purpose::kCalibration));
}

}  // namespace axnn
