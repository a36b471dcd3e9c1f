// AxTrain-act: back-propagation on E + lambda * S (paper, Eq. 4), lambda set after each epoch by
// Algorithm 1.
#pragma once

#include <limits>
#include <memory>
#include <optional>

#include "train/sensitivity.h"
#include "train/trainer.h"

namespace axnn {

struct LambdaOptions {
  double initial = 1e-4;  ///< the paper: a tenth of the learning rate, for S on its own scale
  double step = 0.1;      ///< Delta lambda, as a share of `initial`
  double cap = 10;        ///< largest lambda, as a multiple of `initial`; see LambdaPolicy
  double threshold = 0;   ///< E_thres
  double decay = 0.5;     ///< sigma
  double gamma = 0.9;     ///< weight of the past in E_a
};

/// Algorithm 1, with two corrections.
///   - Line 13 prints E_a = E_i + (1 - gamma) E_a, which is not an average and, at gamma = 0.9,
///   forgets
///     everything but the last epoch. Here E_a = (1 - gamma) E_i + gamma E_a, the text's "weighted
///     summation of errors in the training history" and the rule of its source (Weigend, Rumelhart
///     and Huberman, 1991). It starts as the first epoch's error.
///   - lambda is capped: as printed it grows in every epoch whose error is below E_thres or falls,
///     without bound, until the network forgets its task.
class LambdaPolicy {
 public:
  /// What a checkpoint must keep.
  struct State {
    double lambda = 0;
    double error = std::numeric_limits<double>::infinity();  ///< E_{i-1}
    std::optional<double> average;                           ///< E_a
  };

  explicit LambdaPolicy(const LambdaOptions& options) : options_(options) {
    state_.lambda = options.initial;
  }

  /// Lines 4 to 13 for the mean error E_i of an epoch.
  void update(double error);

  double lambda() const { return state_.lambda; }
  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  LambdaOptions options_;
  State state_;
};

/// What act_gradient shares with its owner.
struct ActState {
  double lambda = 0;
  double sensitivity = 0;  ///< sum over batches since the owner last cleared it, times samples
};

/// Loss and gradients of E + lambda * S; the value returned is E alone.
BatchGradient act_gradient(OutputKind output, SensitivityOf of, std::shared_ptr<ActState> state);

}  // namespace axnn
