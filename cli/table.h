// The options that say what of a CSV is what.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "model/model.h"

namespace axnn::cli {

/// --label, --header, --ignore. Returns the options' values; they are valid when the subcommand's
/// callback runs.
std::shared_ptr<TableOptions> add_table(CLI::App& app);

/// Prints what may be wrong with a table to stderr, a line each.
void warn(const std::vector<std::string>& warnings);

}  // namespace axnn::cli
