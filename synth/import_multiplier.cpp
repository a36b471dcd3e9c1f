#include "synth/import_multiplier.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "model/error.h"
#include "model/file_io.h"
#include "model/rng.h"
#include "model/sha256.h"
#include "model/subprocess.h"
#include "synth/combinational.h"
#include "synth/liberty.h"
#include "synth/liberty_files.h"
#include "synth/scratch_folder.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kLanes = 64;
constexpr int kAllPairsW = 24;     // bits of both operands of which all pairs are measured
constexpr int kRandomPairsW = 22;  // else 2^this pairs
constexpr int kFormat = 1;         // of multiplier.json
using Lanes = std::array<std::uint64_t, kLanes>;

// Multiplies 64 pairs at a time in gates.
class GateMultiplier {
 public:
  GateMultiplier(const Combinational& gates, const MultiplierPorts& ports,
                 const std::vector<std::pair<std::string, std::pair<int, int>>>& constants)
      : gates_(gates),
        a_(places(ports.a)),
        b_(places(ports.b)),
        product_(places(ports.product)),
        values_(gates.make_values()) {
    if (ports.mode.width > 0) mode_ = places(ports.mode);
    for (const auto& [port, held] : constants) hold(gates.port(port), held.second);
  }

  void set_mode(int value) { hold(mode_, value); }

  void multiply(const Lanes& a, const Lanes& b, Lanes& product) {
    to_patterns(a, a_, values_);
    to_patterns(b, b_, values_);
    gates_.evaluate(values_);
    from_patterns(values_, product_, product);
  }

 private:
  std::vector<int> places(const BusPort& port) const {
    std::vector<int> out;
    for (const std::string& piece : port.pieces) {
      const std::vector<int> bits = gates_.port(piece);
      out.insert(out.end(), bits.begin(), bits.end());
    }
    return out;
  }

  void hold(const std::vector<int>& bits, int value) {
    Lanes same;
    same.fill(static_cast<std::uint64_t>(value));
    to_patterns(same, bits, values_);
  }

  const Combinational& gates_;
  std::vector<int> a_, b_, product_, mode_;
  std::vector<std::uint64_t> values_;
};

// Calls use(a, b, product) with the raw bits of the multiplier's own pairs.
template <typename Use>
bool own_products(GateMultiplier& multiplier, int a_width, int b_width, Use use) {
  const bool all = a_width + b_width <= kAllPairsW;
  const std::uint64_t pairs = std::uint64_t{1} << (all ? a_width + b_width : kRandomPairsW);
  const Rng rng(1, Purpose::kOperands);
  Lanes a, b, product;
  for (std::uint64_t first = 0; first < pairs; first += kLanes) {
    for (std::uint64_t k = 0; k < kLanes; ++k) {
      const std::uint64_t pair = all ? first + k : rng.bits(first + k);
      a[k] = pair >> b_width & ((std::uint64_t{1} << a_width) - 1);
      b[k] = pair & ((std::uint64_t{1} << b_width) - 1);
    }
    multiplier.multiply(a, b, product);
    for (std::size_t k = 0; k < kLanes; ++k) use(a[k], b[k], product[k]);
  }
  return all;
}

// A way to read the multiplier's ports.
struct Reading {
  bool is_signed = false;
  int product_shift = 0;
  ProductErrorSum sum;

  void add(std::uint64_t a, std::uint64_t b, std::uint64_t product, const MultiplierPorts& ports) {
    sum.add(
        from_port(a, ports.a.width, is_signed), from_port(b, ports.b.width, is_signed),
        from_port(product, ports.product.width, is_signed) * (std::int64_t{1} << product_shift));
  }
};

