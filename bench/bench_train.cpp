// Time of one epoch of training on the MNIST network (784-128-128-10, 60 000 samples, batch 128),
// one thread: plain back-propagation, AxTrain-act, AxTrain-pas. Samples are random; every step does
// all that axnn train does. bench_torch.py runs it beside PyTorch and prints the ratios.

#include <benchmark/benchmark.h>

#include "model/rng.h"
#include "train/act.h"
#include "train/calibrate.h"
#include "train/pas.h"
#include "train/trainer.h"

namespace {

using namespace axnn;

constexpr int kSteps = 24;  // of an epoch's 469; the rest is the same
constexpr int kBatch = 128;
constexpr double kEpochSteps = 60000.0 / kBatch;

Samples random_images() {
  const Rng rng(1, Purpose::kTestNetwork);
  Samples samples;
  samples.x.resize(784, kSteps * kBatch);
  for (Eigen::Index i = 0; i < samples.x.size(); ++i) {
    const auto u = static_cast<float>(rng.uniform(std::uint64_t(i)));
    samples.x.data()[i] = std::max(0.0f, u * 5 - 4);  // four fifths are 0, as in MNIST
  }
  for (int n = 0; n < kSteps * kBatch; ++n) {
    samples.labels.push_back(static_cast<int>(rng.below(10, std::uint64_t(n), 1)));
  }
  return samples;
}

void run(benchmark::State& state, const Samples& samples, const BatchGradient& gradient) {
  TrainOptions options;
  options.batch = kBatch;
  options.epochs = 1;
  FloatNet net = make_net({784, 128, 128, 10}, 1);
  train(net, samples, options, gradient);  // allocates what the steps reuse
  for (auto _ : state) train(net, samples, options, gradient);
  // CPU seconds an epoch.
  state.counters["epoch"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kSteps / kEpochSteps,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void bp(benchmark::State& state) { run(state, random_images(), bp_gradient(OutputKind::kSoftmax)); }

void act(benchmark::State& state) {
  const auto shared = std::make_shared<ActState>();
  shared->lambda = 1e-5;
  run(state, random_images(), act_gradient(OutputKind::kSoftmax, SensitivityOf::kLogits, shared));
}

void pas(benchmark::State& state) {
  const Samples samples = random_images();
  PasOptions options;
  options.formats = best_formats(make_net({784, 128, 128, 10}, 1), samples);
  options.modes = {{MultiplierKind::kBooth, kModeM2}};
  run(state, samples, pas_gradient(options, std::make_shared<const int>(0)));
}

BENCHMARK(bp)->Unit(benchmark::kMillisecond);
BENCHMARK(act)->Unit(benchmark::kMillisecond);
BENCHMARK(pas)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
