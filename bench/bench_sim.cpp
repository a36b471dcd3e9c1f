// Speed of the co-simulation on the MNIST topology, one thread, comparison with the golden model
// on: clock cycles a second. Beside it the golden model alone, on the same samples.

#include <benchmark/benchmark.h>

#include "sim/compiler.h"
#include "sim/cosim.h"
#include "tests/random_net.h"

namespace {

using namespace axnn;

constexpr int kSamples = 64;

void cosimulation(benchmark::State& state, MultiplierKind kind) {
  const IntegerNet net = random_net(1, {784, 128, 128, 10}, Codes::kUniform);
  const Multiplier m{kind, static_cast<int>(state.range(0))};
  const Program program = compile(net, m);
  const std::vector<Code> x = random_samples(1, kSamples, 784, Codes::kUniform);
  const std::vector<int> labels(kSamples, 0);
  std::uint64_t cycles = 0;
  for (auto _ : state) {
    const CosimResult r = cosimulate(program, net, m, x, labels, {});
    if (r.mismatches != 0) state.SkipWithError("RTL and golden model differ");
    cycles += r.cycles;
  }
  state.counters["cycles/s"] =
      benchmark::Counter(static_cast<double>(cycles), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(cosimulation, fig8, MultiplierKind::kFig8)->ArgName("mode")->Arg(kModeM0)->Arg(
    kModeM2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(cosimulation, booth, MultiplierKind::kBooth)->ArgName("mode")->Arg(kModeM0)->Arg(
    kModeM2)->Unit(benchmark::kMillisecond);

void golden_model(benchmark::State& state) {
  const IntegerNet net = random_net(1, {784, 128, 128, 10}, Codes::kUniform);
  const GoldenModel golden(net, {MultiplierKind::kFig8, static_cast<int>(state.range(0))});
  const std::vector<Code> x = random_samples(1, kSamples, 784, Codes::kUniform);
  std::vector<LayerOutput> out;
  for (auto _ : state) {
    for (std::size_t s = 0; s < kSamples; ++s) golden.run(std::span(x).subspan(s * 784, 784), out);
    benchmark::DoNotOptimize(out.back().accumulators.data());
  }
  state.counters["MAC/s"] =
      benchmark::Counter(static_cast<double>(net.macs() * kSamples) *
                             static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(golden_model)->ArgName("mode")->Arg(kModeM0)->Arg(kModeM2)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
