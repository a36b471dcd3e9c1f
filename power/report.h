// Power figures for people and machines, beside the paper's Tables III and IV.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "power/estimate.h"
#include "power/power.h"
#include "power/waterfall.h"

namespace axnn {

/// Of a network, 0 to 1.
struct ChipAccuracy {
  double mean = 0, deviation = 0, worst = 0;
  int chips = 0;  ///< 0: nothing flips, a single run with the weights as they are
};

/// A row of Table III: one net, design and mode at one voltage for all.
struct NominalRow {
  PowerResult power;
  double fit_mw = 0, fit_pj = 0;         ///< calibrated, weight memories by the fit to the paper
  PowerResult chip;                      ///< at the chip's clock
  std::optional<ChipAccuracy> accuracy;  ///< trained for approximation
  std::optional<ChipAccuracy> accuracy_without;  ///< trained by plain back-propagation
};

/// A row of Table IV: one net, design, mode M1 or M2 and low voltage.
struct LowRow {
  PowerResult power;
  double fit_mw = 0;
  PowerResult chip;  ///< at the chip's clock
  bool aggressive = false;
  std::optional<ChipAccuracy> accuracy;
};

struct PowerTables {
  std::vector<NominalRow> nominal;
  std::vector<LowRow> low;
  std::vector<std::string> notes;  ///< beside the model's: of these networks and accuracies
};

/// A network's changes in one mode.
struct WaterfallRow {
  std::string net;
  int mode = 0;
  std::vector<WaterfallStep> steps;
};

/// The changes one below the other, network by network and mode by mode, then `notes`.
std::string waterfall_table(std::span<const WaterfallRow> rows, std::span<const std::string> notes);
std::string waterfall_json(std::span<const WaterfallRow> rows, std::span<const std::string> notes);

/// Modules of more than 5 % of the total: the estimate's error in each network, and the worst.
std::string estimate_table(std::span<const EstimateRow> rows);
std::string estimate_json(std::span<const EstimateRow> rows);

/// {"table3": [...], "table4": [...], "calibration", ...}; units in the key names.
std::string to_json(const PowerModel& model, const PowerTables& tables);

/// What to_table adds to the tables.
struct TableParts {
  bool breakdown = false;  ///< the parts of each row of the first table
  bool notes = false;      ///< what columns and numbers are and include
};

/// Both tables, and energies over those of the paper's design; kLineWidth wide.
std::string to_table(const PowerModel& model, const PowerTables& tables, TableParts parts);

}  // namespace axnn
