// axnn predict as a user runs it, against axnn eval and the golden model sample by sample; and
// model files that say nothing of the machine they were made on.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "data/csv.h"
#include "data/embedded.h"
#include "data/split.h"
#include "eval/test_set.h"
#include "model/faults.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "tests/cli_folder.h"

using namespace axnn;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

void check_failure(const CommandResult& r, int code, const std::string& part) {
  INFO(r.err);
  CHECK(r.code == code);
  CHECK_THAT(r.err, Catch::StartsWith("axnn: ") && Catch::Contains(part));
  CHECK(std::count(r.err.begin(), r.err.end(), '\n') == 1);
}

CommandResult succeed(const CliFolder& folder, const std::string& arguments) {
  CommandResult r = folder.axnn(arguments);
  INFO(arguments << ": " << r.err);
  REQUIRE(r.code == 0);
  return r;
}

std::vector<std::vector<std::string>> fields_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  FieldSplitter splitter(',');
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    if (splitter.feed(line, "test")) rows.push_back(splitter.fields());
  }
  return rows;
}

// The embedded set as a user's file, with its header.
std::string breast_csv() { return std::string(embedded_files()[0].csv); }

// The table's rows without a header, of its columns those given.
std::string columns_of(const std::string& csv, const std::vector<std::size_t>& columns,
                       bool header) {
  std::string text;
  auto rows = fields_of(csv);
  if (!header) rows.erase(rows.begin());
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < columns.size(); ++c) text += (c ? "," : "") + row[columns[c]];
    text += '\n';
  }
  return text;
}

std::vector<std::size_t> first_columns(std::size_t n) {
  std::vector<std::size_t> columns(n);
  for (std::size_t c = 0; c < n; ++c) columns[c] = c;
  return columns;
}

constexpr const char* kTrain = "train --data breast.csv --label class --epochs 5 --final ";

}  // namespace

TEST_CASE("predictions are what eval judges and the golden model's logits, row by row") {
  const CliFolder folder;
  write_file(folder.path() / "breast.csv", breast_csv());
  succeed(folder, std::string(kTrain) + "--out m.axnn");
  // The test rows as a file of their own.
  const Dataset data = load_dataset("breast");
  const auto lines = fields_of(breast_csv());
  const std::vector<int> rows = make_split(data, 0).test;
  std::string csv;
  for (const int n : rows) {
    const auto& fields = lines[std::size_t(n) + 1];
    for (std::size_t c = 0; c < fields.size(); ++c) csv += (c ? "," : "") + fields[c];
    csv += '\n';
  }
  write_file(folder.path() / "test.csv", csv);
  const Model model = load_model(folder.path() / "m.axnn");
  const TestSet test = make_test_set(model, data, rows);
  const ModelLayer& last = model.layers.back();

  struct Case {
    std::string mode, eval, predict;
    std::optional<FaultMap> faults;
  };
  const std::vector<Case> cases{
      {"--mode M0", "", "", {}},
      {"--mode M2", "", "", {}},
      {"--multiplier booth --mode M1", "", "", {}},
      {"--multiplier drum:4", "--mode K4", "--mode K4", {}},
      {"--mode M1", "--flip-rate 0.02 --chips 3", "--flip-rate 0.02 --chip 3", FaultMap(3, 0.02)}};
  for (const Case& c : cases) {
    INFO(c.mode << " " << c.predict);
    const Json eval = Json::parse(
        succeed(folder, "eval m.axnn --json " + c.mode + " " + c.eval).out)["results"][0];
    const double accuracy =
        c.faults ? eval["chips"]["accuracies"][2].get<double>() : eval["accuracy"].get<double>();
    const auto out =
        fields_of(succeed(folder, "predict m.axnn test.csv " + c.mode + " " + c.predict).out);
    REQUIRE(out.size() == rows.size() + 1);
    CHECK(out[0] ==
          std::vector<std::string>{"row", "class", "label", "logit_benign", "logit_malignant"});
    const Multiplier m = parse_multiplier(eval["multiplier"].get<std::string>() == "drum"
                                              ? "drum:4"
                                              : eval["multiplier"].get<std::string>(),
                                          eval["mode"].get<std::string>());
    IntegerNet net = model.integer_net();
    if (c.faults) net = apply_faults(net, WeightFormat::kSignMagnitude, *c.faults);
    const GoldenModel golden(net, m);
    std::vector<LayerOutput> layers;
    int right = 0;
    int differ = 0;
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const auto& row = out[n + 1];
      right += row[1] == row[2];
      golden.run(test.row(static_cast<int>(n)), layers);
      differ += row[0] != std::to_string(n + 1);
      differ += row[1] != model.classes[std::size_t(argmax(layers.back()))];
      differ += row[2] != data.classes[std::size_t(test.labels[n])];
      for (std::size_t o = 0; o < 2; ++o) {
        const double code =
            *parse_number(row[3 + o]) * std::ldexp(1.0, last.input_fraction + last.weight_fraction);
        differ += code != layers.back().accumulators[o];
      }
    }
    CHECK(differ == 0);
    CHECK(right == Approx(accuracy * static_cast<double>(rows.size())));
  }
}

