#include "explore/workload.h"

#include <vector>

#include "sim/compiler.h"
#include "sim/cosim.h"

namespace axnn {

Workload make_workload(const std::string& name, const IntegerNet& net, MultiplierKind kind,
                       Mapping mapping) {
  const Multiplier multiplier{kind, kModeM0};
  const Program program = compile(net, multiplier, {.mapping = mapping});
  Workload w{name, kind, mapping, inference_of(program, net)};
  constexpr int kRounds = 3;
  const auto samples = static_cast<std::size_t>(kRounds * program.round_samples);
  const std::vector<Code> zeros(samples * std::size_t(net.inputs()));
  const std::vector<int> labels(samples);
  w.inference.cycles = cosimulate(program, net, multiplier, zeros, labels, {}).cycles_per_sample;
  return w;
}

}  // namespace axnn
