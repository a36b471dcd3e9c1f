// axnn train as a user runs it: recipes, what it is judged on, checkpoints, updates.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "model/file_io.h"
#include "tests/cli_folder.h"

using namespace axnn;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

void check_failure(const CommandResult& r, int code, const std::string& part) {
  INFO(r.err);
  CHECK(r.code == code);
  CHECK(r.out.empty());
  CHECK(r.err.starts_with("axnn: "));
  CHECK(std::count(r.err.begin(), r.err.end(), '\n') == 1);
  CHECK_THAT(r.err, Catch::Contains(part));
}

Json info(const CliFolder& folder, const std::string& model) {
  return Json::parse(folder.axnn("info " + model + " --json").out);
}

}  // namespace

TEST_CASE("by default a fifth of the training part is kept out and judged, the test part never") {
  const CliFolder folder;
  const std::string train = "train --data iono --epochs 3 --json ";
  const Json held = Json::parse(folder.axnn(train + "--out held.axnn").out);
  CHECK(held["judged_on"] == "validation");
  CHECK(held["train"] == 224);
  CHECK(held["judged"] == 56);
  const Json whole = Json::parse(folder.axnn(train + "--final --out whole.axnn").out);
  CHECK(whole["judged_on"] == "training");
  CHECK(whole["train"] == 280);
  const Json test = Json::parse(folder.axnn(train + "--test --out test.axnn").out);
  CHECK(test["judged_on"] == "test");
  CHECK(test["judged"] == 70);
  // --final and --test are one network; eval judges any of them on the test part.
  const auto on_test = [&](const std::string& model) {
    return Json::parse(folder.axnn("eval " + model + " --json").out)["results"];
  };
  CHECK(on_test("whole.axnn") == on_test("test.axnn"));
  CHECK(on_test("whole.axnn")[0]["accuracy"] == test["accuracy"]["M0"]["mean"]);
  CHECK(info(folder, "held.axnn")["held_out"] == true);
  CHECK(info(folder, "whole.axnn")["held_out"] == false);
  CHECK_THAT(folder.axnn("train --data iono --epochs 1").out,
             Catch::Contains("accuracy  on the validation part"));
}