// What its products are nearest to: signed or not, all of the product or its high part.
void choose_reading(GateMultiplier& multiplier, const std::optional<bool>& is_signed,
                    ImportReport& report) {
  const MultiplierPorts& ports = report.ports;
  const int missing = ports.a.width + ports.b.width - ports.product.width;
  std::vector<Reading> readings;
  for (const bool with_sign : {true, false}) {
    readings.push_back({with_sign, 0, {}});
    if (missing > 0) readings.push_back({with_sign, missing, {}});
  }
  report.all_own_pairs =
      own_products(multiplier, ports.a.width, ports.b.width, [&](auto a, auto b, auto product) {
        for (Reading& reading : readings) reading.add(a, b, product, ports);
      });
  const auto best = [&](bool with_sign) {
    const Reading* found = nullptr;
    for (const Reading& r : readings) {
      if (r.is_signed != with_sign) continue;
      if (found == nullptr || r.sum.result().mae < found->sum.result().mae) found = &r;
    }
    return found;
  };
  const Reading* with = best(true);
  const Reading* without = best(false);
  const double mae_with = with->sum.result().mae;
  const double mae_without = without->sum.result().mae;
  const bool chosen =
      is_signed.value_or(mae_with == mae_without ? report.declared_signed : mae_with < mae_without);
  report.rule.is_signed = chosen;
  report.rule.product_shift = (chosen ? with : without)->product_shift;
  report.other_sign_mae = chosen ? mae_without : mae_with;
}

// Of the words through the rule, for the golden model.
std::vector<std::int64_t> golden_products(GateMultiplier& multiplier, const WordRule& rule) {
  std::vector<std::int64_t> products(kTableSize);
  Lanes a, b, product;
  for (std::size_t first = 0; first < products.size(); first += kLanes) {
    const auto code_a = [&](std::size_t k) {
      return static_cast<int>((first + k) / kTableSide) + kCodeMin;
    };
    const auto code_b = [&](std::size_t k) {
      return static_cast<int>((first + k) % kTableSide) + kCodeMin;
    };
    for (std::size_t k = 0; k < kLanes; ++k) {
      a[k] = rule.operand(code_a(k), rule.a_width);
      b[k] = rule.operand(code_b(k), rule.b_width);
    }
    multiplier.multiply(a, b, product);
    for (std::size_t k = 0; k < kLanes; ++k) {
      products[first + k] = rule.product(product[k], code_a(k), code_b(k));
    }
  }
  return products;
}

std::string pair_text(std::size_t index) {
  return fmt::format("{} x {}", static_cast<int>(index / kTableSide) + kCodeMin,
                     static_cast<int>(index % kTableSide) + kCodeMin);
}

std::string complaint(const fs::path& log) {
  constexpr std::uintmax_t kLimit = 1 << 26;
  const std::string text = read_file(log, kLimit);
  std::size_t at = text.find("rror");
  at = at == text.npos ? 0 : text.rfind('\n', at);
  at = at == text.npos ? 0 : at + (at > 0 ? 1 : 0);
  return text.substr(at, text.find('\n', at) - at);
}

void run_tool(Command command, const char* what) {
  if (run_command(command) != 0) {
    throw Error(fmt::format("{} failed: {}", what, complaint(command.log)), command.argv[0]);
  }
}

// Wrapper and sources in Icarus: the products of all pairs of words, a file a mode.
std::string bench_text(std::size_t modes) {
  return fmt::format(R"(module axnn_import_bench;
  reg signed [{word}:0] a, b;
  reg [1:0] mode;
  wire signed [{product}:0] p;
  reg [{product}:0] products [0:{last}];
  reg [8191:0] out;
  integer i, m;
  {top} dut (.a_i(a), .b_i(b), .mode_i(mode), .p_o(p));
  initial begin
    for (m = 0; m < {modes}; m = m + 1) begin
      mode = m[1:0];
      for (i = 0; i <= {last}; i = i + 1) begin
        a = i / {side} - {half};
        b = i % {side} - {half};
        #1 products[i] = p;
      end
      $sformat(out, "products%0d.hex", m);
      $writememh(out, products);
    end
    $finish;
  end
endmodule
)",
                     fmt::arg("word", kDataW - 1), fmt::arg("product", kProdW - 1),
                     fmt::arg("last", kTableSize - 1), fmt::arg("side", kTableSide),
                     fmt::arg("half", kTableSide / 2), fmt::arg("top", kUserModule),
                     fmt::arg("modes", modes));
}

// A module's name as a table and a folder may have it.
std::string file_name(const std::string& module) {
  constexpr std::size_t kLongest = 56;
  std::string name = module.substr(0, kLongest);
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') c = '-';
  }
  return name;
}

class Import {
 public:
  Import(const ImportOptions& options, fs::path folder)
      : options_(options), folder_(std::move(folder)), work_(folder_ / "work") {
    fs::create_directories(work_);
    fs::create_directories(folder_ / "sources");
  }

