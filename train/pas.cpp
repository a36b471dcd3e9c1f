#include "train/pas.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/error.h"
#include "model/int_gemm.h"
#include "model/network.h"
#include "model/rng.h"
#include "model/weight_layout.h"

namespace axnn {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using CodeArray = Eigen::Array<Code, Eigen::Dynamic, 1>;

template <typename Transform>
CodeTable table_of(Transform transform) {
  CodeTable table;
  for (int code = kCodeMin; code <= kCodeMax; ++code) {
    table[std::size_t(code - kCodeMin)] = transform(static_cast<Code>(code));
  }
  return table;
}

void look_up(const CodeTable& table, const std::vector<Code>& from, std::vector<Code>& to) {
  to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = table[std::size_t(from[i] - kCodeMin)];
}

float unit(int fraction) { return std::ldexp(1.0f, -fraction); }

}  // namespace

std::string_view operands_name(PasOperands operands) {
  return operands == PasOperands::kExact ? "exact" : "transformed";
}

PasOperands parse_operands(std::string_view name) {
  for (auto operands : {PasOperands::kExact, PasOperands::kTransformed}) {
    if (name == operands_name(operands)) return operands;
  }
  throw Error("unknown operands '" + std::string(name) + "'", "", "known: exact, transformed");
}

CodeTable activation_table(Multiplier m) {
  return table_of([m](Code c) { return transform_activation(m, c); });
}

CodeTable weight_table(Multiplier m) {
  return table_of([m](Code c) { return transform_weight(m, c); });
}

void quantize_all(std::span<const float> values, int fraction, Code* codes) {
  const float scale = std::ldexp(1.0f, fraction);
  const auto count = static_cast<Eigen::Index>(values.size());
  const Eigen::Map<const Eigen::ArrayXf> v(values.data(), count);
  // v - floor(v) >= 1/2 decides without the rounding that v + 1/2 could suffer.
  const auto scaled = (v * scale).cwiseMax(float{kCodeMin}).cwiseMin(float{kCodeMax});
  Eigen::Map<CodeArray>(codes, count) =
      (scaled.floor() + (scaled - scaled.floor() >= 0.5f).cast<float>()).cast<Code>();
}

void PasForward::set_net(const FloatNet& net) {
  layers_.resize(net.size());
  for (std::size_t l = 0; l < net.size(); ++l) {
    Layer& layer = layers_[l];
    layer.inputs_count = static_cast<int>(net[l].weights.cols());
    layer.outputs_count = static_cast<int>(net[l].weights.rows());
    const RowMajor weights = net[l].weights;
    layer.weights.resize(std::size_t(weights.size()));
    quantize_all({weights.data(), std::size_t(weights.size())}, formats_.weights[l],
                 layer.weights.data());
    const int sum = formats_.activations[l] + formats_.weights[l];
    layer.bias.resize(std::size_t(layer.outputs_count));
    for (int o = 0; o < layer.outputs_count; ++o) {
      layer.bias[std::size_t(o)] = bias_code(net[l].bias(o), sum);
    }
    layer.shift = l + 1 == net.size() ? 0 : sum - formats_.activations[l + 1];
  }
}

void PasForward::flip(WeightFormat format, const FlipMasks& masks) {
  const auto encode =
      table_of([format](Code c) { return static_cast<Code>(encode_weight(format, c)); });
  std::array<Code, 1 << kDataW> decode;
  for (std::uint32_t bits = 0; bits < decode.size(); ++bits) {
    decode[bits] = decode_weight(format, bits);
  }
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    std::vector<Code>& weights = layers_[l].weights;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const auto stored = static_cast<unsigned>(encode[std::size_t(weights[i] - kCodeMin)]);
      weights[i] = decode[stored ^ masks[l][i]];
    }
  }
}

const Matrix<float>& PasForward::run(const Matrix<float>& x, Multiplier multiplier) {
  const CodeTable activation = activation_table(multiplier);
  const CodeTable weight = weight_table(multiplier);
  const auto batch = static_cast<std::size_t>(x.cols());
  layers_.front().inputs.resize(std::size_t(x.size()));
  quantize_all({x.data(), std::size_t(x.size())}, formats_.activations.front(),
               layers_.front().inputs.data());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    Layer& layer = layers_[l];
    look_up(weight, layer.weights, layer.operand_weights);
    look_up(activation, layer.inputs, layer.operand_inputs);
    const auto outputs = std::size_t(layer.outputs_count);
    layer.sums.resize(outputs * batch);
    int_gemm(layer.operand_weights.data(), layer.operand_inputs.data(), layer.outputs_count,
             layer.inputs_count, static_cast<int>(batch), layer.sums.data());
    for (std::size_t b = 0; b < batch; ++b) {
      for (std::size_t o = 0; o < outputs; ++o) layer.sums[b * outputs + o] += layer.bias[o];
    }
    if (l + 1 == layers_.size()) break;
    std::vector<Code>& codes = layers_[l + 1].inputs;
    codes.resize(layer.sums.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      codes[i] = activate(Activation::kRelu, layer.sums[i], layer.shift);
    }
  }
  const Layer& last = layers_.back();
  const Eigen::Map<const Matrix<std::int32_t>> sums(last.sums.data(), last.outputs_count, x.cols());
  logits_ = sums.cast<float>() * unit(formats_.activations.back() + formats_.weights.back());
  return logits_;
}