TEST_CASE("columns of new rows are found by name, else by their number") {
  const CliFolder folder;
  const std::string csv = breast_csv();
  write_file(folder.path() / "breast.csv", csv);
  succeed(folder, std::string(kTrain) + "--out m.axnn");
  const std::string labelled = succeed(folder, "predict m.axnn breast.csv").out;
  std::string bare;  // as `labelled`, without the label column
  for (const auto& f : fields_of(labelled)) {
    bare += f[0] + ',' + f[1] + ',' + f[3] + ',' + f[4] + '\n';
  }
  const auto predict = [&](const std::string& text, const std::string& more = "") {
    write_file(folder.path() / "new.csv", text);
    return succeed(folder, "predict m.axnn new.csv " + more);
  };
  std::vector<std::size_t> reversed = first_columns(31);
  std::ranges::reverse(reversed);
  CHECK(predict(columns_of(csv, reversed, true)).out == labelled);
  const CommandResult all = predict(columns_of(csv, first_columns(31), false));
  CHECK(all.out == labelled);
  CHECK_THAT(all.err, Catch::Contains("no header, label in column 31"));
  const CommandResult features = predict(columns_of(csv, first_columns(30), false));
  CHECK(features.out == bare);
  CHECK_THAT(features.err, Catch::Contains("no header, no label"));
  CHECK(predict(columns_of(csv, first_columns(30), true)).out == bare);
  // The label in front, said by an option; and a column that the model does not know.
  std::vector<std::size_t> front = first_columns(30);
  front.insert(front.begin(), 30);
  CHECK(predict(columns_of(csv, front, false), "--label 1").out == labelled);
  front.push_back(0);
  check_failure(folder.axnn("predict m.axnn new.csv --no-label"), 1, "31 columns are features");
  CHECK(predict(columns_of(csv, front, false), "--label 1 --ignore 32").out == labelled);
  CHECK(predict(columns_of(csv, front, false), "--no-label --ignore 1,32").out == bare);
  // CRLF, a byte-order mark, blank lines, no newline at the end; standard input.
  std::string dos = "\xEF\xBB\xBF";
  for (const char c : csv) dos += c == '\n' ? "\r\n\r\n" : std::string(1, c);
  while (dos.ends_with("\r\n")) dos.resize(dos.size() - 2);
  CHECK(predict(dos).out == labelled);
  CHECK(succeed(folder, "predict m.axnn - < breast.csv").out == labelled);
  CHECK(succeed(folder, "predict m.axnn breast").out == labelled);
}

