// axnn explore: mode, voltage and mapping of least energy within an allowed loss of accuracy, and a
// bundle to deploy.

#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "explore/explore.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/flip_curve.h"
#include "model/model_file.h"
#include "model/version.h"
#include "sim/bundle.h"
#include "sim/compiler.h"
#include "train/recipe.h"

namespace axnn::cli {
namespace {

struct Options {
  std::string model;
  std::string data;
  std::shared_ptr<TableOptions> table;
  std::string out, svg;
  std::string multiplier = "booth";
  std::string curve = "paper";
  std::string weight_format = "guarded";
  double loss = 1;  // points of accuracy
  std::vector<double> voltages = {1.10, 0.85, 0.66, 0.40};
  int chips = 20;
  bool fit = false;
  SynthOptions synth;
};

struct Subject {
  Model model;
  TestSet judged, unseen;  // what chooses, and what the chosen setting is confirmed on
  const char* part = "";   // the former, for people
};

// The training may have seen all of the training part, so the test part's rows choose and confirm
// in turn.
Subject load_subject(const std::string& path) {
  Subject s;
  s.model = load_model(path);
  const Dataset data = load_data_of(s.model, path);
  std::vector<int> halves[2];
  for (const int row : make_split(data, s.model.provenance.split).test) {
    halves[halves[0].size() > halves[1].size()].push_back(row);
  }
  s.judged = make_test_set(s.model, data, halves[0]);
  s.unseen = make_test_set(s.model, data, halves[1]);
  s.part = "rows, every other one of the test part";
  return s;
}

// One network for all modes, trained without its validation part.
Subject train_subject(const Options& o, MultiplierKind kind, const Common& common) {
  const Dataset data = load_dataset(o.data, *o.table);
  warn(data.warnings);
  Recipe recipe = default_recipe(data.name);
  recipe.judged_on = JudgedOn::kValidation;
  recipe.ax.method = Method::kAxTrain;
  recipe.ax.modes.clear();
  for (int mode = kModeM0; mode <= kModeM2; ++mode) recipe.ax.modes.push_back({kind, mode});
  recipe.ax.flips.rate = 0.01;
  recipe.ax.flips.format = parse_format(o.weight_format);
  TrainedModel trained = train_model(data, recipe, common.seed, 0, [](const EpochReport& e) {
    progress(fmt::format("training: {} epoch {} of {}", e.stage, e.epoch, e.epochs));
  });
  progress("");
  trained.model.provenance.version = kVersion;
  trained.model.provenance.command = common.command;
  Subject s;
  s.judged = make_test_set(trained.model, data, trained.split.test);
  s.unseen = make_test_set(trained.model, data, make_split(data, 0).test);
  s.part = "rows of the validation part";
  s.model = std::move(trained.model);
  return s;
}

void run(const Options& o, const Common& common) {
  ExploreOptions options;
  options.kind = parse_multiplier(o.multiplier, "M0").kind;
  options.format = parse_format(o.weight_format);
  options.loss = o.loss / 100;
  options.chips = o.chips;
  options.voltages = o.voltages;
  options.threads = thread_count(common);
  options.progress = [](int done, int all) {
    progress(fmt::format("{} of {} modes and voltages", done, all));
  };
  for (const double v : o.voltages) check_vdd(v, "--levels");
  if (!std::ranges::is_sorted(o.voltages, std::ranges::greater()) || o.voltages.size() > 4) {
    throw UsageError("the levels' voltages", "--levels", "give one to four, falling");
  }
  const FlipCurve curve = load_flip_curve(o.curve);
  flip_rate(curve, o.voltages.back());  // complains before the work
  if (!o.out.empty()) {
    if (std::filesystem::exists(o.out)) {
      throw Error("exists already", o.out, "remove it or name another folder");
    }
    check_target(o.out);
  }
  if (!o.svg.empty()) check_target(o.svg);
  const std::filesystem::path source = default_source();
  const Library library = make_library(read_liberty_files(o.synth.liberty));
  SynthOptions synth = o.synth;
  synth.modules = power_modules();
  synth.threads = options.threads;
  synth.progress = synth_progress;
  const Subject subject =
      o.data.empty() ? load_subject(o.model) : train_subject(o, options.kind, common);
  progress("synthesis");
  const PowerModel power(run_synth(synth), library, source,
                         {o.fit ? WeightSram::kPaper : WeightSram::kPhysical, true, true});
  const IntegerNet net = subject.model.integer_net();
  const std::string name = subject.model.provenance.dataset;
  const Exploration e = explore(net, name, subject.judged, subject.unseen, curve, power, options);
  progress("");

  if (!o.svg.empty()) {
    write_file(o.svg, to_svg(e, options, fmt::format("{}, {}", name, o.multiplier)));
  }
  const ExplorePoint& best = e.points[std::size_t(e.best)];
  if (!o.out.empty()) {
    Bundle bundle;
    bundle.model = subject.model;
    bundle.multiplier = {options.kind, best.mode};
    bundle.mapping = best.mapping;
    bundle.vdd = options.voltages[std::size_t(best.level)];
    bundle.program =
        compile(net, bundle.multiplier,
                {.mapping = best.mapping, .format = options.format, .level = best.level});
    save_bundle(bundle, o.out);
  }
  if (common.json) {
    fmt::print("{}", to_json(e, options));
    return;
  }
  fmt::print("{} on {} {}, {} chips, curve {}\n{}", name, subject.judged.rows(), subject.part,
             o.chips, o.curve, to_table(e, options));
  if (!o.out.empty()) fmt::print("bundle    {}; run it with axnn sim --bundle {}\n", o.out, o.out);
}

}  // namespace

void add_explore(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand(
      "explore", "Mode, voltage and mapping of least energy within an allowed loss of accuracy");
  auto o = std::make_shared<Options>();
  CLI::Option* model = sub->add_option("model", o->model, "Model file (axnn train)");
  sub->add_option("--data", o->data, "Train a network for this data set instead, by AxTrain")
      ->excludes(model);
  o->table = add_table(*sub);
  for (const char* name : {"--label", "--header", "--drop", "--text", "--missing", "--test-data"}) {
    sub->get_option(name)->excludes(model);  // a model file says how its table is read
  }
  sub->add_option("--loss", o->loss, "Points of accuracy that may be lost, mean over chips")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  sub->add_option("--multiplier", o->multiplier, "fig8 or booth")
      ->check(CLI::IsMember({"fig8", "booth"}))
      ->capture_default_str();
  sub->add_option("--levels", o->voltages, "Voltages of the weight memories' levels, V, falling")
      ->delimiter(',')
      ->capture_default_str();
  sub->add_option("--curve", o->curve, "Flip rate over voltage: paper, sharp, or a file")
      ->capture_default_str();
  sub->add_option("--chips", o->chips, "Chips with flipped bits, numbers 1 to N")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  sub->add_option("--weight-format", o->weight_format, "How the memories store a weight")
      ->capture_default_str();
  sub->add_flag("--paper-sram", o->fit, "Weight memories by the fit to the paper, not by V^2");
  sub->add_option("--out,-o", o->out, "Folder to make: a bundle of the chosen setting");
  sub->add_option("--svg", o->svg, "Draw all settings and the Pareto front");
  sub->add_option("--liberty", o->synth.liberty,
                  "Standard-cell library, one file or several (.lib, .lib.gz)")
      ->capture_default_str();
  sub->add_option("--synth-out", o->synth.out, "Folder of `axnn synth` results")
      ->capture_default_str();
  add_common(*sub, common);
  sub->footer(
      "A model is judged on every other row of its test part, which its training has not seen, and "
      "the chosen setting confirmed on the others; with --data, on a fifth of the training part "
      "kept "
      "from the training, and on the test part. Energies are the calibrated ones of axnn power, at "
      "the clock that PE, accelerator and weight memories allow.\nExample:\n  axnn explore "
      "models/breast.axnn "
      "--loss 1 --out breast-bundle --svg "
      "breast.svg");
  sub->callback([o, &common] {
    if (o->model.empty() && o->data.empty()) throw CLI::RequiredError("a model file, or --data");
    run(*o, common);
  });
}

}  // namespace axnn::cli
