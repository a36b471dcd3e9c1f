// axnn_counters against sums kept here: amounts at random, many of them 0, so that sums pass from the
// counters' low bits into the high ones, clears in between, and wraps. For scripts/machine_mutants.py.
#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <random>

#include "Vcounters.h"
#include "axnn_pkg.h"

using namespace axnn;

TEST_CASE("each counter holds the sum of its amounts since the last clear or reset") {
  constexpr int kAmountW = 7;  // 0 to 64
  static_assert(kPes == 64 && kCounterW == 32);
  const auto context = std::make_unique<VerilatedContext>();
  Vcounters top(context.get());
  std::mt19937 random(7);
  std::array<std::uint32_t, kCounters> sums{};
  top.rst_ni = 0;
  top.clear_i = 0;
  for (int i = 0; i < 3; ++i) {
    top.amount_i[i] = 0;
  }
  for (int cycle = 0; cycle < 60000; ++cycle) {
    top.clk_i = 0;
    top.rst_ni = cycle > 0 && cycle != 300;
    top.clear_i = cycle % 20000 == 500 || cycle == 40;
    std::array<std::uint32_t, kCounters> amounts{};
    for (std::size_t n = 0; n < kCounters; ++n) {
      // A counter in four adds all it can in every cycle.
      amounts[n] = n % 4 == 3 ? 64 : random() % 3 == 0 ? 0 : random() % 65;
      for (int bit = 0; bit < kAmountW; ++bit) {
        const int at = static_cast<int>(n) * kAmountW + bit;
        top.amount_i[at / 32] = (top.amount_i[at / 32] & ~(1u << at % 32)) | (amounts[n] >> bit & 1u) << at % 32;
      }
    }
    top.eval();
    for (std::size_t n = 0; n < kCounters; ++n) {
      if (!top.rst_ni) sums[n] = 0;
      CAPTURE(cycle, n);
      if (top.count_o[n] != sums[n]) REQUIRE(top.count_o[n] == sums[n]);
    }
    top.clk_i = 1;
    top.eval();
    for (std::size_t n = 0; n < kCounters; ++n) {
      if (top.rst_ni) sums[n] = top.clear_i ? 0 : sums[n] + amounts[n];
    }
  }
  CHECK(sums[3] > 1u << 20);
  top.final();
}

TEST_CASE("from any count a counter goes on by its amounts") {
  // Never reset: each model begins with registers at random, so all bits of a count are seen both ways.
  std::mt19937 random(8);
  std::array<std::uint32_t, kCounters> ones{}, zeros{};
  for (int seed = 1; seed <= 300; ++seed) {
    const auto context = std::make_unique<VerilatedContext>();
    context->randReset(2);
    context->randSeed(seed);
    Vcounters top(context.get());
    top.rst_ni = 1;
    top.clear_i = 0;
    for (int i = 0; i < 3; ++i) top.amount_i[i] = 0;
    top.clk_i = 0;
    top.eval();
    std::array<std::uint32_t, kCounters> counts{};
    for (std::size_t n = 0; n < kCounters; ++n) {
      counts[n] = top.count_o[n];
      ones[n] |= counts[n];
      zeros[n] |= ~counts[n];
    }
    for (int cycle = 0; cycle < 40; ++cycle) {
      top.clk_i = 0;
      for (int i = 0; i < 3; ++i) top.amount_i[i] = 0;
      for (std::size_t n = 0; n < kCounters; ++n) {
        const std::uint64_t amount = random() % 4 == 0 ? random() % 65 : 64;
        const std::size_t at = 7 * n;
        top.amount_i[at / 32] |= static_cast<std::uint32_t>(amount << at % 32);
        if (at % 32 > 25) top.amount_i[at / 32 + 1] |= static_cast<std::uint32_t>(amount >> (32 - at % 32));
        counts[n] += static_cast<std::uint32_t>(amount);
      }
      top.eval();
      top.clk_i = 1;
      top.eval();
      for (std::size_t n = 0; n < kCounters; ++n) {
        CAPTURE(seed, cycle, n);
        if (top.count_o[n] != counts[n]) REQUIRE(top.count_o[n] == counts[n]);
      }
    }
    top.final();
  }
  for (std::size_t n = 0; n < kCounters; ++n) CHECK((ones[n] & zeros[n]) == 0xFFFFFFFF);
}
