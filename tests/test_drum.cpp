// The DRUM multipliers, RTL and gates, on all 2^20 operand pairs: against the definition in plain
// integer arithmetic and against the golden model's transforms.
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>

#include "Vdrum4_gates.h"
#include "Vdrum6_gates.h"
#include "Vdrum_all.h"
#include "model/multiplier.h"

using namespace axnn;

namespace {

constexpr int kProductW = kProdW + 1;  // of axnn_mult_drum
constexpr int kCodes = 1 << kDataW;

// The definition: if |x| has more than k digits, the digits after the first k are dropped and the
// k-th becomes 1.
int drum(int x, int k) {
  int magnitude = x < 0 ? -x : x;
  int weight = 1;  // of the lowest digit kept
  while (magnitude / weight >= 1 << k) weight *= 2;
  if (weight > 1) {
    magnitude /= weight;
    if (magnitude % 2 == 0) magnitude += 1;
    magnitude *= weight;
  }
  return x < 0 ? -magnitude : magnitude;
}

struct Operands {
  std::array<int, kCodes> defined{}, golden{};  // of code kCodeMin + i
};

Operands operands(int k) {
  Operands o;
  const Multiplier m{MultiplierKind::kDrum, k};
  for (int i = 0; i < kCodes; ++i) {
    const int code = kCodeMin + i;
    o.defined[std::size_t(i)] = drum(code, k);
    o.golden[std::size_t(i)] = transform_activation(m, Code(code));
    REQUIRE(transform_weight(m, Code(code)) == o.golden[std::size_t(i)]);
  }
  return o;
}

int sign_extend(std::uint32_t bits) {
  return static_cast<std::int32_t>(bits << (32 - kProductW)) >> (32 - kProductW);
}

template <class Model>
void check_gates(int k) {
  const Operands expected = operands(k);
  VerilatedContext context;
  Model m(&context);
  long wrong = 0;
  for (int a = 0; a < kCodes; ++a) {
    for (int b = 0; b < kCodes; ++b) {
      m.a_i = static_cast<SData>((a + kCodeMin) & (kCodes - 1));
      m.b_i = static_cast<SData>((b + kCodeMin) & (kCodes - 1));
      m.eval();
      wrong += sign_extend(m.p_o) != expected.defined[std::size_t(a)] * expected.defined[std::size_t(b)];
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("RTL DRUM of every k is its definition and the golden model's on all 2^20 operand pairs") {
  std::array<Operands, kDrumMax> expected;
  for (int k = 1; k <= kDrumMax; ++k) expected[std::size_t(k - 1)] = operands(k);
  VerilatedContext context;
  Vdrum_all m(&context);
  std::array<long, kDrumMax> wrong{};
  for (std::size_t a = 0; a < kCodes; ++a) {
    for (std::size_t b = 0; b < kCodes; ++b) {
      m.a_i = static_cast<SData>((int(a) + kCodeMin) & (kCodes - 1));
      m.b_i = static_cast<SData>((int(b) + kCodeMin) & (kCodes - 1));
      m.eval();
      for (std::size_t k = 0; k < kDrumMax; ++k) {
        const std::size_t lsb = k * kProductW;
        std::uint64_t bits = m.p_o[lsb / 32];
        if (lsb / 32 < (kDrumMax * kProductW - 1) / 32) {
          bits |= std::uint64_t{m.p_o[lsb / 32 + 1]} << 32;
        }
        const int got = sign_extend(static_cast<std::uint32_t>(bits >> (lsb % 32)));
        wrong[k] += got != expected[k].defined[a] * expected[k].defined[b] ||
                    got != expected[k].golden[a] * expected[k].golden[b];
      }
    }
  }
  for (std::size_t k = 0; k < kDrumMax; ++k) {
    CAPTURE(k + 1);
    CHECK(wrong[k] == 0);
  }
}

TEST_CASE("DRUM netlists are their definition on all 2^20 operand pairs") {
  check_gates<Vdrum4_gates>(4);
  check_gates<Vdrum6_gates>(6);
}
