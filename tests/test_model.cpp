// Fixed point, multipliers, networks, golden model, random numbers and files, each against numbers
// from somewhere else: integer arithmetic written out, the paper's Fig. 8, published vectors.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "model/cycles.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/fixed_point.h"
#include "model/golden.h"
#include "model/multiplier.h"
#include "model/network.h"
#include "model/rng.h"
#include "model/sha256.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

// floor(a / b) for b > 0.
std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  const std::int64_t q = a / b;
  return q - (a % b < 0 ? 1 : 0);
}

std::int64_t saturated(std::int64_t v) { return v < -512 ? -512 : v > 511 ? 511 : v; }

// floor(acc / 2^shift + 1/2), saturated to 10 bits.
std::int64_t expected_code(std::int64_t acc, int shift) {
  const std::int64_t unit = std::int64_t{1} << shift;
  return saturated(floor_div(2 * acc + unit, 2 * unit));
}

// One operand as Fig. 8 cuts it: the four high bits with the sign, the six low bits without.
struct Halves {
  int high;
  int low;
};

Halves halves(int code) {
  const unsigned bits = static_cast<unsigned>(code) & 0x3FFu;
  const int nibble = static_cast<int>(bits >> 6);
  return {nibble >= 8 ? nibble - 16 : nibble, static_cast<int>(bits & 0x3Fu)};
}

// Sec. IV: Out2 is the product of the high halves; Out1 adds A's high times B's low half; Out0 adds
// the rest.
int fig8(int a, int b, int mode) {
  const Halves x = halves(a);
  const Halves y = halves(b);
  const int out2 = x.high * y.high * 4096;
  const int out1 = out2 + x.high * y.low * 64;
  const int out0 = out1 + x.low * y.high * 64 + x.low * y.low;
  return mode == 2 ? out2 : mode == 1 ? out1 : out0;
}

IntegerNet small_net() { return random_net(7, {3, 4, 2}, Codes::kUniform); }

}  // namespace

TEST_CASE("requantisation rounds halves up and saturates for every shift") {
  for (int shift = 0; shift < 32; ++shift) {
    const auto check = [shift](std::int64_t acc) {
      if (acc < INT32_MIN || acc > INT32_MAX) return true;
      return requantize(static_cast<std::int32_t>(acc), shift) == expected_code(acc, shift);
    };
    bool all = true;
    for (std::int64_t acc = -70000; acc <= 70000; ++acc) all &= check(acc);
    // Around every output step, where rounding and saturation decide.
    for (std::int64_t code = -514; code <= 514; ++code) {
      const std::int64_t edge = floor_div((2 * code + 1) * (std::int64_t{1} << shift), 2);
      for (std::int64_t d = -2; d <= 2; ++d) all &= check(edge + d);
    }
    for (std::int64_t d = 0; d < 3; ++d) all &= check(INT32_MIN + d) && check(INT32_MAX - d);
    INFO("shift " << shift);
    CHECK(all);
  }
}

TEST_CASE("quantising a multiple of a quarter unit rounds halves up and saturates") {
  for (int quarters = -2100; quarters <= 2100; ++quarters) {
    // The value is quarters / 4 units of 2^-5.
    const Code code = quantize(quarters / 128.0, 5);
    REQUIRE(code == saturated(floor_div(quarters + 2, 4)));
  }
  CHECK(quantize(std::nan(""), 7) == 0);
  CHECK(quantize(INFINITY, 7) == 511);
  CHECK(quantize(-INFINITY, 7) == -512);
  CHECK(quantize(1e-30, 7) == 0);
}

