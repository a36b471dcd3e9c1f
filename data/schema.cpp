#include "data/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>

#include "data/row_encoder.h"
#include "model/error.h"
#include "model/text.h"

namespace axnn {
namespace {

using Kind = TableColumn::Kind;

constexpr std::size_t kMaxText = 1000;
constexpr long kFewRows = 10;

// A column while rows are read.
struct Column {
  Kind kind = Kind::kNumber;
  bool is_text = false;      // the options or the file say so
  bool is_declared = false;  // the file says what it is
  std::string text{};        // for messages
  std::vector<double> numbers{};
  std::unordered_map<std::string, long> categories{};
  bool many = false;  // more categories than are counted
  long texts = 0;
  std::string odd_text{};  // the first that is no number, and the first that is a bad one
  std::string odd_place{};
  std::string bad_number{};
  std::string bad_place{};
  long missing = 0;
  bool counts_up = true;
  double first = 0;
  double last = 0;
};

class Survey {
 public:
  Survey(std::istream& in, const TableOptions& options, const std::string& where, SparseShape shape)
      : options_(options), where_(where), reader_(in, where, {options.header, shape}) {
    find_columns();
  }

  TableSurvey run() {
    std::vector<std::string> fields;
    while (reader_.next(fields)) add(fields);
    if (labels_.empty()) {
      if (rows_ == 0) throw Error("a header and no rows", where_, "is it the right file?");
      throw Error("every row has a missing value", where_, most_missing());
    }
    TableSurvey survey;
    survey.dialect = reader_.dialect();
    survey.comments = reader_.comments();
    survey.rows = rows_;
    survey.incomplete = incomplete_;
    find_kinds();
    check_row_numbers(survey);
    describe(survey);
    check_inputs(survey.schema);
    find_classes(survey);
    warn(survey);
    return survey;
  }

 private:
  void find_columns() {
    const std::size_t count = reader_.names().size();
    for (std::size_t c = 0; c < count; ++c) {
      Column column;
      column.text = reader_.column_text(c);
      if (!reader_.attributes().empty()) {
        column.is_declared = true;
        column.is_text = reader_.attributes()[c].text;
      }
      columns_.push_back(std::move(column));
    }
    label_ = reader_.dialect().format == Dialect::Format::kLibsvm ? 0 : count - 1;
    if (!options_.label.empty()) label_ = reader_.find(options_.label, "--label");
    columns_[label_].kind = Kind::kLabel;
    for (const std::string& name : options_.drop) {
      const std::size_t c = reader_.find(name, "--drop");
      if (c == label_) {
        throw Error("column '" + printable(name) + "' is the label", where_,
                    "name the label column with --label, or leave out --drop");
      }
      columns_[c].kind = Kind::kDropped;
    }
    for (const std::string& name : options_.text) {
      const std::size_t c = reader_.find(name, "--text");
      if (columns_[c].kind != Kind::kNumber) {
        throw Error("column '" + printable(name) + "' is no feature", where_,
                    "leave it out of --text");
      }
      columns_[c].is_text = true;
    }
    if (std::ranges::none_of(columns_, [](const Column& c) { return c.kind == Kind::kNumber; })) {
      throw Error("no column is left", where_, "drop fewer");
    }
  }

  void add(const std::vector<std::string>& fields) {
    ++rows_;
    const std::string& label = fields[label_];
    // A class may be called "-" or "None".
    bool complete = !label.empty() && label != "?";
    columns_[label_].missing += !complete;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      Column& column = columns_[c];
      if (column.kind != Kind::kNumber || !is_missing(fields[c])) continue;
      ++column.missing;
      column.counts_up = false;
      complete &= options_.missing == TableOptions::Missing::kMean;
    }
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (columns_[c].kind == Kind::kNumber && !is_missing(fields[c])) {
        add_value(columns_[c], c, fields[c], complete);
      }
    }
    if (!complete) {
      ++incomplete_;
      return;
    }
    if (labels_.empty()) {
      first_label_ = label;
      first_row_is_first_line_ = rows_ == 1;
    }
    check_text(label, columns_[label_]);
    ++labels_[label];
  }

