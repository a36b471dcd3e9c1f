#include "data/row_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "model/error.h"
#include "model/text.h"

namespace axnn {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

using Kind = TableColumn::Kind;

// A number that a class may be.
std::optional<double> class_value(const std::string& text) {
  const std::optional<double> number = parse_number(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

TableHints hints_of(const TableSchema& schema, const std::string& where,
                    TableOptions::Header header) {
  if (schema.columns.empty()) {
    throw Error("the model does not say what the columns of a table are", where,
                "its file is of format 1: train it again");
  }
  TableHints hints;
  hints.header = header;
  hints.known = true;
  for (const TableColumn& column : schema.columns) {
    if (column.inputs() > 0 && schema.named) hints.expected.push_back(column.name);
  }
  if (schema.sparse) {
    hints.shape.width = schema.columns.size();
    hints.shape.first = schema.columns.size() > 1 && schema.columns[1].name == "x0" ? 0 : 1;
  }
  return hints;
}

}  // namespace

double parse_feature(const std::string& field, char point, const std::string& place,
                     const std::string& column) {
  const std::optional<double> value = parse_number(field, point);
  if (!value) {
    throw Error("'" + printable(field) + "' in " + column + " is not a number", place,
                "correct it; --text takes a column as categories");
  }
  const bool infinite = field.find_first_of("iInN") != field.npos;  // inf, nan
  if (infinite && !std::isfinite(*value)) {
    throw Error("'" + printable(field) + "' in " + column + " is not a finite number", place,
                "fill it in or remove the line");
  }
  if (std::abs(*value) > std::numeric_limits<float>::max()) {
    throw Error("'" + printable(field) + "' in " + column + " is too large for single precision",
                place, "divide the column by a constant");
  }
  return *value;
}

ClassIndex::ClassIndex(const std::vector<std::string>& classes) {
  numeric_ = std::ranges::all_of(
      classes, [](const std::string& text) { return class_value(text).has_value(); });
  for (std::size_t c = 0; c < classes.size(); ++c) {
    by_text_.emplace(classes[c], static_cast<int>(c));
    if (numeric_) by_value_.emplace(*class_value(classes[c]), static_cast<int>(c));
  }
}

int ClassIndex::find(const std::string& text) const {
  if (const auto found = by_text_.find(text); found != by_text_.end()) return found->second;
  if (!numeric_) return -1;
  const std::optional<double> value = class_value(text);
  if (!value) return -1;
  const auto found = by_value_.find(*value);
  return found == by_value_.end() ? -1 : found->second;
}

RowEncoder::RowEncoder(const TableSchema& schema, const std::vector<std::string>& classes,
                       std::istream& in, const std::string& where, RowOptions options)
    : schema_(schema),
      classes_(classes),
      where_(where),
      options_(std::move(options)),
      reader_(in, where, hints_of(schema, where, options_.header)) {
  const bool sparse = reader_.dialect().format == Dialect::Format::kLibsvm;
  if (sparse != schema.sparse) {
    throw Error(sparse ? "a libsvm file, where the model was trained on a table with columns"
                       : "no libsvm file, which the model was trained on",
                where, "convert it");
  }
  for (const TableColumn& column : schema_.columns) {
    if (column.inputs() == 0) continue;
    Source source{0, inputs_, &column, {}};
    for (std::size_t k = 0; k < column.categories.size(); ++k) {
      source.categories.emplace(column.categories[k], static_cast<int>(k));
    }
    sources_.push_back(std::move(source));
    inputs_ += static_cast<std::size_t>(column.inputs());
  }
  const bool told = !options_.label.empty() || options_.no_label || !options_.drop.empty();
  if (find_by_name()) return;
  if (told || options_.may_be_bare) {
    find_as_told();
  } else {
    check_names();
    find_by_order();
  }
}

// If both have names, and this file all that the model needs.
bool RowEncoder::find_by_name() {
  if (!schema_.named || !reader_.dialect().header) return false;
  const std::vector<std::string>& names = reader_.names();
  std::map<std::string_view, int> known;
  for (const TableColumn& column : schema_.columns) ++known[column.name];
  std::optional<std::size_t> label;
  std::size_t field = 0;
  auto source = sources_.begin();
  for (const TableColumn& column : schema_.columns) {
    // Names that repeat in both are told apart by the order.
    auto at = std::ranges::find(names, column.name);
    if (field < names.size() && names[field] == column.name && known[column.name] > 1) {
      at = names.begin() + static_cast<std::ptrdiff_t>(field);
    }
    ++field;
    if (column.kind == Kind::kLabel && at != names.end()) {
      label = static_cast<std::size_t>(at - names.begin());
    }
    if (column.inputs() == 0) continue;
    if (at == names.end()) return false;
    if (known[column.name] == 1 && std::find(at + 1, names.end(), column.name) != names.end()) {
      throw Error("two columns '" + printable(column.name) + "'", where_, "rename or remove one");
    }
    (source++)->field = static_cast<std::size_t>(at - names.begin());
  }
  if (!options_.label.empty()) label = reader_.find(options_.label, "--label");
  if (!options_.no_label) label_ = label;
  return true;
}

void RowEncoder::find_as_told() {
  const std::size_t width = reader_.names().size();
  const bool bare = options_.may_be_bare && width == sources_.size();
  std::vector<bool> used(width, true);
  if (!bare) {
    if (options_.may_be_bare && width != sources_.size() + 1 + options_.drop.size()) {
      refuse_count();
    }
    for (const std::string& column : options_.drop) used[reader_.find(column, "--drop")] = false;
    if (!options_.no_label) {
      label_ = options_.label.empty() ? (schema_.sparse ? 0 : width - 1)
                                      : reader_.find(options_.label, "--label");
      used[*label_] = false;
    }
  }
  const auto features = static_cast<std::size_t>(std::ranges::count(used, true));
  if (features != sources_.size()) {
    throw Error(fmt::format("{} column{} features, the model takes {}", features,
                            features == 1 ? " is" : "s are", sources_.size()),
                where_, "say which columns are what with --label, --no-label and --drop");
  }
  std::size_t field = 0;
  for (Source& source : sources_) {
    while (!used[field]) ++field;
    source.field = field++;
  }
}

// Names of another table are no order to go by.
void RowEncoder::check_names() const {
  if (!schema_.named || !reader_.dialect().header) return;
  for (const Source& source : sources_) {
    if (std::ranges::find(reader_.names(), source.column->name) == reader_.names().end()) {
      throw Error("no column '" + printable(source.column->name) + "', which the model takes",
                  where_, "name the columns as in training, or give rows without a header");
    }
  }
}

// Of columns that are not features the label may be missing, or those that were dropped, or both.
void RowEncoder::find_by_order() {
  const std::size_t width = reader_.names().size();
  const auto there = [](const TableColumn& column, bool label, bool dropped) {
    return column.kind == Kind::kLabel ? label : column.kind != Kind::kDropped || dropped;
  };
  for (const auto& [label, dropped] :
       {std::pair{true, true}, {false, true}, {true, false}, {false, false}}) {
    const auto count = std::ranges::count_if(
        schema_.columns, [&](const TableColumn& c) { return there(c, label, dropped); });
    if (static_cast<std::size_t>(count) != width) continue;
    std::size_t field = 0;
    auto source = sources_.begin();
    for (const TableColumn& column : schema_.columns) {
      if (!there(column, label, dropped)) continue;
      if (column.kind == Kind::kLabel) label_ = field;
      if (column.inputs() > 0) (source++)->field = field;
      ++field;
    }
    return;
  }
  refuse_count();
}

void RowEncoder::refuse_count() const {
  const std::size_t width = reader_.names().size();
  const std::size_t all = schema_.columns.size();
  const std::string others =
      all > sources_.size() + 1 ? fmt::format(" (or all {} columns of the training table)", all)
                                : "";
  throw Error(fmt::format("{} column{}, the model takes {} features", width, width == 1 ? "" : "s",
                          sources_.size()),
              where_,
              fmt::format("give {} features{}, with or without the label, or say which columns are "
                          "what with --label, --no-label and --drop",
                          sources_.size(), others));
}

std::size_t RowEncoder::columns_left_out() const {
  return reader_.names().size() - sources_.size() - (label_ ? 1 : 0);
}

std::string RowEncoder::missing_text() const {
  for (const Source& source : sources_) {
    if (is_missing(fields_[source.field])) {
      return "a missing value in " + reader_.column_text(source.field);
    }
  }
  return "no missing value";
}

bool RowEncoder::next(EncodedRow& row) {
  if (!reader_.next(fields_)) return false;
  ++rows_;
  row.line = reader_.line();
  row.label = -1;
  row.complete = true;
  row.features.assign(inputs_, 0.0f);
  label_text_.clear();
  if (label_) {
    label_text_ = fields_[*label_];
    // A class may be called "-" or "None".
    if (!label_text_.empty() && label_text_ != "?") row.label = classes_.find(label_text_);
  }
  const bool fills = schema_.missing == TableOptions::Missing::kMean;
  if (!fills) {
    row.complete = std::ranges::none_of(
        sources_, [&](const Source& source) { return is_missing(fields_[source.field]); });
    incomplete_ += !row.complete;
    if (!row.complete) return true;
  }
  const char point = reader_.dialect().point;
  for (const Source& source : sources_) {
    const std::string& field = fields_[source.field];
    float* const inputs = row.features.data() + source.input;
    if (is_missing(field)) {
      std::fill_n(inputs, source.column->inputs(), kMissing);
      ++filled_;
    } else if (source.column->kind == Kind::kText) {
      const auto found = source.categories.find(field);
      if (found != source.categories.end()) {
        inputs[found->second] = 1;
      } else if (unknown_++ == 0) {
        unknown_example_ = fmt::format("'{}' in column '{}', line {}", printable(field),
                                       printable(source.column->name), row.line);
      }
    } else {
      const std::optional<double> value = parse_number(field, point);
      *inputs = static_cast<float>(
          value && std::abs(*value) <= std::numeric_limits<float>::max()
              ? *value
              : parse_feature(field, point, reader_.place(),
                              reader_.column_text(source.field)));
    }
  }
  return true;
}

std::vector<std::string> RowEncoder::warnings() const {
  std::vector<std::string> lines;
  if (unknown_ > 0) {
    lines.push_back(fmt::format("{} fields of {} have a category that the training data have not, "
                                "first {}",
                                unknown_, where_, unknown_example_));
  }
  if (reader_.beyond() > 0) {
    lines.push_back(fmt::format("{} values of {} have an index that the training data have not",
                                reader_.beyond(), where_));
  }
  return lines;
}

}  // namespace axnn
