// The program as a user runs it: data, train, eval and info, right and wrong.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "model/file_io.h"
#include "tests/cli_folder.h"
#include "tests/skip.h"

using namespace axnn;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// One line on stderr that starts with the program's name and holds `part`, nothing on stdout.
void check_failure(const CommandResult& r, int code, const std::string& part) {
  INFO(r.err);
  CHECK(r.code == code);
  CHECK(r.out.empty());
  CHECK(r.err.starts_with("axnn: "));
  CHECK(std::count(r.err.begin(), r.err.end(), '\n') == 1);
  CHECK(has(r.err, part));
}

constexpr const char* kSmallTable =
    "size,weight,kind\n1,2,no\n2,1,no\n1,1,no\n2,2,no\n1.5,1.5,no\n8,9,yes\n9,8,yes\n9,9,yes\n"
    "8,8,yes\n8.5,8.5,yes\n1,2,no\n";

}  // namespace

TEST_CASE("axnn data list names the embedded sets, in a table, as JSON and bare") {
  const CliFolder folder;
  CHECK(folder.axnn("data list --names").out == "breast\nimage\niono\nsatimage\noptdigits\n");
  const Json json = Json::parse(folder.axnn("data list --json").out);
  REQUIRE(json.size() == 5);
  CHECK(json[0]["name"] == "breast");
  CHECK(json[0]["rows"] == 569);
  CHECK(json[3]["features"] == 36);
  const CommandResult table = folder.axnn("data list");
  CHECK(has(table.out, "satimage"));
  CHECK(has(table.out, "axnn data fetch mnist"));
}

TEST_CASE("axnn data show tells classes, repeats and constant features") {
  const CliFolder folder;
  const Json json = Json::parse(folder.axnn("data show image --json").out);
  CHECK(json["repeated_rows"] == 224);
  CHECK(json["classes"].size() == 7);
  CHECK(json["features"].size() == 19);
  const CommandResult text = folder.axnn("data show iono");
  CHECK(text.code == 0);
  CHECK(has(text.out, "constant"));
}

TEST_CASE("train, eval and info work together and twice give the same bytes") {
  const CliFolder folder;
  const CommandResult trained =
      folder.axnn("train --data breast --epochs 5 --test --out m.axnn --json");
  REQUIRE(trained.code == 0);
  CHECK(std::count(trained.err.begin(), trained.err.end(), '\n') == 5);  // one line an epoch
  CHECK(Json::parse(trained.err.substr(0, trained.err.find('\n'))).at("epoch") == 1);
  const Json report = Json::parse(trained.out);
  CHECK(report["classes"][0]["rows"] == 357);
  CHECK(report["train"].get<int>() + report["judged"].get<int>() == 569);
  const std::string bytes = read_file(folder.path() / "m.axnn");
  REQUIRE(folder.axnn("train --data breast --epochs 5 --test --out m.axnn --json").code == 0);
  CHECK(read_file(folder.path() / "m.axnn") == bytes);

  const Json eval = Json::parse(folder.axnn("eval m.axnn --json").out);
  CHECK(eval["samples"] == report["judged"]);
  CHECK(eval["accuracy_float"] == report["runs"][0]["accuracy_float"]);
  REQUIRE(eval["results"].size() == 3);
  for (const Json& row : eval["results"]) {
    CHECK(row["accuracy"] == report["runs"][0]["accuracy"][row["mode"].get<std::string>()]);
  }
  const Json one = Json::parse(folder.axnn("eval m.axnn --mode M2 --json").out);
  REQUIRE(one["results"].size() == 1);
  CHECK(one["results"][0] == eval["results"][2]);
  CHECK(has(folder.axnn("eval m.axnn").out, "M1"));

  const Json info = Json::parse(folder.axnn("info m.axnn --json").out);
  CHECK(info["command"] == Json{"axnn", "train", "--data", "breast", "--epochs", "5", "--test"});
  CHECK(info["layers"].size() == 3);
  CHECK(info["layers"][0]["inputs"] == 30);
  CHECK(info["layers"][2]["activation"] == "raw");
  CHECK(info["macs"] == 30 * 64 + 64 * 64 + 64 * 2);
  CHECK(has(folder.axnn("info m.axnn").out, "relu"));
}

