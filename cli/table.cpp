#include "cli/table.h"

#include <fmt/format.h>

namespace axnn::cli {

std::shared_ptr<TableOptions> add_table(CLI::App& app) {
  auto table = std::make_shared<TableOptions>();
  app.add_option("--label", table->label,
                 "Label column of a CSV: a name of its header or a number from 1 (the last)");
  app.add_option_function<std::string>(
         "--header", [table](const std::string& text) { table->header = parse_header_kind(text); },
         "Whether the first line of a CSV names its columns: yes, no, or auto: if none of its "
         "features is a number (auto)")
      ->check(CLI::IsMember({"auto", "yes", "no"}));
  app.add_option("--ignore", table->ignore,
                 "Columns of a CSV to leave out: names or numbers from 1, e.g. 1,id")
      ->delimiter(',');
  return table;
}

void warn(const std::vector<std::string>& warnings) {
  for (const std::string& text : warnings) fmt::print(stderr, "axnn: warning: {}\n", text);
}

}  // namespace axnn::cli
