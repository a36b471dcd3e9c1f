#include "data/columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/csv.h"
#include "model/error.h"
#include "model/text.h"

namespace axnn {

namespace {

bool is_header(const std::vector<std::string>& first, const Columns& columns) {
  bool named = false;
  for (std::size_t c : columns.features) {
    if (parse_number(first[c])) return false;
    named |= !first[c].empty();
  }
  return named;
}

}  // namespace

std::string position(const std::string& where, std::int64_t line) {
  return where + ", line " + std::to_string(line);
}

std::string column_text(const std::vector<std::string>& header, std::size_t column) {
  std::string text = "column " + std::to_string(column + 1);
  if (!header.empty()) text += " '" + printable(header[column]) + "'";
  return text;
}

std::size_t find_column(const std::vector<std::string>& first, const std::string& column,
                        const std::string& option, const std::string& where) {
  const auto columns = static_cast<double>(first.size());
  if (const std::optional<double> number = parse_number(column)) {
    if (*number >= 1 && *number <= columns && *number == std::floor(*number)) {
      return static_cast<std::size_t>(*number) - 1;
    }
  } else if (const auto named = std::ranges::find(first, column); named != first.end()) {
    return static_cast<std::size_t>(named - first.begin());
  }
  throw Error("no column '" + printable(column) + "'", where,
              "give " + option + " a name of the header line or a number from 1 to " +
                  std::to_string(first.size()));
}

Columns find_columns(const std::vector<std::string>& first, const TableOptions& table,
                     const std::string& where) {
  Columns columns;
  columns.label =
      table.label.empty() ? first.size() - 1 : find_column(first, table.label, "--label", where);
  std::vector<bool> used(first.size(), true);
  used[columns.label] = false;
  for (const std::string& column : table.ignore) {
    const std::size_t c = find_column(first, column, "--ignore", where);
    if (c == columns.label) {
      throw Error("column '" + printable(column) + "' is the label", where,
                  "name the label column with --label, or leave out --ignore");
    }
    used[c] = false;
  }
  for (std::size_t c = 0; c < first.size(); ++c) {
    if (used[c]) columns.features.push_back(c);
  }
  if (columns.features.empty()) throw Error("no column is left", where, "ignore fewer");
  const bool header = table.header == TableOptions::Header::kAuto
                          ? is_header(first, columns)
                          : table.header == TableOptions::Header::kYes;
  if (header) columns.names = first;
  return columns;
}

bool is_missing(std::string_view field) {
  static constexpr std::string_view kNames[] = {"",    "?",   "-",    "NA",   "N/A", "na",
                                                "NaN", "nan", "NULL", "null", "None"};
  return std::ranges::find(kNames, field) != std::end(kNames);
}

double feature_value(const std::string& field, const std::string& where,
                     const std::vector<std::string>& header, std::size_t column) {
  const std::optional<double> value = parse_number(field);
  const auto text = [&] { return "'" + printable(field) + "' in " + column_text(header, column); };
  if (!value) {
    throw Error(text() + " is not a number", where,
                "features must be numbers; name the label column with --label");
  }
  if (!std::isfinite(*value)) {
    throw Error(text() + " is not a finite number", where, "fill it in or remove the line");
  }
  if (std::abs(*value) > std::numeric_limits<float>::max()) {
    throw Error(text() + " is too large for single precision", where,
                "divide the column by a constant");
  }
  return *value;
}

}  // namespace axnn
