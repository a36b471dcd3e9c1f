#include "train/sensitivity.h"

#include <cmath>
#include <string>

#include "model/error.h"

namespace axnn {
namespace {

// What depends on the sample but not on k: |W|, masks, |W| |a|, the slopes of the outputs.
template <typename T>
void prepare(SensitivityOf of, const Net<T>& net, const Matrix<T>& x, const Workspace<T>& work,
             SensitivityWork<T>& s) {
  const std::size_t layers = net.size();
  s.magnitudes.resize(layers);
  s.products.resize(layers);
  s.absolutes.resize(layers);
  s.masks.resize(layers - 1);
  s.deltas.resize(layers - 1);
  s.abs_x = x.cwiseAbs();
  for (std::size_t l = 0; l < layers; ++l) {
    s.magnitudes[l] = net[l].weights.cwiseAbs();
    s.products[l].noalias() = s.magnitudes[l] * (l == 0 ? s.abs_x : work.outputs[l - 1]);
    if (l + 1 == layers) break;
    s.masks[l] = (work.outputs[l].array() > T(0)).template cast<T>();
    s.products[l].array() *= s.masks[l].array();
  }
  const Matrix<T>& logits = work.outputs.back();
  if (of == SensitivityOf::kLogits) {
    s.slope.setOnes(logits.rows(), logits.cols());
    s.curvature.setZero(logits.rows(), logits.cols());
  } else {
    s.scratch = T(1) / (T(1) + (-logits.array()).exp());
    s.slope = s.scratch.array() * (T(1) - s.scratch.array());
    s.curvature = s.slope.array() * (T(1) - T(2) * s.scratch.array());
  }
  // The last two layers need no product for each k: delta is slope e_k in the last layer and slope
  // times row k of its weights, masked, in the one before.
  s.absolutes.back() = s.slope;
  s.responses = s.products.back();
  if (layers == 1) return;
  s.absolutes[layers - 2].noalias() = s.magnitudes.back().transpose() * s.slope;
  s.absolutes[layers - 2].array() *= s.masks[layers - 2].array();
  s.responses.noalias() += s.magnitudes.back() * s.products[layers - 2];
  for (std::size_t l = 0; l + 2 < layers; ++l) {
    s.absolutes[l].setZero(net[l].weights.rows(), x.cols());
  }
}

// deltas of output k in all hidden layers; adds to the sums over k in layers below the last two.
template <typename T>
void backward_of(Eigen::Index k, const Net<T>& net, SensitivityWork<T>& s) {
  const std::size_t top = net.size() - 2;
  s.deltas[top] = s.masks[top].array().colwise() * net.back().weights.row(k).transpose().array();
  for (std::size_t l = top; l-- > 0;) {
    Matrix<T>& delta = s.deltas[l];
    delta.noalias() = net[l + 1].weights.transpose() * s.deltas[l + 1];
    const Eigen::Index rows = delta.rows();
    for (Eigen::Index b = 0; b < delta.cols(); ++b) {
      T* d = delta.col(b).data();
      const T* mask = s.masks[l].col(b).data();
      T* sum = s.absolutes[l].col(b).data();
      const T slope = s.slope(k, b);
      for (Eigen::Index i = 0; i < rows; ++i) {
        d[i] *= mask[i];
        sum[i] += slope * std::abs(d[i]);
      }
      s.responses(k, b) += delta.col(b).cwiseAbs().dot(s.products[l].col(b));
    }
  }
}

// R{a} of layer l without what comes from the layers below: slope sign(delta) |W| |a|.
template <typename T>
void seed_r(Eigen::Index k, std::size_t l, const SensitivityWork<T>& s, Matrix<T>& r) {
  r.resize(s.deltas[l].rows(), s.deltas[l].cols());
  for (Eigen::Index b = 0; b < r.cols(); ++b) {
    const T* d = s.deltas[l].col(b).data();
    const T* p = s.products[l].col(b).data();
    T* out = r.col(b).data();
    const T slope = s.slope(k, b);
    for (Eigen::Index i = 0; i < r.rows(); ++i) {
      const T size = slope * p[i];
      out[i] = d[i] > 0 ? size : d[i] < 0 ? -size : T(0);
    }
  }
}

// Eq. 10 and 11 for output k, and the part of Eq. 9 with R{a}, into extras. R{a} carries the
// factor slope(k, b), so the sums over samples need no other.
template <typename T>
void forward_r_of(Eigen::Index k, const Net<T>& net, SensitivityWork<T>& s) {
  const std::size_t top = net.size() - 2;
  seed_r(k, 0, s, s.r);
  for (std::size_t l = 1; l < top; ++l) {
    s.extras[l].noalias() += s.deltas[l] * s.r.transpose();
    s.r_next.noalias() = net[l].weights * s.r;
    s.r_next.array() *= s.masks[l].array();
    seed_r(k, l, s, s.scratch);
    s.r = s.r_next + s.scratch;
  }
  // The last hidden layer's delta is mask * weight for all samples, so one product serves both
  // this layer's weights and row k of the next layer's.
  s.scratch.noalias() = s.masks[top] * s.r.transpose();
  s.extras.back().row(k) += net[top].weights.cwiseProduct(s.scratch).rowwise().sum().transpose();
  s.extras[top].noalias() += net.back().weights.row(k).transpose().asDiagonal() * s.scratch;
}

template <typename T>
double mean_sensitivity(const SensitivityWork<T>& s) {
  return static_cast<double>(s.responses.cwiseProduct(s.slope).sum()) /
         static_cast<double>(s.slope.cols());
}

// Everything of S but the gradients.
template <typename T>
void evaluate(SensitivityOf of, const Net<T>& net, const Matrix<T>& x, SensitivityWork<T>& s,
              Workspace<T>& work) {
  forward(net, x, work);
  prepare(of, net, x, work, s);
  if (net.size() < 3) return;
  for (Eigen::Index k = 0; k < net.back().weights.rows(); ++k) backward_of(k, net, s);
}

}  // namespace

std::string_view sensitivity_name(SensitivityOf of) {
  return of == SensitivityOf::kOutputs ? "outputs" : "logits";
}

SensitivityOf parse_sensitivity(std::string_view name) {
  for (auto of : {SensitivityOf::kOutputs, SensitivityOf::kLogits}) {
    if (name == sensitivity_name(of)) return of;
  }
  throw Error("unknown sensitivity '" + std::string(name) + "'", "", "known: outputs, logits");
}

template <typename T>
double sensitivity_backward(SensitivityOf of, double lambda, const Net<T>& net, const Matrix<T>& x,
                            Workspace<T>& work, SensitivityWork<T>& s, Gradients<T>& gradients) {
  const std::size_t layers = net.size();
  prepare(of, net, x, work, s);
  s.extras.resize(layers);
  for (std::size_t l = 1; l < layers; ++l) {
    s.extras[l].setZero(net[l].weights.rows(), net[l].weights.cols());
  }
  if (layers >= 2) {
    s.scratch.noalias() = s.slope * s.products[layers - 2].transpose();
    s.extras.back().array() += net.back().weights.array().sign() * s.scratch.array();
  }
  if (layers >= 3) {
    for (Eigen::Index k = 0; k < net.back().weights.rows(); ++k) {
      backward_of(k, net, s);
      forward_r_of(k, net, s);
    }
  }
  // The second half of the R backward pass (Eq. 12, 13) is linear in k and shares its products
  // with back-propagation: one delta carries dE + lambda R{dO} through the layers.
  const T scale = static_cast<T>(lambda) / static_cast<T>(x.cols());
  gradients.resize(layers);
  work.deltas.resize(layers);
  work.deltas.back().array() += scale * s.curvature.array() * s.responses.array();
  for (std::size_t l = layers; l-- > 0;) {
    const Matrix<T>& in = l == 0 ? x : work.outputs[l - 1];
    const Matrix<T>& abs_in = l == 0 ? s.abs_x : in;
    Dense<T>& g = gradients[l];
    g.weights.noalias() = s.absolutes[l] * abs_in.transpose();
    g.weights.array() *= net[l].weights.array().sign();
    if (l > 0) g.weights += s.extras[l];
    g.weights *= scale;
    g.weights.noalias() += work.deltas[l] * in.transpose();
    g.bias = work.deltas[l].rowwise().sum();
    if (l == 0) break;
    Matrix<T>& before = work.deltas[l - 1];
    before.noalias() = s.magnitudes[l].transpose() * s.absolutes[l];
    before *= scale;
    before.noalias() += net[l].weights.transpose() * work.deltas[l];
    before.array() *= s.masks[l - 1].array();
  }
  return mean_sensitivity(s);
}

template <typename T>
double sensitivity(SensitivityOf of, const Net<T>& net, const Matrix<T>& x) {
  Workspace<T> work;
  SensitivityWork<T> s;
  evaluate(of, net, x, s, work);
  return mean_sensitivity(s);
}

template <typename T>
std::vector<Matrix<T>> weight_sensitivity(SensitivityOf of, const Net<T>& net, const Matrix<T>& x) {
  Workspace<T> work;
  SensitivityWork<T> s;
  evaluate(of, net, x, s, work);
  std::vector<Matrix<T>> maps;
  for (std::size_t l = 0; l < net.size(); ++l) {
    const Matrix<T>& in = l == 0 ? s.abs_x : work.outputs[l - 1];
    maps.push_back(s.absolutes[l] * in.transpose() / static_cast<T>(x.cols()));
  }
  return maps;
}

template double sensitivity_backward(SensitivityOf, double, const Net<float>&, const Matrix<float>&,
                                     Workspace<float>&, SensitivityWork<float>&, Gradients<float>&);
template double sensitivity_backward(SensitivityOf, double, const Net<double>&,
                                     const Matrix<double>&, Workspace<double>&,
                                     SensitivityWork<double>&, Gradients<double>&);
template double sensitivity(SensitivityOf, const Net<float>&, const Matrix<float>&);
template double sensitivity(SensitivityOf, const Net<double>&, const Matrix<double>&);
template std::vector<Matrix<float>> weight_sensitivity(SensitivityOf, const Net<float>&,
                                                       const Matrix<float>&);
template std::vector<Matrix<double>> weight_sensitivity(SensitivityOf, const Net<double>&,
                                                        const Matrix<double>&);

}  // namespace axnn
