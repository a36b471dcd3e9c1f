// The integer matrix product against sums of 64 bits, and the batched golden model against the
// one-sample path.

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

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
