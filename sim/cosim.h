// Co-simulation: runs samples on the design and on the golden model and compares every output of
// every layer, bit by bit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "model/golden.h"
#include "sim/accelerator.h"
#include "sim/program.h"
#include "sim/weight_reads.h"

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
  /// Faults of the chip, in both models. The format is the program's. Transient faults count the
  /// reads of a word, so all samples are one run in one thread.
  std::optional<FaultMap> faults;
  /// Makes the design to run, e.g. gates; empty: the RTL.
  std::function<std::unique_ptr<Accelerator>(const WeightStorage&)> make_design;
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
  double cycles_per_sample = 0;  ///< rounds that follow one another
  std::int64_t lone_cycles = 0;  ///< first step to last result of the first round
  std::uint64_t cycles = 0;      ///< simulated in all
  AccessCounts counters = {};    ///< the hardware's, over all runs
  bool counters_agree = false;   ///< with count_accesses(), in every run
};

/// Counts of both runs; cycles of a sample and the first difference are the left run's if it has
/// one.
CosimResult operator+(const CosimResult& a, const CosimResult& b);

/// Runs `program` on the design and `net` with `multiplier` on the golden model, for N samples of
/// I codes (N x I, row-major) with N labels. The last round is filled up with zeros. Samples are
/// cut into runs of fixed length, so the result is the same for any number of threads. Padding of a
/// raw layer counts only if weights are read as they were given, since nobody reads it. Throws
/// Error if the design stops or hangs, if a layer returns other tiles than the program has, or if
/// flipped padding weights would matter: a hidden layer that is not ReLU and no multiple of kRows
/// wide.
CosimResult cosimulate(const Program& program, const IntegerNet& net, Multiplier multiplier,
                       std::span<const Code> samples, std::span<const int> labels,
                       const CosimOptions& options);

}  // namespace axnn
