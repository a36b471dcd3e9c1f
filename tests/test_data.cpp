// Data sets: what the embedded ones hold, hostile CSV and IDX files, and the splits.

#include <zlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "data/csv.h"
#include "data/dataset.h"
#include "data/embedded.h"
#include "data/idx.h"
#include "data/split.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"
#include "tests/skip.h"

using namespace axnn;
namespace fs = std::filesystem;

namespace {

Dataset parse(const std::string& text, const TableOptions& table = {}) {
  return parse_table(text, table, "test", "test.csv");
}

// The message of the Error that reading `text` must throw.
std::string refusal(const std::string& text, const TableOptions& table = {}) {
  try {
    parse(text, table);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::map<std::string, int> counts(const Dataset& d) {
  std::map<std::string, int> result;
  for (std::size_t c = 0; c < d.classes.size(); ++c) result[d.classes[c]] = d.class_counts()[c];
  return result;
}

// Lines of an original file, cut at `separator`; lines with fewer fields than `least` are dropped.
std::vector<std::vector<std::string>> table(const std::string& name, char separator,
                                            std::size_t least) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(read_file(original(name)));
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, separator);) fields.push_back(field);
    if (fields.size() >= least) rows.push_back(fields);
  }
  return rows;
}

float number(const std::string& text) { return std::strtof(text.c_str(), nullptr); }

fs::path scratch(const std::string& name) {
  const fs::path folder = fs::temp_directory_path() / ("axnn_test_data_" + name);
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::string word(unsigned v) {
  return {static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8),
          static_cast<char>(v)};
}

std::string images(unsigned count, unsigned rows, unsigned columns, std::size_t bytes) {
  return word(0x803) + word(count) + word(rows) + word(columns) + std::string(bytes, 'a');
}

// A small MNIST: 6 training and 3 test images of 2 x 2.
void write_mnist(const fs::path& folder) {
  write_file(folder / "train-images-idx3-ubyte", images(6, 2, 2, 24));
  write_file(folder / "train-labels-idx1-ubyte", word(0x801) + word(6) + std::string(6, '\1'));
  write_file(folder / "t10k-images-idx3-ubyte", images(3, 2, 2, 12));
  write_file(folder / "t10k-labels-idx1-ubyte", word(0x801) + word(3) + std::string(3, '\2'));
}

void write_gzip(const fs::path& path, const std::string& bytes) {
  const gzFile file = gzopen(path.c_str(), "wb");
  REQUIRE(gzwrite(file, bytes.data(), unsigned(bytes.size())) == int(bytes.size()));
  gzclose(file);
}

}  // namespace

TEST_CASE("the embedded sets have the rows, features and classes that their sources state") {
  const Dataset breast = load_dataset("breast");
  CHECK(breast.inputs() == 30);
  CHECK(counts(breast) == std::map<std::string, int>{{"benign", 357}, {"malignant", 212}});
  const Dataset image = load_dataset("image");
  CHECK(image.inputs() == 19);
  CHECK(image.rows() == 2310);
  CHECK(image.classes.size() == 7);
  for (const auto& [name, count] : counts(image)) CHECK(count == 330);
  const Dataset iono = load_dataset("iono");
  CHECK(iono.inputs() == 34);
  CHECK(counts(iono) == std::map<std::string, int>{{"b", 126}, {"g", 225}});
  const Dataset satimage = load_dataset("satimage");
  CHECK(satimage.inputs() == 36);
  CHECK(counts(satimage) == std::map<std::string, int>{{"red_soil", 1072 + 461},
                                                       {"cotton_crop", 479 + 224},
                                                       {"grey_soil", 961 + 397},
                                                       {"damp_grey_soil", 415 + 211},
                                                       {"vegetation_stubble", 470 + 237},
                                                       {"very_damp_grey_soil", 1038 + 470}});
  const Dataset digits = load_dataset("optdigits");  // optdigits.names, section 4 and 9
  CHECK(digits.inputs() == 64);
  CHECK(digits.official_train == 3823);
  CHECK(std::ranges::minmax(digits.features).min == 0);
  CHECK(std::ranges::minmax(digits.features).max == 16);
  CHECK(counts(digits) == std::map<std::string, int>{{"0", 376 + 178},
                                                     {"1", 389 + 182},
                                                     {"2", 380 + 177},
                                                     {"3", 389 + 183},
                                                     {"4", 387 + 181},
                                                     {"5", 376 + 182},
                                                     {"6", 377 + 181},
                                                     {"7", 387 + 179},
                                                     {"8", 380 + 174},
                                                     {"9", 382 + 180}});
  const Split split = make_split(digits, 7);
  CHECK(split.train.size() == 3823);
  CHECK(split.test.size() == 1797);
  CHECK(split.test.front() == 3823);
}

