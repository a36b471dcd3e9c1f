// axnn train: a data set in, a model file out; or many runs in, a mean and a deviation out.

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.h"
#include "cli/progress.h"
#include "model/error.h"
#include "model/model_file.h"
#include "model/version.h"
#include "train/recipe.h"
#include "train/runs.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string data;
  std::string label;
  std::string out;
  std::uint64_t split = 0;
  int runs = 1;
  // What the recipe of the data set says unless given here.
  std::vector<int> layers;
  std::string scaling;
  std::string output;
  std::string optimizer;
  std::optional<double> clip;
  std::optional<double> learning_rate;
  std::optional<double> weight_decay;
  std::optional<int> epochs;
  std::optional<int> batch;
  bool pixel_shifts = false;
  bool validation = false;
};

Recipe recipe_of(const Options& o) {
  Recipe r = default_recipe(o.data);
  if (!o.layers.empty()) r.hidden = o.layers;
  if (!o.scaling.empty()) r.scaling = parse_scaling(o.scaling);
  if (!o.output.empty()) r.options.output = parse_output(o.output);
  if (!o.optimizer.empty()) r.options.optimizer = parse_optimizer(o.optimizer);
  r.clip = o.clip.value_or(r.clip);
  r.options.learning_rate = o.learning_rate.value_or(r.options.learning_rate);
  r.options.weight_decay = o.weight_decay.value_or(r.options.weight_decay);
  r.options.epochs = o.epochs.value_or(r.options.epochs);
  r.options.batch = o.batch.value_or(r.options.batch);
  r.options.pixel_shifts |= o.pixel_shifts;
  r.validation = o.validation;
  return r;
}

// Where the model goes: --out, or for a single run the data set's name beside the user.
std::filesystem::path target(const Options& o) {
  std::filesystem::path path = o.out;
  if (path.empty() && o.runs == 1 && !o.validation) {
    path = std::filesystem::path(o.data).stem().string() + ".axnn";
  }
  const std::filesystem::path folder = path.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder)) {
    throw Error("no such folder", folder.string(), "make it, or give another --out");
  }
  return path;
}

Json summary(const std::vector<double>& values) {
  const MeanDeviation m = mean_deviation(values);
  return {{"mean", m.mean}, {"deviation", m.deviation}};
}

Json report(const Dataset& data, const std::vector<RunResult>& runs,
            const std::vector<Multiplier>& multipliers, const std::string& out) {
  const Split& split = runs.front().trained.split;
  Json json = {{"dataset", data.name}, {"rows", data.rows()}, {"features", data.inputs()}};
  for (std::size_t c = 0; c < data.classes.size(); ++c) {
    json["classes"].push_back({{"name", data.classes[c]}, {"rows", data.class_counts()[c]}});
  }
  json["repeats_dropped"] = split.repeats;
  json["train"] = split.train.size();
  json["test"] = split.test.size();
  std::vector<double> floats;
  std::vector<std::vector<double>> golden(multipliers.size());
  for (const RunResult& run : runs) {
    const Provenance& p = run.trained.model.provenance;
    Json row = {{"seed", p.seed},
                {"split", p.split},
                {"accuracy_float_train", run.trained.float_train},
                {"accuracy_float", run.trained.float_test}};
    floats.push_back(run.trained.float_test);
    for (std::size_t m = 0; m < multipliers.size(); ++m) {
      row["accuracy"][mode_name(multipliers[m])] = run.golden[m];
      golden[m].push_back(run.golden[m]);
    }
    json["runs"].push_back(row);
  }
  json["accuracy_float"] = summary(floats);
  for (std::size_t m = 0; m < multipliers.size(); ++m) {
    json["accuracy"][mode_name(multipliers[m])] = summary(golden[m]);
  }
  if (!out.empty()) json["model"] = out;
  return json;
}

