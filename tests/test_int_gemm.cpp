// The integer matrix product against sums of 64 bits, and the batched golden model against the
// one-sample path.

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "model/error.h"
#include "model/golden.h"
#include "model/int_gemm.h"
#include "model/rng.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

// Codes of one bit more than a word, as a transform may return them: [-512, 512].
std::vector<Code> operands(const Rng& rng, std::uint32_t stream, int count, bool extreme) {
  std::vector<Code> codes;
  for (int i = 0; i < count; ++i) {
    const auto v = static_cast<int>(rng.below(1025, std::uint64_t(i), stream)) - 512;
    codes.push_back(static_cast<Code>(extreme ? (v < 0 ? -512 : 512) : v));
  }
  return codes;
}

// Number of results that differ from 64-bit sums.
int wrong(const std::vector<Code>& w, const std::vector<Code>& x, int outputs, int inputs,
          int batch) {
  constexpr std::int32_t kGuard = 0x5a5a5a5a;
  std::vector<std::int32_t> c(std::size_t(outputs) * std::size_t(batch) + 1, kGuard);
  int_gemm(w.data(), x.data(), outputs, inputs, batch, c.data());
  int errors = c.back() != kGuard;
  for (int b = 0; b < batch; ++b) {
    for (int o = 0; o < outputs; ++o) {
      std::int64_t sum = 0;
      for (int i = 0; i < inputs; ++i) {
        sum += std::int64_t{w[std::size_t(o * inputs + i)]} * x[std::size_t(b * inputs + i)];
      }
      errors += c[std::size_t(b * outputs + o)] != sum;
    }
  }
  return errors;
}

}  // namespace

TEST_CASE("the integer matrix product equals 64-bit sums for every small shape") {
  const Rng rng(1, Purpose::kTestNetwork);
  int errors = 0;
  for (int outputs = 1; outputs <= 9; ++outputs) {
    for (int batch = 1; batch <= 14; ++batch) {
      for (const int inputs : {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65}) {
        errors += wrong(operands(rng, 1, outputs * inputs, false),
                        operands(rng, 2, batch * inputs, false), outputs, inputs, batch);
      }
    }
  }
  CHECK(errors == 0);
}

TEST_CASE("the integer matrix product equals 64-bit sums for random shapes up to the largest") {
  const Rng rng(2, Purpose::kTestNetwork);
  for (std::uint32_t n = 0; n < 40; ++n) {
    const int outputs = 1 + static_cast<int>(rng.below(150, n, 10));
    const int inputs = 1 + static_cast<int>(rng.below(1024, n, 11));
    const int batch = 1 + static_cast<int>(rng.below(70, n, 12));
    INFO(outputs << " x " << inputs << " x " << batch);
    REQUIRE(wrong(operands(rng, 2 * n + 20, outputs * inputs, n % 2 == 0),
                  operands(rng, 2 * n + 21, batch * inputs, n % 2 == 0), outputs, inputs,
                  batch) == 0);
  }
}

TEST_CASE("1024 products of -512 and -512 add up to 2^28") {
  const std::vector<Code> low(1024, -512);
  std::int32_t c = 0;
  int_gemm(low.data(), low.data(), 1, 1024, 1, &c);
  CHECK(c == 1 << 28);
  const std::vector<Code> high(1024, 512);
  int_gemm(low.data(), high.data(), 1, 1024, 1, &c);
  CHECK(c == -(1 << 28));
}

TEST_CASE("a batch gives the bits that its samples give alone") {
  for (std::uint64_t key = 0; key < 8; ++key) {
    const Codes codes = key % 2 == 0 ? Codes::kUniform : Codes::kExtreme;
    const Activation hidden =
        std::vector{Activation::kRelu, Activation::kLinear, Activation::kSigmoid}[key % 3];
    const Activation last = key < 4 ? Activation::kRaw : Activation::kSigmoid;
    const IntegerNet net =
        random_net(key, {int(3 + 31 * key), int(1 + 9 * key), 13, 5}, codes, hidden, last);
    const int samples = 1 + static_cast<int>(key) * 21;
    const std::vector<Code> x = random_samples(key, samples, net.inputs(), codes);
    std::vector<Multiplier> multipliers;
    for (auto kind : {MultiplierKind::kFig8, MultiplierKind::kBooth, MultiplierKind::kDrum}) {
      for (const Multiplier& m : all_modes(kind)) multipliers.push_back(m);
    }
    for (const Multiplier& m : multipliers) {
      const GoldenModel golden(net, m);
      std::vector<BatchOutput> batch;
      golden.run_batch(x, batch);
      const std::vector<int> classes = golden.classify_batch(x);
      REQUIRE(classes.size() == std::size_t(samples));
      std::vector<LayerOutput> alone;
      int different = 0;
      for (int n = 0; n < samples; ++n) {
        const std::span<const Code> sample =
            std::span(x).subspan(std::size_t(n * net.inputs()), std::size_t(net.inputs()));
        golden.run(sample, alone);
        different += golden.classify(sample) != classes[std::size_t(n)];
        for (std::size_t l = 0; l < net.layers.size(); ++l) {
          const auto outputs = net.layers[l].outputs;
          REQUIRE(batch[l].accumulators.size() == std::size_t(outputs * samples));
          REQUIRE(batch[l].codes.size() == alone[l].codes.size() * std::size_t(samples));
          for (int o = 0; o < outputs; ++o) {
            const auto at = std::size_t(n * outputs + o);
            different += batch[l].accumulators[at] != alone[l].accumulators[std::size_t(o)];
            if (batch[l].codes.empty()) continue;
            different += batch[l].codes[at] != alone[l].codes[std::size_t(o)];
          }
        }
      }
      INFO(kind_name(m.kind) << ' ' << mode_name(m) << ", key " << key);
      REQUIRE(different == 0);
    }
  }
}

TEST_CASE("a batch with part of a sample is refused, an empty one has no classes") {
  const GoldenModel golden(random_net(1, {5, 3}, Codes::kUniform), {});
  const std::vector<Code> nine(9);
  std::vector<BatchOutput> out;
  CHECK_THROWS_AS(golden.run_batch(nine, out), Error);
  CHECK_THROWS_AS(golden.classify_batch(nine), Error);
  CHECK(golden.classify_batch({}).empty());
}

TEST_CASE("transforming many codes equals transforming each") {
  std::vector<Code> codes;
  for (int v = -512; v <= 511; ++v) codes.push_back(static_cast<Code>(v));
  for (auto kind : {MultiplierKind::kFig8, MultiplierKind::kBooth, MultiplierKind::kDrum}) {
    for (const Multiplier& m : all_modes(kind)) {
      std::vector<Code> f(codes.size());
      transform_activations(m, codes, f.data());
      std::vector<Code> g = codes;
      transform_weights(m, g, g.data());  // in place
      for (std::size_t i = 0; i < codes.size(); ++i) {
        REQUIRE(f[i] == transform_activation(m, codes[i]));
        REQUIRE(g[i] == transform_weight(m, codes[i]));
      }
    }
  }
}
