// How many cycles the accelerator takes, from the network's shape alone. The RTL takes exactly as
// many; a test compares the two.
#pragma once

#include <cstdint>

#include "model/network.h"

namespace axnn {

/// Cycles of the latency mapping (tiles of kRows outputs x kCols inputs), program as sim/compiler.h
/// makes it, input always there, results always taken.
struct LatencyCycles {
  std::int64_t steps = 0;      ///< sum of ceil(in/kCols) * ceil(out/kRows): the paper's count
  std::int64_t lone = 0;       ///< a sample alone, first step to last result: steps + fill
  std::int64_t streaming = 0;  ///< between the results of samples that follow one another
};

/// `lone` is steps + (kFillCycles - 1) a layer. `streaming` leaves out the fill behind the last
/// layer, where the next sample's first layer runs already, and adds what short layers wait for
/// the instruction fetch or the input.
LatencyCycles latency_cycles(const IntegerNet& net);

}  // namespace axnn
