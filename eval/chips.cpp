#include "eval/chips.h"

#include <cstdint>

#include "model/parallel.h"

namespace axnn {

std::vector<double> chip_accuracies(const IntegerNet& net, Multiplier multiplier,
                                    const ChipOptions& options, const TestSet& test,
                                    const NeuronMask& approximate, int threads) {
  std::vector<double> accuracies(static_cast<std::size_t>(options.chips));
  parallel_for(accuracies.size(), threads, [&](std::size_t i) {
    const FaultMap map(static_cast<std::uint64_t>(i + 1), options.rate);
    const IntegerNet faulted = apply_faults(net, options.format, map);
    accuracies[i] = accuracy(GoldenModel(faulted, multiplier, approximate), test);
  });
  return accuracies;
}

}  // namespace axnn
