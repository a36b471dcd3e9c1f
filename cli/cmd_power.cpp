// axnn power: power, energy per inference and GOPS/W of networks on the synthesised accelerator.

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "model/model_file.h"
#include "power/power.h"

namespace axnn::cli {

namespace {

struct PowerArguments {
  std::vector<std::filesystem::path> models;
  SynthOptions synth;
  PowerOptions power;
  bool breakdown = false;
};

void run(const PowerArguments& arguments, const Common& common) {
  SynthOptions synth = arguments.synth;
  synth.modules = power_modules();
  synth.threads = thread_count(common);
  if (::isatty(STDERR_FILENO) != 0) {
    synth.progress = [](const std::string& done) { std::cerr << "synthesised: " << done << '\n'; };
  }
  const std::filesystem::path source = synth.source.empty() ? default_source() : synth.source;
  std::vector<PowerNet> nets;
  for (const auto& path : arguments.models) {
    const Model model = load_model(path);
    nets.push_back({model.provenance.dataset, model.integer_net()});
  }
  if (nets.empty()) nets = paper_nets(source);
  const Library library = read_library(synth.liberty);
  check_power_options(library, source, arguments.power);
  const PowerReport report =
      estimate_power(nets, run_synth(synth), library, source, arguments.power);
  std::cout << (common.json ? to_json(report) : to_table(report, arguments.breakdown));
}

}  // namespace

void add_power(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("power", "Power, energy per inference and GOPS/W per mode");
  auto arguments = std::make_shared<PowerArguments>();
  add_common(*sub, common);
  sub->add_option("model", arguments->models, "Model files (default: the paper's five networks)");
  sub->add_option("--vdd", arguments->power.vdd, "Voltage of the weight memories, V")
      ->capture_default_str();
  const std::map<std::string, WeightSram> kinds = {{"physical", WeightSram::kPhysical},
                                                   {"paper", WeightSram::kPaper}};
  sub->add_option("--weight-sram", arguments->power.weight_sram,
                  "Weight memories: physical (table, V^2) or paper (fit to its Table IV)")
      ->transform(CLI::CheckedTransformer(kinds));
  sub->add_flag("--breakdown", arguments->breakdown, "Energy of every part");
  sub->add_option("--liberty", arguments->synth.liberty, "Standard-cell library")
      ->capture_default_str();
  sub->add_option("--out", arguments->synth.out, "Folder of `axnn synth` results")
      ->capture_default_str();
  sub->footer(
      "Example:\n  axnn power --breakdown\n  axnn power models/breast.axnn --vdd 0.66 --json");
  sub->callback([arguments, &common] { run(*arguments, common); });
}

}  // namespace axnn::cli
