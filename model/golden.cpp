#include "model/golden.h"

#include <algorithm>
#include <utility>

#include "model/error.h"
#include "model/lut.h"

namespace axnn {
namespace {

// Exact: |a * w| < 2^20 and at most kMaxFanIn terms, so the sum stays below 2^30.
std::int32_t dot(const Multiplier& m, const Code* a, const Code* w, int n) {
  std::int32_t sum = 0;
  if (m.kind == MultiplierKind::kLut && !m.table->factors()) {
    for (int i = 0; i < n; ++i) sum += m.table->product(a[i], w[i]);
  } else {
    for (int i = 0; i < n; ++i) sum += std::int32_t{a[i]} * std::int32_t{w[i]};
  }
  return sum;
}

// Adds the bias to B columns of sums, O each, and makes the codes a layer emits of them. The two
// activations every network here uses are written out, so that the compiler can vectorise.
void finish(const IntegerLayer& layer, BatchOutput& out) {
  const auto outputs = static_cast<std::size_t>(layer.outputs);
  const std::size_t batch = out.accumulators.size() / outputs;
  for (std::size_t b = 0; b < batch; ++b) {
    for (std::size_t o = 0; o < outputs; ++o) out.accumulators[b * outputs + o] += layer.bias[o];
  }
  if (layer.activation == Activation::kRaw) return out.codes.clear();
  out.codes.resize(out.accumulators.size());
  const auto each = [&](auto f) {
    std::transform(out.accumulators.begin(), out.accumulators.end(), out.codes.begin(), f);
  };
  const int shift = layer.shift;
  if (layer.activation == Activation::kRelu) {
    each([shift](std::int32_t acc) { return std::max<Code>(requantize(acc, shift), 0); });
  } else if (layer.activation == Activation::kLinear) {
    each([shift](std::int32_t acc) { return requantize(acc, shift); });
  } else {
    each([&](std::int32_t acc) { return activate(layer.activation, acc, shift); });
  }
}

template <typename Value>
int first_largest(std::span<const Value> values) {
  return static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
}

}  // namespace

GoldenModel::GoldenModel(const IntegerNet& net, Multiplier multiplier, NeuronMask approximate)
    : net_(net), multiplier_(multiplier), approximate_(std::move(approximate)) {
  validate(net_);
  if (!approximate_.empty()) {
    const auto fits = [](const IntegerLayer& layer, const std::vector<char>& mask) {
      return mask.size() == layer.bias.size();
    };
    if (!std::ranges::equal(net_.layers, approximate_, fits)) {
      throw Error("the choice of approximate neurons has another shape", "golden model");
    }
    return;
  }
  for (IntegerLayer& layer : net_.layers) {
    transform_weights(multiplier_, layer.weights, layer.weights.data());
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
  std::vector<Code> transformed;
  for (std::size_t l = 0; l < net_.layers.size(); ++l) {
    const IntegerLayer& layer = net_.layers[l];
    const std::span<const Code> from = l == 0 ? input : std::span<const Code>(out[l - 1].codes);
    operand.resize(from.size());
    transform_activations(multiplier_, from, operand.data());
    LayerOutput& result = out[l];
    const bool raw = layer.activation == Activation::kRaw;
    result.accumulators.resize(layer.bias.size());
    result.codes.resize(raw ? 0 : layer.bias.size());
    for (int o = 0; o < layer.outputs; ++o) {
      const Code* row = &layer.weights[std::size_t(o) * std::size_t(layer.inputs)];
      std::int32_t acc = layer.bias[std::size_t(o)];
      if (approximate_.empty()) {
        acc += dot(multiplier_, operand.data(), row, layer.inputs);
      } else if (approximate_[l][std::size_t(o)] == 0) {
        acc += dot(Multiplier{}, from.data(), row, layer.inputs);
      } else {
        transformed.assign(row, row + layer.inputs);
        transform_weights(multiplier_, transformed, transformed.data());
        acc += dot(multiplier_, operand.data(), transformed.data(), layer.inputs);
      }
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

void GoldenModel::run_batch(std::span<const Code> inputs, std::vector<BatchOutput>& out) const {
  const auto width = static_cast<std::size_t>(net_.inputs());
  if (inputs.size() % width != 0) {
    throw Error(std::to_string(inputs.size()) + " values are no whole number of samples with " +
                    std::to_string(width) + " inputs",
                "golden model");
  }
  const std::size_t batch = inputs.size() / width;
  out.resize(net_.layers.size());
  std::vector<Code> operands;
  for (std::size_t l = 0; l < net_.layers.size(); ++l) {
    const IntegerLayer& layer = net_.layers[l];
    const std::span<const Code> from = l == 0 ? inputs : std::span<const Code>(out[l - 1].codes);
    out[l].accumulators.resize(static_cast<std::size_t>(layer.outputs) * batch);
    std::int32_t* sums = out[l].accumulators.data();
    if (approximate_.empty()) {
      operands.resize(from.size());
      transform_activations(multiplier_, from, operands.data());
      gemm(multiplier_, layer.weights.data(), operands.data(), layer.outputs, layer.inputs,
           static_cast<int>(batch), sums);
    } else {
      mixed_gemm(multiplier_, approximate_[l], layer.weights.data(), from.data(), layer.outputs,
                 layer.inputs, static_cast<int>(batch), sums);
    }
    finish(layer, out[l]);
  }
}

std::vector<int> GoldenModel::classify_batch(std::span<const Code> inputs) const {
  constexpr std::size_t kBlock = 128;  // samples whose activations stay in the cache
  const auto width = static_cast<std::size_t>(net_.inputs());
  const auto outputs = static_cast<std::size_t>(net_.outputs());
  std::vector<int> classes;
  std::vector<BatchOutput> out;
  while (!inputs.empty()) {
    const auto part = inputs.first(std::min(inputs.size(), kBlock * width));
    inputs = inputs.subspan(part.size());
    run_batch(part, out);
    const BatchOutput& last = out.back();
    for (std::size_t n = 0; n < part.size() / width; ++n) {
      const auto column = [&](const auto& all) {
        return std::span(all).subspan(n * outputs, outputs);
      };
      classes.push_back(last.codes.empty() ? first_largest(column(last.accumulators))
                                           : first_largest(column(last.codes)));
    }
  }
  return classes;
}

int argmax(const LayerOutput& output) {
  return output.codes.empty() ? first_largest(std::span(output.accumulators))
                              : first_largest(std::span(output.codes));
}

}  // namespace axnn