TEST_CASE("the sigmoid unit stays within 0.0192 of the sigmoid, is symmetric and all but monotonic") {
  double worst = 0;
  for (int x = -512; x <= 511; ++x) {
    const double exact = 1.0 / (1.0 + std::exp(-x / 64.0));
    const int y = sigmoid_code(static_cast<Code>(x));
    worst = std::max(worst, std::abs(y / 512.0 - exact));
    REQUIRE((y >= 0 && y <= 511));
    // PLAN itself falls by 2 / 512 where its segments meet at 2.375: 0.921875 to 0.91796875.
    if (x > -512) REQUIRE(y >= sigmoid_code(static_cast<Code>(x - 1)) - 2);
    REQUIRE(y + sigmoid_code(static_cast<Code>(-x - 1)) == 511);
  }
  CHECK(worst <= 0.0192);
  CHECK(sigmoid_code(0) == 256);
}

TEST_CASE("fig8 transforms give what Fig. 8 draws for all operand pairs in all modes") {
  for (int mode = 0; mode <= 2; ++mode) {
    const Multiplier m{MultiplierKind::kFig8, mode};
    std::int64_t wrong = 0;
    for (int a = -512; a <= 511; ++a) {
      const int f = transform_activation(m, static_cast<Code>(a));
      for (int b = -512; b <= 511; ++b) {
        wrong += f * transform_weight(m, static_cast<Code>(b)) != fig8(a, b, mode);
        if (mode == 0) wrong += fig8(a, b, mode) != a * b;
      }
    }
    INFO("mode " << mode);
    CHECK(wrong == 0);
  }
}

TEST_CASE("booth keeps the high radix-4 Booth digits of an operand") {
  for (int v = -512; v <= 511; ++v) {
    const unsigned bits = (static_cast<unsigned>(v) & 0x3FFu) << 1;  // a 0 below the lowest bit
    int high = 0;  // digits of weight 64 and 256
    int top = 0;   // the digit of weight 256
    int all = 0;
    for (int digit = 0; digit < 5; ++digit) {
      const unsigned triple = bits >> (2 * digit) & 7u;
      const int value = static_cast<int>(triple & 1u) + static_cast<int>(triple >> 1 & 1u) -
                        2 * static_cast<int>(triple >> 2);
      all += value << (2 * digit);
      if (digit >= 3) high += value << (2 * digit);
      if (digit == 4) top += value << (2 * digit);
    }
    REQUIRE(all == v);
    const auto code = static_cast<Code>(v);
    const auto f = [code](int mode) {
      return transform_activation({MultiplierKind::kBooth, mode}, code);
    };
    const auto g = [code](int mode) {
      return transform_weight({MultiplierKind::kBooth, mode}, code);
    };
    REQUIRE((f(0) == v && f(1) == high && f(2) == high && f(3) == top));
    REQUIRE((g(0) == v && g(1) == v && g(2) == high && g(3) == high));
  }
}

TEST_CASE("drum keeps k bits from the leading one, the last of them 1 if bits were dropped") {
  for (int k = 1; k <= 9; ++k) {
    const Multiplier m{MultiplierKind::kDrum, k};
    for (int v = -512; v <= 511; ++v) {
      std::string digits;
      for (int rest = std::abs(v); rest > 0; rest /= 2) digits.insert(0, rest % 2 ? "1" : "0");
      int expected = 0;
      for (std::size_t i = 0; i < digits.size(); ++i) {
        const bool last = i + 1 == std::size_t(k) && digits.size() > std::size_t(k);
        const bool one = i < std::size_t(k) && (digits[i] == '1' || last);
        expected = 2 * expected + (one ? 1 : 0);
      }
      if (v < 0) expected = -expected;
      REQUIRE(transform_activation(m, static_cast<Code>(v)) == expected);
      REQUIRE(transform_weight(m, static_cast<Code>(v)) == expected);
    }
  }
}

