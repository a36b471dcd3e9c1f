// Multipliers in the shapes of public libraries (tests/multipliers), imported as they are, against
// integer arithmetic written here.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "model/error.h"
#include "model/file_io.h"
#include "model/multiplier.h"
#include "report/imported.h"
#include "synth/import_multiplier.h"
#include "tests/skip.h"

using namespace axnn;

namespace {

namespace fs = std::filesystem;

// A folder of its own for one test case.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("axnn_test_import_" + std::to_string(::getpid()))) {
    if (std::system("command -v iverilog yosys >/dev/null") != 0) skip("no Icarus or Yosys");
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  ImportOptions shape(const std::vector<std::string>& files) const {
    ImportOptions o;
    for (const std::string& f : files) {
      o.source.files.push_back(fs::path(AXNN_SOURCE_DIR) / "tests/multipliers" / f);
    }
    o.out = path_ / "out";
    return o;
  }
  ImportOptions text(const std::string& verilog) const {
    ImportOptions o;
    write_file(path_ / "mult.v", verilog);
    o.source.files = {path_ / "mult.v"};
    o.out = path_ / "out";
    return o;
  }

 private:
  fs::path path_;
};

// Products of 10-bit words that are not what they should be.
int wrong(const ProductTable& table, const std::function<std::int64_t(int, int)>& expected) {
  int n = 0;
  for (int a = -512; a <= 511; ++a) {
    for (int b = -512; b <= 511; ++b) {
      n += table.product(Code(a), Code(b)) != expected(a, b) ? 1 : 0;
    }
  }
  return n;
}

int sign(int a, int b) { return (a < 0) != (b < 0) ? -1 : 1; }

}  // namespace

TEST_CASE("an unsigned array with truncated columns is found unsigned, and behaves") {
  const Folder folder;
  const ImportReport r = import_multiplier(folder.shape({"trunc8u.v"}));
  CHECK_FALSE(r.rule.is_signed);
  CHECK(r.ports.a.name == "A");
  CHECK(r.ports.product.name == "O");
  // Column j < 6 has j + 1 ANDs, each 1 for a quarter of the pairs: sum (j + 1) 2^j / 4.
  CHECK(r.modes[0].own.mae == Approx(321.0 / 4));
  CHECK(r.modes[0].own.wce == 321);
  CHECK(wrong(r.modes[0].table, [](int a, int b) {
          const int x = std::min((std::abs(a) + 1) >> 1, 255);
          const int y = std::min((std::abs(b) + 1) >> 1, 255);
          int p = 0;
          for (int i = 0; i < 8; ++i) {
            for (int j = 0; j < 8; ++j) {
              if (i + j >= 6) p += ((x >> j & 1) & (y >> i & 1)) << (i + j);
            }
          }
          return sign(a, b) * p * 4;
        }) == 0);
}

TEST_CASE("signed multipliers are found signed, whatever their ports say") {
  const Folder folder;
  const ImportReport eight = import_multiplier(folder.shape({"lower8s.v", "adder16.v"}));
  CHECK(eight.rule.is_signed);
  CHECK_FALSE(eight.declared_signed);
  const ImportReport twelve = import_multiplier(folder.shape({"round12s.v"}));
  CHECK(twelve.modes[0].table.factors().has_value());
  CHECK(wrong(twelve.modes[0].table, [](int a, int b) {
          const auto rounded = [](int x) { return (x * 4 + 8) >> 4; };
          return rounded(a) * rounded(b) * 16;  // 2^8 of the circuit, 2^-4 of the words
        }) == 0);
  const ImportReport high = import_multiplier(folder.shape({"high16s.v"}));
  CHECK(high.rule.product_shift == 16);
  CHECK(wrong(high.modes[0].table,
              [](int a, int b) { return ((std::int64_t{a} * 64 * b * 64) >> 16) * 16; }) == 0);
}

TEST_CASE("DRUM whose sign is wrong is named") {
  const Folder folder;
  ImportOptions o = folder.shape({"drum_and.v"});
  o.is_signed = true;
  o.source.settings = {{"K", 5}};
  const ImportReport r = import_multiplier(o);
  // One operand negative, the other positive: 512 x 511 pairs each way, of 2^20.
  CHECK(r.modes[0].own.sign_wrong_share() == Approx(2 * 512.0 * 511 / (1 << 20)));
  CHECK(to_text(r).find("sign wrong in 50 % of products") != std::string::npos);
}

