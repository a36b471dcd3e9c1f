#include "model/float_net.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/error.h"
#include "model/rng.h"

namespace axnn {

std::string_view output_name(OutputKind kind) {
  return kind == OutputKind::kSoftmax ? "softmax" : "sigmoid";
}

OutputKind parse_output(std::string_view name) {
  for (auto kind : {OutputKind::kSoftmax, OutputKind::kSigmoid}) {
    if (name == output_name(kind)) return kind;
  }
  throw UsageError("unknown output '" + std::string(name) + "'", "", "known: softmax, sigmoid");
}

FloatNet make_net(const std::vector<int>& widths, std::uint64_t seed) {
  const Rng rng(seed, Purpose::kWeightInit);
  FloatNet net(widths.size() - 1);
  for (std::size_t l = 0; l < net.size(); ++l) {
    const int inputs = widths[l];
    const double deviation = std::sqrt((l + 1 < net.size() ? 2.0 : 1.0) / inputs);
    net[l].weights.resize(widths[l + 1], inputs);
    net[l].bias = Vector<float>::Zero(widths[l + 1]);
    for (int o = 0; o < widths[l + 1]; ++o) {
      for (int i = 0; i < inputs; ++i) {
        const auto index = std::uint64_t(o) * std::uint64_t(inputs) + std::uint64_t(i);
        net[l].weights(o, i) =
            static_cast<float>(deviation * rng.normal(index, static_cast<std::uint32_t>(l)));
      }
    }
  }
  return net;
}

bool all_relu(const FloatNet& net) {
  return std::all_of(net.begin(), net.end() - 1,
                     [](const auto& layer) { return layer.activation == Activation::kRelu; });
}

template <typename T>
const Matrix<T>& forward(const Net<T>& net, const Matrix<T>& x, Workspace<T>& work) {
  work.outputs.resize(net.size());
  for (std::size_t l = 0; l < net.size(); ++l) {
    Matrix<T>& out = work.outputs[l];
    out.noalias() = net[l].weights * (l == 0 ? x : work.outputs[l - 1]);
    out.colwise() += net[l].bias;
    if (l + 1 == net.size() || net[l].activation == Activation::kLinear) continue;
    if (net[l].activation == Activation::kSigmoid) {
      out = T(1) / (T(1) + (-out.array()).exp());
    } else {
      out = out.cwiseMax(T(0));
    }
  }
  return work.outputs.back();
}

template <typename T>
double loss(OutputKind kind, const Matrix<T>& logits, const Targets& targets, Matrix<T>& delta) {
  const T scale = T(1) / static_cast<T>(logits.cols());
  delta.resize(logits.rows(), logits.cols());
  double sum = 0;
  for (Eigen::Index b = 0; b < logits.cols(); ++b) {
    const auto z = logits.col(b).array();
    auto d = delta.col(b).array();
    const auto label = static_cast<Eigen::Index>(targets.labels[std::size_t(b)]);
    // The wanted outputs' share of the loss: what `value` is for the class or on average.
    const auto wanted = [&](const auto& value) {
      if (targets.probabilities == nullptr) return value(label);
      return (targets.probabilities->col(b).array().template cast<T>() * value).sum();
    };
    if (kind == OutputKind::kSoftmax) {
      const T top = z.maxCoeff();
      d = (z - top).exp();
      const T total = d.sum();
      sum += static_cast<double>(std::log(total) - wanted(z - top));
      d /= total;
    } else {
      // log(1 + e^z) = max(z, 0) + log(1 + e^-|z|) cannot overflow.
      d = (-z.abs()).exp();
      sum += static_cast<double>((z.max(T(0)) + d.log1p()).sum() - wanted(z));
      d = (z >= T(0)).select(T(1) / (T(1) + d), d / (T(1) + d));
    }
    if (targets.probabilities == nullptr) {
      d(label) -= T(1);
    } else {
      d -= targets.probabilities->col(b).array().template cast<T>();
    }
  }
  delta *= scale;
  return sum / static_cast<double>(logits.cols());
}

template <typename T>
void backward(const Net<T>& net, const Matrix<T>& x, Workspace<T>& work, Gradients<T>& gradients) {
  gradients.resize(net.size());
  work.deltas.resize(net.size());
  for (std::size_t l = net.size(); l-- > 0;) {
    const Matrix<T>& delta = work.deltas[l];
    const Matrix<T>& in = l == 0 ? x : work.outputs[l - 1];
    gradients[l].weights.noalias() = delta * in.transpose();
    gradients[l].bias = delta.rowwise().sum();
    if (l == 0) break;
    Matrix<T>& before = work.deltas[l - 1];
    before.noalias() = net[l].weights.transpose() * delta;
    switch (net[l - 1].activation) {
      case Activation::kSigmoid:
        before.array() *= in.array() * (T(1) - in.array());
        break;
      case Activation::kRelu:
        before.array() *= (in.array() > T(0)).template cast<T>();
        break;
      default:
        break;
    }
  }
}

template const Matrix<float>& forward(const Net<float>&, const Matrix<float>&, Workspace<float>&);
template const Matrix<double>& forward(const Net<double>&, const Matrix<double>&,
                                       Workspace<double>&);
template double loss(OutputKind, const Matrix<float>&, const Targets&, Matrix<float>&);
template double loss(OutputKind, const Matrix<double>&, const Targets&, Matrix<double>&);
template void backward(const Net<float>&, const Matrix<float>&, Workspace<float>&,
                       Gradients<float>&);
template void backward(const Net<double>&, const Matrix<double>&, Workspace<double>&,
                       Gradients<double>&);

double accuracy(const FloatNet& net, const Matrix<float>& x, std::span<const int> labels) {
  constexpr Eigen::Index kBlock = 4096;  // samples at once: memory does not grow with their number
  Workspace<float> work;
  Matrix<float> block;
  std::size_t right = 0;
  for (Eigen::Index first = 0; first < x.cols(); first += kBlock) {
    block = x.middleCols(first, std::min(kBlock, x.cols() - first));
    const Matrix<float>& logits = forward(net, block, work);
    for (Eigen::Index n = 0; n < logits.cols(); ++n) {
      Eigen::Index best = 0;
      logits.col(n).maxCoeff(&best);
      right += best == labels[static_cast<std::size_t>(first + n)];
    }
  }
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

}  // namespace axnn
