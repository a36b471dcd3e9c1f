// Co-simulation: runs samples on the design and on the golden model and compares every output of
// every layer, bit by bit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "model/golden.h"
#include "sim/program.h"

namespace axnn {

/// The first output that differs, in order of samples, then layers.
struct Difference {
  std::int64_t sample = 0;
  int layer = 0;   ///< from 1
  int neuron = 0;  ///< from 0; beyond the layer's outputs in the padding of its last tile
  std::uint64_t cycle = 0;
  std::int32_t golden = 0;
  std::int32_t rtl = 0;
  std::string operands;  ///< activation and weight codes that went in

  std::string describe() const;
};

struct CosimOptions {
  int threads = 1;
  std::filesystem::path trace;  ///< FST file; runs one thread when set
  /// Called with the number of samples done, from one thread at a time.
  std::function<void(std::int64_t)> progress;
};

struct CosimResult {
  std::int64_t samples = 0;
  std::int64_t outputs = 0;     ///< values compared, all layers
  std::int64_t mismatches = 0;  ///< values that differ
  std::optional<Difference> first;
  std::int64_t correct_golden = 0;
  std::int64_t correct_rtl = 0;
  double cycles_per_sample = 0;  ///< between results of samples that follow one another
  std::int64_t lone_cycles = 0;  ///< first step to last result of a sample alone
  std::uint64_t cycles = 0;      ///< simulated in all
};

/// Runs `program` on the design and `net` with `multiplier` on the golden model, for N samples of
/// I codes (N x I, row-major) with N labels. Samples are cut into runs of fixed length, so the
/// result is the same for any number of threads. Throws Error if the design stops or hangs, or if
/// a layer returns other tiles than the network has.
CosimResult cosimulate(const Program& program, const IntegerNet& net, Multiplier multiplier,
                       std::span<const Code> samples, std::span<const int> labels,
                       const CosimOptions& options);

}  // namespace axnn
