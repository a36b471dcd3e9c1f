// What of a table is what: what a user says about it, and what a model keeps of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace axnn {

/// What a user says about a table: all that a file itself does not say.
struct TableOptions {
  enum class Header { kAuto, kYes, kNo };
  enum class Missing {
    kDrop,  ///< a row with a missing value is left out
    kMean,  ///< a missing value becomes the mean of the training part (InputScaling::fill)
  };

  TableOptions() = default;
  TableOptions(std::string label_column) : label(std::move(label_column)) {}
  TableOptions(const char* label_column) : label(label_column) {}

  std::string label;               ///< label column: a name, or a number from 1; empty: the last
  Header header = Header::kAuto;   ///< whether the first line names the columns
  std::vector<std::string> drop;   ///< columns left out: names, or numbers from 1
  std::vector<std::string> text;   ///< columns of categories, whatever they look like: as `drop`
  Missing missing = Missing::kDrop;
  std::string test;                ///< file of the official test part; empty: none
};

std::string_view header_name(TableOptions::Header header);
/// "auto", "yes" or "no". Throws UsageError for another text.
TableOptions::Header parse_header_kind(std::string_view text);

std::string_view missing_name(TableOptions::Missing missing);
/// "drop" or "mean". Throws UsageError for another text.
TableOptions::Missing parse_missing(std::string_view text);

/// A column of a table, and how a network sees it.
struct TableColumn {
  enum class Kind {
    kNumber,   ///< one input
    kText,     ///< one input a category: 1 where the field is that text, else 0
    kLabel,    ///< the class
    kDropped,  ///< not seen
  };

  std::string name;                       ///< of the header, or "x3" for the third without one
  Kind kind = Kind::kNumber;
  std::vector<std::string> categories{};  ///< of kText, sorted

  /// Inputs of the network that it becomes.
  int inputs() const;
  bool operator==(const TableColumn&) const = default;
};

std::string_view column_kind_name(TableColumn::Kind kind);
/// "number", "text", "label" or "dropped". Throws UsageError for another text.
TableColumn::Kind parse_column_kind(std::string_view text);

/// What a model keeps of the table it was trained on, so that rows of other files become the same
/// inputs (data/row_encoder.h). No columns: not known (a model file of format 1).
struct TableSchema {
  std::vector<TableColumn> columns;  ///< in the order of the file
  bool named = false;                ///< the names were in the file
  bool sparse = false;               ///< libsvm: a feature that a row does not name is 0
  TableOptions::Missing missing = TableOptions::Missing::kDrop;

  /// I, inputs of the network.
  int inputs() const;
  /// Their names: that of the column, with "=category" for one of several. I.
  std::vector<std::string> input_names() const;
  bool operator==(const TableSchema&) const = default;
};

}  // namespace axnn
