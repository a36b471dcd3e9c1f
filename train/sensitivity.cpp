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

// The last two hidden layers, for HiddenPair.
template <typename T>
typename HiddenPair<T>::Inputs pair_of(const Net<T>& net, const SensitivityWork<T>& s) {
  const std::size_t top = net.size() - 2;
  return {net[top].weights, net.back().weights,  s.masks[top],
          s.masks[top - 1], s.products[top - 1], s.slope};
}

// delta of output k in hidden layer l from that of the layer above; adds to the sums over k.
template <typename T>
void backward_of(Eigen::Index k, std::size_t l, const Net<T>& net, SensitivityWork<T>& s) {
  Matrix<T>& delta = s.deltas[l];
  delta.noalias() = net[l + 1].weights.transpose() * s.deltas[l + 1];
  delta.array() *= s.masks[l].array();
  const auto sizes = delta.cwiseAbs();
  s.absolutes[l].array() += sizes.array().rowwise() * s.slope.row(k).array();
  s.responses.row(k) += sizes.cwiseProduct(s.products[l]).colwise().sum();
}

// What S needs of every output k in the layers below the last hidden one; `each`, if there is
// more than one of them, is called for each k with its deltas in place.
template <typename T, typename Each>
void backward_all(const Net<T>& net, SensitivityWork<T>& s, const Each& each) {
  const std::size_t low = net.size() - 3;
  s.pair.backward(pair_of(net, s), low > 0, s.absolutes[low], s.responses);
  for (Eigen::Index k = 0; low > 0 && k < net.back().weights.rows(); ++k) {
    s.pair.delta_of(k, s.deltas[low]);
    for (std::size_t l = low; l-- > 0;) backward_of(k, l, net, s);
    each(k);
  }
}

// R{a} of layer l without what comes from the layers below: slope sign(delta) |W| |a|.
template <typename T>
void seed_r(Eigen::Index k, std::size_t l, const SensitivityWork<T>& s, Matrix<T>& r) {
  r = s.deltas[l].array().sign() * s.products[l].array();
  r.array().rowwise() *= s.slope.row(k).array();
}

// Eq. 10 and 11 for output k below the last two hidden layers, and the part of Eq. 9 with R{a},
// into extras. R{a} carries the factor slope(k, b), so the sums over samples need no other.
template <typename T>
void forward_r_of(Eigen::Index k, const Net<T>& net, SensitivityWork<T>& s) {
  const std::size_t low = net.size() - 3;
  seed_r(k, 0, s, s.r);
  for (std::size_t l = 1; l <= low; ++l) {
    s.extras[l].noalias() += s.deltas[l] * s.r.transpose();
    s.r_next.noalias() = net[l].weights * s.r;
    s.r_next.array() *= s.masks[l].array();
    if (l == low) break;
    seed_r(k, l, s, s.scratch);
    s.r = s.r_next + s.scratch;
  }
  s.pair.add_to_r(k, s.r_next);
}

// m = scale * sign(w) * m, open to the vectoriser, which Eigen's sign() is not.
template <typename T>
void signed_by(const Matrix<T>& w, T scale, Matrix<T>& m) {
  const T* sign = w.data();
  T* out = m.data();
  for (Eigen::Index i = 0; i < m.size(); ++i) {
    const T scaled = scale * out[i];
    out[i] = sign[i] > 0 ? scaled : sign[i] < 0 ? -scaled : T(0);
  }
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
  if (net.size() >= 3) backward_all(net, s, [](Eigen::Index) {});
}

}  // namespace

std::string_view sensitivity_name(SensitivityOf of) {
  return of == SensitivityOf::kOutputs ? "outputs" : "logits";
}

SensitivityOf parse_sensitivity(std::string_view name) {
  for (auto of : {SensitivityOf::kOutputs, SensitivityOf::kLogits}) {
    if (name == sensitivity_name(of)) return of;
  }
  throw UsageError("unknown sensitivity '" + std::string(name) + "'", "", "known: outputs, logits");
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
    backward_all(net, s, [&](Eigen::Index k) { forward_r_of(k, net, s); });
    s.pair.forward_r(pair_of(net, s), s.extras[layers - 2], s.extras.back());
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
    signed_by(net[l].weights, scale, g.weights);
    if (l > 0) g.weights += scale * s.extras[l];
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
