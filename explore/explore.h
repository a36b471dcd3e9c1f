// The deployment phase: of a trained network, over multiplier mode x weight-memory voltage x
// mapping, the point of least energy per inference whose accuracy stays within an allowed loss.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "eval/test_set.h"
#include "model/flip_curve.h"
#include "model/weight_format.h"
#include "power/power.h"

namespace axnn {

struct ExploreOptions {
  MultiplierKind kind = MultiplierKind::kBooth;
  std::vector<Mapping> mappings = {Mapping::kLatency, Mapping::kThroughput};
  std::vector<double> voltages = {1.10, 0.85, 0.66, 0.40};  ///< of the four levels, falling, V
  WeightFormat format = WeightFormat::kGuarded;
  int chips = 20;      ///< numbers 1 to chips; one run where nothing flips
  double loss = 0.01;  ///< allowed, of accuracy 0 to 1
  int threads = 1;
  std::function<void(int done, int all)> progress;  ///< may be empty
};

/// A setting of the hardware and what it gives.
struct ExplorePoint {
  int mode = 0;
  int level = 0;  ///< index of the voltage
  Mapping mapping = Mapping::kLatency;
  double flip_rate = 0;
  double mean = 0, deviation = 0, worst = 0;  ///< accuracy over chips, 0 to 1
  PowerResult power;
  bool meets = false;  ///< mean >= base - loss
  bool front = false;  ///< no other point has at least the accuracy for less energy

  double pj() const { return power.pj_per_inference.calibrated; }
  double ns() const { return power.calibrated_cycles * power.clock_ns.calibrated; }
};

struct Exploration {
  double base = 0;  ///< accuracy in M0 at the nominal voltage
  std::vector<ExplorePoint> points;
  int best =
      0;  ///< index; M0 at the first voltage always qualifies if the format keeps its accuracy
  /// The chosen point, and base, on samples that the choice did not see.
  double unseen_base = 0, unseen_mean = 0, unseen_deviation = 0;
  std::vector<std::string> notes;  ///< what the reader must know of the energies
};

/// Judges every setting on `samples` and the chosen one on `unseen` too, neither of which the
/// training saw. The result does not depend on the number of threads. Throws Error: the network
/// does not fit the hardware, a voltage is below the curve, or no setting meets the loss.
Exploration explore(const IntegerNet& net, const std::string& name, const TestSet& samples,
                    const TestSet& unseen, const FlipCurve& curve, const PowerModel& power,
                    const ExploreOptions& options);

/// {"accuracy_base", "best", "points", "notes", ...}; units in the key names.
std::string to_json(const Exploration& e, const ExploreOptions& options);

/// The Pareto front for people, the chosen point marked.
std::string to_table(const Exploration& e, const ExploreOptions& options);

/// All points, the front as a line, the chosen point marked: energy per inference over accuracy.
std::string to_svg(const Exploration& e, const ExploreOptions& options, const std::string& title);

}  // namespace axnn
