// How well a network does on chips whose weight memories flip bits.
#pragma once

#include <vector>

#include "eval/test_set.h"
#include "model/faults.h"
#include "model/multiplier.h"

namespace axnn {

/// Chips a network is judged on: numbers 1 to `chips`.
struct ChipOptions {
  int chips = 0;
  double rate = 0;
  WeightFormat format = WeightFormat::kSignMagnitude;
};

/// Accuracy on each chip, 0 to 1; `approximate` as in PasOptions. At most `threads` chips at once;
/// the result does not depend on it.
std::vector<double> chip_accuracies(const IntegerNet& net, Multiplier multiplier,
                                    const ChipOptions& options, const TestSet& test,
                                    const NeuronMask& approximate = {}, int threads = 1);

}  // namespace axnn
