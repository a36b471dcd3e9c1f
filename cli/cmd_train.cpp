// axnn train: a data set in, a model file out; or many runs in, a mean and a deviation out.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>

#include "cli/commands.h"
#include "cli/progress.h"
#include "eval/statistics.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/flip_curve.h"
#include "model/model_file.h"
#include "model/sha256.h"
#include "model/version.h"
#include "train/calibrate.h"
#include "train/checkpoint.h"
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
  bool counted = false;  // --runs was given
  // What the recipe of the data set says unless given here.
  std::vector<int> layers;
  std::string scaling;
  std::string output;
  std::string optimizer;
  std::optional<double> clip;
  std::optional<double> trim;
  std::optional<double> learning_rate;
  std::optional<double> weight_decay;
  std::optional<int> epochs;
  std::optional<int> batch;
  double label_smoothing = 0;
  bool pixel_shifts = false;
  bool validation = false;
  // What the methods other than bp need.
  std::string method = "bp";
  std::string multiplier = "fig8";
  std::vector<std::string> modes;
  std::optional<int> search;
  std::optional<int> search_folds;
  std::optional<int> search_epochs;
  std::optional<int> pas_epochs;
  std::optional<double> pas_learning_rate;
  std::optional<double> pas_weight_decay;
  std::string operands;
  bool clip_gradient = false;
  bool centre = false;
  bool no_centre = false;
  std::optional<int> teachers;
  std::optional<double> teacher_mix;
  std::string sensitivity;
  std::optional<double> lambda;
  std::optional<double> lambda_cap;
  std::optional<double> rho;
  std::optional<double> loss_limit;
  bool act_first = false;
  double flip_rate = 0;
  std::optional<double> vdd;
  std::string flips = "transient";
  bool clean_gradient = false;
  std::vector<int> halvings;
  std::string weight_format;
  int chips = 0;
  std::optional<double> chip_flip_rate;
  std::string log;
  bool resume = false;
};

// The modes the accelerator has; of drum, the k named or all.
std::vector<Multiplier> default_modes(const std::string& multiplier) {
  std::vector<Multiplier> modes = parse_multipliers(multiplier, "all");
  std::erase_if(
      modes, [](Multiplier m) { return m.kind == MultiplierKind::kBooth && m.mode == kBoothM3; });
  return modes;
}

// ApproxANN and AxNN: one mode, exponents not searched, no model file to write.
void check_neuron_choice(const Options& o, AxOptions& ax) {
  if (ax.modes.size() != 1) {
    throw Error(fmt::format("{} approximates neurons in one mode", o.method), "--modes",
                "name one, e.g. --modes M2");
  }
  if (ax.operands == PasOperands::kTransformed || ax.teachers.nets > 0 || o.resume ||
      !o.out.empty()) {
    throw Error(
        fmt::format("{} takes no --operands transformed, --teachers, --out or --resume", o.method),
        "--method", "its neurons differ, which no model file holds: take --json");
  }
  ax.search.candidates = 0;
}

