// Tables made from Verilog by simulation, against integer arithmetic.

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "model/error.h"
#include "model/file_io.h"
#include "model/multiplier.h"
#include "synth/import_multiplier.h"
#include "tests/skip.h"

using namespace axnn;

namespace {

namespace fs = std::filesystem;

// A source file of its own for one test case.
class Verilog {
 public:
  explicit Verilog(const std::string& text)
      : path_(fs::temp_directory_path() /
              ("axnn_test_import_" + std::to_string(::getpid()) + ".sv")) {
    if (std::system("command -v iverilog >/dev/null") != 0) skip("Icarus is not installed");
    write_file(path_, text);
  }
  ~Verilog() { fs::remove(path_); }
  ImportOptions options(const std::string& top) const {
    ImportOptions o;
    o.verilog = {path_};
    o.top = top;
    return o;
  }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("the table of rtl/array/axnn_mult_fig8.sv is the fig8 transform, in every mode") {
  if (std::system("command -v iverilog >/dev/null") != 0) skip("Icarus is not installed");
  for (int mode = 0; mode <= 2; ++mode) {
    ImportOptions o;
    o.verilog = {fs::path(AXNN_SOURCE_DIR) / "rtl/axnn_pkg.sv",
                 fs::path(AXNN_SOURCE_DIR) / "rtl/array/axnn_mult_fig8.sv"};
    o.top = "axnn_mult_fig8";
    o.a_port = "a_i";
    o.b_port = "b_i";
    o.p_port = "p_o";
    o.constants = {{"mode_i", mode}};
    const ProductTable table = import_multiplier(o);
    CHECK(table.factors().has_value());
    const Multiplier m{MultiplierKind::kFig8, mode};
    int wrong = 0;
    for (int a = -512; a <= 511; ++a) {
      for (int b = -512; b <= 511; ++b) {
        wrong += table.product(Code(a), Code(b)) !=
                 transform_activation(m, Code(a)) * transform_weight(m, Code(b));
      }
    }
    INFO("mode " << mode);
    CHECK(wrong == 0);
  }
}

TEST_CASE("a narrow unsigned product port is read as two's complement") {
  const Verilog v(
      "module high(input signed [9:0] a, input signed [9:0] b, output [11:0] p);\n"
      "  wire signed [19:0] full = a * b;\n  assign p = full[19:8];\nendmodule\n");
  const ProductTable table = import_multiplier(v.options("high"));
  CHECK(table.name() == "high");
  CHECK_FALSE(table.factors().has_value());
  int wrong = 0;
  for (int a = -512; a <= 511; ++a) {
    for (int b = -512; b <= 511; ++b) wrong += table.product(Code(a), Code(b)) != (a * b) >> 8;
  }
  CHECK(wrong == 0);
  // floor(p / 256) - p is worst for p = 512 * 512: 1024 - 262144.
  CHECK(table_error(table).worst == 262144 - 1024);
  CHECK(table_error(table).zero_stays_zero);
}

TEST_CASE("Verilog that is no 10 x 10 multiplier is refused with a reason") {
  const Verilog v(
      "module narrow(input [7:0] a, input [7:0] b, output [15:0] p); assign p = a * b; endmodule\n"
      "module wide(input [9:0] a, input [9:0] b, output [20:0] p); assign p = a * b; endmodule\n"
      "module open(input [9:0] a, input [9:0] b, input m, output [19:0] p);\n"
      "  assign p = m ? a : b; endmodule\n");
  CHECK_THROWS_WITH(import_multiplier(v.options("narrow")), Catch::Contains("8 and 8 bits"));
  CHECK_THROWS_WITH(import_multiplier(v.options("wide")), Catch::Contains("21 bits"));
  CHECK_THROWS_WITH(import_multiplier(v.options("open")), Catch::Contains("unconnected"));
  CHECK_THROWS_AS(import_multiplier(v.options("missing")), Error);
  CHECK_THROWS_AS(import_multiplier(v.options("narrow;$finish")), Error);
  ImportOptions no_file = v.options("narrow");
  no_file.verilog = {"no/such/file.v"};
  CHECK_THROWS_AS(import_multiplier(no_file), Error);
  ImportOptions no_port = v.options("open");
  no_port.a_port = "x";
  CHECK_THROWS_AS(import_multiplier(no_port), Error);
}
