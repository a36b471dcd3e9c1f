#include "data/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "model/error.h"
#include "model/text.h"

namespace axnn {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{1} << 20;
constexpr int kMaxIndex = 1 << 20;

bool is_blank_line(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

// True for a line that may be a comment.
bool is_marked(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t");
  return at != line.npos && (line[at] == '#' || line[at] == '%');
}

std::string_view unmarked(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t#%");
  return at == line.npos ? std::string_view{} : line.substr(at);
}

// Fields of one line; empty if that is no whole row.
std::vector<std::string> fields_of(std::string_view line, char separator) {
  FieldSplitter splitter(separator);
  try {
    if (splitter.feed(line, "")) return splitter.fields();
  } catch (const Error&) {  // a quote in the middle of a comment
  }
  return {};
}

bool is_number(std::string_view field) {
  return parse_number(field, '.') || parse_number(field, ',');
}

// How well rows fit the separator that they were split by.
struct Fit {
  std::size_t width = 0;
  double score = 0;
};

Fit fit_of(const std::vector<std::vector<std::string>>& rows) {
  std::map<std::size_t, std::size_t> widths;
  for (const auto& row : rows) ++widths[row.size()];
  Fit fit;
  std::size_t most = 0;
  for (const auto& [width, count] : widths) {
    if (width >= 2 && count >= most) {
      fit.width = width;
      most = count;
    }
  }
  if (fit.width == 0) return fit;
  double fields = 0;
  double numbers = 0;
  std::size_t fitting = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    // A header, or rows, may be one short.
    fitting += rows[r].size() == fit.width || (r == 0 && rows[r].size() + 1 == fit.width);
    if (rows[r].size() != fit.width || (r == 0 && rows.size() > 1)) continue;
    fields += static_cast<double>(fit.width);
    numbers += static_cast<double>(std::ranges::count_if(rows[r], is_number));
  }
  const double share = static_cast<double>(fitting) / static_cast<double>(rows.size());
  fit.score = share * share * (0.5 + (fields > 0 ? numbers / fields : 0));
  return fit;
}

// One pair INDEX:VALUE of a libsvm row. Nothing else is one.
struct Pair {
  int index = 0;
  std::string_view value;
};

std::optional<Pair> pair_of(std::string_view token) {
  const std::size_t colon = token.find(':');
  if (colon == token.npos) return std::nullopt;
  Pair pair{0, token.substr(colon + 1)};
  const char* const end = token.data() + colon;
  const auto result = std::from_chars(token.data(), end, pair.index);
  if (result.ec != std::errc() || result.ptr != end || colon == 0) return std::nullopt;
  if (!parse_number(pair.value)) return std::nullopt;
  return pair;
}

// The next token of a line, blanks between them; empty at the end or at a comment.
std::string_view next_token(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(begin);
  if (line.starts_with('#')) line = {};
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view token = line.substr(0, end);
  line.remove_prefix(end);
  return token;
}

}  // namespace

std::string_view dialect_name(Dialect::Format format) {
  constexpr std::string_view kNames[] = {"separated values", "ARFF", "libsvm"};
  return kNames[static_cast<int>(format)];
}

std::string Dialect::text() const {
  if (format != Format::kSeparated) return std::string(dialect_name(format));
  const std::string between = separator == ' '    ? "blanks"
                              : separator == '\t' ? "tabs"
                                                  : fmt::format("'{}'", separator);
  return fmt::format("{} between fields{}{}{}{}", between, trailing ? " and after the last" : "",
                     point == ',' ? ", decimal commas" : "",
                     commented ? ", a header in a comment" : header ? ", a header" : ", no header",
                     row_names ? ", names of rows (R)" : "");
}

bool is_missing(std::string_view field) {
  static constexpr std::string_view kNames[] = {"?",   "-",    "NA",   "N/A", "na",
                                                "NaN", "nan", "NULL", "null", "None"};
  return field.empty() || (field.size() <= 4 && std::ranges::find(kNames, field) != std::end(kNames));
}

TableReader::TableReader(std::istream& in, std::string where, TableHints hints)
    : reader_(in, where), where_(std::move(where)), hints_(std::move(hints)) {
  look_ahead();
  if (!find_arff() && !find_libsvm()) find_separator();
}

std::string TableReader::column_text(std::size_t column) const {
  const std::string& name = given_names_[column];
  return name.empty() ? fmt::format("column {}", column + 1)
                      : fmt::format("column {} '{}'", column + 1, printable(name));
}