  ImportReport run() {
    progress("reading");
    copy_sources();
    SourceOptions source_options = options_.source;
    source_options.files.clear();
    for (const std::string& file : files_) source_options.files.push_back(folder_ / file);
    const MultiplierSource source = read_multiplier(source_options, work_);
    report_.name = source.top;
    report_.ports = source.ports;
    report_.declared_signed = source.ports.a.is_signed || source.ports.b.is_signed;
    report_.rule.a_width = source.ports.a.width;
    report_.rule.b_width = source.ports.b.width;
    report_.rule.product_width = source.ports.product.width;
    choose_modes();

    progress("multiplying all pairs");
    const Combinational own(source.gates, nullptr, kImportedModule);
    GateMultiplier multiplier(own, source.ports, source.constants);
    if (source.ports.mode.width > 0) multiplier.set_mode(mode_values_.front());
    choose_reading(multiplier, options_.is_signed, report_);
    if (report_.rule.product_width + report_.rule.product_exponent() < 1) {
      throw Error(fmt::format("product {} has {} bits, all below a word's last",
                              source.ports.product.name, source.ports.product.width),
                  source.top, "a wider product is needed");
    }
    make_tables(multiplier);

    const std::string wrapper = wrapper_text(source, report_.rule, mode_values_);
    write_file(folder_ / "wrapper.sv", wrapper);
    progress("simulating the RTL");
    compare_rtl();
    progress("synthesising and comparing the gates");
    compare_gates();
    write_record(source, wrapper);
    fs::remove_all(work_);
    return std::move(report_);
  }

 private:
  void progress(const char* step) const {
    if (options_.progress) options_.progress(step);
  }

  // A cell library becomes Verilog of the cells' functions.
  void copy_sources() {
    for (const fs::path& file : options_.source.files) {
      std::string name = file.filename().string();
      std::string text = read_file(file, std::uintmax_t{1} << 28);
      if (file.extension() == ".lib") {
        name = file.stem().string() + "_cells.v";
        text = cells_text(file);
      }
      const std::string target = "sources/" + name;
      if (std::ranges::find(files_, target) != files_.end()) {
        throw Error("two files of this name", name, "rename one");
      }
      write_file(folder_ / target, text);
      files_.push_back(target);
    }
  }

  std::string cells_text(const fs::path& liberty) const {
    const fs::path out = work_ / "cells.v";
    Command command;
    command.argv = {"yosys", "-q", "-p",
                    fmt::format("read_liberty -ignore_miss_func \"{}\"; delete t:$_*DFF* %m "
                                "t:$_*DLATCH* %m; write_verilog -noattr \"{}\"",
                                fs::absolute(liberty).string(), out.string())};
    command.log = work_ / "cells.log";
    run_tool(command, "reading the library");
    return read_file(out);
  }

  std::vector<std::string> compiled() const {
    std::vector<std::string> out;
    for (const std::string& file : files_) {
      if (!is_include(file)) out.push_back((folder_ / file).string());
    }
    return out;
  }

  void choose_modes() {
    const int width = report_.ports.mode.width;
    if (width == 0) {
      if (!options_.modes.empty()) {
        throw UsageError("the multiplier has no mode input", "--modes", "--ports A,B,PRODUCT,MODE");
      }
      mode_values_ = {0};
      return;
    }
    mode_values_ = options_.modes;
    constexpr int kModes = kModeM2 + 1;
    if (mode_values_.empty()) {
      for (int m = 0; m < std::min(kModes, 1 << std::min(width, 2)); ++m) mode_values_.push_back(m);
    }
    if (mode_values_.size() > kModes) {
      throw UsageError("more than three modes", "--modes", "the mode register has M0, M1 and M2");
    }
    for (const int value : mode_values_) {
      if (value < 0 || value >> std::min(width, 30) != 0) {
        throw UsageError(
            fmt::format("{} does not fit the {} bits of {}", value, width, report_.ports.mode.name),
            "--modes");
      }
    }
  }

