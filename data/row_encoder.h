// Rows of a table as a model's inputs, one after the other.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "data/table_reader.h"
#include "model/table.h"

namespace axnn {

struct EncodedRow {
  std::vector<float> features;  ///< I raw features; NaN: missing, to be filled in by the scaling
  int label = -1;               ///< class; -1: the row has none, or one that is not known
  bool complete = true;         ///< false: a value is missing that nothing fills in
  int line = 0;                 ///< where the row begins
};

/// Texts of classes to their numbers. If all classes are numbers, equal numbers are one class.
class ClassIndex {
 public:
  explicit ClassIndex(const std::vector<std::string>& classes);
  /// The class; -1 if it is not known.
  int find(const std::string& text) const;

 private:
  bool numeric_ = false;
  std::unordered_map<std::string, int> by_text_;
  std::unordered_map<double, int> by_value_;
};

/// What a user says about new rows, in place of what a model knows.
struct RowOptions {
  TableOptions::Header header = TableOptions::Header::kAuto;
  std::string label{};              ///< column of the label: a name, or a number from 1
  bool no_label = false;            ///< no column is the label
  std::vector<std::string> drop{};  ///< columns left out: names, or numbers from 1
  /// A table that has as many columns as there are features has neither label nor dropped columns.
  bool may_be_bare = false;
};

/// Encodes the rows of a table by what a model keeps of the table it was trained on, in memory for
/// one row: the same code makes training data and reads new files.
///
///   std::ifstream in("new.csv");
///   RowEncoder rows(model.table, model.classes, in, "new.csv");
///   EncodedRow row;
///   while (rows.next(row)) {
///     if (row.complete) classify(row.features);  // scale_input, quantize_input
///   }
///   for (const std::string& line : rows.warnings()) ...
///
/// The new file may be of another dialect. Its columns are found by their names if both files have
/// names, else by their order; the label and columns that were dropped need not be there. A category
/// that the model does not know is 0 in all of its column's inputs, and counted. `options` go before
/// that: with a label or columns to drop, the others are the features in the model's order.
class RowEncoder {
 public:
  /// Throws Error if `schema` has no columns, or if a column that the model needs is not there.
  RowEncoder(const TableSchema& schema, const std::vector<std::string>& classes, std::istream& in,
             const std::string& where, RowOptions options = {});
  RowEncoder(const RowEncoder&) = delete;
  RowEncoder& operator=(const RowEncoder&) = delete;

  /// The next row; false after the last. Throws Error as TableReader, and with line and column for a
  /// value that is no number where the model needs one, is not finite or beyond single precision;
  /// then it goes on with the next row, unless reader().broken().
  bool next(EncodedRow& row);

  const TableReader& reader() const { return reader_; }
  /// True if the file has the label's column.
  bool has_label() const { return label_.has_value(); }
  /// Where it is, among the file's columns.
  std::optional<std::size_t> label_column() const { return label_; }
  /// Columns of the file that are neither label nor features.
  std::size_t columns_left_out() const;
  /// For a row that is not complete: "a missing value in column 3 'age'".
  std::string missing_text() const;
  /// The text of the last row's label; empty if there is none.
  const std::string& label_text() const { return label_text_; }

  long rows() const { return rows_; }
  long incomplete() const { return incomplete_; }  ///< rows with a missing value and nothing for it
  long filled() const { return filled_; }          ///< missing values that are filled in
  long unknown() const { return unknown_; }        ///< fields of a category that is not known
  /// What was met that the training data have not, a line each.
  std::vector<std::string> warnings() const;

 private:
  // A column that becomes inputs.
  struct Source {
    std::size_t field = 0;
    std::size_t input = 0;
    const TableColumn* column = nullptr;
    std::unordered_map<std::string, int> categories;
  };

  bool find_by_name();
  void find_as_told();
  void find_by_order();
  void check_names() const;
  [[noreturn]] void refuse_count() const;

  TableSchema schema_;
  ClassIndex classes_;
  std::string where_;
  RowOptions options_;
  TableReader reader_;
  std::vector<Source> sources_;
  std::size_t inputs_ = 0;
  std::optional<std::size_t> label_;
  std::string label_text_;
  std::vector<std::string> fields_;
  long rows_ = 0;
  long incomplete_ = 0;
  long filled_ = 0;
  long unknown_ = 0;
  std::string unknown_example_;
};

/// A field as a feature. `place` and `column` name it in messages. Throws Error for what is no
/// number, not finite or too large for single precision.
double parse_feature(const std::string& field, char point, const std::string& place,
                     const std::string& column);

}  // namespace axnn
