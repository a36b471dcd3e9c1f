#include "data/new_rows.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

#include "data/columns.h"
#include "data/csv.h"
#include "data/dataset.h"
#include "data/embedded.h"
#include "data/idx.h"
#include "model/error.h"
#include "model/text.h"

namespace axnn {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;
constexpr std::size_t kMaxLine = std::size_t{1} << 20;
constexpr int kPauseMs = 20;              // a pipe that gives nothing for so long has paused
constexpr std::int64_t kBlockRows = 512;  // of a data set or of images

// Bytes of a file or of standard input as they come.
class Input {
 public:
  Input(const std::string& path, std::string where) : where_(std::move(where)) {
    const bool standard = path == "-";
    file_ = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file_ < 0 || ::fstat(file_, &status) != 0) fail();
    if (S_ISDIR(status.st_mode)) {
      close();
      throw Error("is a directory", where_, "name a file");
    }
    waits_ = !S_ISREG(status.st_mode);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { close(); }

  /// Appends some bytes; false at the end. Throws Error.
  bool append(std::string& bytes) {
    char block[1 << 16];
    ssize_t n = 0;
    do {
      n = ::read(file_, block, sizeof block);
    } while (n < 0 && errno == EINTR);
    if (n < 0) fail();
    bytes.append(block, static_cast<std::size_t>(n));
    return n > 0;
  }

  /// True if a pipe has nothing to read for now.
  bool paused() const {
    pollfd wait{file_, POLLIN, 0};
    return waits_ && ::poll(&wait, 1, kPauseMs) == 0;
  }

 private:
  [[noreturn]] void fail() {
    const std::string reason = std::strerror(errno);
    close();
    throw Error("cannot read: " + reason, where_);
  }
  void close() {
    if (file_ > STDIN_FILENO) ::close(file_);
    file_ = -1;
  }

