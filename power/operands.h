// What a processing element multiplies, step by step, while the accelerator runs a network.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "model/mapping.h"
#include "model/multiplier.h"
#include "model/network.h"

namespace axnn {

/// Inputs of a multiply-accumulate unit in one cycle.
struct OperandStep {
  Code activation = 0;
  Code weight = 0;
  bool valid = false;
  bool first = false;  ///< of a sum

  friend bool operator==(const OperandStep&, const OperandStep&) = default;
};

using OperandStream = std::vector<OperandStep>;

/// What PE (row, column) gets while N samples (N x I codes, row-major) follow one another.
///   latency     tile by tile of outputs, inputs column, column + kCols, ...; padding is 0
///   throughput  outputs row, row + kRows, ..., all inputs of one sample each, kCols at least
/// Idle cycles are left out: nothing toggles then but the clock.
/// `activations` holds for each sample the codes entering each layer. At most `limit` steps: if the
/// network has more, every k-th sum is taken, so that all layers keep their share. Throws Error if
/// shapes disagree.
OperandStream pe_operands(const IntegerNet& net,
                          std::span<const std::vector<std::vector<Code>>> activations,
                          Mapping mapping, int row, int column, int limit);

/// (row, column) of the PEs whose operands speak for all.
inline constexpr std::pair<int, int> kWatchedPes[] = {
    {0, 0}, {kRows / 4, kCols - 3}, {kRows - 3, kCols / 4}, {kRows - 1, kCols - 1}};

/// What they multiply while the network runs the first of `samples` (N x I codes, row-major): a few
/// hundred steps each, a statistic that needs no gates. Throws Error if shapes disagree.
std::vector<OperandStream> watched_operands(const IntegerNet& net, std::span<const Code> samples,
                                            Multiplier multiplier, Mapping mapping);

/// Uniform random operands, valid every cycle, sums of `sum_length`.
OperandStream random_operands(std::uint64_t seed, int cycles, int sum_length);

/// Mean number of bits of activation and weight together that change from one step to the next, as
/// the multiplier takes them (transform_activation, transform_weight). A weight's do not count
/// while the activation stays 0: nothing behind the multiplier's first gates moves. Streams are
/// apart.
double operand_toggles(std::span<const OperandStream> streams, Multiplier multiplier);

}  // namespace axnn