  void make_tables(GateMultiplier& multiplier) {
    std::vector<std::vector<std::int64_t>> products;
    for (const int value : mode_values_) {
      if (report_.ports.mode.width > 0) multiplier.set_mode(value);
      products.push_back(golden_products(multiplier, report_.rule));
      for (const std::int64_t p : products.back()) {
        if (report_.rule.saturated(p) != p) report_.rule.saturates = true;
      }
    }
    for (std::size_t m = 0; m < products.size(); ++m) {
      if (report_.ports.mode.width > 0) multiplier.set_mode(mode_values_[m]);
      std::int64_t saturated = 0;
      std::vector<std::int32_t> table(kTableSize);
      for (std::size_t k = 0; k < table.size(); ++k) {
        table[k] = report_.rule.saturated(products[m][k]);
        saturated += table[k] != products[m][k] ? 1 : 0;
      }
      Reading reading{report_.rule.is_signed, report_.rule.product_shift, {}};
      own_products(multiplier, report_.ports.a.width, report_.ports.b.width,
                   [&](auto a, auto b, auto p) { reading.add(a, b, p, report_.ports); });
      ProductTable made(table_name(m), std::move(table));
      const ProductError array = product_error(made);
      report_.modes.push_back(
          {mode_values_[m], std::move(made), reading.sum.result(), array, saturated});
    }
  }

  std::string table_name(std::size_t m) const {
    const std::string name = file_name(report_.name);
    return mode_values_.size() > 1 ? fmt::format("{}.M{}", name, m) : name;
  }

  void compare(std::size_t m, const std::vector<std::int32_t>& other, const char* what) const {
    const std::vector<std::int32_t>& golden = report_.modes[m].table.products();
    const auto at = std::ranges::mismatch(golden, other).in1 - golden.begin();
    if (at == kTableSize) return;
    throw Error(
        fmt::format("{} and golden table differ: {} is {} and {}", what, pair_text(std::size_t(at)),
                    other[std::size_t(at)], golden[std::size_t(at)]),
        report_.name, "do simulator and synthesis read the Verilog alike?");
  }

  void compare_rtl() const {
    write_file(work_ / "bench.sv", bench_text(mode_values_.size()));
    Command compile;
    compile.argv = {"iverilog",
                    "-g2012",
                    "-s",
                    "axnn_import_bench",
                    "-o",
                    (work_ / "bench.vvp").string(),
                    "-I" + (folder_ / "sources").string()};
    for (const std::string& file : compiled()) compile.argv.push_back(file);
    compile.argv.push_back((folder_ / "wrapper.sv").string());
    compile.argv.push_back((work_ / "bench.sv").string());
    compile.log = work_ / "compile.log";
    run_tool(compile, "reading the Verilog");
    Command simulate;
    simulate.argv = {"env", "-C", work_.string(), "vvp", "-N", "bench.vvp"};
    simulate.log = work_ / "simulate.log";
    simulate.timeout_s = options_.source.timeout_s;
    run_tool(simulate, "the simulation");
    for (std::size_t m = 0; m < mode_values_.size(); ++m) {
      compare(m, read_products(work_ / fmt::format("products{}.hex", m)), "RTL");
    }
  }

