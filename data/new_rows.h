// New rows for a trained model, block by block, so that memory does not grow with the file: of a
// CSV, of a file of IDX images, or of a data set the program knows. Blocks are cut one after the
// other and may then be read side by side.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"

namespace axnn {

/// How the columns of new rows are found; by default as the model's own table had them.
struct NewRowsOptions {
  TableOptions table;     ///< a label, a header or columns to ignore, if given
  bool no_label = false;  ///< no column is the label
};

/// Rows of one block. A row that cannot be read is counted, and named in `bad`.
struct NewRows {
  struct Bad {
    std::int64_t row;     ///< within the block, from 0
    std::string message;  ///< what, where, how to mend
  };

  std::vector<float> features;        ///< N x I, row-major, not scaled
  std::vector<std::string> labels;    ///< N, empty where a label is missing; none without labels
  std::vector<std::int64_t> numbers;  ///< N: which row of the block each is, from 0, ascending
  std::vector<Bad> bad;               ///< ascending
  std::int64_t count = 0;             ///< rows of the block: N and the bad ones
};

/// A part of the input that holds whole rows.
struct RowBlock {
  std::string bytes;       ///< of a CSV: whole lines
  std::int64_t first = 0;  ///< its first line, from 1; of other sources its first row, from 0
  bool pause = false;      ///< the input is a pipe and has no more at the moment
};

/// Where new rows come from.
class NewRowsSource {
 public:
  virtual ~NewRowsSource() = default;

  /// The next block; false after the last one. Throws Error for a read error, or a line without an
  /// end.
  virtual bool next(RowBlock& block) = 0;

  /// The rows of a block. May be called from several threads at once.
  virtual NewRows read(const RowBlock& block) const = 0;

  /// Names the input in messages.
  virtual const std::string& name() const = 0;
  /// How it was understood, e.g. "a header, label in column 31 'class'".
  virtual const std::string& understood() const = 0;
  /// True if its rows have labels.
  virtual bool labelled() const = 0;
};

/// Opens `input` for a model: a data set's name (axnn data list), the path of a CSV or of IDX
/// images (gzip or not), or "-", a CSV on standard input. A row of a CSV is a line: a quoted field
/// does not go on in the next one.
///
/// The first line is a header if it has the names of all features, or if none of its fields is a
/// number. Below a header whose names the model knows, columns are found by name, in any order; the
/// label column may be there or not, other columns are left out. Without one, the number of columns
/// tells: the features alone, or all columns as in training. `options` goes before all that.
/// Throws Error if it cannot be read, is empty, or its columns do not fit the model.
std::unique_ptr<NewRowsSource> open_new_rows(const Model& model, const std::string& input,
                                             const NewRowsOptions& options = {});

}  // namespace axnn
