// The deployment phase on a small net whose answers are known.

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/file_io.h"
#include "synth/synth.h"
#include "tests/cli_folder.h"
#include "tests/skip.h"

using namespace axnn;
namespace fs = std::filesystem;
using Json = nlohmann::json;

TEST_CASE("axnn explore: its choice is the cheapest that keeps the accuracy, and runs") {
  if (!fs::exists(kDefaultLiberty)) skip("no OSU 180 nm library installed");
  const CliFolder folder;
  const auto run_axnn = [&](const std::string& arguments) {
    return folder.axnn(arguments, "AXNN_DATA= AXNN_SOURCE=" AXNN_SOURCE_DIR);
  };
  const std::string model = "breast.axnn";
  const std::string bundle = "bundle";
  REQUIRE(run_axnn("train --data breast --epochs 20 --out " + model).code == 0);
  const std::string explore =
      "explore " + model + " --loss 2 --chips 5 --synth-out " AXNN_NETLISTS " --json";
  const CommandResult r = run_axnn(explore + " --threads 2 --out " + bundle + " --svg front.svg");
  INFO(r.err);
  REQUIRE(r.code == 0);
  const Json json = Json::parse(r.out);
  REQUIRE(json.at("points").size() == 2 * 3 * 4);  // mappings x modes x voltages
  const double bound = json.at("accuracy_base").get<double>() - 0.02;
  double least = 1e300;
  for (const Json& p : json.at("points")) {
    const bool meets = p.at("accuracy_mean").get<double>() >= bound - 1e-9;
    CHECK(p.at("meets").get<bool>() == meets);
    // No clock is faster than what must be read in it: alpha-power law, 0.40 V against 1.10 V.
    CHECK((p.at("clock_limit") == "memory") >= (p.at("vdd") == 0.4));
    CHECK(p.at("clock_ns").get<double>() >= p.at("chip_clock_ns").get<double>());
    if (meets) least = std::min(least, p.at("pj_per_inference").get<double>());
    bool beaten = false;
    for (const Json& q : json.at("points")) {
      beaten |= q.at("pj_per_inference") < p.at("pj_per_inference") &&
                q.at("accuracy_mean") >= p.at("accuracy_mean");
    }
    CHECK(!(beaten && p.at("front").get<bool>()));
  }
  const Json& best = json.at("points").at(json.at("best").get<std::size_t>());
  CHECK(best.at("pj_per_inference").get<double>() == least);
  CHECK(best.at("meets").get<bool>());
  CHECK(read_file(folder.path() / "front.svg").find("</svg>") != std::string::npos);

  // Deployed: the RTL agrees with the golden model, also on chips at the bundle's voltage.
  CHECK(run_axnn("sim --bundle " + bundle).code == 0);
  CHECK(run_axnn("sim --bundle " + bundle + " --chips 2").code == 0);
  const Json settings = Json::parse(read_file(folder.path() / bundle / "bundle.json"));
  CHECK(settings.at("weight_memory_v") == best.at("vdd"));
  CHECK(settings.at("mode") == best.at("mode"));
  CHECK(settings.at("mapping") == best.at("mapping"));

  // Same seed, same bytes, any number of threads; and it will not overwrite.
  CHECK(run_axnn(explore + " --threads 1").out == r.out);
  CHECK(run_axnn(explore + " --out " + bundle).code == 1);
  CHECK(run_axnn("explore " + model + " --levels 0.4,0.8").code == 2);
  CHECK(run_axnn("explore").code == 2);

  // What could not be written is refused before the work, so nothing trains first.
  const auto refuses = [&](const std::string& arguments, int code, const std::string& why) {
    const CommandResult refused = run_axnn("explore " + arguments);
    INFO(refused.err);
    CHECK(refused.code == code);
    CHECK(refused.err.find(why) != refused.err.npos);
    CHECK(refused.out.empty());
  };
  refuses("--data breast --svg none/front.svg", 1, "no such folder (none)");
  refuses("--data breast --out none/bundle", 1, "no such folder (none)");
  refuses("--data breast --svg " + bundle, 1, "is a directory");
  refuses(model + " --label 1", 2, "--label");
}

TEST_CASE("a network of four inputs that nobody measured is run, priced and explored") {
  if (!fs::exists(kDefaultLiberty)) skip("no OSU 180 nm library installed");
  const CliFolder folder;
  const auto run_axnn = [&](const std::string& arguments) {
    const CommandResult r = folder.axnn(arguments, "AXNN_DATA= AXNN_SOURCE=" AXNN_SOURCE_DIR);
    INFO(arguments << ": " << r.err);
    REQUIRE(r.code == 0);
    return r.out;
  };
  // The class comes first: three corners of a box with some noise.
  std::string csv = "kind,a,b,c,d\n";
  for (int n = 0; n < 240; ++n) {
    csv += std::string(1, "xyz"[n % 3]);
    for (int f = 0; f < 4; ++f) {
      csv += "," + std::to_string((n % 3 == f ? 1.0 : 0.0) + ((n * 37 + f * 61) % 83) / 90.0);
    }
    csv += "\n";
  }
  write_file(folder.path() / "mine.csv", csv);
  run_axnn("train --data mine.csv --label kind --layers 6 --epochs 5 --out mine.axnn");

  const Json sim = Json::parse(run_axnn("sim mine.axnn --multiplier booth --mapping all --json"));
  CHECK(sim.dump().find("\"mapping\":\"throughput\"") != std::string::npos);

  const std::string price = "power mine.axnn --json --chips 3 --out " AXNN_NETLISTS;
  const Json nominal = Json::parse(run_axnn(price));
  REQUIRE(nominal.at("table3").size() == 3 * 3);  // designs x modes
  CHECK(nominal.at("table4").empty());            // the paper's networks only
  for (const Json& row : nominal.at("table3")) {
    CHECK(row.at("activity") == "estimated");
    CHECK(row.at("pj_per_inference").at("calibrated") > 0);
    CHECK(!row.contains("accuracy_without_chips"));  // nothing flips
  }
  CHECK(nominal.at("notes").dump().find("activity of mine.csv (4-6-3) was not measured") !=
        std::string::npos);

  // At a lower voltage the accuracies are those of axnn eval on the same chips.
  const Json low = Json::parse(run_axnn(price + " --vdd 0.66"));
  const Json eval = Json::parse(run_axnn(
      "eval mine.axnn --multiplier booth --vdd 0.66 --chips 3 --weight-format guarded --json"));
  int compared = 0;
  for (const Json& row : low.at("table3")) {
    for (const Json& judged : eval.at("results")) {
      if (row.at("multiplier") != "booth" || row.at("mode") != judged.at("mode")) continue;
      CHECK(row.at("accuracy_without").get<double>() ==
            Approx(judged.at("chips").at("mean").get<double>()));
      CHECK(row.at("accuracy_without_chips").at("worst") == judged.at("chips").at("worst"));
      ++compared;
    }
  }
  CHECK(compared == 2 * 3);  // mappings x modes

  const Json explored =
      Json::parse(run_axnn("explore --data mine.csv --label kind --loss 20 --chips 2 --json "
                           "--synth-out " AXNN_NETLISTS));
  CHECK(explored.at("points").size() == 2 * 3 * 4);
  CHECK(explored.at("notes").dump().find("activity of mine.csv (4-") != std::string::npos);
}
