#include "data/csv.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "model/error.h"

namespace axnn {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

void FieldSplitter::reset() {
  open_ = false;
  count_ = 0;
}

bool FieldSplitter::blank() const {
  return !quoted_ && (fields_.empty() || (fields_.size() == 1 && fields_[0].empty()));
}

bool FieldSplitter::feed(std::string_view line, const std::string& where) {
  const bool runs = separator_ == ' ';
  // A blank that is the separator ends a field; any other is dropped beside one.
  const auto dropped = [&](char c) { return is_blank(c) && (runs || c != separator_); };
  std::size_t at = 0;
  const auto skip_blanks = [&] {
    while (at < line.size() && dropped(line[at])) ++at;
  };
  const auto ends = [&](char c) { return runs ? is_blank(c) : c == separator_; };
  if (!open_) {
    count_ = 0;
    quoted_ = false;
  }
  while (true) {
    if (!open_) {
      skip_blanks();
      if (runs && at == line.size()) break;
      if (count_ == kMaxFields) {
        reset();
        throw Error("more than " + std::to_string(kMaxFields) + " columns", where,
                    "is it the right file?");
      }
      // Fields of the row before are reused: they hold memory.
      if (count_ == fields_.size()) fields_.emplace_back();
      fields_[count_++].clear();
      if (at < line.size() && line[at] == '"') {
        open_ = true;
        quoted_ = true;
        ++at;
      }
    }
    std::string& field = fields_[count_ - 1];
    if (open_) {
      while (true) {
        const std::size_t quote = std::min(line.find('"', at), line.size());
        field.append(line, at, quote - at);
        at = quote;
        if (at == line.size()) {
          field += '\n';
          return false;
        }
        ++at;
        if (at == line.size() || line[at] != '"') break;
        field += '"';
        ++at;
      }
      open_ = false;
      const std::size_t closed = at;
      skip_blanks();
      if (at < line.size() && !ends(line[at]) && !(runs && at > closed)) {
        reset();
        throw Error("text after a closing quote", where, "double a quote that is part of the field");
      }
    } else {
      const std::size_t begin = at;
      while (at < line.size() && !ends(line[at])) ++at;
      std::size_t end = at;
      while (end > begin && is_blank(line[end - 1])) --end;
      field.assign(line, begin, end - begin);
    }
    if (at >= line.size()) break;
    if (!runs) ++at;  // the separator
  }
  fields_.resize(count_);
  return true;
}

std::optional<double> parse_number(std::string_view field, char point) {
  std::string with_point;
  if (point != '.' && field.find_first_of(".,") != field.npos) {
    if (field.find('.') != field.npos) return std::nullopt;
    with_point = field;
    std::ranges::replace(with_point, point, '.');
    field = with_point;
  }
  if (field.starts_with('+')) {
    field.remove_prefix(1);
    if (field.starts_with('-')) return std::nullopt;
  }
  double value = 0;
  const char* const end = field.data() + field.size();
  const auto result = std::from_chars(field.data(), end, value);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) return std::nullopt;
  // Infinite if it is too large, 0 if it is too small.
  if (result.ec == std::errc::result_out_of_range) {
    return std::strtod(std::string(field).c_str(), nullptr);
  }
  return value;
}

}  // namespace axnn
