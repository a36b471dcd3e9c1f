// Recipes as data: TOML whose keys are settings (settings.h). The program's own file is
// data/recipes.toml, which also says what its tables mean.
//
//   Json given = named_recipe("axtrain", "breast");       // --recipe axtrain
//   given["epochs"] = 50;                                 // --epochs 50
//   const Recipe recipe = resolve_recipe("breast", given);
#pragma once

#include <string>
#include <string_view>

#include "train/recipe.h"
#include "train/settings.h"

namespace axnn {

/// Settings of a recipe for a data set: one of data/recipes.toml by name, or a file by path (a name
/// with '.' or '/'), which has settings on its top level and, of one data set, in [data.NAME].
/// Throws Error for an unknown name, a file that is no TOML, an unknown key, a wrong type or a
/// value out of range.
Json named_recipe(const std::string& name_or_path, std::string_view dataset);

/// Reads such a file's text; `where` names it. Throws Error as above.
Json parse_recipe(std::string_view toml, std::string_view dataset, const std::string& where);

/// The defaults of a data set (none of its own: those that suit a small table) for the method and
/// multiplier that `given` names, and over them the settings in `given`. Throws Error for settings
/// that contradict each other.
Recipe resolve_recipe(std::string_view dataset, const Json& given);

/// All settings by name.
Json recipe_json(const Recipe& recipe);

}  // namespace axnn
