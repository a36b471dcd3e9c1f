// The options that say what of a table is what.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "data/row_encoder.h"
#include "model/table.h"

namespace axnn::cli {

/// --label, --header, --drop, --text, --missing, --test-data: of data to train on. Returns their
/// values, valid when the subcommand's callback runs; it keeps them.
std::shared_ptr<TableOptions> add_table(CLI::App& app);

/// --label, --no-label, --header, --drop: of new rows for a model. As add_table.
std::shared_ptr<RowOptions> add_rows(CLI::App& app);

/// Prints what may be wrong with a table to stderr, a line each.
void warn(const std::vector<std::string>& warnings);

}  // namespace axnn::cli
