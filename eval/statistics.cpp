#include "eval/statistics.h"

#include <algorithm>
#include <cmath>

namespace axnn {

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
