// The integer network the accelerator runs: codes, biases and shifts, no floats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/fixed_point.h"

namespace axnn {

/// Most layers of a network: each takes an instruction, and a program has 64 (kProgDepth).
inline constexpr int kMaxLayers = 64;

/// What follows the accumulation; the values are the accelerator's (axnn_pkg.sv, act_e).
enum class Activation {
  kRaw = kActRaw,
  kLinear = kActLinear,
  kRelu = kActRelu,
  kSigmoid = kActSigmoid
};

/// "raw", "linear", "relu", "sigmoid".
std::string_view activation_name(Activation activation);

/// One fully connected layer, I inputs and O outputs.
struct IntegerLayer {
  int inputs = 0;
  int outputs = 0;
  std::vector<Code> weights;       ///< O x I, row-major
  std::vector<std::int32_t> bias;  ///< O, in accumulator units, within [kBiasMin, kBiasMax]
  int shift = 0;                   ///< fractional bits dropped after the bias, 0..31; raw: 0
  Activation activation = Activation::kRelu;  ///< kRaw: accumulators leave the network (logits)

  friend bool operator==(const IntegerLayer&, const IntegerLayer&) = default;
};

struct IntegerNet {
  std::vector<IntegerLayer> layers;

  int inputs() const { return layers.front().inputs; }
  int outputs() const { return layers.back().outputs; }
  /// Multiply-accumulates of one inference, biases not counted.
  std::int64_t macs() const;
};

/// Throws Error naming the layer if shapes do not chain, a vector has the wrong length, a code,
/// bias or shift is out of range, or a layer other than the last is kRaw.
void validate(const IntegerNet& net);

/// Code of the sigmoid unit for an input code with kSigmoidInF fractional bits; the result has
/// kSigmoidOutF. Piecewise linear, slopes powers of two (PLAN: Amin, Curtis, Hayes-Gill, IEE
/// Proc. Circuits Devices Syst. 144(6), 1997); within 0.0192 of 1 / (1 + exp(-x)).
Code sigmoid_code(Code x);

/// Accumulator with bias to the code a layer emits. Not for kRaw.
Code activate(Activation activation, std::int32_t accumulator, int shift);

}  // namespace axnn
