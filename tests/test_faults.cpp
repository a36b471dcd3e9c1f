// Fault maps, storage formats and the placement of weights.

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/faults.h"
#include "model/flip_curve.h"
#include "model/multiplier.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

// Whether `flips` of `cells` is what a fair draw at `rate` gives: within five standard deviations
// (one in 1.7 million draws is not) and half a flip.
bool plausible(std::int64_t flips, std::int64_t cells, double rate) {
  const double mean = static_cast<double>(cells) * rate;
  return std::abs(static_cast<double>(flips) - mean) <= 5 * std::sqrt(mean * (1 - rate)) + 0.5;
}

int count(const FlipMasks& masks) {
  int flips = 0;
  for (const auto& layer : masks) {
    for (const std::uint16_t mask : layer) flips += __builtin_popcount(mask);
  }
  return flips;
}

}  // namespace

TEST_CASE("each weight has its own cells, and the words follow the compiler's tiles") {
  // 20 x 12 inputs x outputs: 2 tiles of 3 words; then 12 x 3: 1 tile of 2 words.
  const std::vector<LayerShape> shapes{{20, 12}, {12, 3}};
  const WeightLayout layout(shapes);
  CHECK(layout.words() == 8);
  CHECK(layout.local());
  CHECK(layout.slot(0, 0, 0) == WeightSlot{0, 0});
  CHECK(layout.slot(0, 7, 9) == WeightSlot{1, 57});   // row 7, column 1 of word 1
  CHECK(layout.slot(0, 8, 19) == WeightSlot{5, 3});   // second tile, last word, row 0, column 3
  CHECK(layout.slot(1, 2, 11) == WeightSlot{7, 19});  // second layer: words 6 and 7
  CHECK(layout.place(0, 7, 9) == WeightPlace{57, 1, 0});
  std::set<std::pair<int, int>> used;
  for (std::size_t l = 0; l < 2; ++l) {
    for (int o = 0; o < shapes[l].outputs; ++o) {
      for (int i = 0; i < shapes[l].inputs; ++i) {
        const WeightSlot s = layout.slot(l, o, i);
        REQUIRE((s.word >= 0 && s.word < 8 && s.pe >= 0 && s.pe < 64));
        REQUIRE(used.emplace(s.word, s.pe).second);
      }
    }
  }
}

TEST_CASE("128 words are read from the local memories, 129 from the weight buffer") {
  // 1024 inputs and 8 outputs take 128 words.
  const WeightLayout fits(std::vector<LayerShape>{{1024, 8}});
  CHECK(fits.words() == 128);
  CHECK(fits.place(0, 3, 1023) == WeightPlace{31, 127, 0});
  const WeightLayout larger(std::vector<LayerShape>{{1024, 8}, {8, 1}});
  CHECK(larger.words() == 129);
  // Macro of row 3, last weight of its 80 bits.
  CHECK(larger.place(0, 3, 1023) == WeightPlace{64 + 3, 127, 70});
}

TEST_CASE("a flip map is a chip's own and stays the same") {
  const WeightLayout layout(std::vector<LayerShape>{{784, 32}});
  const FlipMasks seven = flip_masks(layout, FaultMap(7, 0.01));
  CHECK(seven == flip_masks(layout, FaultMap(7, 0.01)));
  CHECK(seven == flip_masks(layout, FaultMap(7, 0.01), 5));
  CHECK(seven != flip_masks(layout, FaultMap(8, 0.01)));
  CHECK(seven != flip_masks(layout, FaultMap(7 + (std::uint64_t{1} << 32), 0.01)));
}

TEST_CASE("flips at a low rate are flips at every higher rate") {
  for (const FaultKind kind : {FaultKind::kPersistent, FaultKind::kTransient}) {
    std::vector<std::uint32_t> lower(64 * 128, 0);
    for (const double rate : {0.0, 1e-4, 0.001, 0.01, 0.1, 0.5, 0.999, 1.0}) {
      const FaultMap map(3, rate, kind);
      for (int memory = 0; memory < 64; ++memory) {
        for (int address = 0; address < 128; ++address) {
          std::uint32_t& before = lower[std::size_t(memory * 128 + address)];
          const std::uint32_t now = map.mask(memory, address, 0, 10, 9);
          REQUIRE((before & ~now) == 0);
          before = now;
        }
      }
    }
    for (const std::uint32_t all : lower) REQUIRE(all == 0x3FF);
  }
}