std::size_t TableReader::find(const std::string& column, const std::string& option) const {
  for (std::size_t c = 0; c < names_.size(); ++c) {
    if (given_names_[c] == column && !column.empty()) return c;
  }
  if (const std::optional<double> number = parse_number(column)) {
    if (*number >= 1 && *number <= static_cast<double>(names_.size()) &&
        *number == std::floor(*number)) {
      return static_cast<std::size_t>(*number) - 1;
    }
  }
  throw Error("no column '" + printable(column) + "'", where_,
              "give " + option + " a name of the header line or a number from 1 to " +
                  std::to_string(names_.size()));
}

std::string TableReader::place() const { return where_ + ", line " + std::to_string(row_line_); }

void TableReader::look_ahead() {
  std::size_t bytes = 0;
  std::size_t lines = 0;
  Line line;
  while (ahead_.size() < kSample && bytes < kSampleBytes) {
    if (!reader_.next(line.text)) break;
    line.number = ++line_;
    bytes += line.text.size();
    ahead_.push_back(line);
    lines += !is_blank_line(line.text) && !is_marked(line.text);
    if (hints_.known && lines >= 2 && reader_.paused()) break;
  }
  const auto blank = [](const Line& l) { return is_blank_line(l.text); };
  if (std::ranges::all_of(ahead_, blank)) throw Error("no rows", where_, "is it the right file?");
}

bool TableReader::next_line(std::string& line) {
  if (ahead_.empty()) {
    if (!reader_.next(line)) return false;
    row_line_ = ++line_;
    return true;
  }
  line.swap(ahead_.front().text);
  row_line_ = ahead_.front().number;
  ahead_.pop_front();
  return true;
}

bool TableReader::next(Row& fields) {
  switch (dialect_.format) {
    case Dialect::Format::kArff:
      return next_arff(fields);
    case Dialect::Format::kLibsvm:
      return next_libsvm(fields);
    case Dialect::Format::kSeparated:
      break;
  }
  return next_separated(fields);
}

void TableReader::name_columns(Row given) {
  given_names_ = std::move(given);
  for (std::size_t c = 0; c < given_names_.size(); ++c) {
    names_.push_back(given_names_[c].empty() ? fmt::format("x{}", c + 1) : given_names_[c]);
  }
}

// ARFF

bool TableReader::find_arff() {
  const auto first = std::ranges::find_if(
      ahead_, [](const Line& l) { return !is_blank_line(l.text) && !is_marked(l.text); });
  if (first == ahead_.end() ||
      (!is_keyword(first->text, "@relation") && !is_keyword(first->text, "@attribute"))) {
    return false;
  }
  dialect_.format = Dialect::Format::kArff;
  dialect_.header = true;
  std::string line;
  while (true) {
    if (!next_line(line)) throw Error("no @data", where_, "is it a whole ARFF file?");
    if (is_marked(line)) ++comments_;
    if (is_blank_line(line) || is_marked(line) || is_keyword(line, "@relation")) continue;
    if (is_keyword(line, "@data")) break;
    if (!is_keyword(line, "@attribute")) {
      throw Error("'" + printable(line) + "' in the header of an ARFF file", place(),
                  "it has @relation, @attribute and @data");
    }
    attributes_.push_back(parse_attribute(line, place()));
    if (attributes_.size() > FieldSplitter::kMaxFields) {
      throw Error("more than " + std::to_string(FieldSplitter::kMaxFields) + " columns", place(),
                  "is it the right file?");
    }
  }
  if (attributes_.size() < 2) {
    throw Error("only one column", where_, "a row is its features and a label");
  }
  Row names;
  for (const ArffAttribute& attribute : attributes_) names.push_back(attribute.name);
  name_columns(std::move(names));
  return true;
}

bool TableReader::next_arff(Row& fields) {
  std::string line;
  do {
    if (!next_line(line)) return false;
    if (is_marked(line)) ++comments_;
  } while (is_blank_line(line) || is_marked(line));
  split_arff(line, attributes_, fields, place());
  if (fields.size() != attributes_.size()) {
    throw Error(std::to_string(fields.size()) + " fields for " +
                    std::to_string(attributes_.size()) + " attributes",
                place(), "every row needs a field for each @attribute");
  }
  return true;
}

// libsvm

bool TableReader::find_libsvm() {
  std::size_t rows = 0;
  std::size_t fitting = 0;
  std::size_t pairs = 0;
  for (const Line& line : ahead_) {
    std::string_view rest = line.text;
    const std::string_view label = next_token(rest);
    if (label.empty()) continue;
    ++rows;
    bool fits = label.find(':') == label.npos;
    for (std::string_view token = next_token(rest); !token.empty(); token = next_token(rest)) {
      fits = fits && pair_of(token);
      pairs += fits;
    }
    fitting += fits;
  }
  if (pairs == 0 || 2 * fitting < rows) return false;
  dialect_.format = Dialect::Format::kLibsvm;
  dialect_.header = true;
  Row names{"label"};
  while (names.size() < hints_.shape.width) {
    names.push_back(fmt::format("x{}", static_cast<int>(names.size()) - 1 + hints_.shape.first));
  }
  name_columns(std::move(names));
  return true;
}

