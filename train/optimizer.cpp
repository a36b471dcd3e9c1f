#include "train/optimizer.h"

#include <cmath>
#include <string>

#include "model/error.h"

namespace axnn {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr float kEpsilon = 1e-8f;

Gradients<float> zeros_like(const FloatNet& net) {
  Gradients<float> zeros;
  for (const auto& layer : net) {
    zeros.push_back({Matrix<float>::Zero(layer.weights.rows(), layer.weights.cols()),
                     Vector<float>::Zero(layer.bias.size())});
  }
  return zeros;
}

}  // namespace

std::string_view optimizer_name(OptimizerKind kind) {
  return kind == OptimizerKind::kAdam ? "adam" : "sgd";
}

OptimizerKind parse_optimizer(std::string_view name) {
  for (auto kind : {OptimizerKind::kAdam, OptimizerKind::kSgd}) {
    if (name == optimizer_name(kind)) return kind;
  }
  throw UsageError("unknown optimizer '" + std::string(name) + "'", "", "known: adam, sgd");
}

Optimizer::Optimizer(OptimizerKind kind, const FloatNet& net, double weight_decay, double momentum)
    : kind_(kind), weight_decay_(weight_decay), momentum_(momentum), first_(zeros_like(net)) {
  if (kind == OptimizerKind::kAdam) {
    second_ = zeros_like(net);
  } else {
    second_.resize(net.size());
  }
}

template <typename Values, typename Gradient>
void Optimizer::update(Values& values, const Gradient& gradient, Values& first, Values& second,
                       double learning_rate) const {
  if (kind_ == OptimizerKind::kSgd) {
    first = static_cast<float>(momentum_) * first + gradient;
    values -= static_cast<float>(learning_rate) * first;
    return;
  }
  // The bias corrections of both moments, folded into the step size and epsilon.
  const double correction2 = std::sqrt(1 - std::pow(kBeta2, steps_));
  const auto rate =
      static_cast<float>(learning_rate * correction2 / (1 - std::pow(kBeta1, steps_)));
  const auto epsilon = kEpsilon * static_cast<float>(correction2);
  constexpr auto b1 = static_cast<float>(kBeta1);
  constexpr auto b2 = static_cast<float>(kBeta2);
  first = b1 * first + (1 - b1) * gradient;
  second.array() = b2 * second.array() + (1 - b2) * gradient.array().square();
  values.array() -= rate * first.array() / (second.array().sqrt() + epsilon);
}

void Optimizer::step(FloatNet& net, const Gradients<float>& gradients, double learning_rate) {
  ++steps_;
  const auto keep = static_cast<float>(1 - learning_rate * weight_decay_);
  for (std::size_t l = 0; l < net.size(); ++l) {
    if (weight_decay_ > 0) net[l].weights *= keep;
    update(net[l].weights, gradients[l].weights, first_[l].weights, second_[l].weights,
           learning_rate);
    update(net[l].bias, gradients[l].bias, first_[l].bias, second_[l].bias, learning_rate);
  }
}

}  // namespace axnn
