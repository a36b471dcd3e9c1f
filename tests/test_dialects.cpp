// Small tables of each dialect, and broken ones: tests/data_dialects/ has the files and, written by
// hand, what each must be read as (expected.json, a case a line).

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "data/dataset.h"
#include "model/error.h"
#include "model/file_io.h"

using namespace axnn;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

const fs::path kFolder = fs::path(AXNN_SOURCE_DIR) / "tests/data_dialects";

TableOptions options_of(const Json& test) {
  TableOptions options;
  const Json given = test.value("options", Json::object());
  options.label = given.value("label", "");
  options.drop = given.value("drop", std::vector<std::string>{});
  options.text = given.value("text", std::vector<std::string>{});
  options.missing = parse_missing(given.value("missing", "drop"));
  return options;
}

// "a:number 'b c':text(p|q) kind:label"
std::string columns_text(const TableSchema& schema) {
  std::string text;
  for (const TableColumn& column : schema.columns) {
    const bool quoted = column.name.find(' ') != std::string::npos;
    const std::string quote = quoted ? "'" : "";
    if (!text.empty()) text += ' ';
    text += quote + column.name + quote + ':' + std::string(column_kind_name(column.kind));
    for (std::size_t k = 0; k < column.categories.size(); ++k) {
      text += (k == 0 ? "(" : "|") + column.categories[k];
    }
    if (!column.categories.empty()) text += ')';
  }
  return text;
}

Json rows_of(const Dataset& data) {
  Json rows = Json::array();
  for (int n = 0; n < data.rows(); ++n) {
    Json row = Json::array();
    for (const float value : data.row(n)) row.push_back(std::isnan(value) ? Json() : Json(value));
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("every small table is read as it should be or refused in that line") {
  const Json tests = Json::parse(read_file(kFolder / "expected.json"));
  REQUIRE(tests.size() >= 40);
  for (const Json& test : tests) {
    const std::string file = test["file"];
    INFO(file);
    const std::string bytes = read_file(kFolder / file);
    std::string error;
    try {
      const Dataset data = parse_table(bytes, options_of(test), file, file);
      CHECK(data.dialect.text() == test.value("dialect", "refused"));
      CHECK(columns_text(data.schema) == test.value("columns", ""));
      CHECK(Json(data.classes) == test.value("classes", Json()));
      CHECK(rows_of(data) == test.value("rows", Json()));
      CHECK(Json(data.labels) == test.value("labels", Json()));
      CHECK(data.incomplete == test.value("incomplete", -1));
      CHECK(data.comments == test.value("comments", -1));
    } catch (const Error& e) {
      error = e.what();
    }
    std::string expected = test.value("error", "");
    if (const std::size_t at = expected.find("{}"); at != std::string::npos) {
      expected.replace(at, 2, file);
    }
    CHECK(error == expected);
  }
}

TEST_CASE("a field of a megabyte is refused as a text and as a number") {
  const std::string field(1 << 20, '7');
  const auto refusal = [](const std::string& csv) {
    try {
      parse_table(csv, {}, "big.csv", "big.csv");
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK(refusal("a,kind\n1,x\n" + field + ",y\n").find("too large for single precision") !=
        std::string::npos);
  CHECK(refusal("a,kind\n1,x\n2," + field + "\n")
            .starts_with("a text of 1048576 bytes in column 2 'kind' (big.csv, line 3)"));
}