TEST_CASE("the embedded files are those whose sha256 data/README.md states") {
  const std::map<std::string, std::string> stated = {
      {"breast", "ae20440c1e8a33b8d044e874c53122ba7807d19bf5324656b0520c3653017b93"},
      {"image", "804e1c6b89c1636ee525936133323911a564a5f3b0ecd96b93775406cb61fa1d"},
      {"iono", "c3c36b692d178f83a1dc212112fa2c703a8b236a60b7146bf969e43b19efd3e1"},
      {"satimage", "b916ae06b352b2eac92fc7581a0b8bc3766bffce1d7f72bc636b54a5b9bcf785"}};
  for (const auto& [name, digest] : stated) CHECK(load_dataset(name).sha256 == digest);
  CHECK(embedded_files().size() == stated.size() + 1);
  // optdigits is two files of the repository, one behind the other.
  const EmbeddedFile& digits = embedded_files().back();
  REQUIRE(digits.name == "optdigits");
  std::size_t end = 0;
  for (int line = 0; line < digits.official_train; ++line) end = digits.csv.find('\n', end) + 1;
  CHECK(sha256(digits.csv.substr(0, end)) ==
        "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd");
  CHECK(sha256(digits.csv.substr(end)) ==
        "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8");
}

TEST_CASE("breast equals the original distribution, row by row") {
  const auto rows = table("wdbc.data", ',', 32);
  const Dataset d = load_dataset("breast");
  REQUIRE(rows.size() == std::size_t(d.rows()));
  int different = 0;
  for (int n = 0; n < d.rows(); ++n) {
    const auto& row = rows[std::size_t(n)];
    different += d.classes[std::size_t(d.labels[std::size_t(n)])] !=
                 (row[1] == "M" ? "malignant" : "benign");
    for (std::size_t i = 0; i < 30; ++i) different += d.row(n)[i] != number(row[i + 2]);
  }
  CHECK(different == 0);
}

TEST_CASE("iono equals the original distribution, row by row") {
  const auto rows = table("ionosphere.data", ',', 35);
  const Dataset d = load_dataset("iono");
  REQUIRE(rows.size() == std::size_t(d.rows()));
  int different = 0;
  for (int n = 0; n < d.rows(); ++n) {
    const auto& row = rows[std::size_t(n)];
    different += d.classes[std::size_t(d.labels[std::size_t(n)])] != row[34];
    for (std::size_t i = 0; i < 34; ++i) different += d.row(n)[i] != number(row[i]);
  }
  CHECK(different == 0);
}

