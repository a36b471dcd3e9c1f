#include "data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>

#include "data/csv.h"
#include "data/embedded.h"
#include "data/idx.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMnistFiles[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                       "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

std::string position(const std::string& where, int line) {
  return where + ", line " + std::to_string(line);
}

std::string column_text(const std::vector<std::string>& header, std::size_t column) {
  std::string text = "column " + std::to_string(column + 1);
  if (!header.empty()) text += " '" + printable(header[column]) + "'";
  return text;
}

std::size_t find_label(const std::vector<std::string>& first, const std::string& label,
                       const std::string& where) {
  if (label.empty()) return first.size() - 1;
  const auto columns = static_cast<double>(first.size());
  if (const std::optional<double> number = parse_number(label)) {
    if (*number >= 1 && *number <= columns && *number == std::floor(*number)) {
      return static_cast<std::size_t>(*number) - 1;
    }
  } else if (const auto named = std::ranges::find(first, label); named != first.end()) {
    return static_cast<std::size_t>(named - first.begin());
  }
  throw Error("no column '" + printable(label) + "'", where,
              "give --label a name of the header line or a number from 1 to " +
                  std::to_string(first.size()));
}

bool is_header(const std::vector<std::string>& first, std::size_t label) {
  for (std::size_t c = 0; c < first.size(); ++c) {
    if (c != label && (first[c].empty() || parse_number(first[c]))) return false;
  }
  return true;
}

// What data sets write where a value is missing.
bool is_missing(std::string_view field) {
  static constexpr std::string_view kNames[] = {"",    "?",   "-",    "NA",   "N/A", "na",
                                                "NaN", "nan", "NULL", "null", "None"};
  return std::ranges::find(kNames, field) != std::end(kNames);
}

double feature(const std::string& field, const std::string& where, const std::string& column) {
  const std::optional<double> value = parse_number(field);
  if (!value) {
    throw Error("'" + printable(field) + "' in " + column + " is not a number", where,
                "features must be numbers; name the label column with --label");
  }
  if (!std::isfinite(*value)) {
    throw Error("'" + printable(field) + "' in " + column + " is not a finite number", where,
                "fill it in or remove the line");
  }
  if (std::abs(*value) > std::numeric_limits<float>::max()) {
    throw Error("'" + printable(field) + "' in " + column + " is too large for single precision",
                where, "divide the column by a constant");
  }
  return *value;
}

// Features are single precision: refuses a column most of whose different values become equal.
void check_precision(const std::vector<double>& values, std::size_t columns, std::size_t column,
                     const std::string& where, const std::string& name) {
  std::vector<double> exact;
  for (std::size_t i = column; i < values.size(); i += columns) exact.push_back(values[i]);
  std::ranges::sort(exact);
  std::ptrdiff_t different = 0;
  std::ptrdiff_t rounded = 0;
  for (std::size_t i = 1; i < exact.size(); ++i) {
    different += exact[i] != exact[i - 1];
    rounded += static_cast<float>(exact[i]) != static_cast<float>(exact[i - 1]);
  }
  if (2 * rounded >= different) return;
  throw Error(fmt::format("{} needs more digits than single precision has", name), where,
              fmt::format("subtract a constant from the column, e.g. {}", exact.front()));
}

// Class names in order: by value if all are numbers, else as text.
std::vector<std::string> sorted_classes(const std::vector<std::string>& labels) {
  std::vector<std::string> classes = labels;
  const bool numeric =
      std::all_of(labels.begin(), labels.end(), [](const auto& l) { return parse_number(l); });
  std::sort(classes.begin(), classes.end(), [&](const auto& a, const auto& b) {
    const double x = numeric ? *parse_number(a) : 0;
    const double y = numeric ? *parse_number(b) : 0;
    return x != y ? x < y : a < b;
  });
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  return classes;
}

fs::path mnist_file(const fs::path& folder, const char* name) {
  const fs::path zipped = folder / (std::string(name) + ".gz");
  std::error_code ignored;
  return fs::is_regular_file(zipped, ignored) ? zipped : folder / name;
}

}  // namespace

std::vector<int> Dataset::class_counts() const {
  std::vector<int> counts(classes.size());
  for (int label : labels) ++counts[std::size_t(label)];
  return counts;
}

