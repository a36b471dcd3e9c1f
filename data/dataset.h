// Labelled data: the embedded sets, MNIST, and any numeric CSV.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace axnn {

/// N samples of I raw features, each with a class.
struct Dataset {
  std::string name;                        ///< "breast", ... or the CSV's path
  TableOptions table;                      ///< how a CSV was read
  std::string sha256;                      ///< of the file's bytes; for MNIST see load_mnist
  std::vector<std::string> columns;        ///< the CSV's header line, all columns; or empty
  std::vector<std::string> feature_names;  ///< I
  std::vector<std::string> classes;        ///< names, sorted (numbers by value); index = class
  std::vector<float> features;             ///< N x I, row-major
  std::vector<int> labels;                 ///< N
  int incomplete = 0;                      ///< rows of the CSV left out, since a value is missing
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

/// Most features a sample and most classes a set may have (the accelerator's widest layer).
inline constexpr int kMaxFeatures = 1024;

/// Reads a CSV of numbers and one label column. RFC 4180 quoting, LF or CRLF, blank lines
/// skipped. Unless `table` says, the first line is a header if none of its features is a number; a
/// name may be empty. Labels that are numbers are one class if they are equal (1, 1.0, 01); it has
/// the shortest of their texts.
///   where   names the file in messages
/// Rows with a missing feature (nothing, ?, -, NA, N/A, NaN, NULL, None) or label (nothing, ?) are
/// left out and counted. Throws Error, naming line and column, for an empty file, ragged rows, a
/// feature that is not a number, not finite or beyond single precision, fewer than two classes,
/// more than kMaxFeatures features or classes, a column without a name that numbers the rows, and a
/// first line whose class no other row has while every other class has several (a header of
/// numbers).
Dataset parse_csv(std::string_view bytes, const TableOptions& table, const std::string& name,
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

/// True if a data set's name is the path of a CSV: it has a '.' or a '/'.
bool is_path(std::string_view name);

/// A data set by name, or a CSV by path. `table` as in parse_csv, for a CSV only. Throws Error; for
/// an unknown name (UsageError) it lists the known ones.
Dataset load_dataset(const std::string& name_or_path, const TableOptions& table = {});

}  // namespace axnn