bool TableReader::next_libsvm(Row& fields) {
  std::string line;
  std::string_view rest;
  std::string_view label;
  do {
    if (!next_line(line)) return false;
    rest = line;
    label = next_token(rest);
    comments_ += label.empty() && !is_blank_line(line);
  } while (label.empty());
  fields.resize(names_.size());
  fields[0] = label;
  for (std::size_t f = 1; f < fields.size(); ++f) fields[f].assign(1, '0');
  for (std::string_view token = next_token(rest); !token.empty(); token = next_token(rest)) {
    const std::optional<Pair> pair = pair_of(token);
    if (!pair) {
      throw Error("'" + printable(token) + "' is no pair INDEX:VALUE", place(),
                  "a row of libsvm is a label and such pairs");
    }
    if (pair->index > kMaxIndex) {
      throw Error("an index of " + std::to_string(pair->index), place(), "is it the right file?");
    }
    seen_.first = std::min(seen_.first, pair->index);
    seen_.width = std::max(seen_.width, static_cast<std::size_t>(pair->index) + 1);
    const int at = pair->index - hints_.shape.first + 1;
    if (at >= 1 && at < static_cast<int>(fields.size())) {
      fields[static_cast<std::size_t>(at)] = pair->value;
    } else {
      ++beyond_;
    }
  }
  return true;
}

// Separated values

std::vector<TableReader::Row> TableReader::sample_rows(char separator) const {
  const bool all_marked = std::ranges::all_of(
      ahead_, [](const Line& l) { return is_marked(l.text) || is_blank_line(l.text); });
  std::vector<Row> rows;
  FieldSplitter splitter(separator);
  bool open = false;
  for (const Line& line : ahead_) {
    if (!open && (is_blank_line(line.text) || (is_marked(line.text) && !all_marked))) continue;
    try {
      open = !splitter.feed(line.text, where_);
      if (!open) rows.push_back(splitter.fields());
    } catch (const Error&) {
      rows.emplace_back();  // fits no width
      open = false;
    }
  }
  return rows;
}

bool TableReader::is_header(const std::vector<Row>& rows) const {
  const Row& first = rows.front();
  const auto has = [&](const std::string& name) { return std::ranges::find(first, name) != first.end(); };
  if (!hints_.expected.empty() && std::ranges::all_of(hints_.expected, has)) return true;
  bool named = false;
  for (const std::string& field : first) {
    if (is_number(field) || (is_missing(field) && !field.empty())) return false;
    named |= !field.empty();
  }
  if (!named) return false;
  const std::size_t shift = dialect_.row_names ? 1 : 0;
  bool again = false;
  for (std::size_t c = 0; c < first.size(); ++c) {
    std::size_t values = 0;
    std::size_t numbers = 0;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      if (rows[r].size() <= c + shift) continue;
      const std::string& field = rows[r][c + shift];
      if (is_missing(field)) continue;
      ++values;
      numbers += is_number(field);
      again |= field == first[c];
    }
    if (!first[c].empty() && numbers > 0 && 2 * numbers >= values) return true;
  }
  return !hints_.known && !again;
}