TEST_CASE("a log has each epoch once, also of several runs, and the model no word of threads") {
  const CliFolder folder;
  const std::string arguments = "train --data iono --epochs 3 --out m.axnn --log log ";
  const auto epochs = [&] {
    std::multiset<std::pair<int, int>> lines;
    std::istringstream log(read_file(folder.path() / "log"));
    for (std::string line; std::getline(log, line);) {
      const Json json = Json::parse(line);
      lines.emplace(json.at("run"), json.at("epoch"));
    }
    return lines;
  };
  REQUIRE(folder.axnn(arguments + "--threads 1").code == 0);
  CHECK(epochs() == std::multiset<std::pair<int, int>>{{0, 1}, {0, 2}, {0, 3}});
  const std::string bytes = read_file(folder.path() / "m.axnn");
  REQUIRE(folder.axnn(arguments + "--threads=2").code == 0);
  CHECK(read_file(folder.path() / "m.axnn") == bytes);
  REQUIRE(folder.axnn(arguments + "--runs 2").code == 0);
  CHECK(epochs() ==
        std::multiset<std::pair<int, int>>{{0, 1}, {0, 2}, {0, 3}, {1, 1}, {1, 2}, {1, 3}});
}

TEST_CASE("a model says how its weights are to be stored, and eval goes by that") {
  const CliFolder folder;
  const std::string arguments =
      "train --data iono --epochs 3 --search 1 --teachers 0 --multiplier booth --out m.axnn ";
  REQUIRE(folder.axnn(arguments + "--method pas --weight-format guarded").code == 0);
  CHECK(Json::parse(folder.axnn("info m.axnn --json").out)["weight_format"] == "guarded");
  const auto results = [&](const std::string& more) {
    const CommandResult r = folder.axnn("eval m.axnn --multiplier booth --json " + more);
    INFO(r.err);
    REQUIRE(r.code == 0);
    return Json::parse(r.out)["results"];
  };
  const std::string flips = "--flip-rate 0.1 --chips 5 ";
  CHECK(results(flips) == results(flips + "--weight-format guarded"));
  CHECK(results(flips) != results(flips + "--weight-format sign-magnitude"));
  CHECK(results("") == results("--weight-format guarded"));  // trained for
  // A network that was not trained for the format changes when it is stored so.
  REQUIRE(folder.axnn("train --data image --epochs 3 --out m.axnn").code == 0);
  CHECK(Json::parse(folder.axnn("info m.axnn --json").out)["weight_format"].is_null());
  CHECK(results("") == results("--weight-format twos-complement"));
  CHECK(results("") != results("--weight-format guarded"));
}

TEST_CASE("runs report the same for one and two threads and write nothing") {
  const CliFolder folder;
  const std::string arguments = "train --data iono --epochs 3 --runs 4 --json";
  const CommandResult one = folder.axnn(arguments + " --threads 1");
  CHECK(one.code == 0);
  CHECK(one.out == folder.axnn(arguments + " --threads 2").out);
  CHECK(Json::parse(one.out)["runs"].size() == 4);
  CHECK(folder.axnn("train --data iono --epochs 3 --runs 1").code == 0);
  CHECK(folder.is_empty());
}

TEST_CASE("pas centres iono's inputs unless told not to") {
  const CliFolder folder;
  const std::string arguments =
      "train --data iono --epochs 3 --method pas --multiplier booth --modes M2 --search 1 "
      "--teachers 0 --json";
  const auto runs = [&](const std::string& more) {
    const CommandResult r = folder.axnn(arguments + more);
    REQUIRE(r.code == 0);
    return Json::parse(r.out)["runs"];
  };
  CHECK(runs("") == runs(" --centre"));
  CHECK(runs("") != runs(" --no-centre"));
  check_failure(folder.axnn(arguments + " --centre --no-centre"), 2, "excludes");
  check_failure(
      folder.axnn("train --data iono --method axnn --modes M2 --multiplier booth --teachers 2"), 2,
      "--teachers does nothing here");
}

