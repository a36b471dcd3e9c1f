// Speed of golden inference, one thread, MNIST topology, in every mode of every multiplier, against
// a look-up-table emulation of the same multiplier with AVX2 gathers. Prints the ratios at the end.
// Inputs are random codes, four fifths of them 0 as in MNIST's images; weights are normal with a
// deviation of 64. Both favour the tables: their rows stay in the cache more often.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "model/golden.h"
#include "tests/random_net.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace {

using namespace axnn;

constexpr int kBatch = 128;

IntegerNet mnist_net() {
  IntegerNet net = random_net(1, {784, 128, 128, 10}, Codes::kUniform);
  const Rng rng(2, Purpose::kTestNetwork);
  std::uint64_t draw = 0;
  for (IntegerLayer& layer : net.layers) {
    for (Code& w : layer.weights) w = quantize(64 * rng.normal(draw++), 0);
  }
  return net;
}

std::vector<Code> images() {
  std::vector<Code> x = random_samples(1, kBatch, 784, Codes::kUniform);
  const Rng rng(3, Purpose::kTestNetwork);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = rng.below(5, i) == 0 ? static_cast<Code>(std::abs(int{x[i]}) & kCodeMax) : Code{0};
  }
  return x;
}

// The emulation: one table of products, row = activation, so that one row serves all outputs of a
// layer from the first-level cache. Weights lie I x O as gather indices.
class TableModel {
 public:
  TableModel(const IntegerNet& net, Multiplier m) : net_(net) {
    for (int a = kCodeMin; a <= kCodeMax; ++a) {
      for (int b = kCodeMin; b <= kCodeMax; ++b) {
        products_.push_back(std::int32_t{transform_activation(m, static_cast<Code>(a))} *
                            transform_weight(m, static_cast<Code>(b)));
      }
    }
    for (const IntegerLayer& l : net.layers) {
      const int padded = (l.outputs + kLanes - 1) / kLanes * kLanes;
      std::vector<std::int32_t>& index = index_.emplace_back(std::size_t(l.inputs * padded));
      for (int i = 0; i < l.inputs; ++i) {
        for (int o = 0; o < l.outputs; ++o) {
          index[std::size_t(i * padded + o)] = l.weights[std::size_t(o * l.inputs + i)] - kCodeMin;
        }
      }
    }
  }

  // Logits of one sample.
  const std::vector<std::int32_t>& run(const Code* x) {
    from_.assign(x, x + net_.inputs());
    for (std::size_t l = 0; l < net_.layers.size(); ++l) {
      const IntegerLayer& layer = net_.layers[l];
      const int padded = (layer.outputs + kLanes - 1) / kLanes * kLanes;
      sums_.assign(std::size_t(padded), 0);
      for (int o = 0; o < padded; o += 8 * kLanes)
        accumulate(l, o, std::min(8 * kLanes, padded - o), padded);
      for (int o = 0; o < layer.outputs; ++o) sums_[std::size_t(o)] += layer.bias[std::size_t(o)];
      if (layer.activation == Activation::kRaw) continue;
      from_.resize(std::size_t(layer.outputs));
      for (std::size_t o = 0; o < from_.size(); ++o) {
        from_[o] = std::max<Code>(requantize(sums_[o], layer.shift), 0);
      }
    }
    return sums_;
  }

 private:
  static constexpr int kLanes = 8;

  // Sums of `count` (up to 64) outputs from `first` on, held in registers over all inputs.
  void accumulate(std::size_t l, int first, int count, int padded) {
    const std::int32_t* index = index_[l].data() + first;
    std::int32_t* to = sums_.data() + first;
#ifdef __AVX2__
    if (count == 8 * kLanes) {
      __m256i sum[8];
#pragma GCC unroll 8
      for (auto& s : sum) s = _mm256_setzero_si256();
      for (const Code a : from_) {
        const std::int32_t* row = products_.data() + (std::ptrdiff_t{a} - kCodeMin) * 1024;
#pragma GCC unroll 8
        for (int v = 0; v < 8; ++v) {
          const auto* at = reinterpret_cast<const __m256i*>(index + v * kLanes);
          sum[v] = _mm256_add_epi32(sum[v], _mm256_i32gather_epi32(row, _mm256_loadu_si256(at), 4));
        }
        index += padded;
      }
#pragma GCC unroll 8
      for (int v = 0; v < 8; ++v) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + v * kLanes), sum[v]);
      }
      return;
    }
