// axnn info: what a model file holds.

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "eval/test_set.h"
#include "model/cycles.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "model/text.h"
#include "train/statistics.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

Json describe(const Model& model) {
  const Provenance& p = model.provenance;
  const IntegerNet net = model.integer_net();
  Json json = {
      {"dataset", p.dataset},
      {"data_sha256", p.data_sha256},
      {"label", p.table.label},
      {"split", p.split},
      {"seed", p.seed},
      {"training", p.training},
      {"held_out", p.held_out},
      {"command", p.command},
      {"version", p.version},
      {"weight_format", model.weight_format ? Json(format_name(*model.weight_format)) : Json()},
      {"classes", model.classes},
      {"input",
       {{"low", model.scaling.low},
        {"high", model.scaling.high},
        {"fraction", model.scaling.fraction}}}};
  for (const ModelLayer& l : model.layers) {
    json["layers"].push_back({{"inputs", l.inputs},
                              {"outputs", l.outputs},
                              {"input_fraction", l.input_fraction},
                              {"weight_fraction", l.weight_fraction},
                              {"output_fraction", l.output_fraction},
                              {"shift", l.integer.shift},
                              {"activation", activation_name(l.integer.activation)}});
  }
  json["macs"] = net.macs();
  const LatencyCycles cycles = latency_cycles(net);
  json["cycles"] = {
      {"steps", cycles.steps}, {"lone", cycles.lone}, {"streaming", cycles.streaming}};
  return json;
}

// The words as a line that a shell takes back.
std::string shell_line(const std::vector<std::string>& words) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+.,:/@%";
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? "'\\''" : std::string(1, c);
    line += '\'';
  }
  return printable(line, 2000);
}

void print(const Json& json) {
  const auto text = [&](const char* key) { return printable(json[key].get<std::string>(), 200); };
  fmt::print(
      "data      {}, split {}\nsha256    {}\ntraining  {}, seed {}, axnn {}{}\ncommand   {}\n",
      text("dataset"), json["split"].dump(), text("data_sha256"), text("training"),
      json["seed"].dump(), text("version"),
      json["held_out"].get<bool>() ? ", without a fifth of the training part" : "",
      shell_line(json["command"]));
  if (!json["weight_format"].is_null()) {
    fmt::print("weights   stored as {}\n", text("weight_format"));
  }
  fmt::print("classes   {}\n", json["classes"].size());
  fmt::print("inputs    {} to {}, {} fractional bits\n", json["input"]["low"].dump(),
             json["input"]["high"].dump(), json["input"]["fraction"].dump());
  fmt::print("layer  inputs  outputs  f_in  f_weight  f_out  shift  activation\n");
  int number = 0;
  for (const Json& l : json["layers"]) {
    const auto n = [&](const char* key) { return l[key].get<int>(); };
    const auto activation = l["activation"].get<std::string>();
    fmt::print("{:5}  {:6}  {:7}  {:4}  {:8}  {:>5}  {:5}  {}\n", ++number, n("inputs"),
               n("outputs"), n("input_fraction"), n("weight_fraction"),
               activation == "raw" ? "-" : l["output_fraction"].dump(), n("shift"), activation);
  }
  fmt::print("macs      {}\ncycles    {} (8 x 8 tiles, one sample; {} with fill, {} in a stream)\n",
             json["macs"].dump(), json["cycles"]["steps"].dump(), json["cycles"]["lone"].dump(),
             json["cycles"]["streaming"].dump());
}

}  // namespace

void add_info(CLI::App& app, Common& common) {
  struct Options {
    std::string model;
    std::string distribution;
    std::string sensitivity;
    std::string of = "logits";
  };
  CLI::App* sub = app.add_subcommand("info", "Shapes, exponents and origin of a model");
  auto o = std::make_shared<Options>();
  sub->add_option("model", o->model, "Model file (axnn train)")->required();
  sub->add_option("--distribution", o->distribution,
                  "Write a CSV: distribution of the magnitudes of weights and activations");
  sub->add_option("--sensitivity", o->sensitivity, "Write a CSV: how much each weight matters");
  sub->add_option("--sensitivity-of", o->of, "What it matters to: logits or outputs")
      ->capture_default_str();
  add_common(*sub, common);
  sub->footer("Example:\n  axnn info breast.axnn\n  axnn info breast.axnn --distribution cdf.csv");
  sub->callback([o, &common] {
    const Model model = load_model(o->model);
    if (!o->distribution.empty() || !o->sensitivity.empty()) {
      const TestSet test = load_test_set(model, o->model);
      if (!o->distribution.empty()) {
        write_file(o->distribution, distribution_csv(model, test.scaled));
      }
      if (!o->sensitivity.empty()) {
        const SensitivityOf of = parse_sensitivity(o->of);
        write_file(o->sensitivity, sensitivity_csv(model, test.scaled, of));
      }
    }
    const Json json = describe(model);
    if (common.json) {
      fmt::print("{}\n", json.dump(2));
    } else {
      print(json);
    }
  });
}

}  // namespace axnn::cli