TEST_CASE("predictions are the same for one and two threads, in a file and as JSON") {
  const CliFolder folder;
  const std::string csv = breast_csv();
  write_file(folder.path() / "breast.csv", csv);
  succeed(folder, std::string(kTrain) + "--out m.axnn");
  std::string many = csv.substr(0, csv.find('\n') + 1);
  for (int n = 0; n < 100; ++n) many += csv.substr(csv.find('\n') + 1);  // several rounds of blocks
  write_file(folder.path() / "many.csv", many);
  const std::string out = succeed(folder, "predict m.axnn many.csv --threads 1").out;
  CHECK(std::count(out.begin(), out.end(), '\n') == 56901);
  CHECK(succeed(folder, "predict m.axnn many.csv --threads 2 --out o.csv").out.empty());
  CHECK(read_file(folder.path() / "o.csv") == out);
  std::istringstream lines(succeed(folder, "predict m.axnn many.csv --json").out);
  const auto rows = fields_of(out);
  std::size_t n = 0;
  int differ = 0;
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line);
    const auto& row = rows[++n];
    differ += std::to_string(json["row"].get<int>()) != row[0] || json["class"] != row[1] ||
              json["label"] != row[2] || json["logits"]["benign"] != *parse_number(row[3]) ||
              json["logits"]["malignant"] != *parse_number(row[4]);
  }
  CHECK(n == 56900);
  CHECK(differ == 0);
}

TEST_CASE("the RTL gives the predictions too") {
  const CliFolder folder;
  write_file(folder.path() / "breast.csv", breast_csv());
  succeed(folder, std::string(kTrain) + "--out m.axnn");
  for (const char* how : {"--mode M1", "--multiplier booth --mode M2 --flip-rate 0.02 --chip 2"}) {
    const CommandResult golden = succeed(folder, std::string("predict m.axnn breast.csv ") + how);
    const CommandResult rtl =
        succeed(folder, std::string("predict m.axnn breast.csv --rtl ") + how);
    CHECK(rtl.out == golden.out);
    // 569 samples, 64 + 64 + 2 outputs.
    CHECK_THAT(rtl.err, Catch::Contains("73970 outputs of the RTL compared, 0 differ"));
  }
  check_failure(folder.axnn("predict m.axnn breast.csv --mapping latency"), 2, "--rtl");
}

TEST_CASE("a row that cannot be read is named by its line, and ends it or is left out") {
  const CliFolder folder;
  std::string train = "size,weight,kind\n";
  for (int i = 0; i < 40; ++i) {
    train += std::to_string(i) + ".5," + std::to_string(i * i % 17) + (i < 20 ? ",0\n" : ",1\n");
  }
  write_file(folder.path() / "t.csv", train);
  succeed(folder, "train --data t.csv --epochs 2 --final --out m.axnn");
  const std::string rows = "weight,size\n1,2\n\n3,x\n4,5,6\n?,7\n8,inf\n9,1e99\n10,\"2\n11,12\n";
  write_file(folder.path() / "new.csv", rows);
  const CommandResult stopped = folder.axnn("predict m.axnn new.csv");
  check_failure(stopped, 1, "'x' in column 2 'size' is not a number (new.csv, line 4)");
  CHECK(fields_of(stopped.out).size() == 2);  // the header and the row before
  const CommandResult skipped = succeed(folder, "predict m.axnn new.csv --skip-bad");
  const auto out = fields_of(skipped.out);
  REQUIRE(out.size() == 3);
  CHECK(out[1][0] == "1");
  CHECK(out[2][0] == "8");
  for (const char* part :
       {"line 4)", "3 fields where the other rows have 2 (new.csv, line 5)",
        "a missing value in column 1 'weight' (new.csv, line 6)", "line 7)", "line 8)",
        "a quote without an end (new.csv, line 9)", "6 rows left out"}) {
    CHECK_THAT(skipped.err, Catch::Contains(part));
  }
  // A file that would be written is not, if a row is bad.
  check_failure(folder.axnn("predict m.axnn new.csv --out o.csv"), 1, "line 4");
  CHECK_FALSE(fs::exists(folder.path() / "o.csv"));
  const auto refuses = [&](const std::string& text, const std::string& part) {
    write_file(folder.path() / "new.csv", text);
    check_failure(folder.axnn("predict m.axnn new.csv"), 1, part);
  };
  refuses("", "no rows (new.csv)");
  refuses("\n\n", "no rows (new.csv)");
  refuses("1\n2\n", "1 column, the model takes 2 features");
  refuses("1,2,3,4\n", "4 columns, the model takes 2 features");
  refuses("size,height\n1,2\n", "no column 'weight', which the model takes");
  refuses("size,weight,size\n1,2,3\n", "two columns 'size'");
  refuses(std::string(3 << 20, '1'), "a line of more than");
  check_failure(folder.axnn("predict m.axnn none.csv"), 1, "cannot read");
  check_failure(folder.axnn("predict m.axnn ."), 1, "is a directory");
  check_failure(folder.axnn("predict m.axnn iono"), 1, "34 features a sample, the model takes 2");
  check_failure(folder.axnn("predict m.axnn new.csv --mode M9"), 2, "unknown mode 'M9'");
  check_failure(folder.axnn("predict m.axnn new.csv --out no/o.csv"), 1, "no such folder");
  // Equal numbers are one label; others are counted.
  write_file(folder.path() / "new.csv", "1,2,1.0\n1,2,7\n1,2,\n");
  const CommandResult labels = succeed(folder, "predict m.axnn new.csv");
  CHECK_THAT(labels.err, Catch::Contains("1 without a label, 1 labels that are no class"));
  // No rows below a header are no error: nothing is to be predicted.
  write_file(folder.path() / "new.csv", "size,weight\n");
  CHECK(succeed(folder, "predict m.axnn new.csv").out == "row,class,logit_0,logit_1\n");
}

