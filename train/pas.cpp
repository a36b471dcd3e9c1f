#include "train/pas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "model/error.h"
#include "model/network.h"
#include "model/rng.h"
#include "model/weight_layout.h"

namespace axnn {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
// to = code * unit
void codes_to_values(const Code* codes, float unit, Matrix<float>& to) {
  float* out = to.data();
  for (Eigen::Index i = 0; i < to.size(); ++i) out[i] = static_cast<float>(codes[i]) * unit;
}

float unit(int fraction) { return std::ldexp(1.0f, -fraction); }

// storable() of every code: [code - kCodeMin].
using CodeTable = std::array<Code, kCodeMax - kCodeMin + 1>;
CodeTable storable_codes(WeightFormat format) {
  CodeTable table;
  for (int code = kCodeMin; code <= kCodeMax; ++code) {
    table[std::size_t(code - kCodeMin)] = storable(format, static_cast<Code>(code));
  }
  return table;
}

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

void quantize_all(std::span<const float> values, int fraction, Code* codes) {
  // Adding 512.5 in double precision and cutting off is exact rounding for floats in code range.
  const float scale = std::ldexp(1.0f, fraction);
  constexpr auto low = static_cast<float>(kCodeMin);
  constexpr auto high = static_cast<float>(kCodeMax);
  constexpr double half = 0.5 - kCodeMin;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float v = std::min(std::max(values[i] * scale, low), high);
    codes[i] = static_cast<Code>(static_cast<int>(v + half) + kCodeMin);
  }
}

void PasForward::set_net(const FloatNet& net) {
  const CodeTable stored = storable_codes(storage_);
  layers_.resize(net.size());
  for (std::size_t l = 0; l < net.size(); ++l) {
    Layer& layer = layers_[l];
    layer.inputs_count = static_cast<int>(net[l].weights.cols());
    layer.outputs_count = static_cast<int>(net[l].weights.rows());
    const RowMajor weights = net[l].weights;
    layer.weights.resize(std::size_t(weights.size()));
    quantize_all({weights.data(), std::size_t(weights.size())}, formats_.weights[l],
                 layer.weights.data());
    for (Code& w : layer.weights) w = stored[std::size_t(w - kCodeMin)];
    const int sum = formats_.activations[l] + formats_.weights[l];
    layer.bias.resize(std::size_t(layer.outputs_count));
    for (int o = 0; o < layer.outputs_count; ++o) {
      layer.bias[std::size_t(o)] = bias_code(net[l].bias(o), sum);
    }
    layer.shift = shift_of(net, formats_, l);
    layer.activation = net[l].activation;
  }
}

void PasForward::flip(const FlipMasks& masks) {
  std::array<std::uint32_t, kCodeMax - kCodeMin + 1> encode;
  for (int code = kCodeMin; code <= kCodeMax; ++code) {
    encode[std::size_t(code - kCodeMin)] = encode_weight(storage_, static_cast<Code>(code));
  }
  std::array<Code, 1 << kDataW> decode;
  for (std::uint32_t bits = 0; bits < decode.size(); ++bits) {
    decode[bits] = decode_weight(storage_, bits);
  }
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    std::vector<Code>& weights = layers_[l].weights;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::uint32_t stored = encode[std::size_t(weights[i] - kCodeMin)];
      weights[i] = decode[stored ^ masks[l][i]];
    }
  }
}

