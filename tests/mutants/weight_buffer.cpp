// axnn_weight_buffer against an array kept here: rows are written one by one and read in any number, and a row
// that is not read keeps what it gave last. For scripts/machine_mutants.py: a read too many only costs
// energy, so no result of the machine shows it.
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <random>

#include "Vweight_buffer.h"
#include "axnn_pkg.h"

using namespace axnn;

TEST_CASE("each row of the weight buffer gives the word it was asked for last") {
  static_assert(kWeightRowW == 80);
  using Row = std::array<std::uint32_t, 3>;
  const auto context = std::make_unique<VerilatedContext>();
  Vweight_buffer top(context.get());
  std::mt19937 random(4);
  std::map<std::pair<unsigned, unsigned>, Row> words;  // {word, row}
  std::array<Row, kRows> shown{};
  std::array<bool, kRows> known{};
  std::array<unsigned, 24> used{};
  for (unsigned& word : used) word = static_cast<unsigned>(random() % kWeightDepth);
  used[0] = 0;
  used[1] = kWeightDepth - 1;
  for (int cycle = 0; cycle < 20000; ++cycle) {
    const unsigned word = used[random() % used.size()], row = static_cast<unsigned>(random() % kRows);
    top.clk_i = 0;
    top.write_i = cycle < 2000 || random() % 4 == 0;
    top.read_i = top.write_i ? 0 : static_cast<CData>(random() % 256);
    top.read_addr_i = static_cast<SData>(word);
    top.write_addr_i = static_cast<SData>(used[random() % used.size()] * kRows + row);
    for (int i = 0; i < 3; ++i) top.write_data_i[i] = static_cast<std::uint32_t>(random());
    top.write_data_i[2] &= 0xFFFF;
    top.eval();
    top.clk_i = 1;
    top.eval();
    if (top.write_i) {
      words[{top.write_addr_i / kRows, row}] = {top.write_data_i[0], top.write_data_i[1], top.write_data_i[2]};
    }
    for (unsigned r = 0; r < kRows; ++r) {
      if (top.read_i >> r & 1) {
        const auto at = words.find({word, r});
        known[r] = at != words.end();
        if (known[r]) shown[r] = at->second;
      }
      if (!known[r]) continue;
      for (unsigned bit = 0; bit < kWeightRowW; ++bit) {
        const unsigned at = r * kWeightRowW + bit;
        const bool got = top.data_o[at / 32] >> at % 32 & 1, want = shown[r][bit / 32] >> bit % 32 & 1;
        CAPTURE(cycle, r, bit);
        if (got != want) REQUIRE(got == want);
      }
    }
  }
  top.final();
}
