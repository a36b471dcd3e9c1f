#include "synth/import_multiplier.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "model/error.h"
#include "model/file_io.h"
#include "model/subprocess.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;

// A folder of its own that goes when this object does.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "axnn-import-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw Error("cannot make a folder", name);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void check_identifier(const std::string& name, const std::string& what) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool valid =
      !name.empty() && letter(name[0]) &&
      std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
  if (!valid) throw Error("'" + name + "' is no Verilog name", what, "letters, digits and _");
}

// The bench holds the product as wide as the port is and extends its sign itself: whether a port is
// declared signed makes no difference.
std::string bench(const ImportOptions& o) {
  std::string constants;
  for (const auto& [port, value] : o.constants) constants += fmt::format(", .{}({})", port, value);
  return fmt::format(R"(module axnn_import_bench;
  reg signed [{word}:0] a, b;
  wire signed [{product}:0] p;
  reg [{product}:0] products [0:{last}];
  reg [8191:0] out;
  integer i, unused;
  {top} dut (.{a_port}(a), .{b_port}(b), .{p_port}(p){constants});
  initial begin
    $display("widths %0d %0d %0d", $bits(dut.{a_port}), $bits(dut.{b_port}), $bits(dut.{p_port}));
    unused = {product} + 1 - $bits(dut.{p_port});
    if ($value$plusargs("out=%s", out) && unused >= 0) begin
      for (i = 0; i <= {last}; i = i + 1) begin
        a = i / {side} - {half};
        b = i % {side} - {half};
        #1 products[i] = $signed(p << unused) >>> unused;
      end
      $writememh(out, products);
    end
    $finish;
  end
endmodule
)",
                     fmt::arg("word", kDataW - 1), fmt::arg("product", kProdW - 1),
                     fmt::arg("last", kTableSize - 1), fmt::arg("side", kTableSide),
                     fmt::arg("half", kTableSide / 2), fmt::arg("top", o.top),
                     fmt::arg("a_port", o.a_port), fmt::arg("b_port", o.b_port),
                     fmt::arg("p_port", o.p_port), fmt::arg("constants", constants));
}

// The last line of a tool's log that says something, for the one-line message.
std::string complaint(const fs::path& log) {
  constexpr std::uintmax_t kLimit = 1 << 26;
  const std::string text = read_file(log, kLimit);
  std::string first;
  std::string_view rest = text;
  while (!rest.empty() && first.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.find("rror") != line.npos) first = line;
  }
  return first.empty() ? text.substr(0, text.find('\n')) : first;
}

void run(const std::string& what, Command command) {
  const int code = run_command(command);
  if (code != 0) throw Error(what + " failed: " + complaint(command.log), command.argv[0]);
}

void check_widths(const fs::path& log, const ImportOptions& o) {
  constexpr std::uintmax_t kLimit = 1 << 26;
  const std::string text = read_file(log, kLimit);
  const std::size_t at = text.find("widths ");
  int a = 0;
  int b = 0;
  int p = 0;
  if (at == text.npos || std::sscanf(text.c_str() + at, "widths %d %d %d", &a, &b, &p) != 3) {
    throw Error("the simulation stopped early: " + complaint(log), o.top);
  }
  if (a != kDataW || b != kDataW) {
    throw Error(fmt::format("operands of {} and {} bits", a, b), o.top,
                fmt::format("wrap the multiplier in a module with {} bits", kDataW));
  }
  if (p > kProdW) {
    throw Error(fmt::format("a product of {} bits", p), o.top,
                fmt::format("at most {} fit the accumulator", kProdW));
  }
}

std::vector<std::int32_t> read_products(const fs::path& path, const ImportOptions& o) {
  const std::string text = read_file(path);
  std::vector<std::int32_t> products;
  products.reserve(kTableSize);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line.starts_with("//")) continue;
    const std::string digits(line);
    char* end = nullptr;
    const long value = std::strtol(digits.c_str(), &end, 16);
    if (*end != '\0') {
      const int n = static_cast<int>(products.size());
      throw Error(fmt::format("the product of {} and {} is {}", n / kTableSide + kCodeMin,
                              n % kTableSide + kCodeMin, digits),
                  o.top, "is an input unconnected (--set PORT=VALUE), or the module clocked?");
    }
    products.push_back(
        static_cast<std::int32_t>(value >= 1 << (kProdW - 1) ? value - (1 << kProdW) : value));
  }
  return products;
}

}  // namespace

ProductTable import_multiplier(const ImportOptions& o) {
  check_identifier(o.top, "--top");
  check_identifier(o.a_port, "--a-port");
  check_identifier(o.b_port, "--b-port");
  check_identifier(o.p_port, "--p-port");
  for (const auto& [port, value] : o.constants) check_identifier(port, "--set");
  const TemporaryFolder folder;
  const fs::path source = folder.path() / "bench.sv";
  const fs::path program = folder.path() / "bench.vvp";
  const fs::path products = folder.path() / "products.hex";
  write_file(source, bench(o));
  Command compile;
  compile.argv = {"iverilog", "-g2012",         "-s",           "axnn_import_bench",
                  "-o",       program.string(), source.string()};
  for (const fs::path& file : o.verilog) compile.argv.push_back(fs::absolute(file).string());
  compile.log = folder.path() / "compile.log";
  run("reading the Verilog", compile);
  Command simulate;
  simulate.argv = {"vvp", "-N", program.string(), "+out=" + products.string()};
  simulate.log = folder.path() / "simulate.log";
  simulate.timeout_s = o.timeout_s;
  run("the simulation", simulate);
  check_widths(simulate.log, o);
  return {o.top, read_products(products, o)};
}

TableError table_error(const ProductTable& table) {
  TableError e;
  std::int64_t sum = 0;
  std::int64_t absolute = 0;
  for (int a = kCodeMin; a <= kCodeMax; ++a) {
    for (int b = kCodeMin; b <= kCodeMax; ++b) {
      const std::int64_t product = table.product(static_cast<Code>(a), static_cast<Code>(b));
      const std::int64_t error = product - std::int64_t{a} * b;
      sum += error;
      absolute += std::abs(error);
      e.worst = std::max(e.worst, std::abs(error));
      if ((a == 0 || b == 0) && product != 0) e.zero_stays_zero = false;
    }
  }
  e.mean = static_cast<double>(sum) / kTableSize;
  e.mean_absolute = static_cast<double>(absolute) / kTableSize;
  return e;
}

}  // namespace axnn
