// Mean, deviation and histogram of repeated measurements.
#pragma once

#include <span>
#include <vector>

namespace axnn {

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
