#include "model/cycles.h"

#include <algorithm>
#include <vector>

namespace axnn {

LatencyCycles latency_cycles(const IntegerNet& net) {
  LatencyCycles cycles;
  struct Layer {
    std::int64_t words;
    std::int64_t steps;
  };
  std::vector<Layer> layers;
  for (const IntegerLayer& l : net.layers) {
    const std::int64_t words = (l.inputs + kCols - 1) / kCols;
    layers.push_back({words, words * ((l.outputs + kRows - 1) / kRows)});
    cycles.steps += layers.back().steps;
  }
  cycles.lone = cycles.steps + (kFillCycles - 1) * std::ssize(layers);

  // The program's loop, instruction by instruction (rtl/control/axnn_control.sv, axnn_sequencer.sv). An
  // instruction is decoded two cycles after the one before it was taken; `decoded` is the next
  // one's. A few rounds reach the steady state.
  constexpr int kRounds = 4;
  std::int64_t decoded = 0;
  std::int64_t last_step = 0;    // of the layer before
  std::int64_t input_ready = 0;  // first cycle in which the sample's bank may be read
  std::int64_t receiver_free = 0;
  std::int64_t result = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::int64_t source_ready = input_ready;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const std::int64_t taken = std::max(decoded, last_step);
      const std::int64_t first_step = std::max(taken + 1, source_ready);
      last_step = first_step + layers[l].steps - 1;
      source_ready = last_step + kFillCycles;
      decoded = taken + 2;
      if (l == 0) {  // OpRecv waits until the layer has read its bank
        const std::int64_t received =
            std::max({decoded, receiver_free, first_step + layers[0].words});
        receiver_free = received + layers[0].words + 2;
        input_ready = receiver_free;
        decoded = received + 2;
      }
    }
    decoded += 2;  // OpLoop
    cycles.streaming = last_step - result;
    result = last_step;
  }
  return cycles;
}

}  // namespace axnn