void TableReader::find_separator() {
  Fit best;
  std::vector<Row> rows;
  for (const char separator : {'\t', ';', ',', ' '}) {
    std::vector<Row> split = sample_rows(separator);
    if (const Fit fit = fit_of(split); fit.score > best.score) {
      best = fit;
      rows = std::move(split);
      dialect_.separator = separator;
    }
  }
  if (best.width < 2 && hints_.known) {
    rows = sample_rows(',');
    if (std::ranges::any_of(rows, [](const Row& row) { return row.size() == 1; })) best.width = 1;
  }
  if (best.width == 0) {
    // Quotes that do not end hide the separators: the reader says where.
    const auto first = std::ranges::find_if(ahead_, [](const Line& l) { return !is_blank_line(l.text); });
    row_line_ = first->number;
    const bool quoted = first->text.find('"') != first->text.npos;
    throw Error(quoted ? "no whole row: a quote without an end, or only one column" : "only one column",
                place(), "a row is its features and a label, separated by , ; tabs or blanks");
  }
  width_ = best.width;
  splitter_ = FieldSplitter(dialect_.separator);

  // Rows that are not ragged: the first, which may be a header and one short, and the others.
  const bool short_first = width_ > 1 && rows.size() > 1 && rows.front().size() + 1 == width_;
  std::vector<Row> fitting;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].size() == width_ || (r == 0 && short_first)) fitting.push_back(std::move(rows[r]));
  }
  bool trailing = true;
  for (std::size_t r = 0; r < fitting.size(); ++r) {
    const bool named_last = r == 0 && fitting.size() > 1 && short_first;
    trailing = trailing && (named_last || fitting[r].back().empty());
  }
  if (trailing && width_ > 2) {
    dialect_.trailing = true;
    --width_;
    for (Row& row : fitting) row.resize(width_);
  } else if (short_first) {
    dialect_.row_names = true;
    if (hints_.header == TableOptions::Header::kNo || !is_header(fitting)) {
      dialect_.row_names = false;  // a ragged first line, which the reader refuses
    }
  }
  const bool first_fits = fitting.front().size() == width_ || dialect_.row_names;

  // Comments above the first row: one may name the columns; several as wide as a row are rows.
  Row above;
  std::size_t as_wide = 0;
  std::size_t marked = 0;
  for (const Line& line : ahead_) {
    if (is_blank_line(line.text)) continue;
    if (!is_marked(line.text)) break;
    ++marked;
    as_wide += fields_of(line.text, dialect_.separator).size() == width_;
    above = fields_of(unmarked(line.text), dialect_.separator);
  }
  const bool rows_marked = as_wide > 1;
  if (!rows_marked) {
    while (marked > 0) {
      marked -= is_marked(ahead_.front().text);
      comments_ += is_marked(ahead_.front().text);
      ahead_.pop_front();
    }
  }
  dialect_.header = first_fits && (hints_.header == TableOptions::Header::kYes ||
                                   (hints_.header == TableOptions::Header::kAuto && is_header(fitting)));
  std::size_t commas = 0;
  std::size_t points = 0;
  for (std::size_t r = dialect_.header ? 1 : 0; r < fitting.size(); ++r) {
    for (const std::string& field : fitting[r]) {
      points += field.find('.') != field.npos && parse_number(field, '.');
      commas += field.find(',') != field.npos && parse_number(field, ',');
    }
  }
  if (commas > points) dialect_.point = ',';

  Row given(width_ - (dialect_.row_names ? 1 : 0));
  if (dialect_.header) {
    std::string line;
    do {
      if (!next_line(line)) break;
    } while (is_blank_line(line) || !splitter_.feed(line, place()));
    given = splitter_.fields();
    given.resize(width_ - (dialect_.row_names ? 1 : 0));
  } else if (hints_.header == TableOptions::Header::kAuto && !rows_marked && above.size() == width_ &&
             std::ranges::none_of(above, is_number)) {
    given = std::move(above);
    dialect_.header = true;
    dialect_.commented = true;
  }
  name_columns(std::move(given));
}

// The row that begins with text_; the lines that it goes on with, in `more`.
void TableReader::split_row(std::vector<Line>& more) {
  const int begin = row_line_;
  std::size_t bytes = text_.size();
  while (!splitter_.feed(text_, place())) {
    const bool ended = bytes > LineReader::kMaxLine || !next_line(text_);
    if (ended) {
      splitter_.reset();
      row_line_ = begin;
      throw Error("a quote without an end", place(), "close it");
    }
    bytes += text_.size();
    more.push_back({text_, row_line_});
  }
  row_line_ = begin;
  const std::size_t fields = splitter_.fields().size();
  const bool one_more =
      dialect_.trailing && fields == width_ + 1 && splitter_.fields().back().empty();
  if (fields != width_ && !one_more && !splitter_.blank()) {
    throw Error(fmt::format("{} field{} where the other rows have {}", fields,
                            fields == 1 ? "" : "s", width_),
                place(), "every row needs the same columns");
  }
}

bool TableReader::next_separated(Row& fields) {
  std::vector<Line> more;
  while (true) {
    if (!next_line(text_)) return false;
    if (is_blank_line(text_)) continue;
    if (is_marked(text_) && fields_of(text_, dialect_.separator).size() != width_) {
      ++comments_;
      continue;
    }
    more.clear();
    const int begin = row_line_;
    try {
      split_row(more);
    } catch (const Error&) {
      ahead_.insert(ahead_.begin(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
      row_line_ = begin;
      throw;
    }
    if (splitter_.blank()) continue;
    const Row& row = splitter_.fields();
    const std::size_t skip = dialect_.row_names ? 1 : 0;
    fields.resize(width_ - skip);
    std::copy(row.begin() + static_cast<std::ptrdiff_t>(skip),
              row.begin() + static_cast<std::ptrdiff_t>(width_), fields.begin());
    return true;
  }
}

}  // namespace axnn