Dataset parse_csv(std::string_view bytes, const std::string& label, const std::string& name,
                  const std::string& where) {
  CsvReader reader(bytes, where, kMaxFeatures + 1);
  std::vector<std::string> fields;
  if (!reader.next(fields)) throw Error("no rows", where, "is it the right file?");
  const std::size_t columns = fields.size();
  if (columns < 2) {
    throw Error("only one column", position(where, reader.line()),
                "a row is its features and a label, separated by commas");
  }
  const std::size_t label_column = find_label(fields, label, where);
  const std::vector<std::string> header =
      is_header(fields, label_column) ? fields : std::vector<std::string>();
  Dataset d;
  d.name = name;
  d.label_column = label;
  for (std::size_t c = 0; c < columns; ++c) {
    if (c == label_column) continue;
    d.feature_names.push_back(header.empty() ? fmt::format("x{}", c + 1) : header[c]);
  }
  std::vector<double> values;
  std::vector<std::string> labels;
  for (bool more = header.empty() || reader.next(fields); more; more = reader.next(fields)) {
    const std::string line = position(where, reader.line());
    if (fields.size() != columns) {
      throw Error(std::to_string(fields.size()) + " fields where the lines before have " +
                      std::to_string(columns),
                  line, "every row needs the same columns");
    }
    // A class may be called "-" or "None".
    bool complete = !fields[label_column].empty() && fields[label_column] != "?";
    for (std::size_t c = 0; c < columns; ++c) {
      complete &= c == label_column || !is_missing(fields[c]);
    }
    if (!complete) {
      ++d.incomplete;
      continue;
    }
    for (std::size_t c = 0; c < columns; ++c) {
      if (c != label_column) values.push_back(feature(fields[c], line, column_text(header, c)));
    }
    labels.push_back(fields[label_column]);
  }
  if (labels.empty()) {
    throw Error(d.incomplete > 0 ? "every row has a missing value" : "a header and no rows", where,
                "is it the right file?");
  }
  for (std::size_t c = 0, feature = 0; c < columns; ++c) {
    if (c == label_column) continue;
    check_precision(values, columns - 1, feature++, where, column_text(header, c));
  }
  d.features.assign(values.begin(), values.end());
  d.classes = sorted_classes(labels);
  if (d.classes.size() < 2) {
    throw Error("all rows have the class '" + printable(labels[0]) + "'", where,
                "at least two classes are needed; name the label column with --label");
  }
  if (d.classes.size() > kMaxFeatures) {
    throw Error(
        std::to_string(d.classes.size()) + " classes, more than " + std::to_string(kMaxFeatures),
        where, "name the label column with --label");
  }
  std::map<std::string, int> index;
  for (const std::string& c : d.classes) index.emplace(c, static_cast<int>(index.size()));
  for (const std::string& text : labels) d.labels.push_back(index.at(text));
  d.sha256 = sha256(bytes);
  return d;
}

std::optional<fs::path> find_mnist() {
  std::vector<fs::path> folders;
  if (const char* data = std::getenv("AXNN_DATA"); data && *data) folders.emplace_back(data);
  folders.emplace_back("data/mnist");
  for (const fs::path& folder : folders) {
    const bool all = std::all_of(std::begin(kMnistFiles), std::end(kMnistFiles), [&](auto name) {
      std::error_code ignored;
      return fs::is_regular_file(mnist_file(folder, name), ignored);
    });
    if (all) return folder;
  }
  return std::nullopt;
}

Dataset load_mnist(const fs::path& folder) {
  Dataset d;
  d.name = "mnist";
  std::string digests;
  int side_rows = 0;
  int side_columns = 0;
  for (int part = 0; part < 2; ++part) {
    const fs::path image_path = mnist_file(folder, kMnistFiles[2 * part]);
    const fs::path label_path = mnist_file(folder, kMnistFiles[2 * part + 1]);
    const IdxImages images = read_idx_images(image_path);
    const IdxLabels labels = read_idx_labels(label_path);
    if (std::size_t(images.count) != labels.labels.size()) {
      throw Error(std::to_string(labels.labels.size()) + " labels for " +
                      std::to_string(images.count) + " images",
                  label_path.string(), "fetch it again: axnn data fetch mnist");
    }
    if (part == 1 && (images.rows != side_rows || images.columns != side_columns)) {
      throw Error("images of another size than those for training", image_path.string(),
                  "fetch it again: axnn data fetch mnist");
    }
    side_rows = images.rows;
    side_columns = images.columns;
    d.features.insert(d.features.end(), images.pixels.begin(), images.pixels.end());
    d.labels.insert(d.labels.end(), labels.labels.begin(), labels.labels.end());
    if (part == 0) d.official_train = images.count;
    digests += images.sha256 + labels.sha256;
  }
  for (int i = 0; i < side_rows * side_columns; ++i) {
    d.feature_names.push_back(fmt::format("p{}", i));
  }
  for (int c = 0; c < 10; ++c) d.classes.push_back(std::to_string(c));
  d.sha256 = sha256(digests);
  return d;
}

std::vector<std::string> available_datasets() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files()) names.emplace_back(file.name);
  if (find_mnist()) names.emplace_back("mnist");
  return names;
}

bool is_path(std::string_view name) { return name.find_first_of("./") != name.npos; }

Dataset load_dataset(const std::string& name_or_path, const std::string& label) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (name_or_path != file.name) continue;
    Dataset d = parse_csv(file.csv, std::string(file.label), name_or_path, name_or_path);
    d.official_train = file.official_train;
    return d;
  }
  if (name_or_path == "mnist") {
    if (const auto folder = find_mnist()) return load_mnist(*folder);
    throw Error("MNIST is not there", "looked in $AXNN_DATA and data/mnist",
                "run axnn data fetch mnist, or set AXNN_DATA to the folder of its four files");
  }
  if (is_path(name_or_path)) {
    return parse_csv(read_file(name_or_path), label, name_or_path, name_or_path);
  }
  std::string known;
  for (const EmbeddedFile& file : embedded_files()) known += std::string(file.name) + ", ";
  throw Error("unknown data set '" + printable(name_or_path) + "'", "",
              "known: " + known + "mnist, or the path of a CSV file");
}

}  // namespace axnn
