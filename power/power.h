// Power of an inference on the synthesised accelerator: gates x energy x measured activity, memory
// accesses x energy, leakage; raw, scaled to 65 nm, and calibrated to the paper.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "power/accesses.h"
#include "power/logic_energy.h"
#include "power/technology.h"
#include "synth/synth.h"

namespace axnn {

/// A network on a design: what to price.
struct Workload {
  std::string net;  ///< data set; its measured activity is used if there is one
  MultiplierKind kind = MultiplierKind::kFig8;
  Mapping mapping = Mapping::kLatency;
  Inference inference;
  /// Operand bits that change a step in M0, M1, M2 (power/operands.h). With them the activity is
  /// not looked up but estimated: of a network that is not in constraints/tech/activity.json.
  std::optional<std::array<double, kPowerModes>> operand_toggles = {};
};

enum class WeightSram {
  kPhysical,  ///< table figures, dynamic energy by V^2, leakage by V
  kPaper,     ///< 49.5 (V / 1.1)^4 mW x utilisation, in the calibrated column
};

struct PowerOptions {
  WeightSram weight_sram = WeightSram::kPhysical;
  /// False: as if the netlists had no clock gates but that of booth's low digits.
  bool gated = true;
  /// The clock is what this netlist's PE, the rest of the accelerator and the weight memory at its
  /// voltage all keep up with: the RTL uses what was read in the next cycle. False: the PE's clock,
  /// of the paper's design the paper's, whatever the others do.
  bool chip_clock = false;
};

/// What the chip's clock has to wait for.
enum class ClockLimit { kPe, kChip, kMemory };

/// "PE", "chip" (a path of the whole accelerator, longer than the PE's alone), "memory" (the
/// weights').
std::string_view limit_name(ClockLimit limit);

/// The three columns.
///   raw         logic in the library's technology, memories from the 65 nm table; the clock is the
///               critical path of the whole PE in the library's technology
///   scaled      logic energy and clock scaled to 65 nm, 1.1 V
///   calibrated  scaled, times one factor for energy fitted on the paper's M0 power and one for
///   time
///               fitted on its M0 clock. The paper's design (fig8, latency) runs at the paper's
///               clock and cycle count in every mode.
struct Columns {
  double raw = 0, scaled = 0, calibrated = 0;
};

/// What the design is priced without: steps of a waterfall.
struct Lacking {
  bool rounding = false;   ///< every mode's gates work as M0's do
  bool isolation = false;  ///< what a rough mode does not use switches all the same: fig8's low
                           ///< operand parts, booth's low digits (throughput mapping only)
  bool gating = false;     ///< of clocks, as PowerOptions::gated = false
};

/// Logic of one module of the RTL, all instances: energy of an inference in the library's
/// technology.
struct ModuleEnergy {
  double gates_pj = 0, registers_pj = 0, clock_pj = 0;

  double pj() const { return gates_pj + registers_pj + clock_pj; }
};

/// Energy of one inference by part, pJ.
struct PowerPart {
  std::string name;
  Columns pj;
};

/// Does the memory that holds the weights answer in time?
struct WeightFeed {
  bool local = true;         ///< the PEs' memories, else the weight buffer
  Columns access_ns;         ///< at its voltage; raw and scaled are the same
  double clocks_a_read = 0;  ///< between two reads of one macro, on average, idle ones counted
  double reuse = 0;          ///< steps that a word read serves, on average
  /// Clocks of the logic (PE and rest) that an access takes, so steps that a word read would have
  /// to serve. 1: the memory feeds the array; 0: it does not work at that voltage.
  int scaled_reuse = 0;
  int calibrated_reuse = 0;
};

struct PowerResult {
  Workload workload;
  int mode = 0;
  double vdd = 0;
  double calibrated_cycles = 0;  ///< the paper's count for the paper's design
  Columns clock_ns, power_mw, pj_per_inference, gops, gops_per_w;
  std::vector<PowerPart> parts;
  WeightFeed feed;
  Columns chip_clock_ns;               ///< of the whole chip: PE, what is around it, every memory
  ClockLimit limit = ClockLimit::kPe;  ///< of the chip's clock, calibrated
};

/// Modules that a PowerModel needs synthesised.
std::vector<std::string> power_modules();

class PowerModel {
 public:
  /// `synth` must hold power_modules() of `library`, `source` constraints/tech. Throws Error: the
  /// library is of another node than the scaling starts from, a data file is damaged.
  PowerModel(const SynthReport& synth, const Library& library, const std::filesystem::path& source,
             const PowerOptions& options = {});

  /// The same with other options, calibrated anew.
  PowerModel with(const PowerOptions& options) const;

  /// Throws Error unless vdd, of the weight memories' island, is in (0.3, 1.32] V; everything else
  /// stays at the nominal voltage.
  PowerResult price(const Workload& workload, int mode, double vdd) const;

  /// The same design with less in it.
  PowerResult price(const Workload& workload, int mode, double vdd, const Lacking& lacking) const;

  /// Logic by module, over `cycles` a sample.
  std::map<std::string, ModuleEnergy> modules(const Workload& workload, int mode, double cycles,
                                              const Lacking& lacking = {}) const;
  /// What these modules are in the netlist: all instances together.
  const std::map<std::string, LogicEnergy>& netlist(MultiplierKind kind) const;

  /// The paper's nets on the paper's design, in its order.
  std::vector<Workload> paper_workloads() const;

  const Technology& technology() const { return tech_; }
  double calibration() const { return calibration_; }
  double clock_calibration() const { return clock_calibration_; }
  double energy_scale() const { return energy_scale_; }
  double delay_scale() const { return delay_scale_; }
  const PowerOptions& options() const { return options_; }
  /// What the numbers include and assume.
  std::vector<std::string> notes() const;

 private:
  /// One design's logic, in the library's technology.
  struct Logic {
    double multiplier_pj = 0;  ///< fig8's, if every output toggled once; 0 if fused
    std::map<std::string, LogicEnergy> modules;
    double low_clock_pj = 0;  ///< clock pins of booth's low digits, a cycle
    double leakage_mw = 0;
    double clock_ns[kPowerModes] = {};  ///< critical path of the whole PE
    TimingPath chip_path[kPowerModes];  ///< the slowest of the AXI top, memories included
    std::vector<std::pair<MemoryShape, long>> memories;
  };
  using Results = std::map<std::pair<std::string, Mapping>, double>;
  struct Share {
    std::string name;
    bool memory = false;
    bool weight_memory = false;
    double dynamic_pj = 0;
    double leakage_mw = 0;
  };

  Logic price_logic(const SynthReport& synth, const Library& library, MultiplierKind kind) const;
  const Logic& logic(MultiplierKind kind) const;
  MemoryFigures memory(const Logic& logic, int width, bool weight_buffer) const;
  std::vector<Share> shares(const Workload& w, double cycles, int mode, double vdd,
                            const Lacking& lacking = {}) const;
  RunActivity activity(const Workload& w, int mode, bool isolated = true) const;
  double total_pj(const std::vector<Share>& list, double logic_scale, double ns) const;
  double weight_access_ns(const Workload& w, double vdd) const;
  WeightFeed feed(const Workload& w, const PowerResult& r) const;
  void calibrate();

  Technology tech_;
  PowerOptions options_;
  double energy_scale_, delay_scale_;
  std::string library_name_;
  double library_v_;
  Logic fig8_, booth_;
  Results results_a_step_;  // of the measured networks
  double calibration_ = 1;
  double clock_calibration_ = 1;
};

}  // namespace axnn
