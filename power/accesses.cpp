#include "power/accesses.h"

#include "model/weight_layout.h"

namespace axnn {

Inference latency_inference(const IntegerNet& net) {
  Inference n;
  n.macs = static_cast<double>(net.macs());
  for (const IntegerLayer& layer : net.layers) {
    const double words = neuron_words(layer.inputs);
    const double tiles = output_tiles(layer.outputs);
    n.steps += words * tiles;
    n.result_tiles += tiles;
    n.neuron_buffer_reads += words;
    n.neuron_local_writes += kPes * words;
    n.neuron_local_reads += kPes * words * (tiles - 1);
    (&layer == &net.layers.back() ? n.output_tiles : n.neuron_buffer_writes) += tiles;
    ++n.program_reads;
  }
  n.cycles = n.steps;
  n.bias_reads = n.result_tiles;
  n.neuron_buffer_writes += neuron_words(net.inputs());
  n.program_reads += 2;  // OpRecv, OpLoop
  if (n.steps <= kLocalDepth) {
    n.weight_local_reads = kPes * n.steps;
  } else {
    n.weight_buffer_reads = kRows * n.steps;
  }
  return n;
}

}  // namespace axnn
