#include "model/network.h"

#include <cassert>

#include "model/error.h"

namespace axnn {
namespace {

[[noreturn]] void fail(std::size_t layer, const std::string& what) {
  throw Error(
      what, "layer " + std::to_string(layer + 1),
      "the network is damaged or was not made for this accelerator; train or export it again");
}

}  // namespace

std::string_view activation_name(Activation activation) {
  switch (activation) {
    case Activation::kRaw:
      return "raw";
    case Activation::kLinear:
      return "linear";
    case Activation::kRelu:
      return "relu";
    case Activation::kSigmoid:
      return "sigmoid";
  }
  return "";
}

std::int64_t IntegerNet::macs() const {
  std::int64_t sum = 0;
  for (const IntegerLayer& l : layers) sum += std::int64_t{l.inputs} * l.outputs;
  return sum;
}

void validate(const IntegerNet& net) {
  if (net.layers.empty()) throw Error("network without layers", "", "train one");
  if (net.layers.size() > kMaxLayers) {
    throw Error(std::to_string(net.layers.size()) +
                    " layers; the accelerator's program has room for " + std::to_string(kMaxLayers),
                "network", "take fewer");
  }
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    const IntegerLayer& l = net.layers[i];
    if (l.inputs < 1 || l.outputs < 1) fail(i, "a layer needs at least one input and one output");
    if (l.inputs > kMaxFanIn) {
      fail(i, std::to_string(l.inputs) + " inputs; the accelerator takes at most " +
                  std::to_string(kMaxFanIn));
    }
    if (i > 0 && l.inputs != net.layers[i - 1].outputs)
      fail(i, "inputs differ from outputs before");
    if (l.weights.size() != std::size_t(l.inputs) * std::size_t(l.outputs))
      fail(i, "wrong number of weights");
    if (l.bias.size() != std::size_t(l.outputs)) fail(i, "wrong number of biases");
    if (l.shift < 0 || l.shift >= (1 << kShiftW)) fail(i, "shift out of range");
    if (l.activation == Activation::kRaw && i + 1 != net.layers.size()) {
      fail(i, "only the last layer may emit raw accumulators");
    }
    if (l.activation == Activation::kRaw && l.shift != 0) fail(i, "a raw layer has no shift");
    for (Code w : l.weights) {
      if (w < kCodeMin || w > kCodeMax) fail(i, "weight code out of range");
    }
    for (std::int32_t b : l.bias) {
      if (b < kBiasMin || b > kBiasMax) fail(i, "bias out of range");
    }
  }
}

Code sigmoid_code(Code x) {
  // The output has three fractional bits more than x, so x itself is x * 2^3 output units.
  // Negative codes are folded by inverting bits (~x = -x - 1), as the hardware does.
  const int m = x < 0 ? ~x : x;
  constexpr int one = 1 << kSigmoidOutF;
  constexpr int unit = 1 << kSigmoidInF;  // 1.0 on the input side
  int y = 0;
  if (m >= 5 * unit) {
    y = one - 1;
  } else if (m >= 19 * unit / 8) {  // 2.375
    y = (m >> 2) + 27 * one / 32;   // x / 32 + 0.84375
  } else if (m >= unit) {
    y = m + 5 * one / 8;  // x / 8 + 0.625
  } else {
    y = 2 * m + one / 2;  // x / 4 + 0.5
  }
  return static_cast<Code>(x < 0 ? one - 1 - y : y);
}

Code activate(Activation activation, std::int32_t accumulator, int shift) {
  const Code code = requantize(accumulator, shift);
  switch (activation) {
    case Activation::kRelu:
      return std::max<Code>(code, 0);
    case Activation::kSigmoid:
      return sigmoid_code(code);
    case Activation::kLinear:
      return code;
    case Activation::kRaw:
      break;
  }
  assert(false && "raw accumulators have no code");
  return 0;
}

}  // namespace axnn
