// The golden model: exact integer inference of a network on the accelerator, with every layer's
// outputs and the cycles the hardware takes. The RTL must agree with it bit for bit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/multiplier.h"
#include "model/network.h"

namespace axnn {

/// What one layer emitted for one sample.
struct LayerOutput {
  std::vector<std::int32_t> accumulators;  ///< O, bias added
  std::vector<Code> codes;                 ///< O; empty for a kRaw layer
};

/// What one layer emitted for B samples, one contiguous column a sample.
struct BatchOutput {
  std::vector<std::int32_t> accumulators;  ///< O x B, bias added
  std::vector<Code> codes;                 ///< O x B; empty for a kRaw layer
};

/// A network prepared for one multiplier mode: the weights are transformed once.
class GoldenModel {
 public:
  /// Throws Error if the network is not valid (validate()), or if `approximate` is not empty and
  /// not of its shape.
  GoldenModel(const IntegerNet& net, Multiplier multiplier, NeuronMask approximate = {});

  /// All layers' outputs for one input of I codes; `out` is resized and reused between calls.
  /// Throws Error if the input has the wrong length.
  void run(std::span<const Code> input, std::vector<LayerOutput>& out) const;

  /// The same for B inputs, I codes each, one after the other: the same bits, many times faster.
  /// Throws Error if their number of codes is not a multiple of I.
  void run_batch(std::span<const Code> inputs, std::vector<BatchOutput>& out) const;

  /// Class of one input: argmax of the last layer, the lowest index on a tie.
  int classify(std::span<const Code> input) const;
  /// Classes of B inputs; `inputs` as in run_batch.
  std::vector<int> classify_batch(std::span<const Code> inputs) const;

  const IntegerNet& net() const { return net_; }
  const Multiplier& multiplier() const { return multiplier_; }

 private:
  IntegerNet net_;  // weights already transformed, unless neurons differ
  Multiplier multiplier_;
  NeuronMask approximate_;
};

/// Index of the largest output of a last layer, the lowest on a tie.
int argmax(const LayerOutput& output);

}  // namespace axnn