TEST_CASE("a model file has no absolute path, and is the same wherever it goes") {
  const CliFolder folder;
  const std::string place = fs::canonical(folder.path()).string();
  fs::create_directory(folder.path() / "elsewhere");
  write_file(folder.path() / "breast.csv", breast_csv());
  const std::string train = "train --data '" + place + "/breast.csv' --label class --epochs 2 ";
  succeed(folder, train + "--out m.axnn");
  succeed(folder, train + "--out '" + place + "/elsewhere/n.axnn' --threads 1");
  const std::string bytes = read_file(folder.path() / "m.axnn");
  CHECK(read_file(folder.path() / "elsewhere/n.axnn") == bytes);
  CHECK(bytes.find(place) == std::string::npos);
  const Json info = Json::parse(succeed(folder, "info m.axnn --json").out);
  CHECK(info["dataset"] == "breast.csv");
  CHECK(info["command"] ==
        Json{"axnn", "train", "--data", "breast.csv", "--label", "class", "--epochs", "2"});
  // The command that info prints makes the same file, where the data are.
  std::istringstream lines(succeed(folder, "info m.axnn").out);
  std::string command;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("command   axnn ")) command = line.substr(15);
  }
  succeed(folder, command + " --out again.axnn");
  CHECK(read_file(folder.path() / "again.axnn") == bytes);
  // eval finds the data in the current folder, beside the model, or in $AXNN_DATA.
  CHECK(folder.axnn("eval m.axnn").code == 0);
  fs::create_directory(folder.path() / "data");
  fs::rename(folder.path() / "breast.csv", folder.path() / "data/breast.csv");
  check_failure(folder.axnn("eval m.axnn"), 1, "set AXNN_DATA to the folder");
  CHECK(folder.axnn("eval m.axnn", "AXNN_DATA=data").code == 0);
}

TEST_CASE("paths are portable without their folder") {
  CHECK(portable_path("/home/someone/x.csv") == "x.csv");
  CHECK(portable_path("/home/someone/table") == "./table");
  CHECK(portable_path("/home/folder.d/") == "folder.d");
  CHECK(portable_path("tables/x.csv") == "tables/x.csv");
  CHECK(portable_path("breast") == "breast");
}

TEST_CASE("a model file of before, without the columns' names, still reads and predicts") {
  const CliFolder folder;
  write_file(folder.path() / "breast.csv", breast_csv());
  succeed(folder, std::string(kTrain) + "--out m.axnn");
  Model model = load_model(folder.path() / "m.axnn");
  CHECK(model.table.columns.size() == 31);
  model.table = {};
  model.provenance.dataset = "/somewhere/else/breast.csv";
  const std::string bytes = encode_model(model);
  CHECK(bytes.find("worst_texture") == std::string::npos);
  write_file(folder.path() / "old.axnn", bytes);
  CHECK(succeed(folder, "predict old.axnn breast.csv").out ==
        succeed(folder, "predict m.axnn breast.csv").out);
  CHECK(folder.axnn("eval old.axnn").code == 0);
}
