// axnn import: a multiplier's Verilog to a table of products, for lut:FILE.

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "model/error.h"
#include "synth/import_multiplier.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  ImportOptions import;
  std::vector<std::string> constants;
  std::string out;
};

std::pair<std::string, int> constant(const std::string& text) {
  const std::size_t equals = text.find('=');
  int value = 0;
  const char* end = text.data() + text.size();
  if (equals == text.npos ||
      std::from_chars(text.data() + equals + 1, end, value) != std::from_chars_result{end, {}}) {
    throw UsageError("'" + text + "' is not PORT=VALUE", "--set", "e.g. --set mode_i=1");
  }
  return {text.substr(0, equals), value};
}

void run(Options& o, const Common& common) {
  for (const std::string& text : o.constants) o.import.constants.push_back(constant(text));
  const ProductTable table = import_multiplier(o.import);
  save_table(table, o.out);
  const TableError error = table_error(table);
  const Json json = {{"out", o.out},
                     {"multiplier", table.name()},
                     {"factors", table.factors().has_value()},
                     {"mean_error", error.mean},
                     {"mean_absolute_error", error.mean_absolute},
                     {"worst_error", error.worst},
                     {"zero_stays_zero", error.zero_stays_zero}};
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}: {} products of {}\n", o.out, kTableSize, table.name());
  fmt::print("against the exact product: mean error {:.2f}, mean magnitude {:.2f}, worst {}\n",
             error.mean, error.mean_absolute, error.worst);
  fmt::print("{}; {}\n",
             error.zero_stays_zero ? "a product with 0 is 0" : "a product with 0 is not always 0",
             table.factors() ? "factors into operand transforms: inference runs at full speed"
                             : "does not factor: inference looks products up");
}

}  // namespace

void add_import(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand(
      "import", "Make a table of products from a multiplier's Verilog (needs Icarus)");
  auto o = std::make_shared<Options>();
  sub->add_option("--verilog", o->import.verilog, "Source files, packages first")->required();
  sub->add_option("--top", o->import.top, "Module: combinational, 10 x 10 bits, two's complement")
      ->required();
  sub->add_option("--a-port", o->import.a_port, "Port of the activation")->capture_default_str();
  sub->add_option("--b-port", o->import.b_port, "Port of the weight")->capture_default_str();
  sub->add_option("--p-port", o->import.p_port, "Port of the product")->capture_default_str();
  sub->add_option("--set", o->constants, "PORT=VALUE: hold another input at a number");
  sub->add_option("--out,-o", o->out, "Table to write")->required();
  add_common(*sub, common);
  sub->footer(
      "Example:\n  axnn import --verilog mult.v --top mult --out mult.lut\n"
      "  axnn eval breast.axnn --multiplier lut:mult.lut");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
