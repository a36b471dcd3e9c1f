#include "train/calibrate.h"

#include <algorithm>
#include <cmath>

#include "model/error.h"

namespace axnn {
namespace {

constexpr int kMinFraction = -24;
constexpr int kMaxFraction = 40;
constexpr int kMaxShift = (1 << kShiftW) - 1;
// Activations are judged on about this many samples, evenly spaced.
constexpr Eigen::Index kSamples = 4096;

std::span<const float> values_of(const Matrix<float>& m) {
  return {m.data(), static_cast<std::size_t>(m.size())};
}

double squared_error(std::span<const float> values, int fraction) {
  double sum = 0;
  for (float v : values) {
    const double e = std::ldexp(quantize(v, fraction), -fraction) - double{v};
    sum += e * e;
  }
  return sum;
}

Matrix<float> some_columns(const Matrix<float>& x) {
  const Eigen::Index stride = (x.cols() + kSamples - 1) / kSamples;
  Matrix<float> some(x.rows(), (x.cols() + stride - 1) / stride);
  for (Eigen::Index c = 0; c < some.cols(); ++c) some.col(c) = x.col(c * stride);
  return some;
}

std::int32_t bias_code(float bias, int fraction) {
  const double scaled = std::floor(std::ldexp(double{bias}, fraction) + 0.5);
  return static_cast<std::int32_t>(std::clamp(scaled, double{kBiasMin}, double{kBiasMax}));
}

ModelLayer make_layer(const Dense<float>& dense, int input_fraction) {
  ModelLayer layer;
  layer.inputs = static_cast<int>(dense.weights.cols());
  layer.outputs = static_cast<int>(dense.weights.rows());
  for (int o = 0; o < layer.outputs; ++o) {
    for (int i = 0; i < layer.inputs; ++i) layer.weights.push_back(dense.weights(o, i));
  }
  layer.bias.assign(dense.bias.data(), dense.bias.data() + dense.bias.size());
  layer.input_fraction = input_fraction;
  layer.weight_fraction = best_fraction(layer.weights);
  return layer;
}

// Keeps the shift within what the accelerator has.
void limit_shift(ModelLayer& layer) {
  layer.output_fraction =
      std::min(layer.output_fraction, layer.input_fraction + layer.weight_fraction);
  layer.weight_fraction =
      std::min(layer.weight_fraction, kMaxShift + layer.output_fraction - layer.input_fraction);
}

void fill_integer(ModelLayer& layer, bool last) {
  const int sum = layer.input_fraction + layer.weight_fraction;
  IntegerLayer& integer = layer.integer;
  integer.inputs = layer.inputs;
  integer.outputs = layer.outputs;
  integer.activation = last ? Activation::kRaw : Activation::kRelu;
  integer.shift = last ? 0 : sum - layer.output_fraction;
  for (float w : layer.weights) integer.weights.push_back(quantize(w, layer.weight_fraction));
  for (float b : layer.bias) integer.bias.push_back(bias_code(b, sum));
}

}  // namespace

int best_fraction(std::span<const float> values) {
  float top = 0;
  for (float v : values) top = std::max(top, std::abs(v));
  if (!std::isfinite(top)) throw Error("a value is not finite", "calibration", "train again");
  if (top == 0) return kDataW - 1;
  // The finest grid on which nothing saturates, and some finer ones that clip the largest values.
  const int fit = std::clamp(kDataW - 2 - std::ilogb(top), kMinFraction, kMaxFraction);
  int best = fit;
  double least = squared_error(values, fit);
  for (int fraction = fit + 1; fraction <= std::min(fit + 4, kMaxFraction); ++fraction) {
    const double error = squared_error(values, fraction);
    if (error <= least) {
      least = error;
      best = fraction;
    }
  }
  return best;
}

Model calibrate(const FloatNet& net, const InputScaling& scaling, const Samples& samples) {
  const Matrix<float> x = some_columns(samples.x);
  Workspace<float> work;
  forward(net, x, work);
  Model model;
  model.scaling = scaling;
  model.scaling.fraction = best_fraction(values_of(x));
  int fraction = model.scaling.fraction;
  for (std::size_t l = 0; l < net.size(); ++l) {
    const bool last = l + 1 == net.size();
    ModelLayer layer = make_layer(net[l], fraction);
    if (!last) {
      layer.output_fraction = best_fraction(values_of(work.outputs[l]));
      limit_shift(layer);
    }
    fraction = layer.output_fraction;
    fill_integer(layer, last);
    model.layers.push_back(std::move(layer));
  }
  validate(model.integer_net());
  return model;
}

FloatNet float_net(const Model& model) {
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  FloatNet net;
  for (const ModelLayer& layer : model.layers) {
    net.push_back({Eigen::Map<const RowMajor>(layer.weights.data(), layer.outputs, layer.inputs),
                   Eigen::Map<const Vector<float>>(layer.bias.data(), layer.outputs)});
  }
  return net;
}

}  // namespace axnn