TEST_CASE("ApproxANN reports shares and each neuron's mode, and writes no model") {
  const CliFolder folder;
  const std::string arguments = "train --data iono --epochs 3 --method approxann --loss-limit 50 ";
  const CommandResult r = folder.axnn(arguments + "--multiplier booth --modes M2 --json");
  CHECK(r.code == 0);
  const Json json = Json::parse(r.out);
  CHECK(json["method"] == "approxann");
  CHECK(json["accuracy"].size() == 1);
  int neurons = 0;
  int marked = 0;
  for (const Json& layer : json["runs"][0]["neuron_modes"]) {
    neurons += static_cast<int>(layer.size());
    for (const Json& mode : layer) marked += mode.get<int>();
  }
  CHECK(neurons == 50 + 50 + 2);
  CHECK(json["approximate_neurons"]["mean"].get<double>() == Approx(marked / 102.0));
  CHECK(folder.is_empty());
  check_failure(folder.axnn(arguments + "--multiplier booth"), 2, "one mode");
  check_failure(folder.axnn(arguments + "--modes M2 --out x.axnn"), 2, "no model file");
  CHECK(folder.is_empty());
}

TEST_CASE("a user's CSV trains and is found again by eval") {
  const CliFolder folder;
  write_file(folder.path() / "my table.csv", kSmallTable);
  const CommandResult r =
      folder.axnn("train --data './my table.csv' --label kind --layers 4 --json");
  REQUIRE(r.code == 0);
  const Json report = Json::parse(r.out);
  CHECK(report["repeats_dropped"] == 1);
  CHECK(report["classes"][0] == Json{{"name", "no"}, {"rows", 6}});
  CHECK(folder.axnn("eval 'my table.axnn'").code == 0);
  write_file(folder.path() / "my table.csv", std::string(kSmallTable) + "7,7,yes\n");
  check_failure(folder.axnn("eval 'my table.axnn'"), 1, "the data differ");
  fs::remove(folder.path() / "my table.csv");
  check_failure(folder.axnn("eval 'my table.axnn'"), 1, "my table.csv");
  // Elsewhere the table is looked for beside the model.
  fs::create_directory(folder.path() / "moved");
  fs::rename(folder.path() / "my table.axnn", folder.path() / "moved/m.axnn");
  check_failure(folder.axnn("eval moved/m.axnn"), 1, "copy it to moved/my table.csv");
  write_file(folder.path() / "moved/my table.csv", kSmallTable);
  CHECK(folder.axnn("eval moved/m.axnn").code == 0);
}

TEST_CASE("wrong input is one line that says what and where, and leaves no file behind") {
  const CliFolder folder;
  check_failure(folder.axnn("train --data brest"), 2, "unknown data set 'brest'");
  check_failure(folder.axnn("train --data none.csv"), 1, "none.csv");
  check_failure(folder.axnn("train --data mnist"), 1, "axnn data fetch mnist");
  check_failure(folder.axnn("train --data iono --out no/folder/m.axnn"), 1, "no such folder");
  check_failure(folder.axnn("eval none.axnn"), 1, "none.axnn");
  check_failure(folder.axnn("data show none"), 2, "unknown data set");
  check_failure(folder.axnn("train --data iono --pixel-shifts --out m.axnn"), 1, "square");
  check_failure(folder.axnn("train --data iono --method act --rho 0.1"), 2, "act takes no SAM");
  check_failure(folder.axnn("train --data iono --clip-gradient"), 2,
                "--clip-gradient does nothing");
  check_failure(folder.axnn("train --data iono --flip-rate 0.1"), 2, "--flip-rate does nothing");
  check_failure(folder.axnn("train --data iono --runs 2 --resume"), 2, "no checkpoint");
  check_failure(folder.axnn("train --data iono --seed 18446744073709551616"), 2, "--seed");
  check_failure(folder.axnn("train --data iono --split -1"), 2, "--split");
  check_failure(folder.axnn("train --data iono --out ."), 1, "is a directory");
  CHECK(folder.is_empty());
  const auto refuses = [&](const std::string& csv, const std::string& part) {
    write_file(folder.path() / "bad.csv", csv);
    check_failure(folder.axnn("train --data bad.csv --out m.axnn"), 1, part);
    fs::remove(folder.path() / "bad.csv");
    CHECK(folder.is_empty());
  };
  refuses("", "no rows");
  refuses("a,kind\n,x\n,y\n", "every row has a missing value (bad.csv)");
  refuses("a,kind\n1,x\ninf,y\n", "not a finite number");
  refuses("a,kind\n1,x\n2,x\n", "all rows have the class");
  refuses("a,kind\n1,x\n2,y\n", "too few rows");
}

