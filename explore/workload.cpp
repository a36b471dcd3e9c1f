#include "explore/workload.h"

#include <vector>

#include "sim/accesses.h"
#include "sim/compiler.h"
#include "sim/cosim.h"

namespace axnn {

Workload make_workload(const std::string& name, const IntegerNet& net, MultiplierKind kind,
                       Mapping mapping) {
  const Multiplier multiplier{kind, kModeM0};
  const Program program = compile(net, multiplier, {.mapping = mapping});
  const auto n = accesses_per_sample(program);
  Workload w{name, kind, mapping, {}};
  Inference& i = w.inference;
  i.macs = static_cast<double>(net.macs());
  i.steps = n[kCountSteps];
  // A batch's tile leaves column by column.
  i.result_tiles = n[kCountBiasReads] * (mapping == Mapping::kThroughput ? kCols : 1);
  i.output_tiles = n[kCountResults];
  i.neuron_local_reads = n[kCountLocalNeuronReads];
  i.neuron_local_writes = n[kCountLocalNeuronWrites];
  i.weight_local_reads = n[kCountLocalWeightReads];
  i.weight_buffer_reads = n[kCountWeightReads];
  i.neuron_buffer_reads = n[kCountNeuronReads];
  i.neuron_buffer_writes = n[kCountNeuronWrites];
  i.bias_reads = n[kCountBiasReads];
  i.program_reads = n[kCountProgramReads];

  constexpr int kRounds = 3;
  const auto samples = static_cast<std::size_t>(kRounds * program.round_samples);
  const std::vector<Code> zeros(samples * std::size_t(net.inputs()));
  const std::vector<int> labels(samples);
  i.cycles = cosimulate(program, net, multiplier, zeros, labels, {}).cycles_per_sample;
  return w;
}

}  // namespace axnn
