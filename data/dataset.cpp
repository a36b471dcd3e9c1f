#include "data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <istream>
#include <streambuf>
#include <utility>

#include "data/embedded.h"
#include "data/idx.h"
#include "data/row_encoder.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"
#include "model/text.h"

namespace axnn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMnistFiles[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                       "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

// A stream of bytes in memory, without a copy.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view bytes) {
    char* const begin = const_cast<char*>(bytes.data());  // only read
    setg(begin, begin, begin + bytes.size());
  }
};

TableSurvey survey(std::string_view bytes, const TableOptions& table, const std::string& where) {
  MemoryBuffer buffer(bytes);
  std::istream in(&buffer);
  SparseShape shape;
  {
    // A libsvm file says only at its end how wide it is.
    TableReader reader(in, where, {table.header});
    std::vector<std::string> fields;
    if (reader.dialect().format == Dialect::Format::kLibsvm) {
      while (reader.next(fields)) continue;
      shape = reader.shape_seen();
    }
  }
  MemoryBuffer again(bytes);
  std::istream in_again(&again);
  return survey_table(in_again, table, where, shape);
}

// Appends the rows of a table that are complete and have a class. Returns how many are left out.
int append_rows(Dataset& d, std::string_view bytes, TableOptions::Header header,
                 const std::string& where) {
  MemoryBuffer buffer(bytes);
  std::istream in(&buffer);
  RowEncoder rows(d.schema, d.classes, in, where, {.header = header});
  const int before = d.rows();
  EncodedRow row;
  while (rows.next(row)) {
    if (row.label < 0 && !rows.label_text().empty() && rows.label_text() != "?") {
      throw Error("the class '" + printable(rows.label_text()) + "' is not in the training part",
                  where + ", line " + std::to_string(row.line), "correct it, or remove the line");
    }
    if (!row.complete || row.label < 0) continue;
    d.features.insert(d.features.end(), row.features.begin(), row.features.end());
    d.labels.push_back(row.label);
  }
  for (std::string& line : rows.warnings()) d.warnings.push_back(std::move(line));
  return static_cast<int>(rows.rows()) - (d.rows() - before);
}

void add_test_part(Dataset& d, const TableOptions& table) {
  const std::string bytes = read_file(table.test);
  d.official_train = d.rows();
  const int incomplete = append_rows(d, bytes, table.header, table.test);
  const int rows = d.rows() - d.official_train;
  if (rows == 0) {
    throw Error("no row with a class and all of its values", table.test, "is it the right file?");
  }
  if (10 * incomplete > rows + incomplete) {
    d.warnings.push_back(fmt::format("{} of {} rows of {} are left out for a missing value",
                                     incomplete, rows + incomplete, table.test));
  }
  d.incomplete += incomplete;
  d.sha256 = sha256(d.sha256 + sha256(bytes));
}

// What is said of a table would be ignored with a set that is none.
void refuse_options(const std::string& name, const TableOptions& table) {
  const std::pair<const char*, bool> given[] = {
      {"--label", !table.label.empty()},
      {"--header", table.header != TableOptions::Header::kAuto},
      {"--drop", !table.drop.empty()},
      {"--text", !table.text.empty()},
      {"--missing", table.missing != TableOptions::Missing::kDrop},
      {"--test", !table.test.empty()}};
  for (const auto& [option, is_given] : given) {
    if (!is_given) continue;
    throw UsageError(std::string(option) + " is for tables of your own", "",
                     "'" + printable(name) + "' is built in: leave it out");
  }
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

Dataset parse_table(std::string_view bytes, const TableOptions& table, const std::string& name,
                    const std::string& where) {
  TableSurvey found = survey(bytes, table, where);
  Dataset d;
  d.name = name;
  d.table = table;
  d.schema = std::move(found.schema);
  d.dialect = found.dialect;
  d.comments = found.comments;
  d.columns = std::move(found.columns);
  d.classes = std::move(found.classes);
  d.feature_names = d.schema.input_names();
  // As it was found, whatever the first rows alone look like.
  const bool header = d.dialect.header && !d.dialect.commented;
  d.incomplete = append_rows(
      d, bytes, header ? TableOptions::Header::kYes : TableOptions::Header::kNo, where);
  d.warnings = std::move(found.warnings);  // which say what was left out, too
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
    d.schema.columns.push_back({fmt::format("p{}", i), TableColumn::Kind::kNumber});
  }
  d.schema.columns.push_back({"label", TableColumn::Kind::kLabel});
  d.feature_names = d.schema.input_names();
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
  if (!is_path(name_or_path)) refuse_options(name_or_path, table);
  for (const EmbeddedFile& file : embedded_files()) {
    if (name_or_path != file.name) continue;
    Dataset d = parse_table(file.csv, std::string(file.label), name_or_path, name_or_path);
    d.official_train = file.official_train;
    return d;
  }
  if (name_or_path == "mnist") {
    if (const auto folder = find_mnist()) return load_mnist(*folder);
    throw Error("MNIST is not there", "looked in $AXNN_DATA and data/mnist",
                "run axnn data fetch mnist, or set AXNN_DATA to the folder of its four files");
  }
  if (is_path(name_or_path)) {
    Dataset d = parse_table(read_file(name_or_path), table, name_or_path, name_or_path);
    if (!table.test.empty()) add_test_part(d, table);
    return d;
  }
  std::string known;
  for (const EmbeddedFile& file : embedded_files()) known += std::string(file.name) + ", ";
  throw UsageError("unknown data set '" + printable(name_or_path) + "'", "",
                   "known: " + known + "mnist, or the path of a table");
}

}  // namespace axnn
