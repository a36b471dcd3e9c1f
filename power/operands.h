// What a processing element multiplies, cycle by cycle, while the accelerator runs a network: the
// stimulus of the gate-level simulation that counts toggles.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/mapping.h"
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
///   throughput  outputs row, row + kRows, ..., all inputs of one sample each
/// Idle cycles are left out: nothing toggles then but the clock.
/// `activations` holds for each sample the codes entering each layer. At most `limit` steps: if the
/// network has more, every k-th sum is taken, so that all layers keep their share. Throws Error if
/// shapes disagree.
OperandStream pe_operands(const IntegerNet& net,
                          std::span<const std::vector<std::vector<Code>>> activations,
                          Mapping mapping, int row, int column, int limit);

/// Uniform random operands, valid every cycle, sums of `sum_length`.
OperandStream random_operands(std::uint64_t seed, int cycles, int sum_length);

}  // namespace axnn