TEST_CASE("satimage equals the original distribution, row by row") {
  auto rows = table("sat.trn", ' ', 37);
  const auto test = table("sat.tst", ' ', 37);
  rows.insert(rows.end(), test.begin(), test.end());
  const std::map<std::string, std::string> names = {
      {"1", "red_soil"},       {"2", "cotton_crop"},        {"3", "grey_soil"},
      {"4", "damp_grey_soil"}, {"5", "vegetation_stubble"}, {"7", "very_damp_grey_soil"}};
  const Dataset d = load_dataset("satimage");
  REQUIRE(rows.size() == std::size_t(d.rows()));
  int different = 0;
  for (int n = 0; n < d.rows(); ++n) {
    const auto& row = rows[std::size_t(n)];
    different += d.classes[std::size_t(d.labels[std::size_t(n)])] != names.at(row[36]);
    for (std::size_t i = 0; i < 36; ++i) different += d.row(n)[i] != number(row[i]);
  }
  CHECK(different == 0);
}

TEST_CASE("image holds the rows of the original distribution within Weka's rounding") {
  auto rows = table("segmentation.data", ',', 20);
  const auto test = table("segmentation.test", ',', 20);
  rows.insert(rows.end(), test.begin(), test.end());
  const Dataset d = load_dataset("image");
  REQUIRE(rows.size() == std::size_t(d.rows()));
  // Rows are in another order: each embedded one takes an original that no other has taken. Column
  // and row of the centroid are integers, so they find the few candidates.
  std::multimap<std::pair<int, int>, std::size_t> candidates;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    candidates.emplace(std::pair(int(number(rows[r][1])), int(number(rows[r][2]))), r);
  }
  int unmatched = 0;
  for (int n = 0; n < d.rows(); ++n) {
    const auto [begin, end] = candidates.equal_range(std::pair(int(d.row(n)[0]), int(d.row(n)[1])));
    const auto match = std::find_if(begin, end, [&](const auto& candidate) {
      const auto& row = rows[candidate.second];
      std::string name = row[0];
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (name != d.classes[std::size_t(d.labels[std::size_t(n)])]) return false;
      for (std::size_t i = 0; i < 19; ++i) {
        if (std::abs(double{d.row(n)[i]} - std::stod(row[i + 1])) > 0.0008) return false;
      }
      return true;
    });
    if (match == end) {
      ++unmatched;
    } else {
      candidates.erase(match);
    }
  }
  CHECK(unmatched == 0);
}

TEST_CASE("MNIST has the published counts") {
  const Dataset d = load_mnist(original("train-images-idx3-ubyte.gz").parent_path());
  CHECK(d.rows() == 70000);
  CHECK(d.official_train == 60000);
  CHECK(d.inputs() == 784);
  std::vector<int> train(10);
  for (int n = 0; n < 60000; ++n) ++train[std::size_t(d.labels[std::size_t(n)])];
  CHECK(train == std::vector<int>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949});
  std::vector<int> test(10);
  for (int n = 60000; n < 70000; ++n) ++test[std::size_t(d.labels[std::size_t(n)])];
  CHECK(test == std::vector<int>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009});
  double sum = 0;
  for (std::size_t i = 0; i < std::size_t{60000} * 784; ++i) sum += d.features[i];
  CHECK(sum / 255 / 60000 / 784 == Approx(0.13066).epsilon(1e-4));
  const Split split = make_split(d, 3);
  CHECK(split.train.size() == 60000);
  CHECK(split.test.front() == 60000);
  CHECK(split.test.size() == 10000);
}

TEST_CASE("a CSV is read with or without a header, with quotes, CRLF, a mark and blank lines") {
  for (const char* text :
       {"a,b,kind\n1,2.5,x\n-3e2,4,y\n", "1,2.5,x\n-3e2,4,y",
        "\xEF\xBB\xBF\"a\",b,kind\r\n\r\n 1 ,\"2.5\",\"x\"\r\n-3e2\t,+4,y\r\n"}) {
    const Dataset d = parse(text);
    INFO(text);
    CHECK(d.features == std::vector<float>{1, 2.5, -300, 4});
    CHECK(d.classes == std::vector<std::string>{"x", "y"});
    CHECK(d.labels == std::vector<int>{0, 1});
  }
  CHECK(parse("a,b,kind\n1,2,x\n3,4,y\n").feature_names == std::vector<std::string>{"a", "b"});
  CHECK(parse("1,2,\"a \"\"b\"\"\nc\"\n3,4,y\n").classes ==
        std::vector<std::string>{"a \"b\"\nc", "y"});
}