const Matrix<float>& PasForward::run(const Matrix<float>& x, Multiplier multiplier) {
  const auto batch = static_cast<std::size_t>(x.cols());
  layers_.front().inputs.resize(std::size_t(x.size()));
  quantize_all({x.data(), std::size_t(x.size())}, formats_.activations.front(),
               layers_.front().inputs.data());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    Layer& layer = layers_[l];
    const auto outputs = std::size_t(layer.outputs_count);
    layer.sums.resize(outputs * batch);
    if (approximate_.empty()) {
      layer.operand_weights.resize(layer.weights.size());
      layer.operand_inputs.resize(layer.inputs.size());
      transform_weights(multiplier, layer.weights, layer.operand_weights.data());
      transform_activations(multiplier, layer.inputs, layer.operand_inputs.data());
      gemm(multiplier, layer.operand_weights.data(), layer.operand_inputs.data(),
           layer.outputs_count, layer.inputs_count, static_cast<int>(batch), layer.sums.data());
    } else {
      mixed_gemm(multiplier, approximate_[l], layer.weights.data(), layer.inputs.data(),
                 layer.outputs_count, layer.inputs_count, static_cast<int>(batch),
                 layer.sums.data());
    }
    for (std::size_t b = 0; b < batch; ++b) {
      for (std::size_t o = 0; o < outputs; ++o) layer.sums[b * outputs + o] += layer.bias[o];
    }
    if (l + 1 == layers_.size()) break;
    std::vector<Code>& codes = layers_[l + 1].inputs;
    codes.resize(layer.sums.size());
    const int shift = layer.shift;
    const std::int32_t* sums = layer.sums.data();
    if (layer.activation != Activation::kRelu) {
      for (std::size_t i = 0; i < codes.size(); ++i) {
        codes[i] = activate(layer.activation, sums[i], shift);
      }
      continue;
    }
    // activate(Activation::kRelu, ...), open to the vectoriser.
    for (std::size_t i = 0; i < codes.size(); ++i) {
      codes[i] = std::max<Code>(requantize(sums[i], shift), 0);
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
    values_.resize(layer.inputs_count, batch);
    codes_to_values(inputs, unit(formats_.activations[l]), values_);
    gradients[l].weights.noalias() = delta * values_.transpose();
    gradients[l].bias = delta.rowwise().sum();
    if (l == 0) break;
    const Code* weights = exact ? layer.weights.data() : layer.operand_weights.data();
    // Row-major O x I is column-major I x O: the transpose that is needed.
    weights_value_.resize(layer.inputs_count, layer.outputs_count);
    codes_to_values(weights, unit(formats_.weights[l]), weights_value_);
    before_.noalias() = weights_value_ * delta;
    const Code* codes = layer.inputs.data();
    float* passed = before_.data();
    switch (layers_[l - 1].activation) {
      case Activation::kSigmoid:
        for (Eigen::Index i = 0; i < before_.size(); ++i) {
          const float y = static_cast<float>(codes[i]) * unit(kSigmoidOutF);
          passed[i] *= y * (1 - y);
        }
        break;
      case Activation::kLinear:
        for (Eigen::Index i = 0; i < before_.size(); ++i) {
          passed[i] = codes[i] > kCodeMin && codes[i] < kCodeMax ? passed[i] : 0.0f;
        }
        break;
      default:
        for (Eigen::Index i = 0; i < before_.size(); ++i) {
          passed[i] = codes[i] > 0 && codes[i] < kCodeMax ? passed[i] : 0.0f;
        }
    }
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
    explicit Memory(const PasOptions& o)
        : forward(o.formats, o.flips.format, o.approximate), flips(o.flips) {}
    PasForward forward;
    TrainingFlips flips;
    Matrix<float> delta;
    Gradients<float> flipped;
  };
  const auto memory = std::make_shared<Memory>(options);
  return [=](const FloatNet& net, const Matrix<float>& x, const Targets& targets,
             Gradients<float>& out) {
    const Multiplier mode = options.modes[std::size_t(*step) % options.modes.size()];
    PasForward& forward = memory->forward;
    const auto pass = [&](Gradients<float>& gradients) {
      const Matrix<float>& logits = forward.run(x, mode);
      const double value = loss(options.output, logits, targets, memory->delta);
      forward.backward(memory->delta, options.operands, options.clip_gradient, gradients);
      return value;
    };
    forward.set_net(net);
    if (options.flips.rate == 0) return pass(out);
    const bool both = options.flips.clean_too;
    const double clean = both ? pass(out) : 0;
    // A chip stays for a whole turn of the modes, so every mode meets every chip.
    const int turn = *step / static_cast<int>(options.modes.size());
    forward.flip(memory->flips.masks(net, turn));
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

void store_weights(FloatNet& net, const Formats& formats, WeightFormat storage) {
  const CodeTable stored = storable_codes(storage);
  for (std::size_t l = 0; l < net.size(); ++l) {
    for (float& w : net[l].weights.reshaped()) {
      const Code code = quantize(w, formats.weights[l]);
      const Code kept = stored[std::size_t(code - kCodeMin)];
      if (kept != code) w = static_cast<float>(kept) * unit(formats.weights[l]);
    }
  }
}

}  // namespace axnn
