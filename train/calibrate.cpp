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

ModelLayer make_layer(const Dense<float>& dense, const Formats& formats, std::size_t l) {
  if (!dense.weights.allFinite() || !dense.bias.allFinite()) {
    throw Error("a weight is not finite", "layer " + std::to_string(l + 1), "train again");
  }
  ModelLayer layer;
  layer.inputs = static_cast<int>(dense.weights.cols());
  layer.outputs = static_cast<int>(dense.weights.rows());
  for (int o = 0; o < layer.outputs; ++o) {
    for (int i = 0; i < layer.inputs; ++i) layer.weights.push_back(dense.weights(o, i));
  }
  layer.bias.assign(dense.bias.data(), dense.bias.data() + dense.bias.size());
  layer.input_fraction = formats.activations[l];
  layer.weight_fraction = formats.weights[l];
  if (l + 1 < formats.activations.size()) layer.output_fraction = formats.activations[l + 1];
  return layer;
}

void fill_integer(ModelLayer& layer, Activation activation, int shift) {
  const int sum = layer.input_fraction + layer.weight_fraction;
  IntegerLayer& integer = layer.integer;
  integer.inputs = layer.inputs;
  integer.outputs = layer.outputs;
  integer.activation = activation;
  integer.shift = shift;
  for (float w : layer.weights) integer.weights.push_back(quantize(w, layer.weight_fraction));
  for (float b : layer.bias) integer.bias.push_back(bias_code(b, sum));
}

}  // namespace

int best_fraction(std::span<const float> values) {
  float top = 0;
  for (float v : values) {
    if (!std::isfinite(v)) throw Error("a value is not finite", "calibration", "train again");
    top = std::max(top, std::abs(v));
  }
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

void limit_shifts(const FloatNet& net, Formats& f) {
  for (std::size_t l = 0; l + 1 < f.weights.size(); ++l) {
    int& output = f.activations[l + 1];
    if (net[l].activation == Activation::kSigmoid) {
      output = kSigmoidOutF;
      const int least = kSigmoidInF - f.activations[l];
      f.weights[l] = std::clamp(f.weights[l], least, least + kMaxShift);
      continue;
    }
    output = std::min(output, f.activations[l] + f.weights[l]);
    f.weights[l] = std::min(f.weights[l], kMaxShift + output - f.activations[l]);
  }
}

int shift_of(const FloatNet& net, const Formats& f, std::size_t l) {
  if (l + 1 == net.size()) return 0;
  const bool sigmoid = net[l].activation == Activation::kSigmoid;
  return f.activations[l] + f.weights[l] - (sigmoid ? int{kSigmoidInF} : f.activations[l + 1]);
}

Formats best_formats(const FloatNet& net, const Samples& samples) {
  const Matrix<float> x = some_columns(samples.x);
  Workspace<float> work;
  forward(net, x, work);
  Formats formats;
  for (std::size_t l = 0; l < net.size(); ++l) {
    formats.activations.push_back(best_fraction(values_of(l == 0 ? x : work.outputs[l - 1])));
    formats.weights.push_back(best_fraction(values_of(net[l].weights)));
  }
  limit_shifts(net, formats);
  return formats;
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

Model make_model(const FloatNet& net, const InputScaling& scaling, const Formats& formats) {
  Model model;
  model.scaling = scaling;
  model.scaling.fraction = formats.activations.front();
  for (std::size_t l = 0; l < net.size(); ++l) {
    ModelLayer layer = make_layer(net[l], formats, l);
    const bool last = l + 1 == net.size();
    fill_integer(layer, last ? Activation::kRaw : net[l].activation, shift_of(net, formats, l));
    model.layers.push_back(std::move(layer));
  }
  validate(model.integer_net());
  return model;
}

Model calibrate(const FloatNet& net, const InputScaling& scaling, const Samples& samples) {
  return make_model(net, scaling, best_formats(net, samples));
}

FloatNet float_net(const Model& model) {
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  FloatNet net;
  for (const ModelLayer& layer : model.layers) {
    net.push_back({Eigen::Map<const RowMajor>(layer.weights.data(), layer.outputs, layer.inputs),
                   Eigen::Map<const Vector<float>>(layer.bias.data(), layer.outputs),
                   layer.integer.activation});
  }
  return net;
}

}  // namespace axnn