TEST_CASE("the label column is found by name or number and numbers sort by value") {
  const Dataset named = parse("kind,a,b\n10,1,2\n9,3,4\n", "kind");
  CHECK(named.classes == std::vector<std::string>{"9", "10"});
  CHECK(named.labels == std::vector<int>{1, 0});
  CHECK(named.feature_names == std::vector<std::string>{"a", "b"});
  CHECK(parse("kind,a,b\n10,1,2\n9,3,4\n", "1").classes == named.classes);
  CHECK(parse("x,1,2\ny,3,4\n", "1").features == std::vector<float>{1, 2, 3, 4});
}

TEST_CASE("rows with a missing value are left out and counted") {
  const Dataset d = parse("a,b,kind\n1,2,x\n,2,x\n3,?,y\n4,NA,y\nnan,1,x\n5,6,\n7,8,?\n9,10,y\n");
  CHECK(d.incomplete == 6);
  CHECK(d.features == std::vector<float>{1, 2, 9, 10});
  CHECK(d.labels == std::vector<int>{0, 1});
  // A class may have such a name.
  CHECK(parse("1,-\n2,None\n3,+\n").classes == std::vector<std::string>{"+", "-", "None"});
}

TEST_CASE("a column that single precision cannot tell apart is refused, close values are not") {
  std::string seconds;
  std::string close;
  for (int i = 0; i < 100; ++i) {
    seconds += std::to_string(1700000000 + i) + ",1," + (i % 2 ? "x\n" : "y\n");
    // Every tenth value has a neighbour that rounds to the same.
    close += std::to_string(i / 10) + '.' + (i % 10 == 9 ? "00000001" : std::to_string(i % 10));
    close += i % 2 ? ",x\n" : ",y\n";
  }
  CHECK(has(refusal(seconds), "column 1 needs more digits than single precision has (test.csv)"));
  CHECK(has(refusal(seconds), "1700000000"));
  CHECK(parse(close).rows() == 100);
}

TEST_CASE("a bad CSV is refused with line and column") {
  const std::string head = "a,b,kind\n1,2,x\n";
  CHECK(has(refusal(head + "inf,4,y\n"), "'inf' in column 1 'a' is not a finite number"));
  CHECK(has(refusal(head + "3,-inf,y\n"), "line 3"));
  CHECK(has(refusal(head + "3,1e39,y\n"), "too large for single precision (test.csv, line 3)"));
  CHECK(has(refusal(head + "3,1e999,y\n"), "too large for single precision"));
  CHECK(has(refusal(head + "3,5?,y\n"), "'5?' in column 2 'b' is not a number"));
  CHECK(has(refusal(head + "3,0x10,y\n"), "not a number"));
  CHECK(has(refusal(head + "3,4 5,y\n"), "not a number"));
  CHECK(has(refusal(head + "3,4\n"), "2 fields where the other rows have 3 (test.csv, line 3)"));
  CHECK(has(refusal(head + "3,4,y,5\n"), "4 fields"));
  CHECK(has(refusal(head + "\n\n3,z,y\n"), "line 5"));
  CHECK(has(refusal("1,,x\n2,?,y\n"), "every row has a missing value"));
  CHECK(has(refusal(head + "3,4,\"y\n"), "a quote without an end (test.csv, line 3)"));
  CHECK(has(refusal(head + "3,\"4\"5,y\n"), "text after a closing quote (test.csv, line 3)"));
  CHECK(has(refusal(head + std::string("3,4\0 ,y\n", 8)), "a NUL byte (test.csv, line 3)"));
  CHECK(has(refusal(""), "no rows"));
  CHECK(has(refusal("\n\r\n\n"), "no rows"));
  CHECK(has(refusal("a,b,kind\n"), "a header and no rows"));
  CHECK(has(refusal("a\n1\n"), "only one column"));
  CHECK(has(refusal(head), "all rows have the class 'x'"));
  CHECK(has(refusal(head + "3,4,y\n", "type"), "no column 'type'"));
  CHECK(has(refusal(head + "3,4,y\n", "4"), "no column '4'"));
  CHECK(has(refusal(head + "3,4,y\n", "0"), "no column '0'"));
  CHECK(has(refusal(head + "3,4,y\n", "1.5"), "no column '1.5'"));
}

