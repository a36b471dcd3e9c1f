#include "model/golden.h"

#include "model/error.h"

namespace axnn {
namespace {

// Exact: |a * w| <= 2^18 and at most kMaxFanIn terms, so the sum stays below 2^29.
std::int32_t dot(const Code* a, const Code* w, int n) {
  std::int32_t sum = 0;
  for (int i = 0; i < n; ++i) sum += std::int32_t{a[i]} * std::int32_t{w[i]};
  return sum;
}

}  // namespace

GoldenModel::GoldenModel(const IntegerNet& net, Multiplier multiplier)
    : net_(net), multiplier_(multiplier) {
  validate(net_);
  for (IntegerLayer& layer : net_.layers) {
    for (Code& w : layer.weights) w = transform_weight(multiplier_, w);
  }
}

void GoldenModel::run(std::span<const Code> input, std::vector<LayerOutput>& out) const {
  if (input.size() != static_cast<std::size_t>(net_.inputs())) {
    throw Error("sample with " + std::to_string(input.size()) + " values for a network with " +
                    std::to_string(net_.inputs()) + " inputs",
                "golden model");
  }
  out.resize(net_.layers.size());
  std::vector<Code> operand;
  for (std::size_t l = 0; l < net_.layers.size(); ++l) {
    const IntegerLayer& layer = net_.layers[l];
    const std::span<const Code> from = l == 0 ? input : std::span<const Code>(out[l - 1].codes);
    operand.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      operand[i] = transform_activation(multiplier_, from[i]);
    }
    LayerOutput& result = out[l];
    const bool raw = layer.activation == Activation::kRaw;
    result.accumulators.resize(layer.bias.size());
    result.codes.resize(raw ? 0 : layer.bias.size());
    for (int o = 0; o < layer.outputs; ++o) {
      const Code* row = &layer.weights[std::size_t(o) * std::size_t(layer.inputs)];
      const std::int32_t acc = dot(operand.data(), row, layer.inputs) + layer.bias[std::size_t(o)];
      result.accumulators[std::size_t(o)] = acc;
      if (!raw) result.codes[std::size_t(o)] = activate(layer.activation, acc, layer.shift);
    }
  }
}

int GoldenModel::classify(std::span<const Code> input) const {
  std::vector<LayerOutput> out;
  run(input, out);
  return argmax(out.back());
}

int argmax(const LayerOutput& output) {
  const auto first_max = [](const auto& v) {
    return static_cast<int>(std::max_element(v.begin(), v.end()) - v.begin());
  };
  return output.codes.empty() ? first_max(output.accumulators) : first_max(output.codes);
}

}  // namespace axnn