TEST_CASE("the number of flips is what independent draws at the rate give") {
  const int words = 2048;
  for (const double rate : {0.001, 0.01, 0.1}) {
    const FaultMap map(11, rate);
    std::vector<std::int64_t> by_bit(80, 0);
    for (int memory = 64; memory < 72; ++memory) {
      std::int64_t flips = 0;
      for (int address = 0; address < words; ++address) {
        for (int first = 0; first < 80; first += 20) {
          const std::uint32_t mask = map.mask(memory, address, first, 20);
          for (int bit = 0; bit < 20; ++bit) {
            flips += mask >> bit & 1u;
            by_bit[std::size_t(first + bit)] += mask >> bit & 1u;
          }
        }
      }
      CHECK(plausible(flips, words * 80, rate));
    }
    for (const std::int64_t flips : by_bit) CHECK(plausible(flips, words * 8, rate));
  }
}

TEST_CASE("any window of a word shows the same flips") {
  const FaultMap map(2, 0.3);
  for (int address = 0; address < 20; ++address) {
    for (int first = 0; first + 10 <= 80; ++first) {
      std::uint32_t one_by_one = 0;
      for (int bit = 0; bit < 10; ++bit) {
        one_by_one |= map.mask(65, address, first + bit, 1) << bit;
      }
      REQUIRE(map.mask(65, address, first, 10) == one_by_one);
    }
  }
}

TEST_CASE("transient flips differ from read to read and repeat for the same read") {
  const FaultMap map(5, 0.01, FaultKind::kTransient);
  const WeightLayout layout(std::vector<LayerShape>{{64, 64}});
  const FlipMasks first = flip_masks(layout, map, 0);
  const FlipMasks second = flip_masks(layout, map, 1);
  CHECK(first == flip_masks(layout, map, 0));
  CHECK(first != second);
  CHECK(first != flip_masks(layout, FaultMap(5, 0.01)));
  CHECK(plausible(count(first), 64 * 64 * 10, 0.01));
  CHECK(plausible(count(second), 64 * 64 * 10, 0.01));
}

TEST_CASE("a weight's mask is the mask of the cells it is read from") {
  for (const int outputs : {8, 200}) {  // local memories, weight buffer
    const WeightLayout layout(std::vector<LayerShape>{{60, outputs}, {outputs, 3}});
    CHECK(layout.local() == (outputs == 8));
    const FaultMap map(4, 0.2);
    const FlipMasks masks = flip_masks(layout, map);
    for (std::size_t l = 0; l < 2; ++l) {
      const auto [inputs, outs] = layout.layers()[l];
      for (int o = 0; o < outs; ++o) {
        for (int i = 0; i < inputs; ++i) {
          const WeightPlace p = layout.place(l, o, i);
          REQUIRE(masks[l][std::size_t(o * inputs + i)] ==
                  map.mask(p.memory, p.address, p.bit, 10));
        }
      }
    }
  }
}

TEST_CASE("a flip rate outside 0 to 1 is refused") {
  CHECK_THROWS_AS(FaultMap(1, -1e-9), Error);
  CHECK_THROWS_AS(FaultMap(1, 1.0001), Error);
  CHECK_THROWS_AS(FaultMap(1, std::nan("")), Error);
}

TEST_CASE("every storage format reads back what it stored, and an out-of-range code's nearest") {
  for (const WeightFormat format : all_formats()) {
    INFO(format_name(format));
    std::map<std::uint32_t, Code> by_bits;
    std::set<Code> values;
    for (std::uint32_t bits = 0; bits < 1024; ++bits) {
      const Code code = decode_weight(format, bits);
      REQUIRE((code >= -512 && code <= 511));
      values.insert(code);
    }
    for (int v = -512; v <= 511; ++v) {
      const std::uint32_t bits = encode_weight(format, static_cast<Code>(v));
      REQUIRE(bits < 1024);
      const int stored = decode_weight(format, bits);
      // No value that some pattern stands for is nearer.
      int nearest = 1024;
      for (const Code value : values) nearest = std::min(nearest, std::abs(value - v));
      REQUIRE(std::abs(stored - v) == nearest);
      REQUIRE(storable(format, static_cast<Code>(stored)) == stored);
    }
    CHECK(parse_format(format_name(format)) == format);
  }
  CHECK_THROWS_AS(parse_format("gray"), Error);
}

