// How a network's layers are laid over the array (docs/architecture.md).
#pragma once

#include <string_view>

namespace axnn {

enum class Mapping {
  kLatency,     ///< one sample at a time, tiles of kRows outputs x kCols inputs
  kPipelined,   ///< the same tiles, two samples in flight, so that one fills the other's gaps
  kThroughput,  ///< batches: R outputs of S samples at a time, R * S = kPes
};

/// "latency", "pipelined", "throughput".
std::string_view mapping_name(Mapping mapping);
/// Throws Error for any other name.
Mapping parse_mapping(std::string_view name);

}  // namespace axnn