TEST_CASE("multiplier and mode names are read back, unknown ones are refused") {
  for (auto kind : {MultiplierKind::kFig8, MultiplierKind::kBooth, MultiplierKind::kDrum}) {
    CHECK(parse_multipliers(kind_name(kind), "all") == all_modes(kind));
    for (const Multiplier& m : all_modes(kind)) {
      CHECK(parse_multiplier(kind_name(kind), mode_name(m)) == m);
    }
  }
  CHECK(mode_name({MultiplierKind::kFig8, 2}) == "M2");
  CHECK(parse_multiplier("drum:3", "all") == Multiplier{MultiplierKind::kDrum, 3});
  CHECK_THROWS_AS(parse_multiplier("fig8", "M3"), Error);
  CHECK_THROWS_AS(parse_multiplier("fig8", ""), Error);
  CHECK_THROWS_AS(parse_multiplier("fig8", "all"), Error);
  CHECK_THROWS_AS(parse_multiplier("fig9", "M0"), Error);
  CHECK_THROWS_AS(parse_multiplier("drum:10", "all"), Error);
  CHECK_THROWS_AS(parse_multiplier("drum:0", "all"), Error);
  CHECK_THROWS_AS(parse_multiplier("drum:", "all"), Error);
}

TEST_CASE("a network that breaks one rule is refused") {
  CHECK_NOTHROW(validate(small_net()));
  const auto refuses = [](auto damage) {
    IntegerNet net = small_net();
    damage(net);
    CHECK_THROWS_AS(validate(net), Error);
  };
  refuses([](IntegerNet& n) { n.layers.clear(); });
  refuses([](IntegerNet& n) { n.layers[0].inputs = 0; });
  refuses([](IntegerNet& n) { n.layers[1].outputs = -1; });
  refuses([](IntegerNet& n) { n.layers[0].weights.pop_back(); });
  refuses([](IntegerNet& n) { n.layers[1].bias.push_back(0); });
  refuses([](IntegerNet& n) { n.layers[0].weights[5] = 512; });
  refuses([](IntegerNet& n) { n.layers[0].weights[5] = -513; });
  refuses([](IntegerNet& n) { n.layers[0].bias[0] = 1 << 28; });
  refuses([](IntegerNet& n) { n.layers[0].bias[0] = -(1 << 28) - 1; });
  refuses([](IntegerNet& n) { n.layers[0].shift = 32; });
  refuses([](IntegerNet& n) { n.layers[0].shift = -1; });
  refuses([](IntegerNet& n) { n.layers[0].activation = Activation::kRaw; });
  refuses([](IntegerNet& n) { n.layers.erase(n.layers.begin()), n.layers.push_back(n.layers[0]); });
  refuses([](IntegerNet& n) {
    n.layers[0].inputs = 1025;
    n.layers[0].weights.assign(1025 * 4, 0);
  });
}

TEST_CASE("the golden model equals sums of Fig. 8 products on random networks") {
  for (std::uint64_t key = 0; key < 12; ++key) {
    const Codes codes = key % 2 == 0 ? Codes::kUniform : Codes::kExtreme;
    const Activation hidden = key % 3 == 0 ? Activation::kSigmoid : Activation::kRelu;
    const IntegerNet net =
        random_net(key, {int(1 + key * 11), int(1 + key * 5), 9, 3}, codes, hidden);
    const Rng rng(key, Purpose::kTestNetwork);
    std::vector<Code> input;
    for (int i = 0; i < net.inputs(); ++i) {
      input.push_back(static_cast<Code>(int(rng.below(1024, std::uint64_t(i), 1)) - 512));
    }
    for (const Multiplier& m : all_modes(MultiplierKind::kFig8)) {
      std::vector<LayerOutput> out;
      GoldenModel(net, m).run(input, out);
      std::vector<Code> from = input;
      for (std::size_t l = 0; l < net.layers.size(); ++l) {
        const IntegerLayer& layer = net.layers[l];
        std::vector<Code> to;
        for (int o = 0; o < layer.outputs; ++o) {
          std::int64_t sum = layer.bias[std::size_t(o)];
          for (int i = 0; i < layer.inputs; ++i) {
            sum += fig8(from[std::size_t(i)], layer.weights[std::size_t(o * layer.inputs + i)],
                        m.mode);
          }
          REQUIRE(out[l].accumulators[std::size_t(o)] == sum);
          if (l + 1 == net.layers.size()) continue;
          const std::int64_t code = expected_code(sum, layer.shift);
          to.push_back(hidden == Activation::kSigmoid ? sigmoid_code(static_cast<Code>(code))
                                                      : static_cast<Code>(code < 0 ? 0 : code));
          REQUIRE(out[l].codes[std::size_t(o)] == to.back());
        }
        from = to;
      }
    }
  }
}

