// The float network and its gradients: a multilayer perceptron.
//   B batch (one column a sample), I inputs and O outputs of a layer
// Templates over the scalar: training uses float, gradient checks double; both are instantiated
// in float_net.cpp.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/network.h"

namespace axnn {

template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <typename T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// Weights and bias of one layer, or anything of the same shape (a gradient, a moment).
template <typename T>
struct Dense {
  Matrix<T> weights;  ///< O x I
  Vector<T> bias;     ///< O
  /// kRelu, kLinear or kSigmoid (1 / (1 + exp(-x))) of a hidden layer; not looked at in the last one.
  Activation activation = Activation::kRelu;
};

/// A network, first layer first.
template <typename T>
using Net = std::vector<Dense<T>>;

/// dLoss/dNet: the same shapes.
template <typename T>
using Gradients = std::vector<Dense<T>>;

using FloatNet = Net<float>;

/// What the last layer's logits mean, and with it the loss.
enum class OutputKind {
  kSoftmax,  ///< one class of many: cross-entropy
  kSigmoid,  ///< a probability for each class: binary cross-entropy, summed over the classes
};

std::string_view output_name(OutputKind kind);
/// Throws Error for an unknown name, listing the known ones.
OutputKind parse_output(std::string_view name);

/// What a batch's outputs should be: its classes or, if there are any, wanted probabilities.
struct Targets {
  Targets(std::span<const int> classes, const Matrix<float>* wanted = nullptr)
      : labels(classes), probabilities(wanted) {}
  Targets(const std::vector<int>& classes) : labels(classes) {}

  std::span<const int> labels;                   ///< B
  const Matrix<float>* probabilities = nullptr;  ///< K x B; null: 1 for the class, 0 for others
};

/// What a forward pass leaves for the backward pass; reused between batches of one size.
template <typename T>
struct Workspace {
  std::vector<Matrix<T>> outputs;  ///< per layer O x B: after the activation; the last one, logits
  std::vector<Matrix<T>> deltas;   ///< per layer O x B: dLoss/d(sum before the activation)
};

/// Weights drawn from a normal distribution with variance 2 / I (He et al., 2015; 1 / I in the last
/// layer), biases 0. `widths` is inputs, hidden layers, outputs.
FloatNet make_net(const std::vector<int>& widths, std::uint64_t seed);

/// True if all hidden layers are ReLU, which some trainings ask for.
bool all_relu(const FloatNet& net);

/// Logits (O x B) of x (I x B); a reference into the workspace.
template <typename T>
const Matrix<T>& forward(const Net<T>& net, const Matrix<T>& x, Workspace<T>& work);

/// Mean loss of a batch. Writes dLoss/dlogits (O x B) to `delta`.
template <typename T>
double loss(OutputKind kind, const Matrix<T>& logits, const Targets& targets, Matrix<T>& delta);

/// Gradients from x, the outputs that forward left, and work.deltas.back() that loss wrote
/// (back-propagation; paper, Eq. 1-3). Resizes `gradients` as needed.
template <typename T>
void backward(const Net<T>& net, const Matrix<T>& x, Workspace<T>& work, Gradients<T>& gradients);

/// Share of samples whose largest logit (the first on a tie) is their class.
double accuracy(const FloatNet& net, const Matrix<float>& x, std::span<const int> labels);

}  // namespace axnn