// Rows of a random feature and alternating classes, below `head`; `row` makes what stands before
// them.
std::string numbered(const std::string& head, const std::function<std::string(int)>& row) {
  std::string csv = head;
  for (int i = 0; i < 40; ++i) {
    csv += row(i) + "0." + std::to_string(i * 37 % 100) + (i % 2 ? ",x\n" : ",y\n");
  }
  return csv;
}

TEST_CASE(
    "a header with an empty name is a header, and its column of row numbers is refused by name") {
  const auto index = [](int i) { return std::to_string(i) + ","; };
  // As pandas.DataFrame.to_csv writes it.
  const std::string pandas = numbered(",a,kind\n", index);
  CHECK(has(refusal(pandas), "column 1 is a number of the row (test.csv)"));
  CHECK(has(refusal(pandas), "--drop 1"));
  TableOptions table;
  table.drop = {"1"};
  const Dataset d = parse(pandas, table);
  CHECK(d.rows() == 40);
  CHECK(d.incomplete == 0);
  CHECK(d.feature_names == std::vector<std::string>{"a"});
  // A name may be missing where no row number is.
  const Dataset other =
      parse(numbered(",a,kind\n", [](int i) { return std::to_string(i * i) + ","; }));
  CHECK(other.rows() == 40);
  CHECK(other.feature_names == std::vector<std::string>{"x1", "a"});
  CHECK(other.warnings.empty());
  // With a name, or without a header, it may be meant: it is said.
  CHECK(parse(numbered("id,a,kind\n", index)).warnings ==
        std::vector<std::string>{
            "column 1 'id' is a number of the row; leave it out with --drop 1"});
  CHECK(parse(numbered("", [](int i) { return std::to_string(i + 1) + ","; })).warnings ==
        std::vector<std::string>{"column 1 is a number of the row; leave it out with --drop 1"});
}

TEST_CASE("columns are left out by name or number, the label stays") {
  TableOptions table{"kind"};
  table.drop = {"b", "4"};
  const std::string csv = "a,b,kind,text\n1,2,x,hello\n3,4,y,-\n";
  const Dataset d = parse(csv, table);
  CHECK(d.rows() == 2);
  CHECK(d.feature_names == std::vector<std::string>{"a"});
  table.drop = {"3"};
  CHECK(has(refusal(csv, table), "column '3' is the label"));
  table.drop = {"5"};
  CHECK(has(refusal(csv, table), "no column '5' (test.csv); give --drop"));
  table.drop = {"1", "2", "4"};
  CHECK(has(refusal(csv, table), "no column is left"));
}

TEST_CASE("a header of numbers is no sample with a class of its own") {
  std::string years = "2019,2020,2021\n";
  for (int i = 0; i < 60; ++i)
    years += "0." + std::to_string(i) + ",3," + std::to_string(i % 2) + "\n";
  CHECK(
      has(refusal(years), "only the first line has the class '2021' (test.csv); is it a header?"));
  TableOptions table;
  table.header = TableOptions::Header::kYes;
  CHECK(parse(years, table).classes == std::vector<std::string>{"0", "1"});
  CHECK(parse(years, table).feature_names == std::vector<std::string>{"2019", "2020"});
  table.header = TableOptions::Header::kNo;
  CHECK(parse(years, table).classes == std::vector<std::string>{"0", "1", "2021"});
  table.header = TableOptions::Header::kNo;
  CHECK(has(refusal("a,b,kind\n1,2,x\n3,4,y\n", table), "'a' in column 1 is not a number"));
  // Classes of one row are nothing unusual in a small table.
  CHECK(parse("1,2,x\n3,4,y\n5,6,z\n7,8,z\n").classes.size() == 3);
}