  void add_value(Column& column, std::size_t c, const std::string& field, bool complete) {
    const std::optional<double> number = parse_number(field, reader_.dialect().point);
    if (column.counts_up) {
      const bool starts = rows_ == 1;
      column.counts_up = number && *number == std::floor(*number) &&
                         (starts || *number == column.last + 1);
      if (number) column.last = *number;
      if (number && starts) column.first = *number;
    }
    if (!complete) return;
    if (number && !column.is_text) {
      column.numbers.push_back(*number);
      const bool fits = std::abs(*number) <= std::numeric_limits<float>::max();  // not for NaN
      if (!fits && column.bad_place.empty()) {
        column.bad_number = field;
        column.bad_place = reader_.place();
      }
    } else {
      ++column.texts;
      if (column.odd_place.empty()) {
        column.odd_text = field.substr(0, kMaxText);
        column.odd_place = reader_.place();
      }
    }
    if (column.many) return;
    if (field.size() > kMaxText) {
      if (!number) check_text(field, column);
      return;
    }
    if (column.categories.size() > kMaxFeatures && !column.categories.contains(field)) {
      column.many = true;
      column.categories.clear();
      return;
    }
    if (column.is_declared && column.is_text && !reader_.attributes()[c].nominal.empty() &&
        !column.categories.contains(field) &&
        std::ranges::find(reader_.attributes()[c].nominal, field) ==
            reader_.attributes()[c].nominal.end()) {
      throw Error("'" + printable(field) + "' in " + column.text + " is not in its @attribute",
                  reader_.place(), "declare it or correct it");
    }
    ++column.categories[field];
  }

  void check_text(const std::string& text, const Column& column) const {
    if (text.size() > kMaxText) {
      throw Error(fmt::format("a text of {} bytes in {}", text.size(), column.text),
                  reader_.place(), "leave the column out with --drop");
    }
    if (!is_utf8(text)) {
      throw Error("a text in " + column.text + " is not UTF-8", reader_.place(),
                  "convert the file: iconv -f latin1 -t utf-8");
    }
  }

  // Text where fewer than half of the values are numbers.
  void find_kinds() {
    for (Column& column : columns_) {
      if (column.kind != Kind::kNumber) continue;
      const auto numbers = static_cast<long>(column.numbers.size());
      const bool declared_number = column.is_declared && !column.is_text;
      const bool text = column.is_text || (!declared_number && numbers < column.texts);
      if (text) {
        column.kind = Kind::kText;
        continue;
      }
      if (column.texts > 0) {
        parse_feature(column.odd_text, reader_.dialect().point, column.odd_place, column.text);
      }
      if (!column.bad_place.empty()) {
        parse_feature(column.bad_number, reader_.dialect().point, column.bad_place, column.text);
      }
    }
  }

