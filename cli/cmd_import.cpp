// axnn import: what was made elsewhere. A multiplier from its Verilog, for lut:DIR/M0.lut; or a
// network from its ONNX file (import_network.h).

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/import_network.h"
#include "cli/progress.h"
#include "model/error.h"
#include "model/file_io.h"
#include "report/error_map.h"
#include "report/imported.h"
#include "synth/import_multiplier.h"

namespace axnn::cli {
namespace {

struct Options {
  ImportOptions import;
  std::vector<std::string> settings;
  bool with_sign = false, without_sign = false;
  NetworkOptions network;
  std::string out;
};

std::pair<std::string, int> setting(const std::string& text) {
  const std::size_t equals = text.find('=');
  int value = 0;
  const char* end = text.data() + text.size();
  if (equals == text.npos ||
      std::from_chars(text.data() + equals + 1, end, value) != std::from_chars_result{end, {}}) {
    throw UsageError("'" + text + "' is not NAME=NUMBER", "--set", "e.g. --set K=6");
  }
  return {text.substr(0, equals), value};
}

constexpr const char* kMultiplier = "A multiplier (Verilog)";

// Options of the other kind of import do nothing, so they are refused.
void check_group(const CLI::App& sub, const std::string& group, const std::string& whose) {
  for (const CLI::Option* option : sub.get_options()) {
    if (option->count() > 0 && option->get_group() == group) {
      throw UsageError(option->get_name() + " is of " + whose, "import", "axnn import --help has both kinds");
    }
  }
}

void run(Options& o, const Common& common) {
  o.import.out = o.out;
  for (const std::string& text : o.settings) o.import.source.settings.push_back(setting(text));
  if (o.with_sign || o.without_sign) o.import.is_signed = o.with_sign;
  o.import.progress = [](const std::string& step) { progress("import: " + step); };
  const ImportReport report = [&] {
    try {
      return import_multiplier(o.import);
    } catch (...) {
      progress("");
      throw;
    }
  }();
  progress("");
  for (std::size_t m = 0; m < report.modes.size(); ++m) {
    const ProductTable& table = report.modes[m].table;
    write_file(report.out / fmt::format("M{}.svg", m),
               error_map_svg(table, "error of " + table.name()));
  }
  fmt::print("{}", common.json ? read_file(report.out / "multiplier.json") : to_text(report));
}

}  // namespace

void add_import(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand(
      "import", "Take in a network (ONNX) or a multiplier (Verilog): the file's kind decides");
  auto o = std::make_shared<Options>();
  sub->add_option("files", o->import.source.files,
                  "A network: one .onnx file. A multiplier: Verilog, packages first; .vh and .svh are "
                  "included by others; .lib: cells' functions")
      ->required();
  sub->add_option("--top", o->import.source.top,
                  "Module: combinational, operands of 4 to 16 bits (default: the outermost)");
  sub->add_option("--ports", o->import.source.ports,
                  "A,B,PRODUCT[,MODE]: activation, weight, product (default: by width and name)")
      ->delimiter(',');
  sub->add_option("--set", o->settings, "NAME=NUMBER: a parameter, or an input that is held");
  sub->add_option("--modes", o->import.modes,
                  "What the mode input gets in M0, M1 and M2 (default: 0,1,2)")
      ->delimiter(',');
  CLI::Option* with = sub->add_flag("--signed", o->with_sign,
                                    "Operands are two's complement (default: what fits better)");
  sub->add_flag("--unsigned", o->without_sign, "Operands have no sign")->excludes(with);
  sub->add_option("--liberty", o->import.liberty, "Library of the gates that are compared, one file or several")
      ->capture_default_str();
  for (const char* name : {"--top", "--ports", "--set", "--modes", "--signed", "--unsigned", "--liberty"}) {
    sub->get_option(name)->group(kMultiplier);
  }
  add_network_options(*sub, o->network);
  sub->add_option("--out,-o", o->out,
                  "Model file (default: the network's name), or folder (default: the module's name)");
  add_common(*sub, common);
  sub->footer(
      "A network becomes a model file for eval, train --from, sim and the others; what is taken: "
      "docs/onnx.md.\nA multiplier needs Yosys and Icarus. The folder has wrapper.sv, the sources, a table and a picture a "
      "mode, "
      "and\nmultiplier.json. Table, RTL and gates are compared for all pairs of words.\n"
      "Example:\n  axnn import net.onnx --data mine.csv --label species --out net.axnn\n"
      "  axnn import mlp.onnx --data mnist --scaling byte --multiplier booth\n"
      "  axnn import mul8u_1446.v -o mul8u_1446\n"
      "  axnn import drum.v --set K=6 --ports x,y,r\n"
      "  axnn eval breast.axnn --multiplier lut:mul8u_1446/M0.lut");
  sub->callback([o, sub, &common] {
    o->network.out = o->out;
    const auto& files = o->import.source.files;
    const bool network = is_network({files.begin(), files.end()}, o->network);
    check_group(*sub, network ? kMultiplier : kNetwork, network ? "a multiplier" : "a network");
    if (!network) return run(*o, common);
    if (files.size() > 1) throw UsageError("one network at a time", "", "--data is for networks");
    import_network(files.front(), o->network, common);
  });
}

}  // namespace axnn::cli
