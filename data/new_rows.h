// New rows for a trained model, block by block, so that memory does not grow with the file: of a
// table, of a file of IDX images, or of a data set the program knows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/row_encoder.h"
#include "model/model.h"

namespace axnn {

/// Rows of one block. A row that cannot be read is counted, and named in `bad`.
struct NewRows {
  struct Bad {
    std::int64_t row;         ///< within the block, from 0
    std::string message;      ///< what, where, how to mend
    bool incomplete = false;  ///< all that is wrong is a missing value
  };

  std::vector<float> features;        ///< N x I, row-major, not scaled; NaN: missing
  std::vector<std::string> labels;    ///< N, empty where a label is missing; none without labels
  std::vector<std::int64_t> numbers;  ///< N: which row of the block each is, from 0, ascending
  std::vector<Bad> bad;               ///< ascending
  std::int64_t count = 0;             ///< rows of the block: N and the bad ones
  bool pause = false;                 ///< the input is a pipe and has no more at the moment
};

/// Where new rows come from.
class NewRowsSource {
 public:
  virtual ~NewRowsSource() = default;

  /// The next block; false after the last one. Throws Error if nothing can be read any more.
  virtual bool next(NewRows& rows) = 0;

  /// Names the input in messages.
  virtual const std::string& name() const = 0;
  /// How it was understood, e.g. "',' between fields, a header, label in column 31 'class'".
  virtual const std::string& understood() const = 0;
  /// True if its rows have labels.
  virtual bool labelled() const = 0;
  /// What was met so far that is worth a word (categories the model does not know), a line each.
  virtual std::vector<std::string> warnings() const { return {}; }
};

/// Opens `input` for a model: a data set's name (axnn data list), the path of a table or of IDX
/// images (gzip or not), or "-", a table on standard input.
///
/// A table may be of any dialect (table_reader.h). Its columns are what they are for the model:
/// RowEncoder says how they are found. A model of format 1, which does not know its table, takes
/// features in their order; the label and ignored columns as in training, or neither. Throws Error
/// if the input cannot be read, has no rows, or its columns do not fit the model.
std::unique_ptr<NewRowsSource> open_new_rows(const Model& model, const std::string& input,
                                             const RowOptions& options = {});

}  // namespace axnn
