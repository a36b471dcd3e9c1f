// What axnn train prints: many runs of one recipe, as JSON and as text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "eval/chips.h"
#include "eval/statistics.h"
#include "train/criticality.h"
#include "train/runs.h"
#include "train/settings.h"

namespace axnn {

/// Accuracies are shares, 0 to 1, on the part that `judged_on` names.
struct TrainingReport {
  struct Mode {
    std::string name;
    MeanDeviation accuracy;
    MeanDeviation squared_error;
    MeanDeviation flipped;  ///< over all chips of all runs
    double worst = 1;       ///< of those chips
  };
  struct Run {
    std::uint64_t seed = 0;
    std::uint64_t split = 0;
    double float_train = 0;
    double float_judged = 0;
    int epochs = 0;                            ///< of the stage without hardware, given or chosen
    std::vector<double> accuracy;              ///< per mode
    std::vector<std::vector<double>> flipped;  ///< per mode, per chip
    MaskShare share;                           ///< of approximate neurons
    NeuronMask approximate;
  };

  std::string dataset;
  int rows = 0;
  int features = 0;
  std::vector<std::pair<std::string, int>> classes;  ///< name, rows
  int incomplete = 0;
  int repeats = 0;
  std::size_t train = 0;   ///< rows that train
  std::size_t judged = 0;  ///< rows of the judged part
  JudgedOn judged_on = JudgedOn::kTest;
  std::string method;  ///< what ran (training_name)
  std::string multiplier;
  std::vector<Mode> modes;
  std::vector<Run> runs;
  MeanDeviation accuracy_float;
  MeanDeviation exact_error;
  std::optional<MeanDeviation> neurons;   ///< share that is approximate
  std::optional<MeanDeviation> products;  ///< of them
  ChipOptions chips;
  std::string model;  ///< file, or empty
};

/// `runs` has at least one; its results are in the order of `multipliers`.
TrainingReport training_report(const Dataset& data, const Recipe& recipe,
                               std::span<const RunResult> runs,
                               std::span<const Multiplier> multipliers, const ChipOptions& chips,
                               const std::string& model);

Json to_json(const TrainingReport& report);
std::string to_text(const TrainingReport& report);

}  // namespace axnn