Recipe recipe_of(const Options& o) {
  std::vector<Multiplier> modes;
  for (const std::string& mode : o.modes) modes.push_back(parse_multiplier(o.multiplier, mode));
  if (modes.empty()) modes = default_modes(o.multiplier);
  Recipe r = default_recipe(o.data, parse_method(o.method), modes.front().kind);
  if (!o.layers.empty()) r.hidden = o.layers;
  if (!o.scaling.empty()) r.scaling = parse_scaling(o.scaling);
  if (!o.output.empty()) r.options.output = parse_output(o.output);
  if (!o.optimizer.empty()) r.options.optimizer = parse_optimizer(o.optimizer);
  r.clip = o.clip.value_or(r.clip);
  if (o.trim) r.trim = *o.trim / 100;
  r.options.learning_rate = o.learning_rate.value_or(r.options.learning_rate);
  r.options.weight_decay = o.weight_decay.value_or(r.options.weight_decay);
  r.options.epochs = o.epochs.value_or(r.options.epochs);
  r.options.batch = o.batch.value_or(r.options.batch);
  r.options.label_smoothing = o.label_smoothing;
  r.options.pixel_shifts |= o.pixel_shifts;
  r.validation = o.validation;
  AxOptions& ax = r.ax;
  ax.modes = std::move(modes);
  ax.search.candidates = o.search.value_or(ax.search.candidates);
  ax.search.epochs = o.search_epochs.value_or(ax.search.epochs);
  ax.search_folds = o.search_folds.value_or(ax.search_folds);
  if (o.pas_epochs || o.epochs) ax.pas_epochs = o.pas_epochs;
  ax.pas_learning_rate = o.pas_learning_rate;
  ax.pas_weight_decay = o.pas_weight_decay;
  if (!o.operands.empty()) ax.operands = parse_operands(o.operands);
  ax.clip_gradient = o.clip_gradient;
  ax.centre = (ax.centre || o.centre) && !o.no_centre;
  ax.teachers.nets = o.teachers.value_or(ax.teachers.nets);
  ax.teachers.mix = o.teacher_mix.value_or(ax.teachers.mix);
  if (!o.sensitivity.empty()) ax.sensitivity = parse_sensitivity(o.sensitivity);
  if (r.options.output == OutputKind::kSoftmax && ax.sensitivity == SensitivityOf::kOutputs) {
    throw Error("S of outputs is of sigmoid outputs", "--sensitivity",
                "add --output sigmoid, or take logits");
  }
  ax.lambda.initial = o.lambda.value_or(ax.lambda.initial);
  ax.lambda.cap = o.lambda_cap.value_or(ax.lambda.cap);
  if (o.rho && (ax.method == Method::kAct || o.act_first)) {
    throw Error("act takes no SAM", "--rho", "it is of bp, sam and pas; leave it out");
  }
  ax.sam_rho = o.rho;
  if (o.loss_limit) ax.loss_limit = *o.loss_limit / 100;
  ax.act_first = o.act_first;
  if (chooses_neurons(ax.method)) check_neuron_choice(o, ax);
  ax.flips.rate = o.flip_rate;
  if (o.flips == "persistent") ax.flips.kind = FaultKind::kPersistent;
  ax.flips.clean_too = o.clean_gradient;
  if (!o.halvings.empty()) {
    const std::size_t layers = r.hidden.size() + 1;
    if (o.halvings.size() != 2 * layers) {
      throw Error(fmt::format("{} numbers for {} layers", o.halvings.size(), layers), "--halvings",
                  "give one a layer for activations, then one a layer for weights");
    }
    const auto middle = o.halvings.begin() + static_cast<std::ptrdiff_t>(layers);
    ax.halvings = {{o.halvings.begin(), middle}, {middle, o.halvings.end()}};
    ax.search.candidates = 0;
  }
  if (!o.weight_format.empty()) ax.flips.format = parse_format(o.weight_format);
  return r;
}

// All the result depends on, for the checkpoint to know its own training.
std::string job_of(const Options& o, const Common& common, const Dataset& data) {
  Json j = {{"version", kVersion}, {"data", data.sha256}, {"label", data.table.label}};
  const auto maybe = [](const auto& v) { return v ? Json(*v) : Json(); };
  j["seed"] = {common.seed, o.split};
  j["net"] = {o.layers, o.scaling, maybe(o.clip), maybe(o.trim), o.output, o.optimizer};
  j["steps"] = {maybe(o.learning_rate), maybe(o.weight_decay), maybe(o.epochs),
                maybe(o.batch),         o.pixel_shifts,        o.label_smoothing};
  j["method"] = {o.method, o.multiplier, o.modes, o.operands, o.clip_gradient};
  j["act"] = {o.sensitivity, maybe(o.lambda), maybe(o.lambda_cap), maybe(o.rho)};
  j["pas"] = {maybe(o.search),     maybe(o.search_folds),      maybe(o.search_epochs),
              maybe(o.pas_epochs), maybe(o.pas_learning_rate), maybe(o.pas_weight_decay)};
  j["teachers"] = {maybe(o.teachers), maybe(o.teacher_mix), o.centre, o.no_centre};
  j["flips"] = {o.flip_rate, o.flips, o.weight_format, o.clean_gradient, o.halvings};
  return sha256(j.dump());
}

