// What the columns of a table are: the label, numbers, texts; found out from all of its rows.
#pragma once

#include <istream>
#include <string>
#include <utility>
#include <vector>

#include "data/table_reader.h"
#include "model/table.h"

namespace axnn {

/// Most features a sample and most classes a set may have (the accelerator's widest layer).
inline constexpr int kMaxFeatures = 1024;

/// What a column holds, over the rows that are kept.
struct ColumnSummary {
  long values = 0;   ///< of kept rows
  long missing = 0;  ///< of all rows
  double low = 0;    ///< of kNumber, also mean
  double high = 0;
  double mean = 0;
  std::vector<long> counts{};  ///< of kText: of each category
};

struct TableSurvey {
  TableSchema schema;
  std::vector<std::string> classes;    ///< names, sorted (numbers by value); index = class
  Dialect dialect;
  int comments = 0;                    ///< comment lines
  std::vector<ColumnSummary> columns;  ///< as schema.columns
  long rows = 0;
  long incomplete = 0;                 ///< rows left out, since a value is missing
  std::vector<std::string> warnings;   ///< what may be wrong, a line each
};

/// Reads a table to its end. A column is of numbers if all of its values are, of text if fewer than
/// half are or `options` says so. Rows without a label (nothing or ?) are left out; rows with a
/// missing feature as `options.missing` says.
///   shape   of a libsvm file
///   where   names the table in messages
/// Throws Error as TableReader, and for a column of numbers with a text in it, of texts that differ
/// from row to row, or that numbers the rows and has no name; a value that is not finite, beyond
/// single precision or that needs more digits than that; fewer than two classes, more than
/// kMaxFeatures classes or inputs; names that are not UTF-8; a first line whose class no other row
/// has while every other class has several (a header of numbers).
TableSurvey survey_table(std::istream& in, const TableOptions& options, const std::string& where,
                         SparseShape shape = {});

}  // namespace axnn
