// The settings of a training, each stated once: its name is the option of axnn train (--NAME), the
// key of a recipe file and the key of a recipe's JSON; beside it stand its range, what uses it, and
// where a Recipe keeps it.
//
//   for (const Setting& s : settings()) json[s.name] = s.get(recipe);
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/recipe.h"

namespace axnn {

using Json = nlohmann::ordered_json;

enum class SettingKind {
  kFlag,      ///< true or false; as an option it takes no value
  kInteger,   ///< within [low, high]
  kNumber,    ///< within [low, high]
  kIntegers,  ///< a list, each within [low, high]; as an option 1,2,3
  kName,      ///< one of `names`, or any text if there are none
  kNames,     ///< a list of texts; as an option A,B,C
};

struct Setting {
  const char* name;
  const char* help;
  SettingKind kind;
  double low;
  double high;
  std::vector<std::string_view> names;
  std::function<bool(const Recipe&)> used;  ///< false: it would do nothing
  const char* use;                          ///< in words: "it is of ..."
  std::function<Json(const Recipe&)> get;   ///< null: not set, follows from others
  std::function<void(Recipe&, const Json&)> set;
  bool plain = true;  ///< false: of methods other than bp only
};

/// All of them, in the order a recipe is printed.
std::span<const Setting> settings();

/// Null if there is none of this name.
const Setting* find_setting(std::string_view name);

/// An option's text as a value. Throws Error, naming the setting, for a value that is none.
Json parse_setting(const Setting& setting, const std::string& text);

/// Throws Error unless `value` has the setting's type and range; `where` names its place.
void check_setting(const Setting& setting, const Json& value, const std::string& where);

/// The first of the settings named in `given` (an object) that would do nothing in `recipe`, in
/// words; empty if none would. `chips`: networks are judged on chips with flipped bits.
std::string idle_setting(const Recipe& recipe, const Json& given, bool chips);

}  // namespace axnn