TEST_CASE("stored bits are the code's own, or its sign and magnitude") {
  const auto stored = [](WeightFormat format, int code) {
    return encode_weight(format, static_cast<Code>(code));
  };
  CHECK(stored(WeightFormat::kTwosComplement, -1) == 0x3FF);
  CHECK(stored(WeightFormat::kTwosComplement, -512) == 0x200);
  CHECK(stored(WeightFormat::kTwosComplement, 511) == 0x1FF);
  CHECK(stored(WeightFormat::kSignMagnitude, -1) == 0x201);
  CHECK(stored(WeightFormat::kSignMagnitude, -512) == 0x3FF);
  CHECK(stored(WeightFormat::kSignMagnitude, 511) == 0x1FF);
  CHECK(decode_weight(WeightFormat::kSignMagnitude, 0x200) == 0);
}

TEST_CASE("without flips a network changes only where its format cannot store a weight") {
  const IntegerNet net = random_net(1, {30, 20, 4}, Codes::kUniform);
  CHECK(apply_faults(net, WeightFormat::kTwosComplement, FaultMap(1, 0)).layers == net.layers);
  IntegerNet clamped = net;
  for (IntegerLayer& layer : clamped.layers) {
    for (Code& w : layer.weights) w = std::max<Code>(w, -511);
  }
  CHECK(apply_faults(net, WeightFormat::kSignMagnitude, FaultMap(1, 0)).layers == clamped.layers);
}

TEST_CASE("if every bit flips, a two's complement weight w becomes -1 - w") {
  const IntegerNet net = random_net(2, {30, 20, 4}, Codes::kUniform);
  const IntegerNet all = apply_faults(net, WeightFormat::kTwosComplement, FaultMap(1, 1));
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    for (std::size_t k = 0; k < net.layers[l].weights.size(); ++k) {
      REQUIRE(all.layers[l].weights[k] == -1 - net.layers[l].weights[k]);
    }
  }
}

TEST_CASE(
    "guarded storage shields a small weight from every single flip of a high bit or the sign") {
  const WeightFormat guarded = WeightFormat::kGuarded;
  for (int v = -511; v <= 511; ++v) {
    const std::uint32_t bits = encode_weight(guarded, static_cast<Code>(v));
    const int stored = decode_weight(guarded, bits);
    REQUIRE(std::abs(stored - v) <= 8);
    const auto flipped = [&](int bit) { return int{decode_weight(guarded, bits ^ 1u << bit)}; };
    for (int bit = 7; bit <= 9; ++bit) REQUIRE(flipped(bit) == stored);
    if (std::abs(v) < 256) REQUIRE(flipped(4) == stored);  // magnitude bit 8
    if (std::abs(v) < 128) {
      REQUIRE(flipped(3) == stored);
      REQUIRE((flipped(5) == stored && flipped(6) == stored));
    }
    // The worst that one flip does to a weight below 128 is its bit of weight 64.
    for (int bit = 0; bit < 10 && std::abs(v) < 128; ++bit) {
      REQUIRE(std::abs(flipped(bit) - stored) <= 64);
    }
  }
}

TEST_CASE("guarded storage leaves M2's weight operand alone but for negative multiples of 16") {
  for (auto kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
    for (int v = -512; v <= 511; ++v) {
      if (v < 0 && v % 16 == 0) continue;
      const auto code = static_cast<Code>(v);
      REQUIRE(transform_weight({kind, 2}, storable(WeightFormat::kGuarded, code)) ==
              transform_weight({kind, 2}, code));
    }
  }
}

TEST_CASE(
    "the paper's curve passes through the paper's points and is the polynomial of its README") {
  const FlipCurve curve = load_flip_curve("paper");
  CHECK(flip_rate(curve, 0.40) == Approx(0.1));
  CHECK(flip_rate(curve, 0.66) == Approx(0.01));
  CHECK(flip_rate(curve, 0.85) == Approx(0.001));
  CHECK(flip_rate(curve, 1.10) == 0);
  CHECK(flip_rate(curve, 1.32) == 0);
  for (double v = 0.40; v < 1.1; v += 0.05) {
    const double log10_rate = -1 - 3.846 * (v - .40) - 3.149 * (v - .40) * (v - .66);
    CHECK(std::log10(flip_rate(curve, v)) == Approx(log10_rate).margin(0.002));
  }
}