volatile std::sig_atomic_t interrupted = 0;

// The checkpoint beside a model: written after every epoch, read by --resume, removed at the end.
class Checkpoints {
 public:
  Checkpoints(const std::filesystem::path& model, std::string job, bool resume)
      : path_(model.string() + ".checkpoint"), job_(std::move(job)) {
    if (resume) start_ = decode_checkpoint(read_file(path_), job_, path_.string());
    std::signal(SIGINT, [](int) {
      interrupted = 1;
      std::signal(SIGINT, SIG_DFL);
    });
  }
  Session session() {
    const auto save = [this](const Checkpoint& c) {
      write_file(path_, encode_checkpoint(c, job_));
      saved_ = true;
      stop_if_interrupted();
    };
    const auto poll = [this](const std::string& work) {
      progress(work);
      stop_if_interrupted();
    };
    return {start_ ? &*start_ : nullptr, save, poll};
  }
  void remove() { std::filesystem::remove(path_); }

 private:
  void stop_if_interrupted() const {
    if (interrupted == 0) return;
    progress("");
    if (!saved_ && !start_) throw Error("interrupted before the first epoch", path_.string());
    throw Error("interrupted", path_.string(), "go on with the same command and --resume");
  }

  bool saved_ = false;
  std::filesystem::path path_;
  std::string job_;
  std::optional<Checkpoint> start_;
};

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
std::filesystem::path target(const Options& o) {
  std::filesystem::path path = o.out;
  if (path.empty() && !o.counted && !o.validation && !chooses_neurons(parse_method(o.method))) {
    path = std::filesystem::path(o.data).stem().string() + ".axnn";
  }
  if (!path.empty()) check_target(path);
  return path;
}

Json summary(const std::vector<double>& values) {
  const MeanDeviation m = mean_deviation(values);
  return {{"mean", m.mean}, {"deviation", m.deviation}};
}

