// Turns gradients into new weights.
#pragma once

#include <string_view>
#include <utility>

#include "model/float_net.h"

namespace axnn {

enum class OptimizerKind {
  kAdam,  ///< "adam": Kingma and Ba, 2015; beta 0.9 and 0.999
  kSgd,   ///< "sgd": with momentum
};

std::string_view optimizer_name(OptimizerKind kind);
/// Throws Error for an unknown name, listing the known ones.
OptimizerKind parse_optimizer(std::string_view name);

/// State of one optimiser for one network.
class Optimizer {
 public:
  /// `weight_decay` shrinks weights (not biases) by learning rate * weight_decay at each step,
  /// apart from the gradient (Loshchilov and Hutter, 2019). `momentum` is for kSgd.
  Optimizer(OptimizerKind kind, const FloatNet& net, double weight_decay, double momentum);

  /// One step of size `learning_rate`.
  void step(FloatNet& net, const Gradients<float>& gradients, double learning_rate);

  /// What a checkpoint keeps; restore() takes it back, in an optimiser of the same kind and
  /// network.
  int steps() const { return steps_; }
  const Gradients<float>& first() const { return first_; }
  const Gradients<float>& second() const { return second_; }
  void restore(int steps, Gradients<float> first, Gradients<float> second) {
    steps_ = steps;
    first_ = std::move(first);
    second_ = std::move(second);
  }

 private:
  template <typename Values, typename Gradient>
  void update(Values& values, const Gradient& gradient, Values& first, Values& second,
              double learning_rate) const;

  OptimizerKind kind_;
  double weight_decay_;
  double momentum_;
  int steps_ = 0;
  Gradients<float> first_;   // Adam: mean of gradients; SGD: velocity
  Gradients<float> second_;  // Adam: mean of squares
};

}  // namespace axnn
