#include "cli/table.h"

#include <fmt/format.h>

namespace axnn::cli {
namespace {

// `header` must live as long as the application.
void add_header(CLI::App& app, TableOptions::Header& header) {
  app.add_option_function<std::string>(
         "--header", [&header](const std::string& text) { header = parse_header_kind(text); },
         "Whether the first line of a table names its columns: yes, no, or auto: if none of its "
         "fields is a number (auto)")
      ->check(CLI::IsMember({"auto", "yes", "no"}));
}

}  // namespace


std::shared_ptr<TableOptions> add_table(CLI::App& app) {
  auto table = std::make_shared<TableOptions>();
  app.add_option("--label", table->label,
                 "Label column of a table: a name of its header or a number from 1 (the last)");
  add_header(app, table->header);
  app.add_option("--drop,--ignore", table->drop,
                 "Columns of a table to leave out: names or numbers from 1, e.g. 1,id")
      ->delimiter(',');
  app.add_option("--text", table->text,
                 "Columns of a table to take as categories though they are numbers, e.g. zip")
      ->delimiter(',');
  app.add_option_function<std::string>(
         "--missing", [table](const std::string& text) { table->missing = parse_missing(text); },
         "Rows with a missing value: drop leaves them out, mean fills in the training part's mean "
         "(drop)")
      ->check(CLI::IsMember({"drop", "mean"}));
  app.add_option("--test-data", table->test,
                 "Table of the official test part; the columns are those of the data");
  return table;
}

std::shared_ptr<RowOptions> add_rows(CLI::App& app) {
  auto rows = std::make_shared<RowOptions>();
  CLI::Option* const label =
      app.add_option("--label", rows->label,
                     "Label column of a table: a name of its header or a number from 1 (as in "
                     "training)");
  add_header(app, rows->header);
  app.add_option("--drop,--ignore", rows->drop,
                 "Columns of a table to leave out: names or numbers from 1, e.g. 1,id (as in "
                 "training)")
      ->delimiter(',');
  app.add_flag("--no-label", rows->no_label, "No column of the table is the label")
      ->excludes(label);
  return rows;
}

void warn(const std::vector<std::string>& warnings) {
  for (const std::string& text : warnings) fmt::print(stderr, "axnn: warning: {}\n", text);
}

}  // namespace axnn::cli