TEST_CASE("labels that are equal numbers are one class") {
  const Dataset d = parse("1,2,1\n3,4,1.0\n5,6,01\n7,8,2\n9,8,1e0\n");
  CHECK(d.classes == std::vector<std::string>{"1", "2"});
  CHECK(d.labels == std::vector<int>{0, 0, 0, 1, 0});
  // As texts they differ.
  CHECK(parse("1,2,1\n3,4,1.0\n5,6,b\n").classes == std::vector<std::string>{"1", "1.0", "b"});
  CHECK(parse("1,2,nan\n3,4,1.0\n5,6,1\n").classes.size() == 3);
}

TEST_CASE("every message about a bad CSV is one line") {
  const std::string long_field(100000, 'z');
  for (const std::string& bad : {std::string("\"4\n5\""), long_field, std::string("\x1b[31m")}) {
    const std::string message = refusal("a,b,kind\n1,2,x\n3," + bad + ",y\n");
    CHECK(message.find_first_of("\n\r\x1b") == std::string::npos);
    CHECK(message.size() < 300);
  }
}

TEST_CASE("a CSV with more features or classes than the accelerator takes is refused") {
  const auto row = [](int features, const std::string& label) {
    std::string line;
    for (int i = 0; i < features; ++i) line += "1,";
    return line + label + "\n";
  };
  CHECK(parse(row(1024, "x") + row(1024, "y")).inputs() == 1024);
  CHECK(has(refusal(row(1025, "x") + row(1025, "y")), "1025 features, more than 1024 (test.csv)"));
  CHECK(has(refusal(std::string(50'000'000, ',')), "a line of more than"));
  std::string many;
  for (int c = 0; c < 1025; ++c) many += "1,c" + std::to_string(c) + "\n";
  CHECK(has(refusal(many), "1025 classes"));
}

TEST_CASE("numbers are plain decimals") {
  CHECK(parse_number("+2") == 2.0);
  CHECK(parse_number("-.5e1") == -5.0);
  CHECK_FALSE(parse_number(""));
  CHECK_FALSE(parse_number("+-2"));
  CHECK_FALSE(parse_number("1,5"));
  CHECK_FALSE(parse_number("1 "));
}

TEST_CASE("an unknown data set is refused with the known names") {
  try {
    load_dataset("brest");
    FAIL("accepted");
  } catch (const Error& e) {
    CHECK(has(e.what(), "unknown data set 'brest'"));
    CHECK(has(e.what(), "breast, image, iono, satimage, optdigits, mnist"));
  }
  CHECK_THROWS_AS(load_dataset("no/such/file.csv"), Error);
  CHECK_THROWS_AS(load_dataset("/"), Error);
}