TEST_CASE("a wrong command line ends with code 2 and one line") {
  const CliFolder folder;
  check_failure(folder.axnn("train"), 2, "--data");
  check_failure(folder.axnn("train --data iono --layers 64,0"), 2, "--layers");
  check_failure(folder.axnn("train --data iono --layers 64,abc"), 2, "--layers");
  check_failure(folder.axnn("train --data iono --output relu"), 2, "--output");
  check_failure(folder.axnn("train --data iono --runs 0"), 2, "--runs");
  check_failure(folder.axnn("train --data iono --final --test"), 2, "--final");
  check_failure(folder.axnn("train --data iono --no-such-option"), 2, "--no-such-option");
  check_failure(folder.axnn("data fetch iono"), 2, "iono");
  check_failure(folder.axnn("data"), 2, "subcommand");
  check_failure(folder.axnn("nonsense"), 2, "axnn");
  CHECK(folder.is_empty());
}

TEST_CASE("a model file with a byte changed or cut off is refused by eval and info") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data iono --epochs 1 --out m.axnn").code == 0);
  std::string bytes = read_file(folder.path() / "m.axnn");
  write_file(folder.path() / "cut.axnn", bytes.substr(0, bytes.size() - 1));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file(folder.path() / "changed.axnn", bytes);
  for (const char* file : {"cut.axnn", "changed.axnn"}) {
    check_failure(folder.axnn(std::string("eval ") + file), 1, "truncated or altered");
    check_failure(folder.axnn(std::string("info ") + file), 1, "truncated or altered");
  }
}

TEST_CASE("a truncated MNIST file is refused and nothing is written") {
  const CliFolder folder;
  const fs::path data = folder.path() / "data/mnist";
  fs::create_directories(data);
  const std::string header("\0\0\x08\x03\0\0\xEA\x60\0\0\0\x1C\0\0\0\x1C", 16);
  write_file(data / "train-images-idx3-ubyte", header + std::string(1000, 'x'));
  for (const char* name :
       {"train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
    write_file(data / name, header);
  }
  check_failure(folder.axnn("train --data mnist --out m.axnn"), 1, "train-images-idx3-ubyte");
  CHECK_FALSE(fs::exists(folder.path() / "m.axnn"));
}

TEST_CASE("a failed fetch of MNIST says so and leaves no file") {
  const CliFolder folder;
  const std::string address = "file://" + folder.path().string() + "/nowhere";
  const CommandResult none = folder.axnn("data fetch mnist --to here --from '" + address + "'");
  CHECK(none.code == 1);
  CHECK(has(none.err, "no mirror delivered"));
  CHECK(fs::is_empty(folder.path() / "here"));
  fs::create_directories(folder.path() / "nowhere");
  write_file(folder.path() / "nowhere/train-images-idx3-ubyte.gz", "not MNIST");
  CHECK(folder.axnn("data fetch mnist --to here --from '" + address + "'").code == 1);
  CHECK(fs::is_empty(folder.path() / "here"));
  check_failure(folder.axnn("data fetch mnist --to here", "PATH=/none"), 1,
                "program not found (curl); install curl, or copy the four files");
  CHECK(fs::is_empty(folder.path() / "here"));
}

TEST_CASE("a fetch takes an address as it is, without a shell") {
  const CliFolder folder;
  folder.axnn("data fetch mnist --to here --from '$(touch broken);touch broken #'");
  folder.axnn("data fetch mnist --to here --from '--output=broken'");
  CHECK_FALSE(fs::exists(folder.path() / "broken"));
}

TEST_CASE("MNIST is fetched from an address that has it, and then found") {
  const CliFolder folder;
  const std::string from = original("train-images-idx3-ubyte.gz").parent_path().string();
  REQUIRE(folder.axnn("data fetch mnist --from 'file://" + from + "'").code == 0);
  CHECK(has(folder.axnn("data list --names").out, "mnist"));
}

TEST_CASE("every help ends with an example") {
  const CliFolder folder;
  for (const char* command :
       {"data", "data list", "data show", "data fetch", "train", "eval", "info"}) {
    const CommandResult r = folder.axnn(std::string(command) + " --help");
    CHECK(r.code == 0);
    CHECK(has(r.out.substr(r.out.size() > 600 ? r.out.size() - 600 : 0), "Example:\n  axnn "));
  }
}
