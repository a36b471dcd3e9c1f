// The design behind a small interface: load a program, run samples, see every result and the cycle
// it was written in. One object is one instance of the hardware; use one for each thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "model/fixed_point.h"
#include "model/multiplier.h"
#include "sim/accesses.h"
#include "sim/program.h"
#include "sim/weight_reads.h"

namespace axnn {

/// Results of one output tile, as the hardware writes them.
struct Retirement {
  std::uint64_t cycle = 0;  ///< since the run started
  bool to_stream = false;   ///< else to neuron bank `bank`
  bool last = false;        ///< last tile of its layer
  int bank = 0;
  int tile = 0;
  /// A batch's results come column by column; split < 0: a sample's. Row r is output r % R of the
  /// tile, R = kRows >> split, of sample `column` of octet `octet` + r / R * (kLines >> split).
  int split = -1;
  int column = 0;
  int octet = 0;
  std::int32_t lanes[kRows] = {};  ///< codes, or accumulators of a raw layer
};

/// How a run went.
struct RunStats {
  std::uint64_t cycles = 0;       ///< start to done
  std::uint64_t steps = 0;        ///< multiply-accumulate steps issued
  std::uint64_t first_issue = 0;  ///< cycle of the first step
  AccessCounts counters = {};     ///< the hardware's, of the run
};

/// Cycle-accurate simulation of the accelerator (a seam: RTL now, netlists later).
class Accelerator {
 public:
  virtual ~Accelerator() = default;

  /// Resets the design and writes the memories. Throws Error if an image is too large or stores
  /// weights in another format than the design reads.
  virtual void load(const Program& program) = 0;

  /// Runs the loaded program for N samples of `inputs` codes each (N x I, row-major; the last
  /// neuron word of a sample is padded with zeros), N a multiple of the program's round. `observe`
  /// sees every tile in order. Throws Error if the hardware stops with an error (named, with the
  /// program address) or hangs.
  virtual RunStats run(std::span<const Code> samples, int inputs,
                       const std::function<void(const Retirement&)>& observe) = 0;
};

/// What the clock gates do: gate, or pass the clock whatever their enables are (test_en_i), as
/// under test and in an FPGA.
enum class ClockGates { kWork, kOpen };

/// The RTL in rtl/ with the PEs of this multiplier (drum: of kDrumK bits), verilated. Throws Error
/// if it has none.
std::unique_ptr<Accelerator> make_rtl_accelerator(MultiplierKind kind,
                                                  const WeightStorage& storage = {},
                                                  ClockGates gates = ClockGates::kWork);

/// The same, writing an FST trace of everything it does to `path` (slower); not with drum. Throws
/// Error if the file cannot be written.
std::unique_ptr<Accelerator> make_traced_accelerator(MultiplierKind kind,
                                                     const std::filesystem::path& path,
                                                     const WeightStorage& storage = {});

}  // namespace axnn
