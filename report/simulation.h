// What axnn sim prints: RTL against golden model, a row a run.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/mapping.h"
#include "model/multiplier.h"
#include "sim/cosim.h"

namespace axnn {

/// What the same data set's network that was trained by plain back-propagation makes of the same
/// test samples; shares, from float and golden model.
struct PlainAccuracy {
  double real = 0;
  double golden = 0;
};

/// A network on a design in one mode and mapping, over its test samples.
struct SimulationRow {
  std::string dataset;
  std::string training;  ///< what trained it (training_name)
  Multiplier multiplier;
  Mapping mapping;
  int round = 1;           ///< samples of a round
  std::int64_t macs = 0;   ///< multiply-accumulates of a sample
  CosimResult result;      ///< of all chips
  double clock_ns = 0;     ///< of the whole chip; 0: not known
  std::optional<PlainAccuracy> plain;
  std::vector<double> accuracies;  ///< RTL, per chip; empty without chips
  double flip_rate = 0;
  bool transient = false;

  /// Multiply-accumulates over PEs x cycles, samples back to back.
  double utilisation() const;
  /// 10^9 operations a second at clock_ns, an operation a multiplication or an addition; 0 if the
  /// clock is not known.
  double gops() const;
};

nlohmann::ordered_json to_json(const SimulationRow& row);

/// Head of the table, and a row of it; `beside`: with the plain networks' columns in place of
/// mapping, samples and lone cycles.
std::string simulation_head(bool beside);
std::string simulation_line(const SimulationRow& row, bool beside);

/// Lines under the table: how much was compared, and what AxTrain won over the plain networks.
std::string simulation_sum(const std::vector<SimulationRow>& rows);

/// What the columns mean and include, a line each.
std::string simulation_notes();

}  // namespace axnn