#endif
    for (const Code a : from_) {
      const std::int32_t* row = products_.data() + (std::ptrdiff_t{a} - kCodeMin) * 1024;
      for (int o = 0; o < count; ++o) to[o] += row[index[o]];
      index += padded;
    }
  }

  IntegerNet net_;
  std::vector<std::int32_t> products_;
  std::vector<std::vector<std::int32_t>> index_;  // per layer I x O, padded
  std::vector<Code> from_;
  std::vector<std::int32_t> sums_;
};

void set_rate(benchmark::State& state, const IntegerNet& net) {
  state.counters["MAC/s"] = benchmark::Counter(
      static_cast<double>(net.macs() * kBatch) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

void golden(benchmark::State& state, Multiplier m) {
  const IntegerNet net = mnist_net();
  const GoldenModel model(net, m);
  const std::vector<Code> x = images();
  std::vector<BatchOutput> out;
  for (auto _ : state) {
    model.run_batch(x, out);
    benchmark::DoNotOptimize(out.back().accumulators.data());
  }
  set_rate(state, net);
}

void tables(benchmark::State& state, Multiplier m) {
  const IntegerNet net = mnist_net();
  const std::vector<Code> x = images();
  TableModel model(net, m);
  std::vector<BatchOutput> expected;
  GoldenModel(net, m).run_batch(x, expected);
  for (auto _ : state) {
    for (int n = 0; n < kBatch; ++n) {
      const std::vector<std::int32_t>& logits = model.run(x.data() + n * 784);
      for (int o = 0; o < 10; ++o) {
        if (logits[std::size_t(o)] != expected.back().accumulators[std::size_t(n * 10 + o)]) {
          state.SkipWithError("the table and the golden model differ");
        }
      }
    }
  }
  set_rate(state, net);
}

// Keeps each benchmark's median rate besides printing it.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const auto rate = run.counters.find("MAC/s");
      if (rate == run.counters.end()) continue;
      const bool median = run.run_type == Run::RT_Aggregate && run.aggregate_name == "median";
      if (median || run.repetitions == 1) rates_[run.run_name.function_name] = rate->second.value;
    }
  }

  void print_ratios() const {
    std::printf("\n%-12s %14s %14s %8s\n", "multiplier", "golden GMAC/s", "tables GMAC/s", "ratio");
    for (const auto& [name, rate] : rates_) {
      if (!name.starts_with("golden ")) continue;
      const auto table = rates_.find("tables " + name.substr(7));
      if (table == rates_.end()) continue;
      std::printf("%-12s %14.1f %14.2f %8.1f\n", name.c_str() + 7, rate * 1e-9,
                  table->second * 1e-9, rate / table->second);
    }
  }

 private:
  std::map<std::string, double> rates_;
};

void add(const std::string& name, void (*function)(benchmark::State&, Multiplier), Multiplier m) {
  benchmark::RegisterBenchmark(name.c_str(), function, m)
      ->Unit(benchmark::kMicrosecond)
      ->MinTime(0.1)
      ->Repetitions(5)
      ->ReportAggregatesOnly(true);
}

}  // namespace

int main(int argc, char** argv) {
  for (auto kind : {MultiplierKind::kFig8, MultiplierKind::kBooth, MultiplierKind::kDrum}) {
    for (const Multiplier& m : all_modes(kind)) {
      const std::string name = std::string(kind_name(kind)) + " " + mode_name(m);
      add("golden " + name, golden, m);
      add("tables " + name, tables, m);
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios();
  return 0;
}
