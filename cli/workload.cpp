#include "cli/workload.h"

#include "model/cycles.h"

namespace axnn::cli {

Workload make_workload(const std::string& name, const IntegerNet& net, MultiplierKind kind,
                       Mapping mapping) {
  Workload w{name, kind, mapping, latency_inference(net)};
  w.inference.cycles = static_cast<double>(latency_cycles(net).streaming);
  return w;
}

std::vector<Mapping> mappings() { return {Mapping::kLatency}; }

}  // namespace axnn::cli
