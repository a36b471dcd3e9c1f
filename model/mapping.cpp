#include "model/mapping.h"

#include <array>
#include <string>

#include "model/error.h"

namespace axnn {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"latency", "pipelined", "throughput"};

}  // namespace

std::string_view mapping_name(Mapping mapping) { return kNames[static_cast<std::size_t>(mapping)]; }

Mapping parse_mapping(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Mapping>(i);
  }
  throw UsageError("no mapping is named '" + std::string(name) + "'", "mapping",
                   "use latency, pipelined or throughput");
}

}  // namespace axnn
