#include "model/table.h"

#include <span>

#include "model/error.h"

namespace axnn {
namespace {

constexpr std::string_view kHeaders[] = {"auto", "yes", "no"};
constexpr std::string_view kMissing[] = {"drop", "mean"};
constexpr std::string_view kKinds[] = {"number", "text", "label", "dropped"};

template <typename Enum>
Enum parse(std::span<const std::string_view> names, std::string_view text,
           const std::string& what) {
  std::string known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (text == names[i]) return static_cast<Enum>(i);
    known += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  throw UsageError("unknown " + what + " '" + std::string(text) + "'", "", "known: " + known);
}

}  // namespace

std::string_view header_name(TableOptions::Header header) {
  return kHeaders[static_cast<int>(header)];
}

TableOptions::Header parse_header_kind(std::string_view text) {
  return parse<TableOptions::Header>(kHeaders, text, "header");
}

std::string_view missing_name(TableOptions::Missing missing) {
  return kMissing[static_cast<int>(missing)];
}

TableOptions::Missing parse_missing(std::string_view text) {
  return parse<TableOptions::Missing>(kMissing, text, "treatment of missing values");
}

std::string_view column_kind_name(TableColumn::Kind kind) { return kKinds[static_cast<int>(kind)]; }

TableColumn::Kind parse_column_kind(std::string_view text) {
  return parse<TableColumn::Kind>(kKinds, text, "kind of column");
}

int TableColumn::inputs() const {
  if (kind == Kind::kNumber) return 1;
  return kind == Kind::kText ? static_cast<int>(categories.size()) : 0;
}

int TableSchema::inputs() const {
  int sum = 0;
  for (const TableColumn& column : columns) sum += column.inputs();
  return sum;
}

std::vector<std::string> TableSchema::input_names() const {
  std::vector<std::string> names;
  for (const TableColumn& column : columns) {
    if (column.kind == TableColumn::Kind::kNumber) names.push_back(column.name);
    for (const std::string& category : column.categories) {
      names.push_back(column.name + "=" + category);
    }
  }
  return names;
}

}  // namespace axnn
