// What axnn sweep prints.
#pragma once

#include <string>
#include <vector>

#include "eval/statistics.h"
#include "train/sweep.h"

namespace axnn {

struct SweepReport {
  std::string dataset;
  SweepOptions options;
  std::vector<Candidate> candidates;
  std::vector<SweepSplit> splits;

  /// The candidate with the least mean error over all splits' validation parts.
  std::size_t best() const;
  /// How much less error than the first candidate one has: mean over the splits and the standard
  /// error of that mean (the splits share rows, so it is too small).
  MeanDeviation gain(std::size_t candidate) const;
};

Json to_json(const SweepReport& report);
std::string to_text(const SweepReport& report);

}  // namespace axnn
