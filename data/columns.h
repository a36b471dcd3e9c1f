// What a table's columns are: label, features, or left out; and its fields as features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace axnn {

/// Which columns are what; numbers from 0.
struct Columns {
  std::vector<std::string> names;  ///< of a header, all columns; empty without one
  std::size_t label = 0;
  std::vector<std::size_t> features;  ///< ascending
};

/// "FILE, line N", as messages name a row.
std::string position(const std::string& where, std::int64_t line);

/// "column 3 'age'", for messages; without a header "column 3".
std::string column_text(const std::vector<std::string>& header, std::size_t column);

/// The columns of a table whose first line is `first`. Throws Error, naming `where`, for a column
/// that is not there, a label that is ignored as well, or if no feature is left.
Columns find_columns(const std::vector<std::string>& first, const TableOptions& table,
                     const std::string& where);

/// The column of that name or number from 1. `option` asked for it. Throws Error.
std::size_t find_column(const std::vector<std::string>& first, const std::string& column,
                        const std::string& option, const std::string& where);

/// What data sets write where a value is missing: nothing, ?, -, NA, N/A, NaN, NULL, None.
bool is_missing(std::string_view field);

/// A field as a feature. Throws Error if it is no number, not finite, or beyond single precision.
///   column   from 0; `header` names it (column_text)
double feature_value(const std::string& field, const std::string& where,
                     const std::vector<std::string>& header, std::size_t column);

}  // namespace axnn