TEST_CASE("splits are stratified, disjoint, complete and free of repeated rows") {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.official_train > 0) continue;  // comes split
    const Dataset d = load_dataset(std::string(file.name));
    std::set<std::vector<float>> distinct;
    for (int n = 0; n < d.rows(); ++n) distinct.emplace(d.row(n).begin(), d.row(n).end());
    std::vector<int> tested(std::size_t(d.rows()));
    for (std::uint64_t s = 0; s < 5; ++s) {
      const Split split = make_split(d, s);
      INFO(d.name << " split " << s);
      const double rows = double(distinct.size());
      CHECK(split.train.size() + split.test.size() == distinct.size());
      CHECK(std::abs(double(split.test.size()) - rows / 5) < 1);
      CHECK(split.repeats == d.rows() - int(distinct.size()));
      std::set<std::vector<float>> seen;
      std::vector<int> all(d.classes.size());
      std::vector<int> test(d.classes.size());
      for (const auto& part : {split.train, split.test}) {
        for (int n : part) {
          seen.emplace(d.row(n).begin(), d.row(n).end());
          ++all[std::size_t(d.labels[std::size_t(n)])];
        }
      }
      CHECK(seen == distinct);
      for (int n : split.test) {
        ++test[std::size_t(d.labels[std::size_t(n)])];
        ++tested[std::size_t(n)];
      }
      for (std::size_t c = 0; c < all.size(); ++c) CHECK(std::abs(test[c] - all[c] / 5.0) < 1);
    }
    // Five splits in a row test every row once.
    CHECK(std::count(tested.begin(), tested.end(), 1) == std::ptrdiff_t(distinct.size()));
    CHECK(*std::max_element(tested.begin(), tested.end()) == 1);
    CHECK(make_split(d, 1).test == make_split(d, 1).test);
    CHECK(make_split(d, 1).test != make_split(d, 6).test);
  }
}

TEST_CASE("rows with equal features and different labels are no repeats") {
  std::string csv;
  for (int i = 0; i < 24; ++i) csv += std::to_string(i % 6) + (i % 2 == i / 12 ? ",x\n" : ",y\n");
  // Each of 6 features with each of 2 labels, twice.
  const Split split = make_split(parse(csv), 0);
  CHECK(split.repeats == 12);
  CHECK(split.train.size() + split.test.size() == 12);
  CHECK_THROWS_WITH(make_split(parse("1,a\n2,b\n3,a\n"), 0), Catch::Contains("ten different rows"));
}

TEST_CASE("image has 2086 different rows, iono 350, and the others no repeats") {
  CHECK(make_split(load_dataset("image"), 0).repeats == 2310 - 2086);
  CHECK(make_split(load_dataset("iono"), 0).repeats == 1);
  CHECK(make_split(load_dataset("breast"), 0).repeats == 0);
  CHECK(make_split(load_dataset("satimage"), 0).repeats == 0);
}

TEST_CASE("a validation part comes from the training part alone") {
  const Dataset d = load_dataset("iono");
  const Split split = make_split(d, 2);
  const Split inner = carve_validation(d, split.train, 5, 2);
  std::vector<int> both = inner.train;
  both.insert(both.end(), inner.test.begin(), inner.test.end());
  std::sort(both.begin(), both.end());
  CHECK(both == split.train);
  CHECK(std::abs(double(inner.test.size()) - double(split.train.size()) / 5) < 1);
}

TEST_CASE("too few rows to split are refused, a class of one row is never tested") {
  CHECK_THROWS_AS(make_split(parse("1,x\n1,y\n"), 0), Error);
  std::string text = "100,lone\n";
  for (int i = 0; i < 9; ++i) text += std::to_string(i) + ",many\n";
  const Dataset d = parse(text);
  for (std::uint64_t s = 0; s < 10; ++s) {
    for (int n : make_split(d, s).test) CHECK(n != 0);
  }
}

TEST_CASE("MNIST is read from IDX files with and without gzip, to the same bytes") {
  const fs::path folder = scratch("idx");
  write_mnist(folder);
  const Dataset plain = load_mnist(folder);
  CHECK(plain.rows() == 9);
  CHECK(plain.official_train == 6);
  CHECK(plain.inputs() == 4);
  CHECK(plain.features == std::vector<float>(36, 'a'));
  CHECK(plain.labels == std::vector<int>{1, 1, 1, 1, 1, 1, 2, 2, 2});
  const std::string bytes = read_file(folder / "train-images-idx3-ubyte");
  fs::remove(folder / "train-images-idx3-ubyte");
  write_gzip(folder / "train-images-idx3-ubyte.gz", bytes);
  CHECK(load_mnist(folder).sha256 == plain.sha256);
  fs::remove_all(folder);
}

