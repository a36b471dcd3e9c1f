// axnn faults and axnn import, run as a user runs them.

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "model/file_io.h"
#include "tests/cli_folder.h"
#include "tests/skip.h"

using namespace axnn;
namespace fs = std::filesystem;
using Json = nlohmann::json;

TEST_CASE("axnn faults counts every memory's flips, and its parts add up") {
  const CliFolder folder;
  const CommandResult r = folder.axnn("faults --chip 7 --vdd 0.66 --json");
  REQUIRE(r.code == 0);
  const Json json = Json::parse(r.out);
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
  CHECK(folder.axnn("faults --chip 7 --vdd 0.66 --json").out == r.out);
  CHECK(folder.axnn("faults --chip 8 --vdd 0.66 --json").out != r.out);
}

TEST_CASE("axnn faults refuses a voltage below its curve, two rates, or none") {
  const CliFolder folder;
  const auto refuses = [&](const std::string& arguments, int code, const std::string& reason) {
    const CommandResult r = folder.axnn("faults " + arguments);
    INFO(r.err);
    CHECK(r.code == code);
    CHECK(r.err.find(reason) != r.err.npos);
    CHECK(r.err.find('\n') == r.err.size() - 1);  // one line
  };
  refuses("--vdd 0.39", 1, "0.4 V");
  refuses("--vdd 0.66 --rate 0.1", 2, "excludes");
  refuses("", 2, "--vdd or --rate");
  refuses("--rate 1.5", 2, "--rate");
  refuses("--chip -1 --rate 0.1", 2, "--chip");
  refuses("--vdd 0.66 --curve no_such_curve", 1, "no_such_curve");
}

TEST_CASE("a multiplier imported from Verilog evaluates a model, and no hardware runs it") {
  const CliFolder folder;
  if (std::system("command -v iverilog >/dev/null") != 0) skip("Icarus is not installed");
  write_file(folder.path() / "exact.v",
             "module exact(input signed [9:0] x, input signed [9:0] w, input on,\n"
             "             output signed [19:0] y);\n  assign y = on ? x * w : 0;\nendmodule\n");
  const std::string import = "import exact.v --ports x,w,y --out exact";
  CHECK(folder.axnn(import + " --set on=yes").code == 2);
  CHECK(folder.axnn(import + " --set off=1").code == 2);
  CHECK_FALSE(fs::exists(folder.path() / "exact"));
  const CommandResult made = folder.axnn(import + " --set on=1 --json");
  INFO(made.err);
  REQUIRE(made.code == 0);
  CHECK(Json::parse(made.out)["modes"][0]["array"]["wce"] == 0);
  CHECK(Json::parse(made.out)["modes"][0]["factors"] == true);
  const std::string lut = "exact/M0.lut";
  const std::string model = "m.axnn";
  REQUIRE(folder.axnn("train --data iono --epochs 3 --out " + model).code == 0);
  const auto accuracy = [&](const std::string& multiplier) {
    const CommandResult r = folder.axnn("eval " + model + " --json --multiplier " + multiplier);
    INFO(r.err);
    REQUIRE(r.code == 0);
    return Json::parse(r.out)["results"][0]["accuracy"].get<double>();
  };
  CHECK(accuracy("lut:" + lut) == accuracy("fig8 --mode M0"));
  CHECK(folder.axnn("sim " + model + " --multiplier lut:" + lut).code == 1);
  // A training for the table is the one for the exact mode with the same settings.
  const std::string pas =
      "train --data iono --epochs 3 --method pas --search 1 --runs 2 --json ";
  const CommandResult by_table = folder.axnn(pas + "--multiplier lut:" + lut);
  const CommandResult by_mode = folder.axnn(pas + "--multiplier fig8 --modes M0");
  INFO(by_table.err);
  REQUIRE(by_table.code == 0);
  CHECK(Json::parse(by_table.out)["accuracy"].begin().value() ==
        Json::parse(by_mode.out)["accuracy"]["M0"]);
  CHECK(folder.axnn("eval " + model + " --multiplier lut:" + model).code == 1);
}
