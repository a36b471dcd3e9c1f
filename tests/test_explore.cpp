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
    CHECK(p.at("clock_is_weight_memorys").get<bool>() >= (p.at("vdd") == 0.4));
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
  CHECK(run_axnn("explore " + model + " --levels 0.4,0.8").code == 1);
  CHECK(run_axnn("explore").code == 2);
}
