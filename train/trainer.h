// The training loop: shuffled batches, a gradient, an optimiser step, a learning-rate schedule.
// Which gradient is a function passed in, so other trainings than back-propagation use this loop.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "data/scaling.h"
#include "model/float_net.h"
#include "train/optimizer.h"

namespace axnn {

struct TrainOptions {
  OutputKind output = OutputKind::kSoftmax;
  OptimizerKind optimizer = OptimizerKind::kAdam;
  double learning_rate = 3e-3;  ///< of the first step; falls to 0 along a half cosine
  double weight_decay = 0.1;    ///< see Optimizer
  /// weight_decay is the normalised one of Loshchilov and Hutter (2019, Appendix B.1): divided by
  /// the square root of the steps that the training takes, so that one value suits few and many.
  bool decay_by_steps = false;
  double momentum = 0.9;  ///< for SGD
  int epochs = 100;
  int batch = 32;
  double label_smoothing = 0;  ///< 0 to 1: share of the wanted output that all classes share alike
  bool pixel_shifts = false;   ///< square images: move each by -1, 0 or 1 pixel both ways
  std::uint64_t seed = 1;      ///< of weights, batches and shifts
};

/// What an epoch did.
struct EpochReport {
  int epoch = 0;  ///< from 1
  int epochs = 0;
  double loss = 0;          ///< mean over its samples
  std::string_view stage;   ///< "bp", "act", "sam" or "pas"
  double accuracy = 0;      ///< on training samples, 0 to 1; pas: of the hardware, mean over modes
  double sensitivity = 0;   ///< act: mean S; otherwise 0
  double lambda = 0;        ///< act
  double seconds = 0;       ///< since training began
  double seconds_left = 0;  ///< if the other epochs take as long
};

/// Loss of a batch (x: I x B) and its gradients.
using BatchGradient = std::function<double(const FloatNet& net, const Matrix<float>& x,
                                           const Targets& targets, Gradients<float>& out)>;

/// Steps that a training of `samples` takes.
double training_steps(const TrainOptions& options, const Samples& samples);

/// An optimiser at the start of it.
Optimizer make_optimizer(const FloatNet& net, const Samples& samples, const TrainOptions& options);

/// Plain back-propagation.
BatchGradient bp_gradient(OutputKind output);

/// Training between two epochs: enough to go on to the same bytes.
struct TrainState {
  FloatNet net;
  Optimizer optimizer;
  int epoch = 0;  ///< finished so far
};

/// What else happens during training; each may be empty.
struct TrainHooks {
  std::function<void(int step)> before_step = {};  ///< steps since epoch 0
  std::function<void(FloatNet&)> after_step = {};  ///< e.g. keeps weights in range
  std::function<void(const EpochReport&)> on_epoch = {};
};

/// Goes on with a training from `state.epoch` to the last epoch. Errors as train() below.
void train(TrainState& state, const Samples& samples, const TrainOptions& options,
           const BatchGradient& gradient, const TrainHooks& hooks);

/// Trains `net` in place; the same net, samples, options and gradient give the same bytes. Throws
/// Error if the loss stops being finite, or if pixel_shifts meets inputs that are not a square.
void train(FloatNet& net, const Samples& samples, const TrainOptions& options,
           const BatchGradient& gradient,
           const std::function<void(const EpochReport&)>& on_epoch = {});

}  // namespace axnn
