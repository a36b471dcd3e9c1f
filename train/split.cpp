#include "train/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/error.h"
#include "model/rng.h"

namespace axnn {
namespace {

// Rows whose features no earlier row has, ascending.
std::vector<int> distinct_rows(const Dataset& data) {
  std::vector<int> order(std::size_t(data.rows()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return std::ranges::lexicographical_compare(data.row(a), data.row(b));
  });
  const auto last = std::unique(order.begin(), order.end(), [&](int a, int b) {
    return std::ranges::equal(data.row(a), data.row(b));
  });
  order.erase(last, order.end());
  std::sort(order.begin(), order.end());
  return order;
}

// How many of each class to draw so that they sum to round(fraction * all): floor, then one more
// where the remainder is largest (the lower class on a tie). At least one of each class stays.
std::vector<int> quotas(const std::vector<std::vector<int>>& by_class, double fraction) {
  std::size_t total = 0;
  std::vector<int> quota;
  std::vector<double> remainder;
  for (const auto& rows : by_class) {
    const double share = fraction * static_cast<double>(rows.size());
    total += rows.size();
    quota.push_back(static_cast<int>(share));
    remainder.push_back(rows.size() < 2 ? 0.0 : share - std::floor(share));
  }
  std::vector<int> order(by_class.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return remainder[std::size_t(a)] > remainder[std::size_t(b)];
  });
  int missing = static_cast<int>(std::lround(fraction * static_cast<double>(total))) -
                std::accumulate(quota.begin(), quota.end(), 0);
  for (std::size_t i = 0; i < order.size() && missing > 0; ++i, --missing) {
    const auto c = std::size_t(order[i]);
    if (remainder[c] > 0) ++quota[c];
  }
  return quota;
}

Split draw(const Dataset& data, std::span<const int> rows, double fraction, const Rng& rng) {
  std::vector<std::vector<int>> by_class(data.classes.size());
  for (int row : rows) by_class[std::size_t(data.labels[std::size_t(row)])].push_back(row);
  const std::vector<int> quota = quotas(by_class, fraction);
  Split split;
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    const std::vector<int> order =
        rng.permutation(static_cast<int>(by_class[c].size()), static_cast<std::uint32_t>(c));
    for (std::size_t i = 0; i < order.size(); ++i) {
      auto& part = i < std::size_t(quota[c]) ? split.test : split.train;
      part.push_back(by_class[c][std::size_t(order[i])]);
    }
  }
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.test.begin(), split.test.end());
  if (split.train.empty() || split.test.empty()) {
    throw Error("too few rows to split: " + std::to_string(rows.size()), data.name,
                "at least five different rows are needed");
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
  Split result = draw(data, rows, 0.2, Rng(split, Purpose::kSplit));
  result.repeats = data.rows() - static_cast<int>(rows.size());
  return result;
}

Split carve_validation(const Dataset& data, std::span<const int> rows, double fraction,
                       std::uint64_t split) {
  return draw(data, rows, fraction, Rng(split, Purpose::kCalibration));
}

}  // namespace axnn