TEST_CASE("Mitchell's logarithm keeps its bound and its zero") {
  const Folder folder;
  const ImportReport r = import_multiplier(folder.shape({"mitchell16u.v"}));
  CHECK_FALSE(r.rule.is_signed);
  CHECK(r.modes[0].array.zero_stays_zero);
  CHECK(r.modes[0].array.sign_wrong_share() == 0);
  CHECK(wrong(r.modes[0].table, [](int a, int b) {
          if (a == 0 || b == 0) return std::int64_t{0};
          const std::uint64_t x = std::uint64_t(std::abs(a)) << 6;
          const std::uint64_t y = std::uint64_t(std::abs(b)) << 6;
          const int kx = 63 - __builtin_clzll(x);
          const int ky = 63 - __builtin_clzll(y);
          const std::uint64_t f = ((x << (15 - kx)) & 0x7FFF) + ((y << (15 - ky)) & 0x7FFF);
          const int k = kx + ky + (f >= 0x8000 ? 1 : 0);
          const std::uint64_t one = 0x8000 | (f & 0x7FFF);
          return sign(a, b) * static_cast<std::int64_t>((one << k >> 15) >> 12);
        }) == 0);
}

TEST_CASE("a mode input becomes the accelerator's modes") {
  const Folder folder;
  const ImportReport r = import_multiplier(folder.shape({"modes10s.v"}));
  REQUIRE(r.modes.size() == 3);
  const auto rounded = [](int x) { return (x + 16) >> 5 << 5; };
  for (int m = 0; m < 3; ++m) {
    CHECK(wrong(r.modes[std::size_t(m)].table, [&](int a, int b) {
            return (m > 0 ? rounded(a) : a) * (m > 1 ? rounded(b) : b);
          }) == 0);
  }
}

TEST_CASE("a port a bit is one number") {
  const Folder folder;
  const ImportReport r = import_multiplier(folder.shape({"bits4u.v"}));
  CHECK(r.modes[0].own.error_rate == 0);
  CHECK(r.modes[0].own.pairs == 256);
}

TEST_CASE("what is no multiplier is refused with a reason") {
  const Folder folder;
  const auto refused = [&](const std::string& body, const std::string& why) {
    INFO(body);
    CHECK_THROWS_WITH(import_multiplier(folder.text(body)), Catch::Contains(why));
  };
  refused("module m(input [7:0] a, input [7:0] b, output [15:0] p); cell_x u(a, b, p); endmodule",
          "cell_x is in no file");
  refused(
      "module m(input clk, input [7:0] a, input [7:0] b, output reg [15:0] p);\n"
      "  always @(posedge clk) p <= a * b; endmodule",
      "is a register");
  refused(
      "module m(input [7:0] a, input [7:0] b, output reg [15:0] p);\n"
      "  always @* if (a[0]) p = a * b; endmodule",
      "is a latch");
  refused(
      "module m(input [7:0] a, input [7:0] b, output [15:0] p);\n"
      "  wire x; assign x = (x & a[0]) ^ b[0]; assign p = {15'd0, x}; endmodule",
      "combinational loop");
  refused("module m(input [2:0] a, input [7:0] b, output [15:0] p); assign p = a * b; endmodule",
          "1 inputs of 4 or more bits");
  refused("module m(input [16:0] a, input [7:0] b, output [24:0] p); assign p = a * b; endmodule",
          "a has 17 bits");
  refused(
      "module m(input [7:0] a, input [7:0] b, input [2:0] k, output [15:0] p);\n"
      "  assign p = k * a * b; endmodule",
      "k is neither operand nor mode");
  refused(
      "module m(input [7:0] a, input [7:0] b, output [15:0] p);\n"
      "  wire x; assign p = {a * b} ^ {15'd0, x}; endmodule",
      "driven by nothing");
  refused("module m(input [7:0] a output", "syntax error");
}