  std::vector<std::int32_t> read_products(const fs::path& path) const {
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
        throw Error(fmt::format("the product of {} is {}", pair_text(products.size()), digits),
                    report_.name, "is a net or an input driven by nothing?");
      }
      products.push_back(
          static_cast<std::int32_t>(value >= 1 << (kProdW - 1) ? value - (1 << kProdW) : value));
    }
    products.resize(kTableSize);
    return products;
  }

  void compare_gates() {
    const std::vector<LibertyFile> files = read_liberty_files(options_.liberty);
    const Library library = make_library(files);
    const fs::path cells = work_ / "library.lib";  // Yosys and ABC take one file
    write_file(cells, merged_liberty(files));
    std::string script =
        fmt::format("verilog_defaults -add -I\"{}\"\n", (folder_ / "sources").string());
    for (const std::string& file : compiled())
      script += fmt::format("read_verilog -sv \"{}\"\n", file);
    script += fmt::format(
        "read_verilog -sv \"{}\"\nsynth -top {} -flatten\nabc -liberty \"{}\"\nopt_clean -purge\n"
        "write_json \"{}\"\n",
        (folder_ / "wrapper.sv").string(), kUserModule, cells.string(),
        (work_ / "mapped.json").string());
    write_file(work_ / "mapped.ys", script);
    Command command;
    command.argv = {"yosys", "-q", "-s", (work_ / "mapped.ys").string()};
    command.log = work_ / "mapped.log";
    command.timeout_s = options_.source.timeout_s;
    run_tool(command, "synthesis");
    const Combinational gates(read_netlist(work_ / "mapped.json"), &library, kUserModule);
    report_.library = library.name;
    report_.gates = gates.gates();
    const auto whole = [](const char* name, int width) {
      return BusPort{name, {name}, width, true};
    };
    GateMultiplier multiplier(
        gates,
        {whole("a_i", kDataW), whole("b_i", kDataW), whole("p_o", kProdW), whole("mode_i", 2)}, {});
    // Words as they are: the wrapper has the rule.
    WordRule words{true, kDataW, kDataW, kProdW, 0, false};
    for (std::size_t m = 0; m < mode_values_.size(); ++m) {
      multiplier.set_mode(static_cast<int>(m));
      const std::vector<std::int64_t> products = golden_products(multiplier, words);
      compare(m, {products.begin(), products.end()}, "gates");
    }
  }

  static Json error_json(const ProductError& e) {
    return {{"pairs", e.pairs},
            {"mae", e.mae},
            {"wce", e.wce},
            {"worst_operands", {e.worst_a, e.worst_b}},
            {"mre", e.mre},
            {"error_rate", e.error_rate},
            {"bias", e.bias},
            {"mse", e.mse},
            {"sign_wrong", e.sign_wrong_share()},
            {"sign_wrong_by_operands", e.sign_wrong},
            {"zero_stays_zero", e.zero_stays_zero}};
  }

  void write_record(const MultiplierSource& source, const std::string& wrapper) const {
    const MultiplierPorts& ports = source.ports;
    const WordRule& rule = report_.rule;
    Json json = {{"format", kFormat},
                 {"name", report_.name},
                 {"word", kDataW},
                 {"product", kProdW},
                 {"signed", rule.is_signed},
                 {"ports",
                  {{"a", {{"name", ports.a.name}, {"bits", ports.a.width}}},
                   {"b", {{"name", ports.b.name}, {"bits", ports.b.width}}},
                   {"product", {{"name", ports.product.name}, {"bits", ports.product.width}}}}},
                 {"product_shift", rule.product_shift},
                 {"saturates", rule.saturates}};
    json["mode_input"] = ports.mode.width > 0 ? Json(ports.mode.name) : Json(nullptr);
    json["set"] = Json::object();
    for (const auto& [name, value] : options_.source.settings) json["set"][name] = value;
    for (std::size_t m = 0; m < report_.modes.size(); ++m) {
      const ImportedMode& mode = report_.modes[m];
      const std::string file = fmt::format("M{}.lut", m);
      const std::string bytes = encode_table(mode.table);
      write_file(folder_ / file, bytes);
      json["modes"].push_back({{"value", mode.value},
                               {"table", file},
                               {"sha256", sha256(bytes)},
                               {"factors", mode.table.factors().has_value()},
                               {"saturated", mode.saturated},
                               {"own", error_json(mode.own)},
                               {"array", error_json(mode.array)}});
    }
    json["checked"] = {{"rtl", "Icarus"}, {"gates", report_.library}, {"cells", report_.gates}};
    json["wrapper"] = {{"file", "wrapper.sv"}, {"sha256", sha256(wrapper)}};
    for (const std::string& file : files_) {
      json["sources"].push_back({{"file", file},
                                 {"sha256", sha256(read_file(folder_ / file))},
                                 {"included", is_include(file)}});
    }
    write_file(folder_ / "multiplier.json", json.dump(2) + "\n");
  }

  const ImportOptions& options_;
  fs::path folder_, work_;
  std::vector<std::string> files_;  // in folder_
  std::vector<int> mode_values_;
  ImportReport report_;
};

}  // namespace

ImportReport import_multiplier(const ImportOptions& options) {
  if (options.source.files.empty()) throw UsageError("no Verilog file", "axnn import");
  const auto check_out = [](const fs::path& out) {
    std::error_code error;
    if (fs::exists(out, error) && !fs::exists(out / "multiplier.json", error)) {
      throw Error("it is there and no earlier import", out.string(), "name another with -o");
    }
  };
  if (!options.out.empty()) check_out(options.out);
  const fs::path beside = fs::absolute(options.out.empty() ? "axnn-import" : options.out);
  ScratchFolder scratch(beside.parent_path() /
                        fmt::format(".{}.tmp{}", beside.filename().string(), ::getpid()));
  ImportReport report = Import(options, scratch.path()).run();
  report.out = options.out.empty() ? fs::path(file_name(report.name)) : options.out;
  check_out(report.out);
  scratch.publish(report.out);
  return report;
}

}  // namespace axnn
