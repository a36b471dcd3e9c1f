// axnn train: a data set in, a model file out; or many runs in, a mean and a deviation out.

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/recipe_options.h"
#include "cli/table.h"
#include "eval/test_set.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "model/version.h"
#include "report/training.h"
#include "train/checkpoint.h"
#include "train/recipe_file.h"
#include "train/runs.h"
#include "train/training_job.h"

namespace axnn::cli {
namespace {

struct Options {
  std::string data;
  std::string from;
  std::shared_ptr<TableOptions> table;
  std::string out;
  std::optional<std::uint64_t> split;
  int runs = 1;
  bool counted = false;  // --runs was given
  RecipeOptions recipe;
  bool final = false;
  bool test = false;
  int chips = 0;
  std::optional<double> chip_flip_rate;
  std::string log;
  bool resume = false;
  bool update = false;
  bool show_recipe = false;
};

// `name` of the data set.
Recipe recipe_of(const Options& o, const std::string& name, std::shared_ptr<const Model> start) {
  Json given = o.recipe.settings(name);
  if (start && o.recipe.given.contains("layers")) {
    throw CLI::ValidationError("--layers", "the network of --from has its own");
  }
  if (start) {
    given["layers"] = Json::array();
    for (std::size_t l = 0; l + 1 < start->layers.size(); ++l) {
      given["layers"].push_back(start->layers[l].outputs);
    }
  }
  Recipe recipe = resolve_recipe(name, given);
  recipe.start = std::move(start);
  const std::string idle = idle_setting(recipe, given, o.chips > 0);
  if (!idle.empty()) throw CLI::ValidationError(idle);
  if (o.test) recipe.judged_on = JudgedOn::kTest;
  if (!o.test) recipe.judged_on = o.final ? JudgedOn::kTraining : JudgedOn::kValidation;
  if (chooses_neurons(recipe.ax.method) && (o.resume || o.update || !o.out.empty())) {
    throw CLI::ValidationError("--method",
                               "approximate neurons differ, which no model file holds: no --out, "
                               "--resume or --update; take --json");
  }
  return recipe;
}

Json log_line(const RunProgress& p) {
  const EpochReport& e = p.epoch;
  return {{"run", p.run},       {"stage", e.stage},       {"epoch", e.epoch},
          {"epochs", e.epochs}, {"loss", e.loss},         {"S", e.sensitivity},
          {"lambda", e.lambda}, {"accuracy", e.accuracy}, {"seconds", e.seconds}};
}

std::string progress_line(const EpochReport& e) {
  std::string line =
      fmt::format("{} epoch {} of {}, loss {:.4f}", e.stage, e.epoch, e.epochs, e.loss);
  if (e.stage == "act") line += fmt::format(", S {:.4g}, lambda {:.2g}", e.sensitivity, e.lambda);
  return line + fmt::format(", accuracy {:.2f} %, {:.0f} s left", 100 * e.accuracy, e.seconds_left);
}

// Where the model goes: --out, or without --runs the data set's name beside the user.
std::filesystem::path target(const Options& o, const Recipe& recipe) {
  std::filesystem::path path = o.out;
  if (path.empty() && !o.counted && !chooses_neurons(recipe.ax.method)) {
    path = std::filesystem::path(o.from.empty() ? o.data : o.from).stem().string() +
           (o.from.empty() ? ".axnn" : "-trained.axnn");
  }
  if (!path.empty()) check_target(path);
  return path;
}

// True if the file is a model of this training.
bool is_made(const std::filesystem::path& out, const std::string& job) {
  if (!std::filesystem::exists(out)) return false;
  try {
    return load_model(out).provenance.job == job;
  } catch (const Error&) {
    return false;  // of another version, or damaged
  }
}

// The checkpoint of an interrupted training is gone on with or not touched.
Checkpoints checkpoints_of(const Options& o, const std::filesystem::path& out,
                           const std::string& job) {
  const std::filesystem::path file = Checkpoints::path_of(out);
  const auto show = [](const std::string& work) { progress(work); };
  const bool waits = std::filesystem::exists(file);
  if (o.update && waits) {
    try {
      return {out, job, true, show};
    } catch (const Error&) {
      return {out, job, false, show};  // of another training than is wanted now
    }
  }
  if (waits && !o.resume) {
    throw CLI::ValidationError(
        fmt::format("an interrupted training waits in {}; go on with --resume, or remove the file",
                    file.string()));
  }
  return {out, job, o.resume, show};
}

void run(const Options& o, const Common& common) {
  if (o.resume && o.runs > 1) {
    throw CLI::ValidationError("--resume", "several runs keep no checkpoint");
  }
  if (o.data.empty() && o.from.empty()) {
    throw CLI::RequiredError("--data");
  }
  std::shared_ptr<const Model> start;
  if (!o.from.empty()) start = std::make_shared<const Model>(load_model(o.from));
  const std::string name = o.data.empty() ? start->provenance.dataset : o.data;
  const Recipe recipe = recipe_of(o, name, start);
  const std::filesystem::path out = o.show_recipe ? "" : target(o, recipe);
  const Dataset data = o.data.empty() ? load_data_of(*start, o.from) : load_dataset(o.data, *o.table);
  warn(data.warnings);
  const std::uint64_t split = o.split.value_or(start ? start->provenance.split : 0);
  const TrainingJob job{recipe, common.seed, split};
  const std::string digest = training_digest(job, data);
  if (o.show_recipe) {
    Json json = training_json(job, data);
    json["digest"] = digest;
    fmt::print("{}\n", json.dump(2));
    return;
  }
  if (o.update && is_made(out, digest)) return;
  // A table is no kind with modes.
  const bool own_modes =
      chooses_neurons(recipe.ax.method) || recipe.ax.modes.front().kind == MultiplierKind::kLut;
  const std::vector<Multiplier> multipliers =
      own_modes ? recipe.ax.modes : all_modes(recipe.ax.modes.front().kind);
  const ChipOptions chips{o.chips, o.chip_flip_rate.value_or(recipe.ax.flips.rate),
                          recipe.ax.flips.format};
  std::optional<Checkpoints> checkpoints;
  if (o.runs == 1 && !out.empty()) checkpoints.emplace(checkpoints_of(o, out, digest));
  std::ofstream log;
  if (!o.log.empty()) {
    log.open(o.log, o.resume ? std::ios::app : std::ios::trunc);
    if (!log) throw Error("cannot write", o.log, "give another --log");
  }
  const auto show = [&](const RunProgress& p) {
    if (p.epoch_ended && (log.is_open() || common.json)) {
      const std::string line = log_line(p).dump();
      if (log.is_open() && !(log << line << std::endl)) {
        throw Error("cannot write", o.log, "is the disk full?");
      }
      if (common.json) fmt::print(stderr, "{}\n", line);
    }
    if (common.json) return;
    progress(o.runs > 1
                 ? fmt::format("{} of {} runs, {}", p.finished, o.runs, progress_line(p.epoch))
                 : progress_line(p.epoch));
  };
  std::vector<RunResult> runs =
      train_runs(data, recipe, common.seed, split, o.runs, thread_count(common), multipliers,
                 show, chips, checkpoints ? checkpoints->session() : Session{});
  progress("");
  if (!out.empty()) {
    Model& model = runs.front().trained.model;
    model.provenance.version = kVersion;
    model.provenance.command = common.command;
    model.provenance.job = digest;
    save_model(model, out);
    if (checkpoints) checkpoints->remove();
  }
  const TrainingReport report =
      training_report(data, recipe, runs, multipliers, chips, out.string());
  fmt::print("{}", common.json ? to_json(report).dump(2) + "\n" : to_text(report));
}

}  // namespace

void add_train(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("train", "Train a network and write a model file");
  auto o = std::make_shared<Options>();
  sub->add_option("--data", o->data,
                  "Data set (axnn data list) or the path of a CSV (with --from: the model's)");
  sub->add_option("--from", o->from,
                  "Model file to go on from, e.g. of axnn import: pas trains it for the hardware, bp "
                  "and sam go on, act and axtrain begin with it");
  o->table = add_table(*sub);
  sub->add_option("--out", o->out,
                  "Model file (NAME.axnn; with --runs none); with --runs, of the first run");
  sub->add_option("--split", o->split, "Number of the train/test split (0; with --from: the model's)")
      ->check(natural());
  CLI::Option* runs = sub->add_option("--runs", o->runs, "Runs, each with the next seed and split")
                          ->check(CLI::Range(1, 10000))
                          ->capture_default_str();
  CLI::Option* final = sub->add_flag(
      "--final", o->final,
      "Train on the whole training part; by default a fifth of it is kept out, and the accuracies "
      "are of that fifth. The test part is for axnn eval");
  sub->add_flag("--test", o->test,
                "As --final, and judge on the test parts: for recipes that are chosen already")
      ->excludes(final);
  add_recipe_options(*sub, o->recipe);
  sub->add_option("--chips", o->chips, "Chips with flipped bits to judge the network on")
      ->check(CLI::Range(0, 100000));
  sub->add_option("--chip-flip-rate", o->chip_flip_rate, "Their flip rate (that of --flip-rate)")
      ->check(CLI::Range(0.0, 1.0))
      ->needs("--chips");
  sub->add_option("--log", o->log,
                  "File for one line of JSON an epoch; --json prints them to stderr too");
  CLI::Option* resume = sub->add_flag(
      "--resume", o->resume,
      "Go on from OUT.checkpoint, which an interrupted training leaves; the result is the "
      "same as without the interruption");
  sub->add_flag("--update", o->update,
                "Do nothing if OUT is what would be made; go on from OUT.checkpoint if that is of "
                "this training")
      ->excludes(resume);
  sub->add_flag("--show-recipe", o->show_recipe,
                "Print all settings and what else the result depends on, as JSON; train nothing");
  add_common(*sub, common);
  sub->footer(
      "Example:\n  axnn train --data breast --out breast.axnn\n"
      "  axnn train --data breast --final --out breast.axnn\n"
      "  axnn train --data breast --runs 10\n"
      "  axnn train --data image --method axtrain --multiplier booth --modes M0,M1,M2\n"
      "  axnn train --data iono --recipe axtrain --chips 50\n"
      "  axnn train --from imported.axnn --method pas --multiplier booth --modes M0,M1,M2\n"
      "  axnn train --data mine.csv --label species --layers 32,32");
  sub->callback([o, runs, &common] {
    o->counted = runs->count() > 0;
    run(*o, common);
  });
}

}  // namespace axnn::cli
