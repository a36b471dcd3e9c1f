#include "data/csv.h"

#include <charconv>

#include "model/error.h"

namespace axnn {

CsvReader::CsvReader(std::string_view bytes, std::string where, std::size_t max_fields,
                     std::int64_t first_line)
    : bytes_(bytes), where_(std::move(where)), max_fields_(max_fields), next_line_(first_line) {
  if (bytes_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

bool CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  while (at_ < bytes_.size()) {
    line_ = next_line_;
    bool any_quoted = false;
    while (true) {
      if (fields.size() == max_fields_) {
        fail("more than " + std::to_string(max_fields_) + " columns",
             "the accelerator takes at most " + std::to_string(max_fields_ - 1) + " features");
      }
      while (at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\t')) ++at_;
      const bool is_quoted = at_ < bytes_.size() && bytes_[at_] == '"';
      any_quoted |= is_quoted;
      fields.push_back(is_quoted ? quoted() : plain());
      if (at_end_of_row()) break;
      ++at_;  // the comma
    }
    if (at_ < bytes_.size() && bytes_[at_] == '\r') ++at_;
    if (at_ < bytes_.size()) ++at_;
    ++next_line_;
    const bool blank = fields.size() == 1 && fields[0].empty() && !any_quoted;
    if (!blank) return true;
    fields.clear();
  }
  return false;
}

bool CsvReader::at_end_of_row() const {
  return at_ == bytes_.size() || bytes_[at_] == '\n' || bytes_.substr(at_, 2) == "\r\n" ||
         bytes_.substr(at_) == "\r";
}

std::string CsvReader::quoted() {
  std::string field;
  ++at_;
  while (at_ < bytes_.size()) {
    const char c = bytes_[at_++];
    if (c == '\n') ++next_line_;
    if (c != '"') {
      field += c;
    } else if (at_ < bytes_.size() && bytes_[at_] == '"') {
      field += bytes_[at_++];
    } else {
      while (at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\t')) ++at_;
      if (at_end_of_row() || bytes_[at_] == ',') return field;
      fail("text after a closing quote", "double a quote that is part of the field");
    }
  }
  fail("a quote without an end", "close it");
}

std::string CsvReader::plain() {
  const std::size_t begin = at_;
  while (!at_end_of_row() && bytes_[at_] != ',') ++at_;
  std::size_t end = at_;
  while (end > begin && (bytes_[end - 1] == ' ' || bytes_[end - 1] == '\t')) --end;
  return std::string(bytes_.substr(begin, end - begin));
}

void CsvReader::fail(const std::string& what, const std::string& mend) const {
  throw Error(what, where_ + ", line " + std::to_string(line_), mend);
}

std::optional<double> parse_number(std::string_view field) {
  if (field.starts_with('+')) {
    field.remove_prefix(1);
    if (field.starts_with('-')) return std::nullopt;
  }
  double value = 0;
  const char* const end = field.data() + field.size();
  const auto result = std::from_chars(field.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

}  // namespace axnn
