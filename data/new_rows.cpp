#include "data/new_rows.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <istream>
#include <optional>
#include <streambuf>
#include <string_view>
#include <utility>

#include "data/dataset.h"
#include "data/embedded.h"
#include "data/idx.h"
#include "model/error.h"

namespace axnn {
namespace {

constexpr int kPauseMs = 20;                    // a pipe that gives nothing for so long has paused
constexpr std::int64_t kBlockValues = 1 << 16;   // of a block

std::int64_t rows_of_block(std::size_t inputs) {
  return std::clamp(kBlockValues / static_cast<std::int64_t>(inputs), std::int64_t{16},
                    std::int64_t{2048});
}

// Bytes of a file or of standard input as they come.
class InputBuffer : public std::streambuf {
 public:
  InputBuffer(const std::string& path, std::string where) : where_(std::move(where)) {
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
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;
  ~InputBuffer() override { close(); }

 protected:
  int_type underflow() override {
    ssize_t n = 0;
    do {
      n = ::read(file_, block_.data(), block_.size());
    } while (n < 0 && errno == EINTR);
    if (n < 0) fail();
    setg(block_.data(), block_.data(), block_.data() + n);
    return n > 0 ? traits_type::to_int_type(block_[0]) : traits_type::eof();
  }

  // 0: a pipe has nothing to read for now. (Of a file there is always more, or the end.)
  std::streamsize showmanyc() override {
    pollfd wait{file_, POLLIN, 0};
    return waits_ && ::poll(&wait, 1, kPauseMs) == 0 ? 0 : 1;
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
  std::array<char, std::size_t{1} << 16> block_;
};

// What a model knows of its table. One of format 1: that it has features, and which columns it had
// beside them.
TableSchema schema_of(const Model& model, RowOptions& options) {
  TableSchema schema = model.table;
  if (!schema.columns.empty()) return schema;
  for (std::size_t i = 0; i < model.scaling.offset.size(); ++i) {
    schema.columns.push_back({fmt::format("x{}", i + 1), TableColumn::Kind::kNumber});
  }
  if (options.label.empty() && !options.no_label && options.drop.empty()) {
    options.label = model.provenance.table.label;
    options.drop = model.provenance.table.drop;
    options.may_be_bare = true;
  }
  return schema;
}

class TableRows : public NewRowsSource {
 public:
  TableRows(const Model& model, const std::string& path, RowOptions options)
      : name_(path == "-" ? "standard input" : path), buffer_(path, name_), in_(&buffer_) {
    const TableSchema schema = schema_of(model, options);
    inputs_ = model.scaling.offset.size();
    rows_.emplace(schema, model.classes, in_, name_, std::move(options));
    const TableReader& reader = rows_->reader();
    understood_ = reader.dialect().text();
    const auto label = rows_->label_column();
    understood_ += label ? ", label in " + reader.column_text(*label) : ", no label";
    if (const std::size_t rest = rows_->columns_left_out(); rest > 0) {
      understood_ += fmt::format(", {} other column{} left out", rest, rest == 1 ? "" : "s");
    }
  }

  bool next(NewRows& rows) override {
    rows = {};
    const std::int64_t most = rows_of_block(inputs_);
    while (rows.count < most && !rows.pause && read_row(rows)) rows.pause = rows_->reader().paused();
    return rows.count > 0;
  }

  const std::string& name() const override { return name_; }
  const std::string& understood() const override { return understood_; }
  bool labelled() const override { return rows_->has_label(); }
  std::vector<std::string> warnings() const override { return rows_->warnings(); }

 private:
  // One row more; false at the end.
  bool read_row(NewRows& rows) {
    try {
      if (!rows_->next(row_)) return false;
    } catch (const Error& e) {
      if (rows_->reader().broken()) throw;
      rows.bad.push_back({rows.count++, e.what()});
      return true;
    }
    if (!row_.complete) {
      const Error error(rows_->missing_text(), rows_->reader().place(),
                        "fill it in or remove the line");
      rows.bad.push_back({rows.count++, error.what(), true});
      return true;
    }
    rows.features.insert(rows.features.end(), row_.features.begin(), row_.features.end());
    rows.numbers.push_back(rows.count++);
    if (!labelled()) return true;
    const std::string& label = rows_->label_text();
    rows.labels.push_back(label == "?" ? "" : label);
    return true;
  }

  std::string name_;
  InputBuffer buffer_;
  std::istream in_;
  std::optional<RowEncoder> rows_;
  std::size_t inputs_ = 0;
  std::string understood_;
  EncodedRow row_;
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

  bool next(NewRows& rows) override {
    rows = {};
    rows.count = std::min(rows_of_block(std::size_t(data_.inputs())), rows_ - at_);
    for (std::int64_t n = 0; n < rows.count; ++n, ++at_) {
      const auto from = data_.row(static_cast<int>(at_));
      rows.features.insert(rows.features.end(), from.begin(), from.end());
      rows.numbers.push_back(n);
      if (!labelled()) continue;
      const int label = data_.labels[static_cast<std::size_t>(at_)];
      rows.labels.push_back(data_.classes[static_cast<std::size_t>(label)]);
    }
    return rows.count > 0;
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
  InputBuffer buffer(path, path);
  char bytes[4] = {};
  const auto count = static_cast<std::size_t>(buffer.sgetn(bytes, sizeof bytes));
  const std::string_view begin(bytes, count);
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
                                             const RowOptions& options) {
  const bool embedded = std::ranges::any_of(
      embedded_files(), [&](const EmbeddedFile& file) { return file.name == input; });
  if (embedded || input == "mnist") {
    return std::make_unique<DatasetRows>(model, load_dataset(input), "a data set with labels");
  }
  if (input != "-" && is_images(input)) {
    return std::make_unique<DatasetRows>(model, images_as_rows(input), "IDX images, no labels");
  }
  return std::make_unique<TableRows>(model, input, options);
}

}  // namespace axnn
