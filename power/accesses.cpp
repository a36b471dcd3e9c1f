#include "power/accesses.h"

#include <algorithm>

#include "sim/accesses.h"

namespace axnn {

Inference inference_of(const Program& program, const IntegerNet& net) {
  const auto n = accesses_per_sample(program);
  const bool batch = std::ranges::any_of(
      program.instructions, [](std::uint64_t word) { return opcode(word) == kOpBatch; });
  Inference i;
  i.macs = static_cast<double>(net.macs());
  i.steps = n[kCountSteps];
  i.cycles = i.steps;
  // A batch's tile leaves column by column.
  i.result_tiles = n[kCountBiasReads] * (batch ? kCols : 1);
  i.output_tiles = n[kCountResults];
  i.neuron_local_reads = n[kCountLocalNeuronReads];
  i.neuron_local_writes = n[kCountLocalNeuronWrites];
  i.weight_local_reads = n[kCountLocalWeightReads];
  i.weight_buffer_reads = n[kCountWeightReads];
  i.neuron_buffer_reads = n[kCountNeuronReads];
  i.neuron_buffer_writes = n[kCountNeuronWrites];
  i.bias_reads = n[kCountBiasReads];
  i.program_reads = n[kCountProgramReads];
  return i;
}

}  // namespace axnn
