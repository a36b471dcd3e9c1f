// The settings of a training (train/settings.h) as options of a command.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "train/settings.h"

namespace axnn::cli {

struct RecipeOptions {
  std::string recipe;           ///< --recipe
  Json given = Json::object();  ///< settings on the command line
  std::optional<double> vdd;

  /// Those of the recipe, those on the command line over them.
  Json settings(const std::string& dataset) const;
};

/// Adds --recipe, an option for each setting and --vdd.
void add_recipe_options(CLI::App& sub, RecipeOptions& options);

}  // namespace axnn::cli
