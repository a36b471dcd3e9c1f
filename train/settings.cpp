#include "train/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/error.h"

namespace axnn {
namespace {

bool always(const Recipe&) { return true; }
bool hardware(const Recipe& r) { return has_pas(r.ax.method) || chooses_neurons(r.ax.method); }
bool pas(const Recipe& r) { return has_pas(r.ax.method); }
bool act(const Recipe& r) { return has_act(r.ax); }
bool neurons(const Recipe& r) { return chooses_neurons(r.ax.method); }
bool search(const Recipe& r) { return pas(r) && r.ax.halvings.weights.empty(); }
bool flips(const Recipe& r) { return hardware(r) && r.ax.flips.rate > 0; }
bool sam(const Recipe& r) { return !has_act(r.ax) || pas(r); }
bool moves(const Recipe& r) { return r.options.optimizer == OptimizerKind::kSgd; }
bool deviations(const Recipe& r) { return r.scaling == ScalingKind::kStandardise; }
bool spans(const Recipe& r) { return r.scaling == ScalingKind::kSpan; }
bool taught(const Recipe& r) { return r.ax.teachers.nets > 0; }

constexpr const char* kAll = "all methods";
constexpr const char* kPas = "--method pas and axtrain";
constexpr const char* kHardware = "--method pas, axtrain, approxann and axnn";
constexpr const char* kAct = "--method act, axtrain and what starts from act";
constexpr const char* kSearch = "--method pas and axtrain without --halvings";
constexpr const char* kNeurons = "--method approxann and axnn";

// Where a Recipe keeps a setting: `at(recipe)` is a reference to it, const or not.
template <typename Access>
struct Field {
  Access at;
  Json get(const Recipe& r) const { return to_json(at(r)); }
  void set(Recipe& r, const Json& v) const { from_json(at(r), v); }

