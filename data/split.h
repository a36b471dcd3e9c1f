// Which samples train, which test. The same split number gives the same split everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace axnn {

struct Split {
  std::vector<int> train;  ///< row numbers, ascending
  std::vector<int> test;   ///< row numbers, ascending
  int repeats = 0;         ///< rows left out because their features equal those of an earlier row
};

/// A test part is one of this many folds.
inline constexpr int kFolds = 5;

/// Split number `split` of a data set: repeated rows are removed first (the earliest stays), then
/// a fifth of the rows is for testing, each class in proportion. Splits 5k to 5k + 4 are the five
/// folds of one random order: together they test every row once, so a mean over ten splits varies
/// little with the numbers chosen. A set that comes split (Dataset::official_train) is split that
/// way, for any number. Throws Error if a part is empty.
Split make_split(const Dataset& data, std::uint64_t split);

/// Divides rows (of a training part) again: one of `folds` parts, each class in proportion, becomes
/// `test`, the validation part. Throws Error if a part is empty.
Split carve_validation(const Dataset& data, std::span<const int> rows, int folds,
                       std::uint64_t seed);

}  // namespace axnn
