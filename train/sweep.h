// Which settings to train with, chosen without the test part: nested validation. For each split of
// a data set all candidates are judged on parts of its training part alone; the best one is then
// trained on the whole training part and judged once on the test part. The mean over the splits is
// what the choosing itself is worth; no row judges a choice it had a part in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/chips.h"
#include "train/recipe.h"
#include "train/settings.h"

namespace axnn {

struct Candidate {
  Json settings;  ///< in which it differs from the others; empty: the defaults
  Recipe recipe;
};

/// Reads a file of candidates: settings they share, as in a recipe file, [grid] with a list of
/// values for each of several settings (all combinations, or `candidates` of them drawn by `seed`),
/// and [[candidate]] tables of settings. The first candidate is what they share. `given` goes
/// before the shared settings. Throws Error as parse_recipe().
std::vector<Candidate> read_candidates(std::string_view toml, std::string_view dataset,
                                       const Json& given, std::uint64_t seed,
                                       const std::string& where);

struct SweepOptions {
  std::uint64_t seed = 1;   ///< of split number `split`; the next has the next
  std::uint64_t split = 0;  ///< the first one
  int splits = 10;
  int folds = 3;   ///< validation parts a candidate is judged on, a fifth of the rows each
  int rows = 0;    ///< > 0: at most so many rows of the training part take part in choosing
  int chips = 50;  ///< with flips: chips of the test; choosing takes a fifth as many, other ones
  std::optional<double> chip_rate = {};  ///< their flip rate; default: the candidate's own
  int threads = 1;                       ///< the result does not depend on it
  std::function<void(int done, int all)> progress = {};
};

struct SweepSplit {
  std::uint64_t split = 0;
  std::vector<double> errors;      ///< per candidate: what is minimised, see sweep()
  std::vector<double> accuracies;  ///< per candidate: on the validation parts, 0 to 1
  std::size_t winner = 0;
  double test_float = 0;           ///< of the winner, on the test part
  std::vector<double> test;        ///< likewise per mode of the winner: the golden model
  std::vector<double> test_chips;  ///< with flips: mean over chips
};

/// A candidate's error is the mean, over validation parts and modes, of the share of wrong
/// samples and a twentieth of the squared error, which tells apart what few samples cannot; with
/// flips half of it is over chips. Without pas the mode is M0. The earlier candidate wins a tie.
std::vector<SweepSplit> sweep(const Dataset& data, const std::vector<Candidate>& candidates,
                              const SweepOptions& options);

/// The modes that a recipe's networks are judged in: those of pas, or the finest.
std::vector<Multiplier> judged_modes(const Recipe& recipe);

}  // namespace axnn
