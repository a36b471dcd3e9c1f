#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <numbers>

#include "model/error.h"
#include "model/rng.h"

namespace axnn {
namespace {

// Copies an image of side x side pixels moved down by `dy` and right by `dx`; what enters is 0.
void shift_image(const float* from, float* to, int side, int dy, int dx) {
  for (int y = 0; y < side; ++y) {
    const int source = y - dy;
    float* row = to + y * side;
    std::fill(row, row + side, 0.0f);
    if (source < 0 || source >= side) continue;
    const int first = std::max(0, dx);
    const int last = std::min(side, side + dx);
    std::copy(from + source * side + first - dx, from + source * side + last - dx, row + first);
  }
}

int image_side(const Samples& samples) {
  const auto side = static_cast<int>(std::lround(std::sqrt(double(samples.x.rows()))));
  if (Eigen::Index{side} * side != samples.x.rows()) {
    throw Error(
        "pixel shifts need square images, not " + std::to_string(samples.x.rows()) + " inputs",
        "training");
  }
  return side;
}

// Fills `x` and `labels` with the samples of one batch.
class Batches {
 public:
  Batches(const Samples& samples, const TrainOptions& options, Eigen::Index classes)
      : samples_(samples),
        classes_(classes),
        smoothing_(static_cast<float>(options.label_smoothing)),
        shifts_(options.seed, Purpose::kPixelShift),
        side_(options.pixel_shifts ? image_side(samples) : 0) {}

  /// Rows of the epoch's part.
  void gather(std::span<const int> rows, int epoch) {
    const auto count = static_cast<Eigen::Index>(rows.size());
    const int first = epoch % samples_.epochs * rows_an_epoch();
    x.resize(samples_.x.rows(), count);
    labels.resize(rows.size());
    if (soft()) probabilities.resize(classes_, count);
    for (std::size_t b = 0; b < rows.size(); ++b) {
      const int n = first + rows[b];
      const auto column = static_cast<Eigen::Index>(b);
      labels[b] = samples_.labels[std::size_t(n)];
      if (taught()) {
        probabilities.col(column) = samples_.probabilities.col(n);
      } else if (soft()) {
        probabilities.col(column).setConstant(smoothing_ / static_cast<float>(classes_));
        probabilities(labels[b], column) += 1 - smoothing_;
      }
      if (side_ == 0) {
        x.col(column) = samples_.x.col(n);
      } else {
        const auto move =
            static_cast<int>(shifts_.below(9, std::uint64_t(n), static_cast<std::uint32_t>(epoch)));
        shift_image(samples_.x.col(n).data(), x.col(column).data(), side_, move / 3 - 1,
                    move % 3 - 1);
      }
    }
  }

  int rows_an_epoch() const { return static_cast<int>(samples_.labels.size()) / samples_.epochs; }
  Targets targets() const { return {labels, soft() ? &probabilities : nullptr}; }

  Matrix<float> x;
  std::vector<int> labels;

 private:
  bool taught() const { return samples_.probabilities.size() > 0; }
  bool soft() const { return taught() || smoothing_ > 0; }

  Matrix<float> probabilities;
  const Samples& samples_;
  Eigen::Index classes_;
  float smoothing_;
  Rng shifts_;
  int side_;
};

}  // namespace

BatchGradient bp_gradient(OutputKind output) {
  const auto work = std::make_shared<Workspace<float>>();
  return [output, work](const FloatNet& net, const Matrix<float>& x, const Targets& targets,
                        Gradients<float>& out) {
    const Matrix<float>& logits = forward(net, x, *work);
    work->deltas.resize(net.size());
    const double value = loss(output, logits, targets, work->deltas.back());
    backward(net, x, *work, out);
    return value;
  };
}

double training_steps(const TrainOptions& options, const Samples& samples) {
  const int count = static_cast<int>(samples.labels.size()) / samples.epochs;
  const int batch = std::min(options.batch, count);
  return double((count + batch - 1) / batch) * options.epochs;
}

Optimizer make_optimizer(const FloatNet& net, const Samples& samples, const TrainOptions& options) {
  double decay = options.weight_decay;
  if (options.decay_by_steps) decay /= std::sqrt(training_steps(options, samples));
  return {options.optimizer, net, decay, options.momentum};
}

void train(TrainState& state, const Samples& samples, const TrainOptions& options,
           const BatchGradient& gradient, const TrainHooks& hooks) {
  using Clock = std::chrono::steady_clock;
  Batches source(samples, options, state.net.back().bias.size());
  const int count = source.rows_an_epoch();
  const int batch = std::min(options.batch, count);
  const int batches = (count + batch - 1) / batch;
  const double steps = training_steps(options, samples);
  const Rng shuffle(options.seed, Purpose::kShuffle);
  Gradients<float> gradients;
  const int begin = state.epoch;
  int step = begin * batches;
  const auto start = Clock::now();
  for (int epoch = begin; epoch < options.epochs; ++epoch) {
    const std::vector<int> order = shuffle.permutation(count, static_cast<std::uint32_t>(epoch));
    double sum = 0;
    for (int first = 0; first < count; first += batch, ++step) {
      const auto size = std::size_t(std::min(batch, count - first));
      source.gather(std::span(order).subspan(std::size_t(first), size), epoch);
      if (hooks.before_step) hooks.before_step(step);
      sum += gradient(state.net, source.x, source.targets(), gradients) * static_cast<double>(size);
      const double rate =
          0.5 * options.learning_rate * (1 + std::cos(std::numbers::pi * step / steps));
      state.optimizer.step(state.net, gradients, rate);
      if (hooks.after_step) hooks.after_step(state.net);
    }
    const double mean = sum / count;
    if (!std::isfinite(mean)) {
      throw Error("the loss is no longer finite", "epoch " + std::to_string(epoch + 1),
                  "lower --learning-rate");
    }
    state.epoch = epoch + 1;
    if (hooks.on_epoch) {
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      const int left = options.epochs - state.epoch;
      EpochReport report;
      report.epoch = state.epoch;
      report.epochs = options.epochs;
      report.loss = mean;
      report.seconds = seconds;
      report.seconds_left = seconds / (state.epoch - begin) * left;
      hooks.on_epoch(report);
    }
  }
}

void train(FloatNet& net, const Samples& samples, const TrainOptions& options,
           const BatchGradient& gradient, const std::function<void(const EpochReport&)>& on_epoch) {
  TrainState state{net, make_optimizer(net, samples, options), 0};
  train(state, samples, options, gradient, {.on_epoch = on_epoch});
  net = std::move(state.net);
}

}  // namespace axnn
