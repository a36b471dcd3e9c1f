// The options that say how far the weight memories' voltage is lowered, and on which chips.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "model/faults.h"
#include "model/model.h"

namespace axnn::cli {

/// --vdd, --curve, --flip-rate, --chips, --weight-format.
struct Voltage {
  std::optional<double> vdd;        ///< V
  std::optional<double> flip_rate;  ///< instead of a voltage
  std::string curve = "paper";
  int chips = 0;              ///< numbers 1 to chips
  std::string weight_format;  ///< as given; empty: the model's

  /// True if a voltage or a flip rate was given.
  bool lowered() const { return vdd || flip_rate; }
  /// Share of the stored bits that flip. Throws Error for an unknown curve or a voltage below it.
  double rate() const;
  /// How chips store the weights: as given, else as the model was trained for, else sign-magnitude.
  /// Throws Error for an unknown name.
  WeightFormat format(const Model& model) const;
};

void add_voltage(CLI::App& app, Voltage& voltage);
/// The same without --chips, for a command that is about one chip.
void add_supply(CLI::App& app, Voltage& voltage);

/// Call in the subcommand's callback: a voltage needs chips and chips need a voltage. Throws
/// CLI::ValidationError.
void check_voltage(const Voltage& voltage);

}  // namespace axnn::cli
