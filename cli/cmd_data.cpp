// axnn data: which data sets there are, what they hold, and how to get MNIST.

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/table.h"
#include "data/dataset.h"
#include "data/embedded.h"
#include "data/fetch.h"
#include "data/split.h"
#include "model/text.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string title_of(const std::string& name) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name == name) return std::string(file.title);
  }
  return name == "mnist" ? "MNIST handwritten digits" : "";
}

void list(bool names, const Common& common) {
  const std::vector<std::string> available = available_datasets();
  if (names) {
    for (const std::string& name : available) fmt::print("{}\n", name);
    return;
  }
  Json json = Json::array();
  for (const std::string& name : available) {
    const Dataset d = load_dataset(name);
    json.push_back({{"name", name},
                    {"title", title_of(name)},
                    {"rows", d.rows()},
                    {"features", d.inputs()},
                    {"classes", d.classes.size()},
                    {"sha256", d.sha256}});
  }
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{:<9} {:>6} {:>9} {:>8}  {}\n", "name", "rows", "features", "classes", "title");
  for (const Json& row : json) {
    fmt::print("{:<9} {:>6} {:>9} {:>8}  {}\n", row["name"].get<std::string>(),
               row["rows"].get<int>(), row["features"].get<int>(), row["classes"].get<int>(),
               row["title"].get<std::string>());
  }
  if (std::ranges::find(available, "mnist") == available.end()) {
    fmt::print("mnist is not here; run axnn data fetch mnist, or set AXNN_DATA to its folder\n");
  }
}

struct Range {
  float low = 0;
  float high = 0;
  double mean = 0;
};

Range range_of(const Dataset& d, std::size_t feature) {
  Range r{d.row(0)[feature], d.row(0)[feature], 0};
  for (int n = 0; n < d.rows(); ++n) {
    const float v = d.row(n)[feature];
    r.low = std::min(r.low, v);
    r.high = std::max(r.high, v);
    r.mean += v;
  }
  r.mean /= d.rows();
  return r;
}

Json describe(const Dataset& d) {
  const Split split = make_split(d, 0);
  Json json = {{"name", d.name},
               {"title", title_of(d.name)},
               {"rows", d.rows()},
               {"repeated_rows", split.repeats},
               {"train", split.train.size()},
               {"test", split.test.size()},
               {"sha256", d.sha256}};
  const std::vector<int> counts = d.class_counts();
  for (std::size_t c = 0; c < counts.size(); ++c) {
    json["classes"].push_back({{"name", d.classes[c]}, {"rows", counts[c]}});
  }
  if (!d.warnings.empty()) json["warnings"] = d.warnings;
  for (std::size_t i = 0; i < d.feature_names.size(); ++i) {
    const Range r = range_of(d, i);
    json["features"].push_back(
        {{"name", d.feature_names[i]}, {"min", r.low}, {"max", r.high}, {"mean", r.mean}});
  }
  return json;
}

void show(const std::string& name, const TableOptions& table, const Common& common) {
  const Dataset data = load_dataset(name, table);
  warn(data.warnings);
  const Json json = describe(data);
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print(
      "{}  {}\n{} rows ({} repeat an earlier one), split into {} to train and {} to test\n"
      "sha256 {}\n\nclass{:>31}\n",
      name, json["title"].get<std::string>(), json["rows"].get<int>(),
      json["repeated_rows"].get<int>(), json["train"].get<int>(), json["test"].get<int>(),
      json["sha256"].get<std::string>(), "rows");
  for (const Json& c : json["classes"]) {
    fmt::print("{:<28}{:>8}\n", printable(c["name"].get<std::string>()), c["rows"].get<int>());
  }
  fmt::print("\nfeature{:>29}{:>12}{:>12}\n", "min", "max", "mean");
  for (const Json& f : json["features"]) {
    fmt::print("{:<24}{:>12.5g}{:>12.5g}{:>12.5g}{}\n", printable(f["name"].get<std::string>()),
               f["min"].get<double>(), f["max"].get<double>(), f["mean"].get<double>(),
               f["min"] == f["max"] ? "  constant" : "");
  }
}

// Rows that test in a split, for comparisons with other programs on equal terms.
void show_split(const std::string& name, const TableOptions& table, std::uint64_t number,
                const Common& common) {
  const Dataset data = load_dataset(name, table);
  warn(data.warnings);
  const Split split = make_split(data, number);
  if (common.json) {
    fmt::print("{}\n", Json{{"train", split.train}, {"test", split.test}}.dump());
    return;
  }
  fmt::print("row,part\n");
  std::vector<std::pair<int, const char*>> rows;
  for (const int n : split.train) rows.emplace_back(n, "train");
  for (const int n : split.test) rows.emplace_back(n, "test");
  std::ranges::sort(rows);
  for (const auto& [row, part] : rows) fmt::print("{},{}\n", row, part);
}

void fetch(const std::string& folder, const std::string& from) {
  fetch_mnist(folder, from.empty() ? mnist_mirrors() : std::vector<std::string>{from});
  fmt::print("mnist is in {}\n", folder);
}

}  // namespace

void add_data(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("data", "List, show and fetch data sets");
  sub->require_subcommand(1);
  sub->footer("Example:\n  axnn data list\n  axnn data show breast\n  axnn data fetch mnist");

  CLI::App* lister = sub->add_subcommand("list", "Data sets that are here");
  auto names = std::make_shared<bool>(false);
  lister->add_flag("--names", *names, "Only the names, one a line");
  add_common(*lister, common);
  lister->footer("Example:\n  axnn data list --json");
  lister->callback([names, &common] { list(*names, common); });

  CLI::App* shower = sub->add_subcommand("show", "Classes and features of a data set");
  auto name = std::make_shared<std::string>();
  shower->add_option("name", *name, "Name, or path of a CSV")->required();
  const auto table = add_table(*shower);
  add_common(*shower, common);
  shower->footer("Example:\n  axnn data show breast\n  axnn data show mine.csv --ignore id");
  shower->callback([name, table, &common] { show(*name, *table, common); });

  CLI::App* splitter = sub->add_subcommand("split", "Which rows train and which test in a split");
  auto divided = std::make_shared<std::string>();
  auto number = std::make_shared<std::uint64_t>(0);
  splitter->add_option("name", *divided, "Name, or path of a CSV")->required();
  splitter->add_option("--split", *number, "Number of the train/test split")
      ->check(natural())
      ->capture_default_str();
  const auto its_table = add_table(*splitter);
  add_common(*splitter, common);
  splitter->footer(
      "Rows are counted from 0, those with a missing value not; a repeated row is in no part.\n"
      "Example:\n  axnn data split breast --split 3 --json");
  splitter->callback(
      [divided, its_table, number, &common] { show_split(*divided, *its_table, *number, common); });

  CLI::App* fetcher = sub->add_subcommand("fetch", "Download MNIST and check it (uses curl)");
  auto what = std::make_shared<std::string>();
  auto folder = std::make_shared<std::string>("data/mnist");
  auto from = std::make_shared<std::string>();
  fetcher->add_option("name", *what, "mnist")->required()->check(CLI::IsMember({"mnist"}));
  fetcher->add_option("--to", *folder, "Folder")->capture_default_str();
  fetcher->add_option("--from", *from, "Address that holds the four files (known mirrors)");
  fetcher->footer("Example:\n  axnn data fetch mnist");
  // `what` is captured because the parser writes to it.
  fetcher->callback([what, folder, from] { fetch(*folder, *from); });
}

}  // namespace axnn::cli
