// Rows of a table in the dialects that people have: the separator, the header and the rest are found
// out from the first lines.
#pragma once

#include <deque>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "data/arff.h"
#include "data/csv.h"
#include "data/line_reader.h"
#include "model/table.h"

namespace axnn {

/// How a table is written.
struct Dialect {
  enum class Format { kSeparated, kArff, kLibsvm };

  Format format = Format::kSeparated;
  char separator = ',';      ///< of kSeparated: , ; tab, or a blank for runs of blanks and tabs
  char point = '.';          ///< decimal point or comma
  bool header = false;       ///< the columns have names
  bool commented = false;    ///< they stand in a comment above the first row
  bool row_names = false;    ///< R: the first field of a row names it; the header has none for it
  bool trailing = false;     ///< every row ends with a separator

  /// For a reader, e.g. "';' between fields, decimal comma, header".
  std::string text() const;
};

std::string_view dialect_name(Dialect::Format format);

/// What a libsvm file itself does not say.
struct SparseShape {
  int first = 1;          ///< the least index: 0 or 1
  std::size_t width = 1;  ///< columns, the label among them
};

/// What is known of a table beforehand.
struct TableHints {
  TableOptions::Header header = TableOptions::Header::kAuto;
  SparseShape shape{};
  /// Rows of a known table: a first line without a number is a header only if it has all of these
  /// names or stands above numbers; a table may have one column; and a pipe that pauses is judged by
  /// the lines that are there, if they are two.
  bool known = false;
  std::vector<std::string> expected{};
};

/// Reads a table row by row; its memory is that of the first kSample lines and one row.
///   separated  the separator with which most rows have as many fields and most fields are numbers.
///              Lines that begin with # or % and are no row are comments; one just above the first
///              row with as many words may name the columns. An R header is one name short, its
///              row names are left out. An empty last field in every row is none.
///   ARFF       begins with @relation or @attribute
///   libsvm     every line is a label and pairs INDEX:VALUE; the columns are "label", "x1", ...
class TableReader {
 public:
  /// `where` names the table in messages. With kAuto the first line is a header if none of its
  /// fields is a number, and a column of numbers is below it or no field occurs again in its column.
  /// Throws Error for no text (line_reader.h), no rows, one column, a header that is not right.
  TableReader(std::istream& in, std::string where, TableHints hints = {});

  const Dialect& dialect() const { return dialect_; }
  /// Names of the columns: those of the header (a missing one is "x" and the column's number).
  const std::vector<std::string>& names() const { return names_; }
  /// The header's own text of a column; empty if it has none.
  const std::string& given_name(std::size_t column) const { return given_names_[column]; }
  /// "column 3 'colour'", for a message; without a name of its own "column 3".
  std::string column_text(std::size_t column) const;
  /// As an ARFF file declares the columns; else empty.
  const std::vector<ArffAttribute>& attributes() const { return attributes_; }

  /// The next row: names().size() fields, without blanks around them. False after the last. Throws
  /// Error with the line for another number of fields, and for quotes that do not end or end within
  /// a field; after an Error it goes on with the line after the one on which the row began, unless
  /// broken().
  bool next(std::vector<std::string>& fields);

  /// True if nothing can be read after the last Error.
  bool broken() const { return reader_.broken(); }
  /// True if the next row would have to be waited for (LineReader::paused).
  bool paused() const { return ahead_.empty() && reader_.paused(); }
  /// The column of that name of the header, or number from 1. `option` asked for it. Throws Error.
  std::size_t find(const std::string& column, const std::string& option) const;

  /// Line on which the last row began, from 1; and the place for a message.
  int line() const { return row_line_; }
  std::string place() const;
  /// Comment lines so far.
  int comments() const { return comments_; }
  /// libsvm: pairs so far whose index is beyond the shape; the shape that holds all of them.
  long beyond() const { return beyond_; }
  SparseShape shape_seen() const { return {seen_.first, seen_.width + (seen_.first == 0 ? 1u : 0u)}; }

  static constexpr std::size_t kSample = 1000;

 private:
  struct Line {
    std::string text;
    int number = 0;
  };
  using Row = std::vector<std::string>;

  bool next_line(std::string& line);
  void look_ahead();
  bool find_arff();
  bool find_libsvm();
  void find_separator();
  std::vector<Row> sample_rows(char separator) const;
  bool is_header(const std::vector<Row>& rows) const;
  void name_columns(Row given);
  bool next_separated(Row& fields);
  void split_row(std::vector<Line>& more);
  bool next_arff(Row& fields);
  bool next_libsvm(Row& fields);

  LineReader reader_;
  std::string where_;
  TableHints hints_;
  std::deque<Line> ahead_;
  int line_ = 0;
  int row_line_ = 0;
  std::string text_;  // the last line
  int comments_ = 0;
  long beyond_ = 0;
  SparseShape seen_;
  Dialect dialect_;
  std::size_t width_ = 0;  // fields of a row, its row name among them
  std::vector<std::string> names_;
  std::vector<std::string> given_names_;
  std::vector<ArffAttribute> attributes_;
  FieldSplitter splitter_{','};
};

/// What data sets write where a value is missing: nothing, ?, -, NA, N/A, NaN, NULL, None.
bool is_missing(std::string_view field);

}  // namespace axnn
