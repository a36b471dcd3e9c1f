#include "data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>

#include "data/columns.h"
#include "data/csv.h"
#include "data/embedded.h"
#include "data/idx.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"
#include "model/text.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMnistFiles[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                       "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

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

// Classes in order: by value if all labels are numbers, else as text; and each label's class.
// Numbers that are equal are one class, which has the shortest of their texts.
struct Classes {
  std::vector<std::string> names;
  std::vector<int> labels;
};

Classes classes_of(const std::vector<std::string>& labels) {
  const bool numeric = std::ranges::all_of(labels, [](const std::string& label) {
    const std::optional<double> number = parse_number(label);
    return number && std::isfinite(*number);
  });
  Classes classes;
  if (numeric) {
    std::map<double, std::string> names;
    for (const std::string& text : labels) {
      std::string& name = names.try_emplace(*parse_number(text), text).first->second;
      if (std::pair(text.size(), text) < std::pair(name.size(), name)) name = text;
    }
    std::map<double, int> index;
    for (const auto& [value, name] : names) {
      index.emplace(value, static_cast<int>(index.size()));
      classes.names.push_back(name);
    }
    for (const std::string& text : labels) classes.labels.push_back(index.at(*parse_number(text)));
  } else {
    std::map<std::string, int> index;
    for (const std::string& text : labels) index.emplace(text, 0);
    for (auto& [name, number] : index) {
      number = static_cast<int>(classes.names.size());
      classes.names.push_back(name);
    }
    for (const std::string& text : labels) classes.labels.push_back(index.at(text));
  }
  return classes;
}

// True if the values rise by one from row to row, and start at 0 or 1.
bool numbers_rows(const std::vector<double>& values, std::size_t columns, std::size_t column) {
  const std::size_t rows = values.size() / columns;
  if (rows < 10 || (values[column] != 0 && values[column] != 1)) return false;
  for (std::size_t n = 1; n < rows; ++n) {
    const std::size_t at = n * columns + column;
    if (values[at] != values[at - columns] + 1) return false;
  }
  return true;
}

// A column that says which row it is teaches a network the order of the file.
void check_row_numbers(Dataset& d, const std::vector<double>& values, const Columns& columns,
                       const std::string& where) {
  for (std::size_t f = 0; f < columns.features.size(); ++f) {
    if (!numbers_rows(values, columns.features.size(), f)) continue;
    const std::size_t c = columns.features[f];
    const std::string text = column_text(columns.names, c) + " is a number of the row";
    if (!columns.names.empty() && columns.names[c].empty()) {
      throw Error(text, where, fmt::format("leave it out with --ignore {}", c + 1));
    }
    d.warnings.push_back(fmt::format("{}; leave it out with --ignore {}", text, c + 1));
  }
}

// A header of numbers, read as a sample, makes a class of its own.
void check_first_line(const Classes& classes, const std::string& where) {
  std::vector<int> counts(classes.names.size());
  for (int label : classes.labels) ++counts[std::size_t(label)];
  const auto first = static_cast<std::size_t>(classes.labels.front());
  if (counts[first] > 1 || counts.size() < 3) return;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (c != first && counts[c] == 1) return;
  }
  throw Error("only the first line has the class '" + printable(classes.names[first]) + "'", where,
              "is it a header? Give --header yes, or --header no if it is a sample");
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

Dataset parse_csv(std::string_view bytes, const TableOptions& table, const std::string& name,
                  const std::string& where) {
  CsvReader reader(bytes, where, kMaxFeatures + 1 + table.ignore.size());
  std::vector<std::string> fields;
  if (!reader.next(fields)) throw Error("no rows", where, "is it the right file?");
  const std::size_t width = fields.size();
  if (width < 2) {
    throw Error("only one column", position(where, reader.line()),
                "a row is its features and a label, separated by commas");
  }
  const Columns columns = find_columns(fields, table, where);
  Dataset d;
  d.name = name;
  d.table = table;
  d.columns = columns.names;
  for (std::size_t c : columns.features) {
    const bool named = !columns.names.empty() && !columns.names[c].empty();
    d.feature_names.push_back(named ? columns.names[c] : fmt::format("x{}", c + 1));
  }
  std::vector<double> values;
  std::vector<std::string> labels;
  bool first_line = columns.names.empty();
  bool first_line_complete = false;
  for (bool more = first_line || reader.next(fields); more; more = reader.next(fields)) {
    const std::string line = position(where, reader.line());
    if (fields.size() != width) {
      throw Error(std::to_string(fields.size()) + " fields where the lines before have " +
                      std::to_string(width),
                  line, "every row needs the same columns");
    }
    // A class may be called "-" or "None".
    bool complete = !fields[columns.label].empty() && fields[columns.label] != "?";
    for (std::size_t c : columns.features) complete &= !is_missing(fields[c]);
    first_line_complete |= first_line && complete;
    first_line = false;
    if (!complete) {
      ++d.incomplete;
      continue;
    }
    for (std::size_t c : columns.features) {
      values.push_back(feature_value(fields[c], line, columns.names, c));
    }
    labels.push_back(fields[columns.label]);
  }
  if (labels.empty()) {
    throw Error(d.incomplete > 0 ? "every row has a missing value" : "a header and no rows", where,
                "is it the right file?");
  }
  check_row_numbers(d, values, columns, where);
  for (std::size_t f = 0; f < columns.features.size(); ++f) {
    check_precision(values, columns.features.size(), f, where,
                    column_text(columns.names, columns.features[f]));
  }
  d.features.assign(values.begin(), values.end());
  Classes classes = classes_of(labels);
  if (classes.names.size() < 2) {
    throw Error("all rows have the class '" + printable(labels[0]) + "'", where,
                "at least two classes are needed; name the label column with --label");
  }
  if (classes.names.size() > kMaxFeatures) {
    throw Error(std::to_string(classes.names.size()) + " classes, more than " +
                    std::to_string(kMaxFeatures),
                where, "name the label column with --label");
  }
  if (first_line_complete && table.header == TableOptions::Header::kAuto) {
    check_first_line(classes, where);
  }
  d.classes = std::move(classes.names);
  d.labels = std::move(classes.labels);
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

Dataset load_dataset(const std::string& name_or_path, const TableOptions& table) {
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
    return parse_csv(read_file(name_or_path), table, name_or_path, name_or_path);
  }
  std::string known;
  for (const EmbeddedFile& file : embedded_files()) known += std::string(file.name) + ", ";
  throw UsageError("unknown data set '" + printable(name_or_path) + "'", "",
                   "known: " + known + "mnist, or the path of a CSV file");
}

}  // namespace axnn