void print_report(const Json& json) {
  fmt::print("data      {}: {} rows, {} features, {} classes (", json["dataset"].get<std::string>(),
             json["rows"].get<int>(), json["features"].get<int>(), json["classes"].size());
  for (std::size_t c = 0; c < json["classes"].size(); ++c) {
    const Json& one = json["classes"][c];
    fmt::print("{}{} {}", c == 0 ? "" : ", ", one["name"].get<std::string>(),
               one["rows"].get<int>());
  }
  fmt::print(")\nsplit     {} to train, {} to test, {} repeated rows dropped\n",
             json["train"].get<int>(), json["test"].get<int>(), json["repeats_dropped"].get<int>());
  const std::size_t runs = json["runs"].size();
  if (runs > 1) fmt::print("runs      {}\n", runs);
  const auto line = [runs](const std::string& name, const Json& value) {
    fmt::print("{:<9} {:6.2f} %", name, 100 * value["mean"].get<double>());
    if (runs > 1) fmt::print(" +- {:.2f}", 100 * value["deviation"].get<double>());
    fmt::print("\n");
  };
  line("float", json["accuracy_float"]);
  for (const auto& [mode, value] : json["accuracy"].items()) line("fig8 " + mode, value);
  if (json.contains("model")) fmt::print("model     {}\n", json["model"].get<std::string>());
}

void run(const Options& o, const Common& common) {
  const std::filesystem::path out = target(o);
  const Recipe recipe = recipe_of(o);
  const Dataset data = load_dataset(o.data, o.label);
  const std::vector<Multiplier> multipliers = all_modes(MultiplierKind::kFig8);
  std::vector<RunResult> runs =
      train_runs(data, recipe, common.seed, o.split, o.runs, thread_count(common), multipliers,
                 [&](const RunProgress& p) {
                   progress(o.runs > 1 ? fmt::format("{} of {} runs", p.finished, o.runs)
                                       : fmt::format("epoch {} of {}, loss {:.4f}, {:.0f} s left",
                                                     p.epoch.epoch, p.epoch.epochs, p.epoch.loss,
                                                     p.epoch.seconds_left));
                 });
  progress("");
  if (!out.empty()) {
    Model& model = runs.front().trained.model;
    model.provenance.version = kVersion;
    model.provenance.command = common.command;
    save_model(model, out);
  }
  const Json json = report(data, runs, multipliers, out.string());
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
  } else {
    print_report(json);
  }
}

}  // namespace

void add_train(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("train", "Train a network and write a model file");
  auto o = std::make_shared<Options>();
  sub->add_option("--data", o->data, "Data set (axnn data list) or the path of a CSV")->required();
  sub->add_option("--label", o->label,
                  "Label column of a CSV: a name of its header or a number from 1 (the last)");
  CLI::Option* out =
      sub->add_option("--out", o->out, "Model file; with --runs, of the first run (NAME.axnn)");
  sub->add_option("--split", o->split, "Number of the train/test split")->capture_default_str();
  sub->add_option("--runs", o->runs, "Runs, each with the next seed and split")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  sub->add_option("--layers", o->layers, "Widths of the hidden layers, e.g. 64,64")
      ->delimiter(',')
      ->check(CLI::Range(1, kMaxFeatures));
  sub->add_option("--scaling", o->scaling, "Of the inputs")
      ->check(CLI::IsMember({"z", "minmax", "byte"}));
  sub->add_option("--clip", o->clip, "Largest input under --scaling z, in deviations")
      ->check(CLI::Range(0.1, 100.0));
  sub->add_option("--output", o->output, "Last layer and loss")
      ->check(CLI::IsMember({"softmax", "sigmoid"}));
  sub->add_option("--optimizer", o->optimizer)->check(CLI::IsMember({"adam", "sgd"}));
  sub->add_option("--learning-rate", o->learning_rate)->check(CLI::Range(1e-9, 1e3));
  sub->add_option("--weight-decay", o->weight_decay)->check(CLI::Range(0.0, 1e3));
  sub->add_option("--epochs", o->epochs)->check(CLI::Range(1, 1000000));
  sub->add_option("--batch", o->batch, "Samples a step")->check(CLI::Range(1, 1000000));
  sub->add_flag("--pixel-shifts", o->pixel_shifts,
                "Square images: move each sample by up to one pixel");
  sub->add_flag("--validation", o->validation,
                "For tuning: judge on a fifth of the training part, write no model")
      ->excludes(out);
  add_common(*sub, common);
  sub->footer(
      "Example:\n  axnn train --data breast --out breast.axnn\n"
      "  axnn train --data breast --runs 10\n"
      "  axnn train --data mine.csv --label species --layers 32,32");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
