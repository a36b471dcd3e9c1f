// Nested validation: candidates from a file, a choice that no test row takes part in.

#include <catch2/catch.hpp>
#include <set>

#include "model/error.h"
#include "report/sweep.h"
#include "train/recipe_file.h"
#include "train/sweep.h"

using namespace axnn;

namespace {

// Two classes that the first feature tells apart, in 60 distinct rows.
Dataset halves() {
  std::string csv = "a,b,kind\n";
  for (int n = 0; n < 60; ++n) {
    const int a = n * 7 % 60;
    csv += std::to_string(a) + "," + std::to_string(n) + "," + (a >= 30 ? "x" : "y") + "\n";
  }
  return parse_table(csv, "", "halves.csv", "halves.csv");
}

std::vector<Candidate> candidates(const std::string& toml) {
  return read_candidates(toml, "halves.csv", {{"layers", {8}}, {"epochs", 30}}, 1, "grid.toml");
}

std::string refusal(const std::string& toml) {
  try {
    candidates(toml);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

constexpr const char* kGoodAndBad =
    "[[candidate]]\nlearning-rate = 1e-8\n"
    "[[candidate]]\nlearning-rate = 1e-2\n";

}  // namespace

TEST_CASE("candidates are what they share, all combinations of a grid, and tables of their own") {
  const auto all = candidates(
      "batch = 8\n[grid]\nlearning-rate = [1e-3, 1e-2]\nweight-decay = [0, 1, 2]\n"
      "[[candidate]]\nlayers = [4, 4]\n");
  REQUIRE(all.size() == 1 + 2 * 3 + 1);
  CHECK(all[0].settings.empty());
  std::set<std::string> different;
  for (const Candidate& c : all) {
    different.insert(c.settings.dump());
    CHECK(c.recipe.options.batch == 8);
    CHECK(c.recipe.options.epochs == 30);
  }
  CHECK(different.size() == all.size());
  CHECK(all.back().recipe.hidden == std::vector<int>{4, 4});
  CHECK(all[1].recipe.hidden == std::vector<int>{8});
  // Drawn ones are some of the grid's, the same again.
  const std::string drawn = "candidates = 4\n[grid]\nbatch = [1, 2, 3, 4, 5, 6, 7, 8]\n";
  const auto four = candidates(drawn);
  REQUIRE(four.size() == 5);
  std::set<int> batches;
  for (std::size_t c = 1; c < 5; ++c) batches.insert(four[c].recipe.options.batch);
  CHECK(batches.size() == 4);
  const auto again = candidates(drawn);
  for (std::size_t c = 0; c < 5; ++c) CHECK(four[c].settings == again[c].settings);
}

TEST_CASE("a file of candidates that is wrong is refused in one line") {
  CHECK_THAT(refusal("[grid]\nepoch = [1]\n"),
             Catch::Contains("grid.epoch") && Catch::Contains("(grid.toml, line 2)"));
  CHECK_THAT(refusal("[grid]\nepochs = 3\n"), Catch::Contains("a list of values"));
  CHECK_THAT(refusal("[grid]\nepochs = [3, 0]\n"), Catch::Contains("epochs is a whole number"));
  CHECK_THAT(refusal("[[candidate]]\nepochs = 0\n"), Catch::Contains("line 2"));
  CHECK_THAT(refusal("[[candidate]]\nepoch = 1\n"), Catch::Contains("unknown key"));
}

TEST_CASE("the better candidate wins in every split, whatever the threads") {
  const Dataset data = halves();
  const auto all = candidates(kGoodAndBad);
  SweepOptions options;
  options.splits = 3;
  options.folds = 2;
  const auto one = sweep(data, all, options);
  options.threads = 3;
  const auto three = sweep(data, all, options);
  for (std::size_t s = 0; s < 3; ++s) {
    CHECK(one[s].split == s);
    CHECK(one[s].errors[1] > one[s].errors[2]);
    CHECK(one[s].winner != 1);
    CHECK(one[s].errors == three[s].errors);
    CHECK(one[s].test == three[s].test);
  }
  // The test is that of the same training by train_model.
  const TrainedModel trained = train_model(data, all[one[1].winner].recipe, 2, 1);
  CHECK(one[1].test_float == trained.float_judged);
  const SweepReport report{"d", options, all, one};
  CHECK(report.best() != 1);
  CHECK(to_json(report)["splits"].size() == 3);
  CHECK_THAT(to_text(report), Catch::Contains("--learning-rate 1e-08"));
}

TEST_CASE("no test row takes part in a choice") {
  const Dataset data = halves();
  const auto all = candidates(kGoodAndBad);
  SweepOptions options;
  options.splits = 1;
  options.folds = 3;
  const SweepSplit before = sweep(data, all, options).front();
  Dataset swapped = halves();
  for (int row : make_split(swapped, 0).test) {
    swapped.features[std::size_t(row) * 2] += 1000;
    swapped.features[std::size_t(row) * 2 + 1] -= 1000;
  }
  REQUIRE(make_split(swapped, 0).test == make_split(halves(), 0).test);
  const SweepSplit after = sweep(swapped, all, options).front();
  CHECK(after.errors == before.errors);
  CHECK(after.winner == before.winner);
  CHECK(after.test != before.test);
}

TEST_CASE("choosing may take some rows of the training part, each class in proportion") {
  const Dataset data = halves();
  SweepOptions options;
  options.splits = 1;
  options.folds = 2;
  const auto all = candidates(kGoodAndBad);
  const auto whole = sweep(data, all, options).front();
  options.rows = 24;
  const auto some = sweep(data, all, options).front();
  CHECK(some.errors != whole.errors);
  CHECK(some.errors.size() == 3);
}
