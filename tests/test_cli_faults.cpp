// axnn faults and axnn import, run as a user runs them.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "model/file_io.h"
#include "tests/skip.h"

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

struct Result {
  int code = 0;
  std::string text;  // stdout and stderr
};

Result run_axnn(const std::string& arguments) {
  Result result;
  FILE* pipe = ::popen((AXNN_PROGRAM " " + arguments + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> block;
  while (std::fgets(block.data(), block.size(), pipe) != nullptr) result.text += block.data();
  result.code = WEXITSTATUS(::pclose(pipe));
  return result;
}

}  // namespace

TEST_CASE("axnn faults counts every memory's flips, and its parts add up") {
  const Result r = run_axnn("faults --chip 7 --vdd 0.66 --json");
  REQUIRE(r.code == 0);
  const Json json = Json::parse(r.text);
  CHECK(json["rate"].get<double>() == Approx(0.01));
  REQUIRE(json["memories"].size() == 72);
  int bits = 0;
  int flips = 0;
  for (const Json& m : json["memories"]) {
    int by_bit = 0;
    for (const Json& n : m["by_bit"]) by_bit += n.get<int>();
    CHECK(by_bit == m["flips"].get<int>());
    bits += m["bits"].get<int>();
    flips += by_bit;
  }
  CHECK(bits == 64 * 128 * 10 + 8 * 2048 * 80);
  CHECK(flips == json["local"]["flips"].get<int>() + json["buffer"]["flips"].get<int>());
  // 1.39 million cells at 1 %: 13926 flips, deviation 117.
  CHECK(std::abs(flips - 13926) < 600);
  CHECK(run_axnn("faults --chip 7 --vdd 0.66 --json").text == r.text);
  CHECK(run_axnn("faults --chip 8 --vdd 0.66 --json").text != r.text);
}

TEST_CASE("axnn faults refuses a voltage below its curve, two rates, or none") {
  const auto refuses = [](const std::string& arguments, int code, const std::string& reason) {
    const Result r = run_axnn("faults " + arguments);
    INFO(r.text);
    CHECK(r.code == code);
    CHECK(r.text.find(reason) != r.text.npos);
    CHECK(r.text.find('\n') == r.text.size() - 1);  // one line
  };
  refuses("--vdd 0.39", 1, "0.4 V");
  refuses("--vdd 0.66 --rate 0.1", 2, "excludes");
  refuses("", 2, "--vdd or --rate");
  refuses("--rate 1.5", 2, "--rate");
  refuses("--vdd 0.66 --curve no_such_curve", 1, "no_such_curve");
}

TEST_CASE("a multiplier imported from Verilog evaluates a model, and no hardware runs it") {
  if (std::system("command -v iverilog >/dev/null") != 0) axnn::skip("Icarus is not installed");
  const fs::path folder =
      fs::temp_directory_path() / ("axnn_cli_import_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  axnn::write_file(
      folder / "exact.v",
      "module exact(input signed [9:0] x, input signed [9:0] w, input on,\n"
      "             output signed [19:0] y);\n  assign y = on ? x * w : 0;\nendmodule\n");
  const std::string lut = (folder / "exact.lut").string();
  const std::string import = "import --verilog " + (folder / "exact.v").string() +
                             " --top exact --a-port x --b-port w --p-port y --out " + lut;
  CHECK(run_axnn(import).code == 1);  // `on` hangs in the air
  CHECK(run_axnn(import + " --set on=yes").code == 1);
  CHECK_FALSE(fs::exists(lut));
  const Result made = run_axnn(import + " --set on=1 --json");
  INFO(made.text);
  REQUIRE(made.code == 0);
  CHECK(Json::parse(made.text)["worst_error"] == 0);
  CHECK(Json::parse(made.text)["factors"] == true);
  const std::string model = (folder / "m.axnn").string();
  REQUIRE(run_axnn("train --data iono --epochs 3 --out " + model).code == 0);
  const auto accuracy = [&](const std::string& multiplier) {
    const Result r = run_axnn("eval " + model + " --json --multiplier " + multiplier);
    INFO(r.text);
    REQUIRE(r.code == 0);
    return Json::parse(r.text)["results"][0]["accuracy"].get<double>();
  };
  CHECK(accuracy("lut:" + lut) == accuracy("fig8 --mode M0"));
  CHECK(run_axnn("sim " + model + " --multiplier lut:" + lut).code == 1);
  // A training for the table is the one for the exact mode with the same settings (centring is a
  // default of fig8 and booth only).
  const std::string pas =
      "train --data iono --epochs 3 --method pas --no-centre --search 1 --runs 2 --json ";
  const Result by_table = run_axnn(pas + "--multiplier lut:" + lut);
  const Result by_mode = run_axnn(pas + "--multiplier fig8 --modes M0");
  INFO(by_table.text);
  REQUIRE(by_table.code == 0);
  CHECK(Json::parse(by_table.text)["accuracy"].begin().value() ==
        Json::parse(by_mode.text)["accuracy"]["M0"]);
  CHECK(run_axnn("eval " + model + " --multiplier lut:" + model).code == 1);
  fs::remove_all(folder);
}
