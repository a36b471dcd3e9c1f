#include "power/accesses.h"

namespace axnn {

AccessCounts latency_accesses(const IntegerNet& net) {
  AccessCounts n;
  for (const IntegerLayer& layer : net.layers) {
    const std::int64_t words = (layer.inputs + kCols - 1) / kCols;
    const std::int64_t tiles = (layer.outputs + kRows - 1) / kRows;
    const bool last = &layer == &net.layers.back();
    n.steps += words * tiles;
    n.macs += static_cast<std::int64_t>(layer.inputs) * layer.outputs;
    n.result_tiles += tiles;
    n.bias_reads += tiles;
    n.neuron_buffer_reads += words;
    n.neuron_local_writes += kPes * words;
    n.neuron_local_reads += kPes * words * (tiles - 1);
    (last ? n.output_tiles : n.neuron_buffer_writes) += tiles;
    ++n.program_reads;
  }
  n.neuron_buffer_writes += (net.inputs() + kCols - 1) / kCols;
  n.program_reads += 2;  // OpRecv, OpLoop
  if (n.steps <= kLocalDepth) {
    n.weight_local_reads = kPes * n.steps;
  } else {
    n.weight_buffer_reads = n.steps;
  }
  return n;
}

}  // namespace axnn