  // A column that says which row it is teaches a network the order of the file.
  void check_row_numbers(TableSurvey& survey) const {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const Column& column = columns_[c];
      if (column.kind != Kind::kNumber || !column.counts_up || rows_ < kFewRows) continue;
      const std::string text = column.text + " is a number of the row";
      const bool unnamed = reader_.dialect().header && reader_.given_name(c).empty();
      if (unnamed && (column.first == 0 || column.first == 1)) {
        throw Error(text, where_, fmt::format("leave it out with --drop {}", c + 1));
      }
      survey.warnings.push_back(fmt::format("{}; leave it out with --drop {}", text, c + 1));
    }
  }

  void describe(TableSurvey& survey) const {
    survey.schema.named = reader_.dialect().header;
    survey.schema.sparse = reader_.dialect().format == Dialect::Format::kLibsvm;
    survey.schema.missing = options_.missing;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const Column& column = columns_[c];
      TableColumn known{reader_.names()[c], column.kind};
      if (!is_utf8(known.name)) {
        throw Error("the name '" + printable(known.name) + "' of a column is not UTF-8", where_,
                    "convert the file: iconv -f latin1 -t utf-8");
      }
      ColumnSummary summary;
      summary.missing = column.missing;
      if (column.kind == Kind::kNumber) {
        check_precision(column);
        summarise(column, summary);
      } else if (column.kind == Kind::kText) {
        find_categories(column, c, known, summary);
      }
      survey.schema.columns.push_back(std::move(known));
      survey.columns.push_back(std::move(summary));
    }
  }

  void summarise(const Column& column, ColumnSummary& summary) const {
    if (column.numbers.empty()) {
      throw Error(column.text + " has no value", where_, "leave it out with --drop");
    }
    summary.values = static_cast<long>(column.numbers.size());
    const auto [low, high] = std::ranges::minmax(column.numbers);
    summary.low = low;
    summary.high = high;
    for (const double value : column.numbers) summary.mean += value;
    summary.mean /= static_cast<double>(summary.values);
  }

  void find_categories(const Column& column, std::size_t c, TableColumn& known,
                       ColumnSummary& summary) const {
    const std::string mend = fmt::format("leave it out with --drop {}", c + 1);
    if (column.many) {
      throw Error(fmt::format("{} has more than {} different texts", column.text, kMaxFeatures),
                  where_, mend);
    }
    std::map<std::string, long> sorted(column.categories.begin(), column.categories.end());
    for (const auto& [text, count] : sorted) {
      if (!is_utf8(text)) {
        throw Error("a text in " + column.text + " is not UTF-8", where_,
                    "convert the file: iconv -f latin1 -t utf-8");
      }
      known.categories.push_back(text);
      summary.counts.push_back(count);
      summary.values += count;
    }
    if (summary.values == static_cast<long>(sorted.size()) && summary.values >= kFewRows) {
      throw Error(column.text + " has another text in every row", where_, mend);
    }
    if (sorted.empty()) throw Error(column.text + " has no value", where_, mend);
  }

  // Features are single precision: refuses a column most of whose different values become equal.
  void check_precision(const Column& column) const {
    std::vector<double> exact = column.numbers;
    std::ranges::sort(exact);
    std::ptrdiff_t different = 0;
    std::ptrdiff_t rounded = 0;
    for (std::size_t i = 1; i < exact.size(); ++i) {
      different += exact[i] != exact[i - 1];
      rounded += static_cast<float>(exact[i]) != static_cast<float>(exact[i - 1]);
    }
    if (2 * rounded >= different) return;
    throw Error(column.text + " needs more digits than single precision has", where_,
                fmt::format("subtract a constant from the column, e.g. {}", exact.front()));
  }

  void check_inputs(const TableSchema& schema) const {
    const int inputs = schema.inputs();
    if (inputs <= kMaxFeatures) return;
    const auto widest = std::ranges::max_element(schema.columns, {}, &TableColumn::inputs);
    std::string mend = "leave columns out with --drop";
    if (widest->inputs() > 1) {
      mend += fmt::format("; '{}' has {} categories", printable(widest->name), widest->inputs());
    }
    throw Error(fmt::format("{} features, more than {}", inputs, kMaxFeatures), where_, mend);
  }

  // By value if all labels are numbers, else as text. Numbers that are equal are one class, which
  // has the shortest of their texts.
  void find_classes(TableSurvey& survey) const {
    std::map<std::string, long> counts(labels_.begin(), labels_.end());
    const bool numeric = std::ranges::all_of(counts, [](const auto& label) {
      const std::optional<double> number = parse_number(label.first);
      return number && std::isfinite(*number);
    });
    std::vector<long> class_counts;
    if (numeric) {
      std::map<double, std::pair<std::string, long>> by_value;
      for (const auto& [text, count] : counts) {
        auto& [name, rows] = by_value[*parse_number(text)];
        if (rows == 0 || std::pair(text.size(), text) < std::pair(name.size(), name)) name = text;
        rows += count;
      }
      for (const auto& [value, named] : by_value) {
        survey.classes.push_back(named.first);
        class_counts.push_back(named.second);
      }
    } else {
      for (const auto& [text, count] : counts) {
        survey.classes.push_back(text);
        class_counts.push_back(count);
      }
    }
    survey.columns[label_].values = rows_ - incomplete_;
    const std::size_t classes = survey.classes.size();
    if (classes < 2) {
      throw Error("all rows have the class '" + printable(survey.classes[0]) + "'", where_,
                  "at least two classes are needed; name the label column with --label");
    }
    if (classes > kMaxFeatures) {
      throw Error(std::to_string(classes) + " classes, more than " + std::to_string(kMaxFeatures),
                  where_, "name the label column with --label");
    }
    check_first_line(survey.classes, class_counts);
  }

  // A header of numbers, read as a sample, makes a class of its own.
  void check_first_line(const std::vector<std::string>& classes,
                        const std::vector<long>& counts) const {
    if (reader_.dialect().header || options_.header != TableOptions::Header::kAuto ||
        !first_row_is_first_line_ || counts.size() < 3) {
      return;
    }
    const int first = ClassIndex(classes).find(first_label_);
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if ((counts[c] == 1) != (static_cast<int>(c) == first)) return;
    }
    throw Error("only the first line has the class '" + printable(first_label_) + "'", where_,
                "is it a header? Give --header yes, or --header no if it is a sample");
  }

  std::string most_missing() const {
    const auto most = std::ranges::max_element(columns_, {}, &Column::missing);
    return fmt::format("most in {} ({}); --missing mean fills in, --drop leaves a column out",
                       most->text, most->missing);
  }

  void warn(TableSurvey& survey) const {
    if (10 * incomplete_ > rows_) {
      survey.warnings.push_back(fmt::format("{} of {} rows are left out for a missing value, {}",
                                            incomplete_, rows_, most_missing()));
    }
    const auto classes = static_cast<long>(survey.classes.size());
    if (2 * classes > rows_ - incomplete_ && classes > kFewRows) {
      survey.warnings.push_back(fmt::format("{} has {} classes in {} rows; name the label column "
                                            "with --label",
                                            columns_[label_].text, classes, rows_ - incomplete_));
    }
  }

  const TableOptions& options_;
  const std::string& where_;
  TableReader reader_;
  std::vector<Column> columns_;
  std::size_t label_ = 0;
  long rows_ = 0;
  long incomplete_ = 0;
  std::unordered_map<std::string, long> labels_;
  std::string first_label_;
  bool first_row_is_first_line_ = false;
};

}  // namespace

TableSurvey survey_table(std::istream& in, const TableOptions& options, const std::string& where,
                         SparseShape shape) {
  return Survey(in, options, where, shape).run();
}

}  // namespace axnn