  std::string where_;
  int file_ = -1;
  bool waits_ = false;
};

// Which columns of new rows a model takes.
struct Layout {
  std::size_t width = 0;              // fields of a row
  std::vector<std::size_t> features;  // I, in the model's order
  std::optional<std::size_t> label;
  std::vector<std::string> names;  // of a header; empty without one
};

// What is known of the table that the model was trained on.
struct Trained {
  Columns columns;            // by its header, if the model keeps one
  std::size_t inputs = 0;     // I
  std::size_t width = 0;      // columns, label and ignored ones with it
  bool named = false;         // the features' names are known, and all different
  std::string label;          // the label column's name, if it is known
  const TableOptions* table;  // how it was read
};

Trained trained_on(const Model& model) {
  const Provenance& p = model.provenance;
  Trained t;
  t.table = &p.table;
  t.inputs = model.scaling.offset.size();
  t.width = t.inputs + 1 + p.table.ignore.size();
  if (!p.table.label.empty() && !parse_number(p.table.label)) t.label = p.table.label;
  if (p.columns.size() < 2) return t;
  TableOptions table = p.table;
  table.header = TableOptions::Header::kYes;
  t.columns = find_columns(p.columns, table, "the model's columns");
  t.width = p.columns.size();
  t.label = p.columns[t.columns.label];
  std::set<std::string> names;
  for (const std::size_t c : t.columns.features) names.insert(p.columns[c]);
  t.named =
      t.columns.features.size() == t.inputs && names.size() == t.inputs && !names.contains("");
  return t;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_header(const Trained& t, const std::vector<std::string>& first) {
  const auto& features = t.columns.features;
  if (t.named && std::ranges::all_of(
                     features, [&](std::size_t c) { return has(first, t.columns.names[c]); })) {
    return true;
  }
  const bool number =
      std::ranges::any_of(first, [](const std::string& f) { return parse_number(f).has_value(); });
  const bool named = std::ranges::any_of(first, [](const std::string& f) { return !f.empty(); });
  return named && !number;
}

// By the header's names.
void find_by_name(const Trained& t, const std::string& where, Layout& layout) {
  for (const std::size_t c : t.columns.features) {
    const std::string& name = t.columns.names[c];
    const auto at = std::ranges::find(layout.names, name);
    if (at == layout.names.end()) {
      throw Error("no column '" + printable(name) + "', which the model takes", where,
                  "name the columns as in training, or give rows without a header");
    }
    if (std::find(at + 1, layout.names.end(), name) != layout.names.end()) {
      throw Error("two columns '" + printable(name) + "'", where, "rename or remove one");
    }
    layout.features.push_back(static_cast<std::size_t>(at - layout.names.begin()));
  }
  const auto at = std::ranges::find(layout.names, t.label);
  if (!t.label.empty() && at != layout.names.end()) {
    layout.label = static_cast<std::size_t>(at - layout.names.begin());
  }
}

// By the number of columns. `first` is a header of another table, or a row.
void find_by_count(const Trained& t, const std::vector<std::string>& first,
                   const std::string& where, Layout& layout) {
  const std::size_t n = first.size();
  const std::size_t ignored = t.width - t.inputs - 1;
  const auto all = [&](std::optional<std::size_t> label) {
    for (std::size_t c = 0; c < n; ++c) {
      if (c != label) layout.features.push_back(c);
    }
    layout.label = label;
  };
  const std::string advice = fmt::format(
      "give {} features{}, with or without the label, or say which columns are what "
      "with --label, --no-label and --ignore",
      t.inputs,
      ignored > 0 ? fmt::format(" (or all {} columns of the training table)", t.width) : "");
  if (n == t.inputs) return all(std::nullopt);
  if (n == t.width) {
    if (!t.columns.names.empty()) {
      layout.features = t.columns.features;
      layout.label = t.columns.label;
      return;
    }
    TableOptions table = *t.table;
    const auto by_name = [&](const std::string& c) { return !c.empty() && !parse_number(c); };
    if (layout.names.empty() &&
        (by_name(table.label) || std::ranges::any_of(table.ignore, by_name))) {
      throw Error("no header names the columns", where, advice);
    }
    const Columns columns = find_columns(first, table, where);
    layout.features = columns.features;
    layout.label = columns.label;
    return;
  }
  throw Error(
      fmt::format("{} column{}, the model takes {} features", n, n == 1 ? "" : "s", t.inputs),
      where, advice);
}

// As the options say.
void find_as_told(const std::vector<std::string>& first, const NewRowsOptions& o,
                  const std::string& where, Layout& layout) {
  std::vector<bool> used(first.size(), true);
  for (const std::string& column : o.table.ignore) {
    used[find_column(first, column, "--ignore", where)] = false;
  }
  if (!o.no_label) {
    layout.label = o.table.label.empty() ? first.size() - 1
                                         : find_column(first, o.table.label, "--label", where);
    used[*layout.label] = false;
  }
  for (std::size_t c = 0; c < first.size(); ++c) {
    if (used[c]) layout.features.push_back(c);
  }
}

Layout find_layout(const Model& model, const std::vector<std::string>& first,
                   const NewRowsOptions& o, const std::string& where) {
  using enum TableOptions::Header;
  const Trained t = trained_on(model);
  const bool told = o.no_label || !o.table.label.empty() || !o.table.ignore.empty();
  Layout layout;
  layout.width = first.size();
  const bool header = o.table.header == kAuto ? is_header(t, first) : o.table.header == kYes;
  if (header) layout.names = first;
  if (told) {
    find_as_told(first, o, where, layout);
  } else if (header && t.named) {
    find_by_name(t, where, layout);
  } else {
    find_by_count(t, first, where, layout);
  }
  if (layout.features.size() != t.inputs) {
    throw Error(fmt::format("{} columns are features, the model takes {}", layout.features.size(),
                            t.inputs),
                where, "say which columns are what with --label, --no-label and --ignore");
  }
  return layout;
}

std::string describe(const Layout& layout) {
  std::string text = layout.names.empty() ? "no header" : "a header";
  text += layout.label ? ", label in " + column_text(layout.names, *layout.label) : ", no label";
  const std::size_t rest = layout.width - layout.features.size() - (layout.label ? 1 : 0);
  if (rest > 0) text += fmt::format(", {} other column{} left out", rest, rest == 1 ? "" : "s");
  return text;
}

class CsvRows : public NewRowsSource {
 public:
  CsvRows(const Model& model, const std::string& path, const NewRowsOptions& options)
      : name_(path == "-" ? "standard input" : path), input_(path, name_) {
    std::vector<std::string> first;
    for (std::size_t begin = 0; first.empty();) {  // until a line is not blank
      const std::size_t newline = buffer_.find('\n', begin);
      if (newline == std::string::npos) {
        buffer_.erase(0, std::exchange(begin, 0));
        if (fill()) continue;
        if (buffer_.empty()) throw Error("no rows", name_, "is it the right file?");
      }
      const std::size_t end = newline == std::string::npos ? buffer_.size() : newline + 1;
      if (fields_of(std::string_view(buffer_).substr(begin, end - begin), line_, first)) {
        layout_ = find_layout(model, first, options, position(name_, line_));
        understood_ = describe(layout_);
        if (layout_.names.empty()) {
          buffer_.erase(0, begin);
          return;
        }
      }
      ++line_;
      begin = end;
      if (!first.empty()) buffer_.erase(0, end);
    }
  }

  bool next(RowBlock& block) override {
    block.pause = false;
    const auto has_line = [&] { return buffer_.rfind('\n') != std::string::npos; };
    while (!ended_ && (buffer_.size() < kBlockBytes || !has_line())) {
      if (has_line() && input_.paused()) {
        block.pause = true;
        break;
      }
      fill();
    }
    if (buffer_.empty()) return false;
    const std::size_t end = ended_ ? buffer_.size() : buffer_.rfind('\n') + 1;
    block.bytes.assign(buffer_, 0, end);
    buffer_.erase(0, end);
    block.first = line_;
    line_ += std::ranges::count(block.bytes, '\n');
    return true;
  }

  NewRows read(const RowBlock& block) const override {
    NewRows rows;
    std::vector<std::string> fields;
    std::string_view rest = block.bytes;
    for (std::int64_t line = block.first; !rest.empty(); ++line) {
      const std::string_view text = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(text.size() + 1, rest.size()));
      const std::size_t before = rows.features.size();
      try {
        if (!fields_of(text, line, fields)) continue;
        read_row(fields, position(name_, line), rows);
        rows.numbers.push_back(rows.count);
      } catch (const Error& e) {
        rows.features.resize(before);
        rows.bad.push_back({rows.count, e.what()});
      }
      ++rows.count;
    }
    return rows;
  }

  const std::string& name() const override { return name_; }
  const std::string& understood() const override { return understood_; }
  bool labelled() const override { return layout_.label.has_value(); }

 private:
  // More of the input into the buffer; false at its end.
  bool fill() {
    if (ended_) return false;
    if (buffer_.size() > kBlockBytes + kMaxLine) {
      throw Error(fmt::format("a line of more than {} bytes", kMaxLine), position(name_, line_),
                  "is it a table?");
    }
    ended_ = !input_.append(buffer_);
    return !ended_;
  }

  bool fields_of(std::string_view text, std::int64_t line, std::vector<std::string>& fields) const {
    return CsvReader(text, name_, kMaxFields, line).next(fields);
  }

  void read_row(const std::vector<std::string>& fields, const std::string& where,
                NewRows& rows) const {
    if (fields.size() != layout_.width) {
      throw Error(fmt::format("{} field{} where the first line has {}", fields.size(),
                              fields.size() == 1 ? "" : "s", layout_.width),
                  where, "every row needs the same columns");
    }
    for (const std::size_t c : layout_.features) {
      if (is_missing(fields[c])) {
        throw Error("a missing value in " + column_text(layout_.names, c), where,
                    "fill it in or remove the line");
      }
      rows.features.push_back(
          static_cast<float>(feature_value(fields[c], where, layout_.names, c)));
    }
    if (!layout_.label) return;
    const std::string& label = fields[*layout_.label];
    rows.labels.push_back(label == "?" ? "" : label);
  }

  static constexpr std::size_t kMaxFields = 16384;

  std::string name_;
  Input input_;
  Layout layout_;
  std::string understood_;
  std::string buffer_;     // what was read and is in no block yet
  std::int64_t line_ = 1;  // number of the line it begins with
  bool ended_ = false;     // of the input
};

// A data set that is in memory as a whole.
class DatasetRows : public NewRowsSource {
 public:
  DatasetRows(const Model& model, Dataset data, std::string understood)
      : data_(std::move(data)), understood_(std::move(understood)) {
    if (std::size_t(data_.inputs()) != model.scaling.offset.size()) {
      throw Error(fmt::format("{} features a sample, the model takes {}", data_.inputs(),
                              model.scaling.offset.size()),
                  data_.name, "give data of the kind that the model was trained on");
    }
    rows_ = std::ssize(data_.features) / data_.inputs();
  }