void PasForward::backward(Matrix<float>& delta, PasOperands operands, bool clip,
                          Gradients<float>& gradients) {
  gradients.resize(layers_.size());
  const auto batch = delta.cols();
  const auto clip_large = [&] {
    if (!clip) return;
    const float limit = 1.0f / static_cast<float>(batch);
    delta.array() *= (delta.array().abs() < limit).cast<float>();
  };
  clip_large();
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const Layer& layer = layers_[l];
    const bool exact = operands == PasOperands::kExact;
    const Code* inputs = exact ? layer.inputs.data() : layer.operand_inputs.data();
    values_ = Eigen::Map<const Matrix<Code>>(inputs, layer.inputs_count, batch).cast<float>() *
              unit(formats_.activations[l]);
    gradients[l].weights.noalias() = delta * values_.transpose();
    gradients[l].bias = delta.rowwise().sum();
    if (l == 0) break;
    const Code* weights = exact ? layer.weights.data() : layer.operand_weights.data();
    using CodesRowMajor = Eigen::Matrix<Code, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    weights_value_ =
        Eigen::Map<const CodesRowMajor>(weights, layer.outputs_count, layer.inputs_count)
            .cast<float>() *
        unit(formats_.weights[l]);
    before_.noalias() = weights_value_.transpose() * delta;
    const Eigen::Map<const Matrix<Code>> codes(layer.inputs.data(), layer.inputs_count, batch);
    before_.array() *= (codes.array() > Code{0} && codes.array() < Code{kCodeMax}).cast<float>();
    std::swap(delta, before_);
    clip_large();
  }
}

std::vector<LayerShape> shapes_of(const FloatNet& net) {
  std::vector<LayerShape> shapes;
  for (const auto& layer : net) {
    shapes.push_back(
        {static_cast<int>(layer.weights.cols()), static_cast<int>(layer.weights.rows())});
  }
  return shapes;
}

std::uint64_t training_chip(std::uint64_t seed, int i) {
  return Rng(seed, Purpose::kTrainingChip).bits(static_cast<std::uint64_t>(i)) | 1ull << 63;
}

namespace {

// The flips of each turn of the modes.
class TrainingFlips {
 public:
  explicit TrainingFlips(const FlipOptions& options) : options_(options) {}

  const FlipMasks& masks(const FloatNet& net, int turn) {
    const bool persistent = options_.kind == FaultKind::kPersistent;
    const int chip = persistent ? turn % options_.chips : 0;
    if (chips_.empty()) chips_.resize(std::size_t(persistent ? options_.chips : 1));
    FlipMasks& masks = chips_[std::size_t(chip)];
    if (masks.empty() || !persistent) {
      const FaultMap map(training_chip(options_.seed, chip), options_.rate, options_.kind);
      masks = flip_masks(WeightLayout(shapes_of(net)), map, static_cast<std::uint32_t>(turn));
    }
    return masks;
  }

 private:
  FlipOptions options_;
  std::vector<FlipMasks> chips_;
};

}  // namespace

BatchGradient pas_gradient(const PasOptions& options, std::shared_ptr<const int> step) {
  struct Memory {
    explicit Memory(const PasOptions& o) : forward(o.formats), flips(o.flips) {}
    PasForward forward;
    TrainingFlips flips;
    Matrix<float> delta;
    Gradients<float> flipped;
  };
  const auto memory = std::make_shared<Memory>(options);
  return [=](const FloatNet& net, const Matrix<float>& x, std::span<const int> labels,
             Gradients<float>& out) {
    const Multiplier mode = options.modes[std::size_t(*step) % options.modes.size()];
    PasForward& forward = memory->forward;
    const auto pass = [&](Gradients<float>& gradients) {
      const Matrix<float>& logits = forward.run(x, mode);
      const double value = loss(options.output, logits, labels, memory->delta);
      forward.backward(memory->delta, options.operands, options.clip_gradient, gradients);
      return value;
    };
    forward.set_net(net);
    if (options.flips.rate == 0) return pass(out);
    const bool both = options.flips.clean_too;
    const double clean = both ? pass(out) : 0;
    // A chip stays for a whole turn of the modes, so every mode meets every chip.
    const int turn = *step / static_cast<int>(options.modes.size());
    forward.flip(options.flips.format, memory->flips.masks(net, turn));
    const double flipped = pass(both ? memory->flipped : out);
    if (!both) return flipped;
    for (std::size_t l = 0; l < out.size(); ++l) {
      out[l].weights = 0.5f * (out[l].weights + memory->flipped[l].weights);
      out[l].bias = 0.5f * (out[l].bias + memory->flipped[l].bias);
    }
    return 0.5 * (clean + flipped);
  };
}

void clip_weights(FloatNet& net, const Formats& formats) {
  for (std::size_t l = 0; l < net.size(); ++l) {
    const float one = unit(formats.weights[l]);
    net[l].weights = net[l].weights.cwiseMax(-kCodeMax * one).cwiseMin(kCodeMax * one);
  }
}

}  // namespace axnn
