// Recipes as data: settings, TOML, defaults, digests; the search of exponents on several threads.

#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <string>

#include "model/error.h"
#include "model/file_io.h"
#include "model/lut.h"
#include "model/model_file.h"
#include "report/training.h"
#include "train/recipe_file.h"
#include "train/training_job.h"

using namespace axnn;

namespace {

std::string refusal(const std::string& toml) {
  try {
    parse_recipe(toml, "breast", "own.toml");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

Dataset small_data() {
  std::string csv = "a,b,kind\n";
  for (int n = 0; n < 40; ++n) {
    csv += std::to_string(n % 7 + (n % 2) * 5) + "," + std::to_string(n) + "," +
           (n % 2 == 0 ? "x" : "y") + "\n";
  }
  return parse_table(csv, "", "small.csv", "small.csv");
}

Recipe resolved(const Json& given) { return resolve_recipe("small.csv", given); }

std::string digest(const Json& given, std::uint64_t seed = 1) {
  return training_digest({resolved(given), seed, 0}, small_data());
}

std::shared_ptr<const ProductTable> table_with(std::int32_t corner) {
  std::vector<std::int32_t> products(kTableSize, 1);
  products[0] = corner;
  return std::make_shared<const ProductTable>("t", products);
}

}  // namespace

TEST_CASE("the recipes the program has are the file's, values as written there") {
  CHECK(default_recipe("breast").options.weight_decay == 6);
  CHECK(default_recipe("breast").clip == 3);
  CHECK(default_recipe("iono").hidden == std::vector<int>{50, 50});
  CHECK(default_recipe("satimage").ax.search.finalists == 3);
  CHECK(default_recipe("mnist").scaling == ScalingKind::kByte);
  CHECK(default_recipe("mine.csv").hidden == std::vector<int>{64, 64});
  // What has no recipe of its own has [data.other]'s; the sets that have one keep their lengths.
  CHECK(default_recipe("mine.csv").ax.stopping.folds == 1);
  CHECK(default_recipe("mine.csv").options.decay_by_steps);
  for (const char* name : {"breast", "image", "iono", "satimage", "optdigits", "mnist"}) {
    CHECK(default_recipe(name).ax.stopping.folds == 0);
    CHECK_FALSE(default_recipe(name).options.decay_by_steps);
  }
  // Of pas alone, and of pas where few levels of an input remain.
  CHECK_FALSE(default_recipe("iono").ax.centre);
  CHECK(default_recipe("iono", Method::kPas, MultiplierKind::kDrum).ax.centre);
  CHECK(default_recipe("image", Method::kPas, MultiplierKind::kDrum).clip == 4);
  CHECK(default_recipe("image", Method::kPas, MultiplierKind::kBooth).clip == 1);
  CHECK(default_recipe("image", Method::kPas, MultiplierKind::kBooth).ax.pas_epochs == 300);
}

TEST_CASE("a named recipe is over the defaults, and what the user gives over both") {
  Json given = named_recipe("axtrain", "breast");
  given["flip-rate"] = 0.2;
  const Recipe r = resolve_recipe("breast", given);
  CHECK(r.ax.method == Method::kAxTrain);
  CHECK(r.ax.flips.rate == 0.2);
  CHECK(r.ax.flips.format == WeightFormat::kGuarded);
  CHECK(r.ax.modes.size() == 3);
  CHECK(r.ax.modes[2] == Multiplier{MultiplierKind::kBooth, kModeM2});
  CHECK(r.ax.halvings == Halvings{{1, 1, 1}, {0, 0, 0}});
  CHECK(r.ax.search.candidates == 0);
  CHECK(r.options.weight_decay == 6);
  CHECK_THROWS_WITH(named_recipe("nosuch", "breast"), Catch::Contains("known: axtrain"));
  // Epochs that the user names are not chosen, unless that is said too.
  CHECK(resolved({{"epochs", 7}}).ax.stopping.folds == 0);
  CHECK(resolved({{"epochs", 7}, {"stopping-folds", 2}}).ax.stopping.folds == 2);
  // The 300 epochs of image's pas are meant for its own number of epochs before.
  CHECK(resolve_recipe("image", {{"method", "pas"}}).ax.pas_epochs == 300);
  CHECK_FALSE(resolve_recipe("image", {{"method", "pas"}, {"epochs", 5}}).ax.pas_epochs);
}

TEST_CASE("a recipe file that is wrong is refused in one line that names the place") {
  CHECK(parse_recipe("epochs = 7\n[data.breast]\nclip = 2.5\n[data.iono]\nclip = 1\n", "breast",
                     "f") == Json{{"epochs", 7}, {"clip", 2.5}});
  CHECK(refusal("\nepoch = 7") ==
        "unknown key 'epoch' (own.toml, line 2); axnn train --help lists them");
  CHECK(refusal("epochs = 0") == "epochs is a whole number from 1 to 1000000 (own.toml, line 1)");
  CHECK(refusal("epochs = 1.5") == refusal("epochs = 0"));
  CHECK(refusal("epochs = '7'") == refusal("epochs = 0"));
  CHECK(refusal("clip = nan") == "clip is a number from 0.1 to 100 (own.toml, line 1)");
  CHECK(refusal("layers = [64, -1]") ==
        "layers is a list of numbers from 1 to 1024 (own.toml, line 1)");
  CHECK(refusal("centre = 1") == "centre is true or false (own.toml, line 1)");
  CHECK(refusal("optimizer = 'adan'") == "optimizer is one of adam, sgd (own.toml, line 1)");
  CHECK(refusal("modes = 'M1'") == "modes is a list of names (own.toml, line 1)");
  CHECK(refusal("epochs = 1979-05-27") == refusal("epochs = 0"));
  // A table of another data set is read too.
  CHECK_THAT(refusal("[data.iono]\nepoch = 1"), Catch::Contains("unknown key 'epoch'"));
  CHECK_THAT(refusal("data = 3"), Catch::Contains("data is a table (own.toml, line 1)"));
  CHECK_THAT(refusal("epochs = \n"),
             Catch::StartsWith("not TOML: ") && Catch::Contains("(own.toml, line 1)"));
  CHECK(refusal("a = 1\na = 2\n").find('\n') == std::string::npos);
}

TEST_CASE("every setting is read back as it was written") {
  std::set<std::string> names;
  const Recipe plain = resolved({{"method", "axtrain"}});
  for (const Setting& s : settings()) {
    INFO(s.name);
    CHECK(names.insert(s.name).second);
    CHECK_FALSE(std::string(s.use).empty());
    if (std::string(s.name) == "multiplier" || std::string(s.name) == "modes") continue;
    Json value;
    switch (s.kind) {
      case SettingKind::kFlag:
        value = !s.get(plain).get<bool>();
        break;
      case SettingKind::kInteger:
        value = static_cast<int>(s.low) + 7;
        break;
      case SettingKind::kNumber:
        value = s.low + (s.high - s.low) / 4;
        break;
      case SettingKind::kName:
        value = s.get(plain) == std::string(s.names.back()) ? s.names.front() : s.names.back();
        break;
      default:
        value = {1, 2, 1, 2, 1, 2};
    }
    Recipe changed = plain;
    s.set(changed, value);
    CHECK(s.get(changed).dump() == value.dump());
    // It changes nothing but what it names, and what it names changes the digest.
    int different = 0;
    for (const Setting& other : settings()) {
      different += other.get(changed) != other.get(plain) && other.name != s.name;
    }
    CHECK(different == 0);
    CHECK(training_digest({changed, 1, 0}, small_data()) !=
          training_digest({plain, 1, 0}, small_data()));
    if (s.kind == SettingKind::kNumber || s.kind == SettingKind::kInteger) {
      CHECK_THROWS_WITH(parse_setting(s, "x"), Catch::Contains(s.name));
      CHECK_THROWS_AS(parse_setting(s, "-1"), Error);
      CHECK_THROWS_AS(parse_setting(s, ""), Error);
    }
  }
}

TEST_CASE("settings that do nothing are named, those in use are not") {
  const auto idle = [](const Json& given, bool chips = false) {
    return idle_setting(resolve_recipe("breast", given), given, chips);
  };
  CHECK_THAT(idle({{"lambda", 5.0}}), Catch::StartsWith("--lambda does nothing here; it is of"));
  CHECK_THAT(idle({{"method", "pas"}, {"lambda", 5.0}}), Catch::StartsWith("--lambda"));
  CHECK(idle({{"method", "axtrain"}, {"lambda", 5.0}}).empty());
  CHECK_THAT(idle({{"trim", 3.0}}), Catch::Contains("--scaling span"));
  CHECK(idle({{"trim", 3.0}, {"scaling", "span"}}).empty());
  CHECK_THAT(idle({{"clip", 3.0}, {"scaling", "span"}}), Catch::Contains("--scaling z"));
  CHECK_THAT(idle({{"momentum", 0.5}}), Catch::Contains("--optimizer sgd"));
  CHECK_THAT(idle({{"method", "act"}, {"rho", 0.1}}), Catch::Contains("act takes no SAM"));
  CHECK(idle({{"method", "axtrain"}, {"rho", 0.1}}).empty());
  for (const char* name : {"pas-epochs", "search", "search-folds"}) {
    CHECK_THAT(idle({{name, 3}}), Catch::StartsWith(std::string("--") + name));
    CHECK(idle({{"method", "pas"}, {name, 3}}).empty());
  }
  CHECK_THAT(idle({{"method", "pas"}, {"search", 3}, {"halvings", {1, 1, 1, 1, 1, 1}}}),
             Catch::StartsWith("--search does nothing"));
  CHECK_THAT(idle({{"method", "pas"}, {"clean-gradient", true}}),
             Catch::Contains("it is of --flip-rate"));
  CHECK_THAT(idle({{"flip-rate", 0.1}}), Catch::StartsWith("--flip-rate"));
  CHECK(idle({{"flip-rate", 0.1}}, true).empty());  // the chips have it
  CHECK(idle({{"centre", false}}).empty());         // switched off on purpose
}

TEST_CASE("a checkpoint's digest goes by what trains, not by how it was asked for") {
  const std::string plain = digest(Json::object());
  CHECK(plain == digest({{"method", "bp"}}));
  CHECK(plain == digest({{"batch", resolved(Json::object()).options.batch}}));  // the default, said
  CHECK(plain != digest({{"epochs", 7}}));
  CHECK(plain != digest(Json::object(), 2));
  Dataset other = small_data();
  other.sha256[0] = 'x';
  CHECK(training_digest({resolved(Json::object()), 1, 0}, other) != plain);
  Recipe held = resolved(Json::object());
  held.judged_on = JudgedOn::kValidation;
  CHECK(training_digest({held, 1, 0}, small_data()) != plain);
  // Two tables of one name, as when the file behind lut:FILE has changed.
  Recipe first = resolved(Json::object());
  Recipe second = first;
  first.ax.modes = {{MultiplierKind::kLut, 0, table_with(1)}};
  second.ax.modes = {{MultiplierKind::kLut, 0, table_with(2)}};
  CHECK(recipe_json(first) == recipe_json(second));
  CHECK(training_digest({first, 1, 0}, small_data()) !=
        training_digest({second, 1, 0}, small_data()));
  const Json all = training_json({first, 1, 0}, small_data());
  CHECK(all["word"] == kDataW);
  CHECK(all["trainer"].get<std::string>().size() == 64);
}

TEST_CASE("what ran is what provenance says") {
  const auto name = [](const Json& given) { return training_name(resolved(given).ax); };
  CHECK(name(Json::object()) == "bp");
  CHECK(name({{"rho", 0.3}}) == "sam");
  CHECK(name({{"rho", 0.0}}) == "bp");
  CHECK(name({{"method", "sam"}}) == "sam");
  CHECK(name({{"method", "sam"}, {"rho", 0.0}}) == "bp");
  CHECK(name({{"method", "pas"}, {"rho", 0.1}}) == "pas+sam");
  CHECK(name({{"method", "axtrain"}}) == "axtrain");
}

TEST_CASE("a network is the same whatever the threads of its search") {
  const Dataset data = load_dataset("iono");
  Json given = {{"method", "pas"},      {"epochs", 3},   {"search", 6},
                {"search-epochs", 1},   {"teachers", 0}, {"search-folds", 3},
                {"multiplier", "booth"}};
  const Recipe recipe = resolve_recipe("iono", given);
  const std::string one = encode_model(train_model(data, recipe, 1, 0, {}, {}, 1).model);
  for (int threads : {2, 3, 8}) {
    CHECK(encode_model(train_model(data, recipe, 1, 0, {}, {}, threads).model) == one);
  }
}

TEST_CASE("an interrupt during a search of several threads ends the training") {
  const Dataset data = load_dataset("iono");
  const Recipe recipe = resolve_recipe(
      "iono", {{"method", "pas"}, {"epochs", 1}, {"teachers", 0}, {"search-folds", 2}});
  Session session;
  session.poll = [](const std::string& work) {
    if (work == "choice of exponents 3") throw Error("interrupted", "here");
  };
  CHECK_THROWS_WITH(train_model(data, recipe, 1, 0, {}, session, 3), "interrupted (here)");
}

TEST_CASE("a report says what its accuracies are of") {
  const Dataset data = small_data();
  Recipe recipe = resolved({{"epochs", 2}, {"layers", {3}}});
  const std::vector<Multiplier> exact = {{}};
  std::size_t judged = 0;
  for (const JudgedOn on : {JudgedOn::kTest, JudgedOn::kValidation, JudgedOn::kTraining}) {
    recipe.judged_on = on;
    const auto runs = train_runs(data, recipe, 1, 0, 2, 1, exact);
    const TrainingReport report = training_report(data, recipe, runs, exact, {}, "");
    const Json json = to_json(report);
    CHECK(json["judged_on"] == judged_on_name(on));
    CHECK_THAT(to_text(report),
               Catch::Contains("on the " + std::string(judged_on_name(on)) + " part"));
    judged += json["judged"].get<std::size_t>();
    if (on == JudgedOn::kTest) CHECK(json["train"] == 32);
    if (on == JudgedOn::kValidation) CHECK(json["train"].get<int>() < 28);
    if (on == JudgedOn::kTraining) {
      CHECK(json["judged"] == 32);
      CHECK(json["runs"][0]["accuracy_float"] == json["runs"][0]["accuracy_float_train"]);
    }
  }
  CHECK(judged == 8 + 7 + 32);
}