TEST_CASE("a waiting checkpoint is not overwritten") {
  const CliFolder folder;
  const fs::path file = folder.path() / "m.axnn.checkpoint";
  write_file(file, "of an interrupted training");
  check_failure(folder.axnn("train --data iono --epochs 1 --out m.axnn"), 2,
                "waits in m.axnn.checkpoint; go on with --resume, or remove the file");
  CHECK(read_file(file) == "of an interrupted training");
  CHECK_FALSE(fs::exists(folder.path() / "m.axnn"));
  // Several runs keep no checkpoint, so there is none to lose.
  CHECK(folder.axnn("train --data iono --epochs 1 --runs 2 --out m.axnn").code == 0);
  CHECK(read_file(file) == "of an interrupted training");
  // An update wants today's network and drops what is of another training.
  CHECK(folder.axnn("train --data iono --epochs 2 --update --out m.axnn").code == 0);
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("an update trains only what has changed") {
  const CliFolder folder;
  const fs::path model = folder.path() / "m.axnn";
  const auto update = [&](const std::string& more) {
    const CommandResult r = folder.axnn("train --data iono --final --update --out m.axnn " + more);
    INFO(r.err);
    REQUIRE(r.code == 0);
    return !r.out.empty();  // it reported, so it trained
  };
  CHECK(update("--epochs 2"));
  const std::string bytes = read_file(model);
  CHECK_FALSE(update("--epochs 2"));
  CHECK(read_file(model) == bytes);
  CHECK_FALSE(update("--epochs=2 --threads 2"));  // as it was asked for does not matter
  CHECK(update("--epochs 3"));
  CHECK(update("--epochs 3 --seed 2"));
  write_file(model, bytes.substr(0, bytes.size() / 2));
  CHECK(update("--epochs 2"));
  CHECK(read_file(model) == bytes);
}

TEST_CASE("a model says which training ran") {
  const CliFolder folder;
  REQUIRE(folder.axnn("train --data breast --rho 0.3 --epochs 2 --out s.axnn").code == 0);
  CHECK(info(folder, "s.axnn")["training"] == "sam");
  REQUIRE(folder.axnn("train --data breast --epochs 2 --out b.axnn").code == 0);
  CHECK(info(folder, "b.axnn")["training"] == "bp");
  // The power table's columns are with AxTrain and without; SAM is neither.
  check_failure(folder.axnn("power s.axnn"), 1, "trained by sam is of neither column (s.axnn)");
}

TEST_CASE("options that do nothing with the method are refused") {
  const CliFolder folder;
  for (const char* option :
       {"--lambda 5", "--pas-epochs 3", "--search 9", "--trim 3", "--modes M2",
        "--halvings 1,1,1,1,1,1", "--loss-limit 1", "--act-first", "--error-threshold 0.1"}) {
    const std::string name = std::string(option).substr(0, std::string(option).find(' '));
    check_failure(folder.axnn(std::string("train --data breast --epochs 1 ") + option), 2,
                  name + " does nothing here");
  }
  CHECK(folder.is_empty());
}

TEST_CASE("a recipe comes by name or from a user's file, options go before it") {
  const CliFolder folder;
  const auto recipe = [&](const std::string& more) {
    const CommandResult r = folder.axnn("train --data iono --show-recipe " + more);
    INFO(r.err);
    REQUIRE(r.code == 0);
    return Json::parse(r.out)["recipe"];
  };
  const Json named = recipe("--recipe axtrain");
  CHECK(named["method"] == "axtrain");
  CHECK(named["batch"] == 64);
  CHECK(recipe("--recipe axtrain --batch 8")["batch"] == 8);
  write_file(folder.path() / "own.toml", "epochs = 4\n[data.iono]\nclip = 2\nscaling = 'z'\n");
  const Json own = recipe("--recipe own.toml");
  CHECK(own["epochs"] == 4);
  CHECK(own["clip"] == 2.0);
  write_file(folder.path() / "own.toml", "epochs = 4\nlambda = 2\n");
  check_failure(folder.axnn("train --data iono --recipe own.toml"), 2, "--lambda does nothing");
  write_file(folder.path() / "own.toml", "epoch = 4\n");
  check_failure(folder.axnn("train --data iono --recipe own.toml"), 1,
                "unknown key 'epoch' (own.toml, line 1)");
  CHECK_THAT(folder.axnn("train --data iono --recipe none").err, Catch::Contains("known: axtrain"));
  check_failure(folder.axnn("train --data iono --recipe none.toml"), 1, "none.toml");
  CHECK_FALSE(fs::exists(folder.path() / "iono.axnn"));
}

TEST_CASE("Algorithm 1's constants can be set, and a threshold lets lambda grow") {
  const CliFolder folder;
  const auto last_lambda = [&](const std::string& more) {
    const CommandResult r = folder.axnn(
        "train --data iono --method act --epochs 6 --runs 1 --lambda 1e-3 --json " + more);
    INFO(r.err);
    REQUIRE(r.code == 0);
    const std::size_t end = r.err.rfind('{');
    return Json::parse(r.err.substr(end))["lambda"].get<double>();
  };
  // Below the threshold lambda grows by Delta lambda in each of six epochs, which are reported
  // with the lambda they had: five steps of 1e-3 * 0.5.
  CHECK(last_lambda("--error-threshold 1000 --lambda-step 0.5") == Approx(3.5e-3));
  CHECK(last_lambda("--error-threshold 1000 --lambda-step 0.5 --lambda-cap 2") == Approx(2e-3));
}

TEST_CASE("a sweep names its winners, refuses what does nothing, and writes no file") {
  const CliFolder folder;
  write_file(folder.path() / "grid.toml", "epochs = 3\n[grid]\nbatch = [16, 64]\n");
  const std::string sweep = "sweep grid.toml --data iono --splits 2 --folds 1 ";
  const CommandResult r = folder.axnn(sweep + "--json --threads 2");
  REQUIRE(r.code == 0);
  const Json json = Json::parse(r.out);
  CHECK(json["candidates"].size() == 3);
  CHECK(json["splits"].size() == 2);
  CHECK(json["splits"][0]["test"].size() == 1);
  CHECK(r.out == folder.axnn(sweep + "--json --threads 1").out);
  CHECK_THAT(folder.axnn(sweep).out, Catch::Contains("which no test row chose"));
  // --epochs on the command line goes before the file's.
  CHECK(folder.axnn(sweep + "--json --epochs 4").out != r.out);
  check_failure(folder.axnn(sweep + "--lambda 3"), 2, "--lambda does nothing");
  check_failure(folder.axnn("sweep none.toml --data iono"), 1, "none.toml");
  write_file(folder.path() / "grid.toml", "[grid]\ntrim = [1, 2]\n");
  check_failure(folder.axnn(sweep), 2, "--trim does nothing");
  fs::remove(folder.path() / "grid.toml");
  CHECK(folder.is_empty());
}