Json report(const Dataset& data, const std::vector<RunResult>& runs,
            const std::vector<Multiplier>& multipliers, const ChipOptions& chips,
            const std::string& out) {
  const Split& split = runs.front().trained.split;
  Json json = {{"dataset", data.name}, {"rows", data.rows()}, {"features", data.inputs()}};
  for (std::size_t c = 0; c < data.classes.size(); ++c) {
    json["classes"].push_back({{"name", data.classes[c]}, {"rows", data.class_counts()[c]}});
  }
  json["incomplete_dropped"] = data.incomplete;
  json["repeats_dropped"] = split.repeats;
  json["train"] = split.train.size();
  json["test"] = split.test.size();
  json["method"] = runs.front().trained.model.provenance.training;
  json["multiplier"] = kind_name(multipliers.front().kind);
  std::vector<double> floats;
  std::vector<std::vector<double>> golden(multipliers.size());
  std::vector<std::vector<double>> flipped(multipliers.size());
  std::vector<std::vector<double>> errors(multipliers.size());
  std::vector<double> exact_errors;
  std::vector<double> worst(multipliers.size(), 1);
  std::vector<double> neurons;
  std::vector<double> products;
  for (const RunResult& run : runs) {
    const Provenance& p = run.trained.model.provenance;
    Json row = {{"seed", p.seed},
                {"split", p.split},
                {"accuracy_float_train", run.trained.float_train},
                {"accuracy_float", run.trained.float_test}};
    floats.push_back(run.trained.float_test);
    exact_errors.push_back(run.exact_error);
    if (!run.trained.approximate.empty()) {
      const MaskShare share = share_of(run.trained.approximate, float_net(run.trained.model));
      neurons.push_back(share.neurons);
      products.push_back(share.products);
      row["approximate_neurons"] = share.neurons;
      row["approximate_products"] = share.products;
      for (const std::vector<char>& layer : run.trained.approximate) {
        row["neuron_modes"].push_back(std::vector<int>(layer.begin(), layer.end()));
      }
    }
    for (std::size_t m = 0; m < multipliers.size(); ++m) {
      row["accuracy"][mode_name(multipliers[m])] = run.golden[m];
      golden[m].push_back(run.golden[m]);
      errors[m].push_back(run.errors[m]);
      if (chips.chips == 0) continue;
      flipped[m].insert(flipped[m].end(), run.flipped[m].begin(), run.flipped[m].end());
      worst[m] = std::min(worst[m], *std::ranges::min_element(run.flipped[m]));
      row["flipped"][mode_name(multipliers[m])] = run.flipped[m];
    }
    json["runs"].push_back(row);
  }
  json["accuracy_float"] = summary(floats);
  json["squared_error"]["exact"] = summary(exact_errors);
  if (!neurons.empty()) {
    json["approximate_neurons"] = summary(neurons);
    json["approximate_products"] = summary(products);
  }
  for (std::size_t m = 0; m < multipliers.size(); ++m) {
    const std::string mode = mode_name(multipliers[m]);
    json["accuracy"][mode] = summary(golden[m]);
    json["squared_error"][mode] = summary(errors[m]);
    if (chips.chips == 0) continue;
    json["flipped"][mode] = summary(flipped[m]);
    json["flipped"][mode]["worst"] = worst[m];
  }
  if (chips.chips > 0) {
    json["chips"] = {
        {"number", chips.chips}, {"flip_rate", chips.rate}, {"format", format_name(chips.format)}};
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
  fmt::print(")\nsplit     {} to train, {} to test, {} repeated rows dropped",
             json["train"].get<int>(), json["test"].get<int>(), json["repeats_dropped"].get<int>());
  if (json["incomplete_dropped"] > 0) {
    fmt::print(", {} with missing values", json["incomplete_dropped"].get<int>());
  }
  fmt::print("\n");
  const std::size_t runs = json["runs"].size();
  if (runs > 1) fmt::print("runs      {}\n", runs);
  const auto line = [runs](const std::string& name, const Json& value) {
    fmt::print("{:<9} {:6.2f} %", name, 100 * value["mean"].get<double>());
    if (runs > 1) fmt::print(" +- {:.2f}", 100 * value["deviation"].get<double>());
    fmt::print("\n");
  };
  line("float", json["accuracy_float"]);
  const auto kind = json["multiplier"].get<std::string>();
  for (const auto& [mode, value] : json["accuracy"].items()) line(kind + " " + mode, value);
  if (json.contains("approximate_neurons")) {
    line("neurons", json["approximate_neurons"]);
    line("products", json["approximate_products"]);
  }
  if (json.contains("flipped")) {
    const Json& chips = json["chips"];
    fmt::print("chips     {} a run, {} of the bits flipped, {}\n", chips["number"].dump(),
               chips["flip_rate"].dump(), chips["format"].get<std::string>());
    for (const auto& [mode, value] : json["flipped"].items()) {
      fmt::print("{:<9} {:6.2f} % +- {:.2f}, worst {:.2f}\n", kind + " " + mode,
                 100 * value["mean"].get<double>(), 100 * value["deviation"].get<double>(),
                 100 * value["worst"].get<double>());
    }
  }
  if (json.contains("model")) fmt::print("model     {}\n", json["model"].get<std::string>());
}

// Options that would do nothing.
void check_use(const Options& o) {
  if (o.resume && o.runs > 1) {
    throw Error("several runs keep no checkpoint", "--resume", "leave out --runs or --resume");
  }
  const Method method = parse_method(o.method);
  if (has_pas(method) || chooses_neurons(method)) return;
  const char* idle = o.clip_gradient                   ? "--clip-gradient"
                     : !o.operands.empty()             ? "--operands"
                     : o.clean_gradient                ? "--clean-gradient"
                     : o.flip_rate > 0 && o.chips == 0 ? "--flip-rate"
                                                       : nullptr;
  if (idle != nullptr) {
    throw Error(fmt::format("{} does nothing in {}", idle, o.method), idle,
                "it is of --method pas and axtrain");
  }
}

void run(const Options& o, const Common& common) {
  check_use(o);
  const std::filesystem::path out = target(o);
  const Recipe recipe = recipe_of(o);
  const Dataset data = load_dataset(o.data, o.label);
  // A table is no kind with modes.
  const bool own_modes =
      chooses_neurons(recipe.ax.method) || recipe.ax.modes.front().kind == MultiplierKind::kLut;
  const std::vector<Multiplier> multipliers =
      own_modes ? recipe.ax.modes : all_modes(recipe.ax.modes.front().kind);
  const ChipOptions chips{o.chips, o.chip_flip_rate.value_or(o.flip_rate), recipe.ax.flips.format};
  std::optional<Checkpoints> checkpoints;
  if (o.runs == 1 && !out.empty()) checkpoints.emplace(out, job_of(o, common, data), o.resume);
  std::ofstream log;
  if (!o.log.empty()) {
    log.open(o.log, o.resume ? std::ios::app : std::ios::trunc);
    if (!log) throw Error("cannot write", o.log, "give another --log");
  }
  const auto show = [&](const RunProgress& p) {
    if (p.epoch_ended && (log.is_open() || common.json)) {
      const std::string line = log_line(p).dump();
      if (log.is_open()) log << line << std::endl;
      if (common.json) fmt::print(stderr, "{}\n", line);
    }
    if (common.json) return;
    progress(o.runs > 1
                 ? fmt::format("{} of {} runs, {}", p.finished, o.runs, progress_line(p.epoch))
                 : progress_line(p.epoch));
  };
  std::vector<RunResult> runs =
      train_runs(data, recipe, common.seed, o.split, o.runs, thread_count(common), multipliers,
                 show, chips, checkpoints ? checkpoints->session() : Session{});
  progress("");
  if (!out.empty()) {
    Model& model = runs.front().trained.model;
    model.provenance.version = kVersion;
    model.provenance.command = std::regex_replace(common.command, std::regex(" --resume\\b"), "");
    save_model(model, out);
    if (checkpoints) checkpoints->remove();
  }
  const Json json = report(data, runs, multipliers, chips, out.string());
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
  } else {
    print_report(json);
  }
}

