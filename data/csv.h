// One row of separated values: fields and quotes (RFC 4180), for any separator.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace axnn {

/// Splits rows into fields, line by line: a quoted field may hold line ends. Double quotes, doubled
/// within a field; blanks around a field are dropped. With a blank as separator any run of blanks
/// and tabs is one. `where` in messages names the line.
class FieldSplitter {
 public:
  explicit FieldSplitter(char separator) : separator_(separator) {}

  /// Adds a line. True if the row ends here: fields() are its fields. False if a quote is open: the
  /// next line goes on. Throws Error for text after a closing quote and more than kMaxFields.
  bool feed(std::string_view line, const std::string& where);
  /// Forgets a row that does not end.
  void reset();

  const std::vector<std::string>& fields() const { return fields_; }
  /// True if the row is blank: one empty field without quotes.
  bool blank() const;

  static constexpr std::size_t kMaxFields = 8192;

 private:
  char separator_;
  bool open_ = false;    // within quotes
  bool quoted_ = false;  // the row has quotes
  std::size_t count_ = 0;
  std::vector<std::string> fields_;
};

/// A field as a number: digits with an optional `point`, sign and exponent; also nan and inf. Too
/// large for a double: infinite. Nothing if it is anything else.
std::optional<double> parse_number(std::string_view field, char point = '.');

}  // namespace axnn
