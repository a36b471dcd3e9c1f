// What constraints/tech holds, read and checked once: scaling between nodes, memories, measured
// switching activity, the paper's figures.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/mapping.h"
#include "model/multiplier.h"
#include "model/network.h"
#include "synth/memory_table.h"

namespace axnn {

inline constexpr int kPowerModes = 3;  // M0, M1, M2

/// What a module takes over what it would take if every output made one transition a step (energy
/// weighted mean transitions a step, glitches included), and the share of clock pins that the clock
/// reaches, a mean over cycles.
struct ModuleActivity {
  double combinational = 0;
  double registers = 0;
  double clock = 0;
};

/// One network on a design and mode.
struct RunActivity {
  double product = 0;       ///< fig8's multiplier alone, combinational; 0 for a fused unit
  double product_open = 0;  ///< the same without operand isolation, M1 and M2
  double operand_toggles =
      0;  ///< bits of a PE's operands that change a step, as the mode sees them
  std::map<std::string, ModuleActivity, std::less<>> modules;  ///< by name in the RTL

  /// Of a module; the mean of all if that one was not measured.
  ModuleActivity module(std::string_view name) const;
};

/// A net of the paper's tables. Index of arrays: mode M0, M1, M2, or Table IV's M1 Con, M1 Agg, M2
/// Con, M2 Agg. Accuracies in per cent, powers in mW.
struct PaperNet {
  std::string name;
  std::vector<int> shape;        ///< inputs, hidden, outputs
  std::array<double, 2> volt{};  ///< Con, Agg, V
  std::array<double, 3> power{}, gops{}, accuracy{}, accuracy_without{};
  std::array<double, 4> low_accuracy{}, low_deviation{}, low_power{};

  /// Its shape as a network with weights of 0.
  IntegerNet net() const;
};

/// Digest of the RTL of the accelerator that gates are measured on: names and contents of rtl/**/axnn_*.sv
/// but the host side and the cells of FPGAs and of simulated faults.
std::string rtl_digest(const std::filesystem::path& source);

/// Which RTL the activity is of.
struct ActivitySource {
  std::string rtl;           ///< rtl_digest() now
  std::string measured_rtl;  ///< when it was measured
  std::string accepted_rtl;  ///< which was found to differ too little to measure again, and
  std::string why;           ///< why
};

class Technology {
 public:
  /// `source` holds constraints/tech. Throws Error for a missing or damaged file.
  explicit Technology(const std::filesystem::path& source);

  /// Energy and delay of logic at the 65 nm node over those in the library's node at its voltage.
  double energy_scale(double library_v) const;
  double delay_scale(double library_v) const;
  /// Throws Error unless the library's voltage is that of the node the scaling starts from.
  void check_library(const std::string& name, double voltage_v) const;

  /// Of a network by name; the mean of all measured networks for any other name. `isolated` false:
  /// the fused PE with its low digits' clock running in every mode (throughput mapping only).
  /// Throws Error if nothing of the kind was measured.
  RunActivity activity(std::string_view net, MultiplierKind kind, Mapping mapping, int mode,
                       bool isolated = true) const;
  /// Of all measured networks, by name. Throws Error if there are none.
  std::map<std::string, RunActivity> activities(MultiplierKind kind, Mapping mapping, int mode,
                                                bool isolated = true) const;
  /// True if the activity of such a network was measured: the name's, with its inputs and hidden
  /// layers as the paper has them. The number of outputs may differ (data sets differ there).
  bool measured(std::string_view name, const IntegerNet& net) const;

  /// Which RTL the activities were measured on.
  const ActivitySource& activity_source() const { return activity_source_; }

  /// How much slower a memory answers at `vdd` than at the nominal voltage: alpha-power law.
  /// Infinite at or below the threshold.
  double memory_slowdown(double vdd) const;

  /// The paper's weight memories, mW at full utilisation.
  double paper_sram_mw(double vdd) const;

  const PaperNet* paper(std::string_view net) const;  ///< null for any other name
  const std::vector<PaperNet>& paper_nets() const { return paper_; }

  MemoryTable memories;
  double nominal_v = 0;         ///< of memories and scaled logic
  std::string cell, periphery;  ///< of the memories

 private:
  struct Measured {
    std::string net, mapping, mode, multiplier;
    bool isolated = true;
    RunActivity activity;
  };
  struct Factors {
    double min_v = 0, max_v = 0;
    int node_nm = 0;
    std::vector<double> energy, delay;  // polynomials, constant first
  };

  ActivitySource activity_source_;
  std::vector<Measured> measured_;
  std::vector<PaperNet> paper_;
  Factors from_;
  double energy_to_ = 0, delay_to_ = 0;
  double alpha_ = 0, threshold_v_ = 0;
  double paper_sram_mw_ = 0, paper_sram_v_ = 0, paper_sram_exponent_ = 0;
};

}  // namespace axnn
