#include "explore/workload.h"

#include <fmt/format.h>

#include <vector>

#include "power/operands.h"
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

Workload make_workload(const std::string& name, const IntegerNet& net, MultiplierKind kind,
                       Mapping mapping, const Technology& technology,
                       std::span<const Code> samples) {
  Workload w = make_workload(name, net, kind, mapping);
  w.shape_measured = technology.measured(name, net);
  w.operand_toggles.emplace();
  for (int mode = kModeM0; mode < kPowerModes; ++mode) {
    const auto streams = watched_operands(net, samples, {kind, mode}, mapping);
    w.operand_toggles->at(std::size_t(mode)) = operand_toggles(streams, {kind, mode});
  }
  return w;
}

std::string estimate_note(const std::string& name, const IntegerNet& net) {
  std::string shape = std::to_string(net.inputs());
  for (const IntegerLayer& layer : net.layers) shape += fmt::format("-{}", layer.outputs);
  return fmt::format(
      "The activity of {} ({}) was not measured; it is estimated from that of the measured "
      "networks: of "
      "PEs a line over operand bits that change a step, counted on its own samples, of rows and "
      "post unit in proportion to results a step, of all else the mean.",
      name, shape);
}

}  // namespace axnn
