// The synthesised gates against integer arithmetic that shares nothing with the design or the
// golden model: all operand pairs of the multiplier, random streams through the MAC, and a sample
// of the multiplier again in a second simulator.
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>

#include "Vmac_gates.h"
#include "Vmult_gates.h"
#include "Vmult_rtl.h"
#include "model/file_io.h"
#include "model/subprocess.h"
#include "tests/skip.h"

using namespace axnn;

namespace {

// floor(x / 64) * 64 without shifts or masks.
int floor64(int x) {
  int q = x / 64;
  if (x % 64 != 0 && x < 0) --q;
  return q * 64;
}

// Fig. 8: M0 exact, M1 drops the low part of A, M2 of both.
int product(int a, int b, int mode) {
  if (mode == 0) return a * b;
  if (mode == 1) return floor64(a) * b;
  return floor64(a) * floor64(b);
}

int sign_extend(std::uint32_t x, int bits) {
  const auto half = std::int64_t{1} << (bits - 1);
  const auto value = static_cast<std::int64_t>(x);
  return static_cast<int>(value >= half ? value - 2 * half : value);
}

template <typename Model>
void check_all_pairs(int mode) {
  VerilatedContext context;
  Model m(&context);
  m.mode_i = static_cast<std::uint8_t>(mode);
  long wrong = 0;
  for (int a = -512; a < 512; ++a) {
    m.a_i = static_cast<std::uint16_t>(a & 1023);
    for (int b = -512; b < 512; ++b) {
      m.b_i = static_cast<std::uint16_t>(b & 1023);
      m.eval();
      const int got = sign_extend(m.p_o, 20);
      if (got != product(a, b, mode) && wrong++ == 0) {
        UNSCOPED_INFO("first: M" << mode << " " << a << " * " << b << " = " << got << ", should be "
                                 << product(a, b, mode));
      }
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("RTL multiplier is exact Fig. 8 arithmetic on all 2^20 operand pairs in every mode") {
  for (int mode = 0; mode < 3; ++mode) check_all_pairs<Vmult_rtl>(mode);
}

TEST_CASE("multiplier netlist is exact Fig. 8 arithmetic on all 2^20 operand pairs in every mode") {
  for (int mode = 0; mode < 3; ++mode) check_all_pairs<Vmult_gates>(mode);
}

TEST_CASE("MAC netlist sums random streams as integers do, in every mode") {
  std::mt19937 random(11);
  for (int mode = 0; mode < 3; ++mode) {
    VerilatedContext context;
    Vmac_gates m(&context);
    m.mode_i = static_cast<std::uint8_t>(mode);
    const auto cycle = [&] {
      m.clk_i = 0;
      m.eval();
      m.clk_i = 1;
      m.eval();
    };
    m.valid_i = 0;
    // The accumulator shows operands three cycles after they were given. A sum starts at fresh_i,
    // two cycles after its first operands, and holds at most 1024 products, the design's largest fan-in.
    std::int64_t sum = 0;
    std::vector<std::int64_t> expected;
    int terms = 0, wrong = 0;
    unsigned firsts = 0;  // bit n: n cycles ago
    constexpr int kCycles = 20000;
    constexpr int kLatency = 3;
    for (int n = 0; n < kCycles; ++n) {
      const bool valid = n == 0 || random() % 8 != 0;
      const bool first = n == 0 || terms >= 1024 || random() % 200 == 0;
      const bool extreme = (n / 2000) % 2 == 1;
      const auto code = [&] {
        return extreme ? (random() % 2 == 0 ? -512 : 511) : static_cast<int>(random() % 1024) - 512;
      };
      const int a = code(), b = code();
      m.valid_i = static_cast<std::uint8_t>((m.valid_i << 1 | valid) & 7);
      firsts = firsts << 1 | static_cast<unsigned>(first);
      m.fresh_i = firsts >> 2 & 1;
      m.a_i = static_cast<std::uint16_t>(a & 1023);
      m.b_i = static_cast<std::uint16_t>(b & 1023);
      if (valid) {
        sum = (first ? 0 : sum) + product(a, b, mode);
        terms = first ? 1 : terms + 1;
      }
      expected.push_back(sum);
      cycle();
      if (n + 1 >= kLatency) {
        wrong += sign_extend(m.acc_o, 30) != expected[static_cast<std::size_t>(n + 1 - kLatency)];
      }
    }
    CAPTURE(mode);
    CHECK(wrong == 0);
  }
}

TEST_CASE("multiplier netlist with the vendor's cells agrees in Icarus Verilog") {
  const std::filesystem::path cells = "/usr/share/qflow/tech/osu018/osu018_stdcells.v";
  if (!std::filesystem::exists(cells)) skip("the vendor's Verilog cells are not installed");
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("axnn-icarus-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  write_file(folder / "tb.v", R"(
`timescale 1ns/10ps
module tb;
  reg signed [9:0] a, b;
  reg [1:0] mode;
  wire signed [19:0] p;
  integer n, seed;
  axnn_mult_fig8 dut(.a_i(a), .b_i(b), .mode_i(mode), .p_o(p));
  initial begin
    seed = 5;
    for (n = 0; n < 20000; n = n + 1) begin
      a = $random(seed); b = $random(seed); mode = n % 3;
      #20 $display("%0d %0d %0d %0d", mode, a, b, p);
    end
    $finish;
  end
endmodule
)");
  const std::string netlist = std::string(AXNN_NETLISTS) + "/axnn_mult_fig8/netlist.v";
  REQUIRE(run_command({{"iverilog", "-g2012", "-s", "tb", "-o", (folder / "tb.vvp").string(),
                        (folder / "tb.v").string(), netlist, cells.string()},
                       {},
                       folder / "iverilog.log"}) == 0);
  REQUIRE(run_command({{"vvp", "-n", (folder / "tb.vvp").string()}, {}, folder / "out.txt"}) == 0);
  std::ifstream in(folder / "out.txt");
  int mode = 0, a = 0, b = 0, p = 0, samples = 0, wrong = 0;
  while (in >> mode >> a >> b >> p) {
    ++samples;
    wrong += p != product(a, b, mode);
  }
  CHECK(samples == 20000);
  CHECK(wrong == 0);
  std::filesystem::remove_all(folder);
}