  bool next(RowBlock& block) override {
    if (at_ == rows_) return false;
    block.first = at_;
    at_ += std::min(kBlockRows, rows_ - at_);
    return true;
  }

  NewRows read(const RowBlock& block) const override {
    NewRows rows;
    rows.count = std::min(kBlockRows, rows_ - block.first);
    for (std::int64_t n = 0; n < rows.count; ++n) {
      const auto from = data_.row(static_cast<int>(block.first + n));
      rows.features.insert(rows.features.end(), from.begin(), from.end());
      rows.numbers.push_back(n);
      if (!labelled()) continue;
      const int label = data_.labels[static_cast<std::size_t>(block.first + n)];
      rows.labels.push_back(data_.classes[static_cast<std::size_t>(label)]);
    }
    return rows;
  }

  const std::string& name() const override { return data_.name; }
  const std::string& understood() const override { return understood_; }
  bool labelled() const override { return !data_.labels.empty(); }

 private:
  Dataset data_;
  std::string understood_;
  std::int64_t rows_ = 0;
  std::int64_t at_ = 0;
};

// True if the file begins as IDX images do, or as gzip.
bool is_images(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  std::string begin;
  Input(path, path).append(begin);
  return begin.starts_with(std::string_view("\0\0\x08\x03", 4)) || begin.starts_with("\x1F\x8B");
}

Dataset images_as_rows(const std::string& path) {
  const IdxImages images = read_idx_images(path);
  Dataset data;
  data.name = path;
  data.features.assign(images.pixels.begin(), images.pixels.end());
  data.feature_names.resize(std::size_t(images.rows) * std::size_t(images.columns));
  return data;
}

}  // namespace

std::unique_ptr<NewRowsSource> open_new_rows(const Model& model, const std::string& input,
                                             const NewRowsOptions& options) {
  const bool embedded = std::ranges::any_of(
      embedded_files(), [&](const EmbeddedFile& file) { return file.name == input; });
  if (embedded || input == "mnist") {
    return std::make_unique<DatasetRows>(model, load_dataset(input), "a data set with labels");
  }
  if (input != "-" && is_images(input)) {
    return std::make_unique<DatasetRows>(model, images_as_rows(input), "IDX images, no labels");
  }
  return std::make_unique<CsvRows>(model, input, options);
}

}  // namespace axnn
