#include "cli/recipe_options.h"

#include <exception>

#include "model/flip_curve.h"
#include "train/recipe_file.h"

namespace axnn::cli {
namespace {

constexpr const char* kOthers = "Methods other than bp";

const char* type_of(SettingKind kind) {
  switch (kind) {
    case SettingKind::kFlag:
      return "";
    case SettingKind::kInteger:
      return "INT";
    case SettingKind::kNumber:
      return "NUMBER";
    case SettingKind::kIntegers:
      return "INT,...";
    case SettingKind::kName:
      return "NAME";
    case SettingKind::kNames:
      return "NAME,...";
  }
  return "";
}

// A flag that a recipe may have set is taken back by --no-NAME, which help does not list.
void add_flag(CLI::App& sub, const Setting& s, Json& given) {
  const std::string name = s.name;
  CLI::Option* yes = sub.add_flag_callback(
      "--" + name, [&given, name] { given[name] = true; },
      std::string(s.help) + " (--no-" + name + ": not)");
  sub.add_flag_callback("--no-" + name, [&given, name] { given[name] = false; })
      ->excludes(yes)
      ->group("");
  if (!s.plain) yes->group(kOthers);
}

void add_value(CLI::App& sub, const Setting& s, Json& given) {
  const auto complain = [&s](const std::string& text) -> std::string {
    try {
      parse_setting(s, text);
      return "";
    } catch (const std::exception& e) {
      return e.what();
    }
  };
  const auto take = [&s, &given](const std::string& text) {
    given[s.name] = parse_setting(s, text);
  };
  std::string help = s.help;
  if (!s.names.empty() && help.find(s.names.back()) == std::string::npos) {
    help += help.empty() ? "" : ": ";
    for (const auto& name : s.names) {
      help += (name == s.names.front() ? "" : ", ") + std::string(name);
    }
  }
  CLI::Option* option = sub.add_option_function<std::string>("--" + std::string(s.name), take, help)
                            ->type_name(type_of(s.kind))
                            ->check(CLI::Validator(complain, ""));
  if (!s.plain) option->group(kOthers);
}

}  // namespace

Json RecipeOptions::settings(const std::string& dataset) const {
  Json all = recipe.empty() ? Json::object() : named_recipe(recipe, dataset);
  all.update(given);
  if (vdd) all["flip-rate"] = flip_rate(load_flip_curve("paper"), *vdd);
  return all;
}

void add_recipe_options(CLI::App& sub, RecipeOptions& options) {
  sub.add_option("--recipe", options.recipe,
                 "Settings by name (axtrain: one network for all modes and voltages) or a TOML "
                 "file of them; other options go before");
  for (const Setting& s : settings()) {
    if (s.kind == SettingKind::kFlag) {
      add_flag(sub, s, options.given);
    } else {
      add_value(sub, s, options.given);
    }
  }
  sub.add_option("--vdd", options.vdd,
                 "--flip-rate as the weight memory's voltage on the paper's curve, V")
      ->check(CLI::Range(0.0, 10.0))
      ->excludes("--flip-rate")
      ->group(kOthers);
}

}  // namespace axnn::cli
