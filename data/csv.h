// Comma-separated values, row by row (RFC 4180).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace axnn {

/// Splits bytes into rows of fields: LF or CRLF, double quotes, blanks around unquoted fields and
/// a UTF-8 byte-order mark dropped, blank lines skipped.
class CsvReader {
 public:
  /// `where` names the file in messages; a row with more than `max_fields` fields is an Error. The
  /// bytes begin with line number `first_line` of the file.
  CsvReader(std::string_view bytes, std::string where, std::size_t max_fields,
            std::int64_t first_line = 1);

  /// The next row; false after the last one. Throws Error for a quote that does not end or ends in
  /// the middle of a field.
  bool next(std::vector<std::string>& fields);

  /// Line on which the last row began, from 1.
  std::int64_t line() const { return line_; }

 private:
  std::string quoted();
  std::string plain();
  bool at_end_of_row() const;
  [[noreturn]] void fail(const std::string& what, const std::string& mend) const;

  std::string_view bytes_;
  std::string where_;
  std::size_t max_fields_;
  std::size_t at_ = 0;
  std::int64_t line_ = 0;
  std::int64_t next_line_;
};

/// A field as a number: decimal, optional sign and exponent, also nan and inf. Nothing if it is
/// anything else or too large for a double.
std::optional<double> parse_number(std::string_view field);

}  // namespace axnn