TEST_CASE("an IDX file cut at any length is refused, zipped or not") {
  const fs::path folder = scratch("cut");
  const fs::path path = folder / "images";
  std::string bytes = images(3, 2, 2, 12);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    write_file(path, bytes.substr(0, n));
    REQUIRE_THROWS_AS(read_idx_images(path), Error);
  }
  write_gzip(path, bytes);
  const std::string zipped = read_file(path);
  CHECK(read_idx_images(path).count == 3);
  for (std::size_t n = 0; n < zipped.size(); ++n) {
    write_file(path, zipped.substr(0, n));
    REQUIRE_THROWS_AS(read_idx_images(path), Error);
  }
  fs::remove_all(folder);
}

TEST_CASE("an IDX file whose header lies is refused") {
  const fs::path folder = scratch("lies");
  const fs::path path = folder / "file";
  const auto refuses_images = [&](const std::string& bytes) {
    write_file(path, bytes);
    CHECK_THROWS_AS(read_idx_images(path), Error);
  };
  refuses_images(images(4, 2, 2, 12));
  refuses_images(images(3, 2, 2, 13));
  refuses_images(images(0, 2, 2, 0));
  refuses_images(images(3, 0, 2, 0));
  refuses_images(images(0xFFFFFFFF, 28, 28, 12));
  refuses_images(images(1, 0xFFFFFFFF, 0xFFFFFFFF, 12));
  refuses_images(images(1, 0x80000000, 2, 12));
  refuses_images(word(0x801) + word(3) + std::string(3, '\1'));
  refuses_images("\x1f\x8b garbage that is not gzip");
  const auto refuses_labels = [&](const std::string& bytes) {
    write_file(path, bytes);
    CHECK_THROWS_AS(read_idx_labels(path), Error);
  };
  refuses_labels(word(0x801) + word(3) + std::string(2, '\1'));
  refuses_labels(word(0x801) + word(3) + "\1\2\12");  // a label of 10
  refuses_labels(images(3, 1, 1, 3));
  CHECK_THROWS_AS(read_idx_labels(folder / "none"), Error);
  CHECK_THROWS_AS(read_idx_labels(folder), Error);
  fs::remove_all(folder);
}

TEST_CASE("MNIST files that do not fit each other are refused") {
  const fs::path folder = scratch("fit");
  write_mnist(folder);
  write_file(folder / "t10k-labels-idx1-ubyte", word(0x801) + word(2) + std::string(2, '\2'));
  CHECK_THROWS_AS(load_mnist(folder), Error);
  write_mnist(folder);
  write_file(folder / "t10k-images-idx3-ubyte", images(3, 4, 1, 12));
  CHECK_THROWS_AS(load_mnist(folder), Error);
  fs::remove_all(folder);
}

TEST_CASE("MNIST is looked for in AXNN_DATA and is not listed where it is not") {
  const fs::path folder = scratch("find");
  write_mnist(folder);
  fs::current_path(folder);
  setenv("AXNN_DATA", folder.c_str(), 1);
  CHECK(find_mnist() == folder);
  CHECK(available_datasets().back() == "mnist");
  fs::remove(folder / "t10k-labels-idx1-ubyte");
  CHECK_FALSE(find_mnist());
  CHECK(available_datasets() ==
        std::vector<std::string>{"breast", "image", "iono", "satimage", "optdigits"});
  CHECK_THROWS_AS(load_dataset("mnist"), Error);
  fs::create_directories(folder / "data/mnist");
  write_mnist(folder / "data/mnist");
  CHECK(find_mnist() == fs::path("data/mnist"));
  fs::current_path(fs::temp_directory_path());
  fs::remove_all(folder);
}
