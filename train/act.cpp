#include "train/act.h"

#include <algorithm>

namespace axnn {

void LambdaPolicy::update(double error) {
  const double step = options_.step * options_.initial;
  double& lambda = state_.lambda;
  if (error < options_.threshold || error < state_.error) {
    lambda = std::min(lambda + step, options_.cap * options_.initial);
  } else if (error <= state_.average.value_or(error)) {
    lambda = std::max(lambda - step, 0.0);
  } else {
    lambda *= options_.decay;
  }
  state_.average = (1 - options_.gamma) * error + options_.gamma * state_.average.value_or(error);
  state_.error = error;
}

BatchGradient act_gradient(OutputKind output, SensitivityOf of, std::shared_ptr<ActState> state) {
  struct Memory {
    Workspace<float> work;
    SensitivityWork<float> sensitivity;
  };
  const auto memory = std::make_shared<Memory>();
  return [=](const FloatNet& net, const Matrix<float>& x, const Targets& targets,
             Gradients<float>& out) {
    Workspace<float>& work = memory->work;
    const Matrix<float>& logits = forward(net, x, work);
    work.deltas.resize(net.size());
    const double value = loss(output, logits, targets, work.deltas.back());
    const double s =
        sensitivity_backward(of, state->lambda, net, x, work, memory->sensitivity, out);
    state->sensitivity += s * static_cast<double>(x.cols());
    return value;
  };
}

}  // namespace axnn