void add_method(CLI::App& sub, Options& o) {
  constexpr const char* kGroup = "Methods other than bp";
  const auto positive = CLI::Range(1, 1000000);
  const auto epochs = CLI::Range(0, 1000000);
  sub.add_option(
         "--method", o.method,
         "bp; act: AxTrain-act; pas: bp, then AxTrain-pas; axtrain: act, then pas; sam; "
         "approxann, axnn: the least critical neurons approximate, retrained; no model file")
      ->check(CLI::IsMember({"bp", "act", "pas", "axtrain", "sam", "approxann", "axnn"}))
      ->capture_default_str();
  sub.add_option("--multiplier", o.multiplier,
                 "fig8, booth, drum, drum:K or lut:FILE: of pas and the report")
      ->capture_default_str();
  sub.add_option("--modes", o.modes,
                 "Modes that pas trains for, one network for all, e.g. M0,M1,M2 (those built)")
      ->delimiter(',');
  sub.add_option("--teachers", o.teachers,
                 "Float networks trained first; the network learns their mean output; 0: none")
      ->check(CLI::Range(0, 1000));
  sub.add_option("--teacher-mix", o.teacher_mix,
                 "How far a sample moves towards another one at most before they say what it is")
      ->check(CLI::Range(0.0, 1.0));
  CLI::Option* centre = sub.add_flag("--centre", o.centre,
                                     "pas: move the inputs so that the middle of their range is 0; "
                                     "for minmax and byte")
                            ->group(kGroup);
  sub.add_flag("--no-centre", o.no_centre, "Do not, where it is the default (iono)")
      ->excludes(centre)
      ->group(kGroup);
  sub.add_option("--search", o.search, "Choices of exponents that pas tries; 1: none")
      ->check(positive)
      ->group(kGroup);
  sub.add_option("--search-folds", o.search_folds, "Validation parts they are judged on")
      ->check(CLI::Range(1, 100))
      ->group(kGroup);
  sub.add_option("--search-epochs", o.search_epochs, "Epochs of each trial")
      ->check(epochs)
      ->group(kGroup);
  sub.add_option("--pas-epochs", o.pas_epochs,
                 "Of pas (as many as before it; image: 300, unless --epochs is given); 0: choose "
                 "exponents, do not retrain")
      ->check(epochs)
      ->group(kGroup);
  sub.add_option("--pas-learning-rate", o.pas_learning_rate, "Of pas (half of that before it)")
      ->check(CLI::Range(1e-9, 1e3))
      ->group(kGroup);
  sub.add_option("--pas-weight-decay", o.pas_weight_decay, "Of pas (as before it)")
      ->check(CLI::Range(0.0, 1e3))
      ->group(kGroup);
  sub.add_option("--operands", o.operands, "That the gradient of pas sees: exact or transformed")
      ->group(kGroup);
  sub.add_flag("--clip-gradient", o.clip_gradient, "Eq. 14 of the paper in pas")->group(kGroup);
  sub.add_option("--sensitivity", o.sensitivity, "S of act: of logits or of outputs")
      ->group(kGroup);
  sub.add_option("--lambda", o.lambda, "Initial lambda of act")
      ->check(CLI::Range(0.0, 1e6))
      ->group(kGroup);
  sub.add_option("--lambda-cap", o.lambda_cap, "Largest lambda, as a multiple of the initial one")
      ->check(CLI::Range(0.0, 1e9))
      ->group(kGroup);
  sub.add_option(
         "--rho", o.rho,
         "SAM: distance from the weights at which gradients are taken, in bp and pas; 0: at "
         "the weights (sam: 0.05)")
      ->check(CLI::Range(0.0, 1e3))
      ->group(kGroup);
  sub.add_option("--loss-limit", o.loss_limit,
                 "Of approxann, axnn: points of accuracy they may lose on the validation parts (2)")
      ->check(CLI::Range(0.0, 100.0))
      ->group(kGroup);
  sub.add_flag("--act-first", o.act_first, "Of approxann, axnn: start from act instead of bp")
      ->group(kGroup);
  sub.add_option("--flip-rate", o.flip_rate, "Share of stored weight bits that flip during pas")
      ->check(CLI::Range(0.0, 1.0))
      ->group(kGroup);
  sub.add_option("--vdd", o.vdd, "The same, as the weight memory's voltage on the paper's curve, V")
      ->check(CLI::Range(0.0, 10.0))
      ->excludes("--flip-rate")
      ->group(kGroup);
  sub.add_option("--flips", o.flips, "persistent (a chip's cells) or transient (drawn every step)")
      ->check(CLI::IsMember({"persistent", "transient"}))
      ->group(kGroup);
  sub.add_flag("--clean-gradient", o.clean_gradient,
               "With flips: the mean of the clean and the flipped network's gradients")
      ->group(kGroup);
  sub.add_option("--halvings", o.halvings,
                 "Exponents instead of a search: how often each layer's range of activations, then "
                 "of weights, is halved below the one that holds 99.9 % of the values")
      ->delimiter(',')
      ->check(CLI::Range(0, 8))
      ->group(kGroup);
  sub.add_option("--weight-format", o.weight_format, "How the weight memory stores a weight")
      ->group(kGroup);
  sub.add_option("--chips", o.chips, "Chips with flipped bits to judge the network on")
      ->check(CLI::Range(0, 100000))
      ->group(kGroup);
  sub.add_option("--chip-flip-rate", o.chip_flip_rate, "Their flip rate (that of --flip-rate)")
      ->check(CLI::Range(0.0, 1.0))
      ->group(kGroup);
}

}  // namespace