 private:
  template <typename T>
  static Json to_json(const T& v) {
    return v;
  }
  template <typename T>
  static Json to_json(const std::optional<T>& v) {
    return v ? Json(*v) : Json();
  }
  template <typename T>
  static void from_json(T& at, const Json& v) {
    at = v.get<T>();
  }
  template <typename T>
  static void from_json(std::optional<T>& at, const Json& v) {
    at = v.get<T>();
  }
};

using Used = bool (*)(const Recipe&);

template <typename Access>
Setting field(SettingKind kind, const char* name, const char* help, double low, double high,
              Used used, const char* use, Access at) {
  const Field<Access> f{at};
  return {name,
          help,
          kind,
          low,
          high,
          {},
          used,
          use,
          [f](const Recipe& r) { return f.get(r); },
          [f](Recipe& r, const Json& v) { f.set(r, v); }};
}

template <typename Access>
Setting number(const char* name, const char* help, double low, double high, Used used,
               const char* use, Access at) {
  return field(SettingKind::kNumber, name, help, low, high, used, use, at);
}

template <typename Access>
Setting integer(const char* name, const char* help, double low, double high, Used used,
                const char* use, Access at) {
  return field(SettingKind::kInteger, name, help, low, high, used, use, at);
}

template <typename Access>
Setting flag(const char* name, const char* help, Used used, const char* use, Access at) {
  return field(SettingKind::kFlag, name, help, 0, 1, used, use, at);
}

// A setting whose value is written as `write` says and read by `read`.
template <typename Access, typename Write, typename Read>
Setting choice(const char* name, const char* help, std::vector<std::string_view> names, Used used,
               const char* use, Access at, Write write, Read read) {
  return {name,
          help,
          SettingKind::kName,
          0,
          0,
          std::move(names),
          used,
          use,
          [=](const Recipe& r) { return Json(write(at(r))); },
          [=](Recipe& r, const Json& v) { at(r) = read(v.get<std::string>()); }};
}

// A share that users write in per cent.
template <typename Access>
Setting per_cent(const char* name, const char* help, double high, Used used, const char* use,
                 Access at) {
  return {name,
          help,
          SettingKind::kNumber,
          0,
          high,
          {},
          used,
          use,
          [=](const Recipe& r) { return Json(at(r) * 100); },
          [=](Recipe& r, const Json& v) { at(r) = v.get<double>() / 100; }};
}

// The multiplier and its modes are one value, which resolve_recipe() makes of both.
std::vector<Setting> hardware_settings() {
  const auto nothing = [](Recipe&, const Json&) {};
  return {{"multiplier",
           "fig8, booth, drum, drum:K or lut:FILE: of pas and the report",
           SettingKind::kName,
           0,
           0,
           {},
           always,
           kAll,
           [](const Recipe& r) { return Json(kind_name(r.ax.modes.front().kind)); },
           nothing},
          {"modes",
           "Modes that pas trains for, one network for all, e.g. M0,M1,M2 (those built)",
           SettingKind::kNames,
           0,
           0,
           {},
           hardware,
           kHardware,
           [](const Recipe& r) {
             Json names = Json::array();
             for (const Multiplier& m : r.ax.modes) names.push_back(mode_name(m));
             return names;
           },
           nothing}};
}

std::vector<Setting> net_settings() {
  return {
      field(
          SettingKind::kIntegers, "layers", "Widths of the hidden layers, e.g. 64,64", 1,
          kMaxFeatures, always, kAll, [](auto& r) -> auto& { return r.hidden; }),
      choice(
          "scaling", "Of the inputs", {"z", "minmax", "span", "byte"}, always, kAll,
          [](auto& r) -> auto& { return r.scaling; }, scaling_name, parse_scaling),
      number(
          "clip", "Largest input under --scaling z, in deviations", 0.1, 100, deviations,
          "--scaling z", [](auto& r) -> auto& { return r.clip; }),
      per_cent(
          "trim", "Values clipped at each end under --scaling span, per cent", 49, spans,
          "--scaling span", [](auto& r) -> auto& { return r.trim; }),
      choice(
          "output", "Last layer and loss", {"softmax", "sigmoid"}, always, kAll,
          [](auto& r) -> auto& { return r.options.output; }, output_name, parse_output),
      choice(
          "optimizer", "", {"adam", "sgd"}, always, kAll,
          [](auto& r) -> auto& { return r.options.optimizer; }, optimizer_name, parse_optimizer),
      number(
          "momentum", "Of --optimizer sgd", 0, 1, moves, "--optimizer sgd",
          [](auto& r) -> auto& { return r.options.momentum; }),
      number(
          "learning-rate", "Of the first step; falls to 0 along a half cosine", 1e-9, 1e3, always,
          kAll, [](auto& r) -> auto& { return r.options.learning_rate; }),
      number(
          "weight-decay", "Shrinks weights by learning rate times this at each step", 0, 1e3,
          always, kAll, [](auto& r) -> auto& { return r.options.weight_decay; }),
      flag(
          "decay-by-steps", "Divide --weight-decay by the square root of the steps of a stage",
          always, kAll, [](auto& r) -> auto& { return r.options.decay_by_steps; }),
      integer(
          "epochs", "Of each stage; with --stopping-folds the most", 1, 1e6, always, kAll,
          [](auto& r) -> auto& { return r.options.epochs; }),
      integer(
          "stopping-folds",
          "Validation parts of the training rows on which the number of epochs is chosen, from a "
          "sixteenth of --epochs to all of them; 0 and if only --epochs is given: --epochs",
          0, 100, always, kAll, [](auto& r) -> auto& { return r.ax.stopping.folds; }),
      integer(
          "batch", "Samples a step", 1, 1e6, always, kAll,
          [](auto& r) -> auto& { return r.options.batch; }),
      number(
          "label-smoothing", "Share of the wanted output that all classes share alike", 0, 1,
          always, kAll, [](auto& r) -> auto& { return r.options.label_smoothing; }),
      flag(
          "pixel-shifts", "Square images: move each sample by up to one pixel", always, kAll,
          [](auto& r) -> auto& { return r.options.pixel_shifts; }),
      integer(
          "teachers", "Float networks trained first; the network learns their mean output; 0: none",
          0, 1000, [](const Recipe& r) { return !neurons(r); }, "bp, act, sam, pas and axtrain",
          [](auto& r) -> auto& { return r.ax.teachers.nets; }),
      number(
          "teacher-mix",
          "How far a sample moves towards another one at most before they say what it is", 0, 1,
          taught, "--teachers", [](auto& r) -> auto& { return r.ax.teachers.mix; }),
      number(
          "rho",
          "SAM: distance from the weights at which gradients are taken, in bp and pas; 0: at the "
          "weights (sam: 0.05)",
          0, 1e3, sam, "bp, sam and pas, act takes no SAM",
          [](auto& r) -> auto& { return r.ax.sam_rho; })};
}

std::vector<Setting> act_settings() {
  return {
      choice(
          "sensitivity", "S of act: of logits or of outputs", {"logits", "outputs"}, act, kAct,
          [](auto& r) -> auto& { return r.ax.sensitivity; }, sensitivity_name, parse_sensitivity),
      number(
          "lambda", "Initial lambda of act", 0, 1e6, act, kAct,
          [](auto& r) -> auto& { return r.ax.lambda.initial; }),
      number(
          "lambda-cap", "Largest lambda, as a multiple of the initial one", 0, 1e9, act, kAct,
          [](auto& r) -> auto& { return r.ax.lambda.cap; }),
      number(
          "lambda-step", "Algorithm 1's Delta lambda, as a share of the initial lambda", 0, 1e6,
          act, kAct, [](auto& r) -> auto& { return r.ax.lambda.step; }),
      number(
          "lambda-decay", "Algorithm 1's sigma: lambda shrinks to this share", 0, 1, act, kAct,
          [](auto& r) -> auto& { return r.ax.lambda.decay; }),
      number(
          "error-threshold", "Algorithm 1's E_thres: below this loss lambda always grows", 0, 1e6,
          act, kAct, [](auto& r) -> auto& { return r.ax.lambda.threshold; }),
      number(
          "error-memory", "Algorithm 1's gamma: weight of the past in the average loss", 0, 1, act,
          kAct, [](auto& r) -> auto& { return r.ax.lambda.gamma; })};
}

std::vector<Setting> pas_settings() {
  return {
      flag(
          "centre",
          "pas: move the inputs so that the middle of their range is 0; for minmax and byte", pas,
          kPas, [](auto& r) -> auto& { return r.ax.centre; }),
      integer(
          "pas-epochs",
          "Of pas (as many as before it; image: 300, unless --epochs is given); 0: choose "
          "exponents, do not retrain",
          0, 1e6, hardware, kHardware, [](auto& r) -> auto& { return r.ax.pas_epochs; }),
      number(
          "pas-learning-rate", "Of pas (half of that before it)", 1e-9, 1e3, hardware, kHardware,
          [](auto& r) -> auto& { return r.ax.pas_learning_rate; }),
      number(
          "pas-weight-decay", "Of pas (as before it)", 0, 1e3, hardware, kHardware,
          [](auto& r) -> auto& { return r.ax.pas_weight_decay; }),
      choice(
          "operands", "That the gradient of pas sees: exact or transformed",
          {"exact", "transformed"}, hardware, kHardware,
          [](auto& r) -> auto& { return r.ax.operands; }, operands_name, parse_operands),
      flag(
          "clip-gradient", "Eq. 14 of the paper in pas", hardware, kHardware,
          [](auto& r) -> auto& { return r.ax.clip_gradient; }),
      integer(
          "search", "Choices of exponents that pas tries; 0 or 1: none", 0, 1e6, search, kSearch,
          [](auto& r) -> auto& { return r.ax.search.candidates; }),
      integer(
          "search-halvings", "Most halvings of a range that it tries", 0, 8, search, kSearch,
          [](auto& r) -> auto& { return r.ax.search.max_halvings; }),
      integer(
          "search-folds", "Validation parts they are judged on", 1, 100,
          [](const Recipe& r) { return search(r) || neurons(r); },
          "--method approxann, axnn, and pas and axtrain without --halvings",
          [](auto& r) -> auto& { return r.ax.search_folds; }),
      integer(
          "search-epochs", "Epochs of each trial", 0, 1e6, search, kSearch,
          [](auto& r) -> auto& { return r.ax.search.epochs; }),
      integer(
          "search-finalists", "Choices tried again, three times as long", 1, 1e6, search, kSearch,
          [](auto& r) -> auto& { return r.ax.search.finalists; }),
      {"halvings",
       "Exponents instead of a search: how often each layer's range of activations, then of "
       "weights, is halved below the one that holds 99.9 % of the values",
       SettingKind::kIntegers,
       0,
       8,
       {},
       pas,
       kPas,
       [](const Recipe& r) {
         Json all = r.ax.halvings.activations;
         for (int h : r.ax.halvings.weights) all.push_back(h);
         return all;
       },
       [](Recipe& r, const Json& v) {
         const auto all = v.get<std::vector<int>>();
         const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
         r.ax.halvings = {{all.begin(), middle}, {middle, all.end()}};
       }},
      number(
          "flip-rate", "Share of stored weight bits that flip during pas", 0, 1, hardware,
          kHardware, [](auto& r) -> auto& { return r.ax.flips.rate; }),
      choice(
          "flips", "persistent (a chip's cells) or transient (drawn every step)",
          {"persistent", "transient"}, flips, "--flip-rate and --vdd",
          [](auto& r) -> auto& { return r.ax.flips.kind; },
          [](FaultKind k) { return k == FaultKind::kPersistent ? "persistent" : "transient"; },
          [](const std::string& name) {
            return name == "persistent" ? FaultKind::kPersistent : FaultKind::kTransient;
          }),
      integer(
          "flip-chips", "Chips that training takes in turn, of --flips persistent", 1, 1e6,
          [](const Recipe& r) { return flips(r) && r.ax.flips.kind == FaultKind::kPersistent; },
          "--flips persistent", [](auto& r) -> auto& { return r.ax.flips.chips; }),
      flag(
          "clean-gradient", "With flips: the mean of the clean and the flipped network's gradients",
          flips, "--flip-rate and --vdd", [](auto& r) -> auto& { return r.ax.flips.clean_too; }),
      choice(
          "weight-format", "How the weight memory stores a weight",
          {"twos-complement", "sign-magnitude", "guarded"}, hardware, kHardware,
          [](auto& r) -> auto& { return r.ax.flips.format; }, format_name,
          [](const std::string& name) { return parse_format(name); }),
      per_cent(
          "loss-limit",
          "Of approxann, axnn: points of accuracy they may lose on the validation parts (2)", 100,
          neurons, kNeurons, [](auto& r) -> auto& { return r.ax.loss_limit; }),
      flag(
          "act-first", "Of approxann, axnn: start from act instead of bp", neurons, kNeurons,
          [](auto& r) -> auto& { return r.ax.act_first; })};
}

std::vector<Setting> make_settings() {
  std::vector<Setting> all = {choice(
      "method",
      "bp; act: AxTrain-act; pas: bp, then AxTrain-pas; axtrain: act, then pas; sam; "
      "approxann, axnn: the least critical neurons approximate, retrained; no model file",
      {"bp", "act", "pas", "axtrain", "sam", "approxann", "axnn"}, always, kAll,
      [](auto& r) -> auto& { return r.ax.method; }, method_name, parse_method)};
  for (auto group : {hardware_settings(), net_settings()}) {
    std::ranges::move(group, std::back_inserter(all));
  }
  for (auto group : {act_settings(), pas_settings()}) {
    for (Setting& s : group) s.plain = false;
    std::ranges::move(group, std::back_inserter(all));
  }
  return all;
}

std::string complaint(const Setting& s, const Json& v) {
  const auto in_range = [&](const Json& n) {
    return n.is_number() && std::isfinite(n.get<double>()) && n.get<double>() >= s.low &&
           n.get<double>() <= s.high;
  };
  const auto range = [&] { return fmt::format("from {} to {}", s.low, s.high); };
  const auto whole = [&](const Json& n) { return n.is_number_integer() && in_range(n); };
  switch (s.kind) {
    case SettingKind::kFlag:
      return v.is_boolean() ? "" : "is true or false";
    case SettingKind::kInteger:
      return whole(v) ? "" : "is a whole number " + range();
    case SettingKind::kNumber:
      return in_range(v) ? "" : "is a number " + range();
    case SettingKind::kIntegers:
      return v.is_array() && std::ranges::all_of(v, whole) ? "" : "is a list of numbers " + range();
    case SettingKind::kName:
      if (!v.is_string()) return "is a name";
      return s.names.empty() || std::ranges::count(s.names, v.get<std::string>()) > 0
                 ? ""
                 : fmt::format("is one of {}", fmt::join(s.names, ", "));
    case SettingKind::kNames:
      return v.is_array() && !v.empty() &&
                     std::ranges::all_of(v, [](const Json& n) { return n.is_string(); })
                 ? ""
                 : "is a list of names";
  }
  return "";
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

// A number, whole where it has no point and no exponent; the text itself if it is none.
Json parse_number(const std::string& text) {
  const char* const end = text.data() + text.size();
  long long whole = 0;
  if (const auto r = std::from_chars(text.data(), end, whole); r.ec == std::errc() && r.ptr == end)
    return whole;
  double value = 0;
  if (const auto r = std::from_chars(text.data(), end, value); r.ec == std::errc() && r.ptr == end)
    return value;
  return text;
}

}  // namespace

std::span<const Setting> settings() {
  static const std::vector<Setting> all = make_settings();
  return all;
}

const Setting* find_setting(std::string_view name) {
  const auto it = std::ranges::find(settings(), name, &Setting::name);
  return it == settings().end() ? nullptr : &*it;
}

void check_setting(const Setting& setting, const Json& value, const std::string& where) {
  const std::string wrong = complaint(setting, value);
  if (!wrong.empty()) throw Error(fmt::format("{} {}", setting.name, wrong), where);
}

Json parse_setting(const Setting& setting, const std::string& text) {
  Json value = text;
  if (setting.kind == SettingKind::kInteger || setting.kind == SettingKind::kNumber) {
    value = parse_number(text);
  } else if (setting.kind == SettingKind::kIntegers || setting.kind == SettingKind::kNames) {
    value = Json::array();
    for (const std::string& word : words(text)) {
      value.push_back(setting.kind == SettingKind::kIntegers ? parse_number(word) : Json(word));
    }
  } else if (setting.kind == SettingKind::kFlag) {
    value = text == "true" ? Json(true) : text == "false" ? Json(false) : Json(text);
  }
  check_setting(setting, value, text);
  return value;
}

std::string idle_setting(const Recipe& recipe, const Json& given, bool chips) {
  for (const Setting& s : settings()) {
    if (!given.contains(s.name) || s.used(recipe)) continue;
    // A setting switched off, as by --no-centre, does nothing on purpose.
    if (given[s.name] == Json(false) || given[s.name] == Json(0)) continue;
    // The report on chips goes by these, too.
    const std::string_view name = s.name;
    if (chips && (name == "weight-format" || name == "flip-rate")) continue;
    return fmt::format("--{} does nothing here; it is of {}", s.name, s.use);
  }
  return "";
}

}  // namespace axnn