TEST_CASE("the class is the largest output, the first of equal ones") {
  CHECK(argmax({{-5, 7, 7, 2}, {}}) == 1);
  CHECK(argmax({{-5, -7, -9}, {}}) == 0);
  CHECK(argmax({{9, 1, 1}, {0, 3, 3}}) == 1);
}

TEST_CASE("a sample of the wrong length is refused by the golden model") {
  const GoldenModel golden(small_net(), {});
  const std::vector<Code> two{1, 2};
  CHECK_THROWS_AS(golden.classify(two), Error);
}

TEST_CASE("array steps equal the cycle counts that the paper's GOPS imply") {
  const auto steps = [](const std::vector<int>& sizes) {
    return latency_cycles(random_net(1, sizes, Codes::kUniform)).steps;
  };
  CHECK(steps({30, 64, 64, 2}) == 104);
  CHECK(steps({19, 64, 64, 7}) == 96);
  CHECK(steps({34, 50, 50, 2}) == 91);
  CHECK(steps({36, 64, 64, 7}) == 112);
  CHECK(steps({784, 128, 128, 10}) == 1856);
}

TEST_CASE("random words are Philox4x32-10's published test vectors") {
  // Random123's kat_vectors: counter and key all zero.
  CHECK(Rng(0, static_cast<Purpose>(0)).bits(0, 0) == 0xe169c58d6627e8d5u);
  // counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0.
  CHECK(Rng(0x299f31d0a4093822u, static_cast<Purpose>(0x03707344u))
            .bits(0x85a308d3243f6a88u, 0x13198a2eu) == 0x94fdcceb'd16cfe09u);
}

TEST_CASE("random draws keep to their ranges and a permutation holds every index once") {
  const Rng rng(3, Purpose::kShuffle);
  double sum = 0;
  double squares = 0;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const double u = rng.uniform(i);
    REQUIRE((u >= 0 && u < 1));
    REQUIRE(rng.below(7, i) < 7);
    sum += rng.normal(i);
    squares += rng.normal(i) * rng.normal(i);
  }
  CHECK(std::abs(sum / 20000) < 0.03);
  CHECK(std::abs(squares / 20000 - 1) < 0.05);
  std::vector<int> order = rng.permutation(1000);
  CHECK(order != rng.permutation(1000, 1));
  std::sort(order.begin(), order.end());
  for (int i = 0; i < 1000; ++i) REQUIRE(order[std::size_t(i)] == i);
}

TEST_CASE("SHA-256 gives the digests of FIPS 180-2") {
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a file is written whole or not at all") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "axnn_test_file_io";
  fs::remove_all(folder);
  fs::create_directories(folder);
  write_file(folder / "a", std::string("x\0y\n", 4));
  CHECK(read_file(folder / "a") == std::string("x\0y\n", 4));
  CHECK_THROWS_AS(write_file(folder / "none" / "a", "x"), Error);
  CHECK_THROWS_AS(write_file(folder, "x"), Error);
  CHECK_THROWS_AS(read_file(folder), Error);
  CHECK_THROWS_AS(read_file(folder / "none"), Error);
  CHECK_THROWS_AS(read_file(folder / "a", 3), Error);
  CHECK(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == 1);
  fs::remove_all(folder);
}