void add_train(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("train", "Train a network and write a model file");
  auto o = std::make_shared<Options>();
  sub->add_option("--data", o->data, "Data set (axnn data list) or the path of a CSV")->required();
  sub->add_option("--label", o->label,
                  "Label column of a CSV: a name of its header or a number from 1 (the last)");
  CLI::Option* out = sub->add_option(
      "--out", o->out, "Model file (NAME.axnn; with --runs none); with --runs, of the first run");
  sub->add_option("--split", o->split, "Number of the train/test split")
      ->check(natural())
      ->capture_default_str();
  CLI::Option* runs = sub->add_option("--runs", o->runs, "Runs, each with the next seed and split")
                          ->check(CLI::Range(1, 10000))
                          ->capture_default_str();
  sub->add_option("--layers", o->layers, "Widths of the hidden layers, e.g. 64,64")
      ->delimiter(',')
      ->check(CLI::Range(1, kMaxFeatures));
  sub->add_option("--scaling", o->scaling, "Of the inputs")
      ->check(CLI::IsMember({"z", "minmax", "span", "byte"}));
  sub->add_option("--clip", o->clip, "Largest input under --scaling z, in deviations")
      ->check(CLI::Range(0.1, 100.0));
  sub->add_option("--trim", o->trim, "Values clipped at each end under --scaling span, per cent")
      ->check(CLI::Range(0.0, 49.0));
  sub->add_option("--output", o->output, "Last layer and loss")
      ->check(CLI::IsMember({"softmax", "sigmoid"}));
  sub->add_option("--optimizer", o->optimizer)->check(CLI::IsMember({"adam", "sgd"}));
  sub->add_option("--learning-rate", o->learning_rate)->check(CLI::Range(1e-9, 1e3));
  sub->add_option("--weight-decay", o->weight_decay)->check(CLI::Range(0.0, 1e3));
  sub->add_option("--epochs", o->epochs)->check(CLI::Range(1, 1000000));
  sub->add_option("--batch", o->batch, "Samples a step")->check(CLI::Range(1, 1000000));
  sub->add_option("--label-smoothing", o->label_smoothing,
                  "Share of the wanted output that all classes share alike")
      ->check(CLI::Range(0.0, 1.0));
  sub->add_flag("--pixel-shifts", o->pixel_shifts,
                "Square images: move each sample by up to one pixel");
  sub->add_flag("--validation", o->validation,
                "For tuning: judge on a fifth of the training part, write no model")
      ->excludes(out);
  add_method(*sub, *o);
  sub->add_option("--log", o->log,
                  "File for one line of JSON an epoch; --json prints them to stderr too");
  sub->add_flag(
      "--resume", o->resume,
      "Go on from OUT.checkpoint, which an interrupted training leaves; the result is the "
      "same as without the interruption");
  add_common(*sub, common);
  sub->footer(
      "Example:\n  axnn train --data breast --out breast.axnn\n"
      "  axnn train --data breast --runs 10\n"
      "  axnn train --data image --method axtrain --multiplier booth --modes M0,M1,M2\n"
      "  axnn train --data iono --method axtrain --multiplier booth --flip-rate 0.01 --chips 50\n"
      "  axnn train --data mine.csv --label species --layers 32,32");
  sub->callback([o, runs, &common] {
    o->counted = runs->count() > 0;
    if (o->vdd) o->flip_rate = flip_rate(load_flip_curve("paper"), *o->vdd);
    run(*o, common);
  });
}

}  // namespace axnn::cli
