// Labelled data: the embedded sets, MNIST, and any table.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/schema.h"
#include "model/model.h"

namespace axnn {

/// N samples of I raw features, each with a class.
struct Dataset {
  std::string name;                        ///< "breast", ... or the table's path
  TableOptions table;                      ///< what the user said about a table
  TableSchema schema;                      ///< what its columns are
  Dialect dialect;                         ///< how it is written
  int comments = 0;                        ///< comment lines of it
  std::vector<ColumnSummary> columns;      ///< as schema.columns, of `name` alone; MNIST: none
  std::string sha256;                      ///< of the file's bytes; see load_mnist, load_dataset
  std::vector<std::string> feature_names;  ///< I
  std::vector<std::string> classes;        ///< names, sorted (numbers by value); index = class
  std::vector<float> features;             ///< N x I, row-major; NaN: missing, filled in by scaling
  std::vector<int> labels;                 ///< N
  int incomplete = 0;                      ///< rows left out, since a value is missing
  std::vector<std::string> warnings;       ///< what may be wrong with the table, a line each
  int official_train = 0;  ///< > 0: the set comes split, its first rows are for training

  int inputs() const { return static_cast<int>(feature_names.size()); }
  int rows() const { return static_cast<int>(labels.size()); }
  std::span<const float> row(int n) const {
    return {features.data() + std::size_t(n) * feature_names.size(), feature_names.size()};
  }
  /// Samples of each class.
  std::vector<int> class_counts() const;
};

/// A table in memory: separated values, ARFF or libsvm (table_reader.h says what is found out,
/// schema.h what the columns become). A text column is one feature a category.
///   name    of the data set
///   where   names the table in messages
/// Throws Error, with line and column where there is one, for what survey_table refuses.
Dataset parse_table(std::string_view bytes, const TableOptions& table, const std::string& name,
                    const std::string& where);

/// The folder that holds the four MNIST files (gzip or not): $AXNN_DATA, else data/mnist below
/// the current folder; nothing if neither has all four.
std::optional<std::filesystem::path> find_mnist();

/// MNIST from its four IDX files in `folder`: 60000 training images, then 10000 for testing. Its
/// sha256 is that of the four uncompressed files' digests in the order train images, train
/// labels, test images, test labels. Throws Error for a missing, truncated or inconsistent file.
Dataset load_mnist(const std::filesystem::path& folder);

/// Names that load_dataset takes here and now: the embedded sets, and mnist if it is found.
std::vector<std::string> available_datasets();

/// True if a data set's name is the path of a table: it has a '.' or a '/'.
bool is_path(std::string_view name);

/// A data set by name, or a table by path. `table` is for a table only; its test part, if it names
/// one, is encoded as the training part, follows it, and makes the set one that comes split; then
/// sha256 is that of both files' digests. Throws Error; UsageError for an unknown name (it lists the
/// known ones) and for an option of tables with a set that is none.
Dataset load_dataset(const std::string& name_or_path, const TableOptions& table = {});

}  // namespace axnn