TEST_CASE("the sharp curve passes through the measured points and falls faster than the paper's") {
  const FlipCurve curve = load_flip_curve("sharp");
  CHECK(flip_rate(curve, 0.55) == Approx(0.0023));
  CHECK(flip_rate(curve, 0.50) == Approx(0.0156));
  // By hand: z(0.0023) = -2.8338, z(0.0156) = -2.1539; 0.66 V is 2.2 steps further: z = -4.3296.
  CHECK(flip_rate(curve, 0.66) == Approx(7.47e-6).epsilon(0.01));
  CHECK(flip_rate(curve, 1.0) == 0);
  CHECK(flip_rate(curve, 0.85) < flip_rate(load_flip_curve("paper"), 0.85) * 1e-6);
}

TEST_CASE("every curve falls with the voltage and says nothing below its lowest") {
  for (const std::string_view name : flip_curve_names()) {
    const FlipCurve curve = load_flip_curve(std::string(name));
    double before = 0.5;
    for (int mv = 400; mv <= 1200; ++mv) {
      const double rate = flip_rate(curve, mv / 1000.0);
      REQUIRE((rate >= 0 && rate <= before));
      before = rate;
    }
    CHECK_THROWS_AS(flip_rate(curve, 0.39), Error);
    CHECK_THROWS_AS(flip_rate(curve, std::nan("")), Error);
  }
}

TEST_CASE("a damaged curve file is refused") {
  const std::string good = "law,probit-linear\nlowest,0.4\nvdd,rate\n1,0\n0.6,0.001\n0.5,0.01\n";
  CHECK_NOTHROW(parse_flip_curve(good, "test"));
  CHECK_THROWS_AS(load_flip_curve("no/such/file.csv"), Error);
  const auto refuses = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    INFO(bad);
    CHECK_THROWS_AS(parse_flip_curve(bad, "test"), Error);
  };
  refuses("probit-linear", "cubic");
  refuses("law,probit-linear\n", "");
  refuses("lowest,0.4\n", "");
  refuses("lowest,0.4", "lowest,-1");
  refuses("1,0", "1,0.0001");
  refuses("0.6,0.001", "0.6,nan");
  refuses("0.6,0.001", "0.6");
  refuses("0.6,0.001", "0.6,-0.001");
  refuses("0.6,0.001", "1.6,0.001");
  refuses("0.5,0.01", "0.5,0.0001");
  refuses("0.5,0.01", "0.5,0.7");
  refuses("0.5,0.01\n", "");
  refuses("vdd,rate", "rate");
  refuses("lowest,0.4", "lowest,0.4\nlowest,0.5");
  refuses("law,probit-linear", "law,probit-linear\nlaw,probit-linear");
}

TEST_CASE("a curve whose rate falls with the voltage is refused, CRLF and comments are not") {
  // Between its points, or below them, a polynomial through few points can fall.
  const auto message = [](const std::string& text) -> std::string {
    try {
      parse_flip_curve(text, "c.csv");
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  CHECK_THAT(
      message("law,log-polynomial\nlowest,0.01\nvdd,rate\n1.1,0\n0.9,1e-9\n0.89,0.01\n0.88,0.02\n"),
      Catch::Contains("the rate falls") && Catch::Contains("(c.csv)"));
  CHECK_THAT(message("law,log-polynomial\nlowest,0.85\nvdd,rate\n1.1,0\n1.0,1e-3\n0.95,1.1e-3\n0.9,"
                     "0.3\n0.89,0.31\n"),
             Catch::Contains("the rate falls"));
  CHECK(
      message("law,probit-linear\r\nlowest,0.4\r\nvdd,rate\r\n1,0\r\n0.6,0.001\r\n0.5,0.01\r\n") ==
      "");
  CHECK_THAT(message("law,x\x1b[31m\ny\n"), Catch::Contains("unknown law 'x?[31m'"));
}
