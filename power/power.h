// Power of an inference on the synthesised accelerator, analytical: gates x energy x activity,
// memory accesses x energy, leakage; raw, scaled to 65 nm, and calibrated to the paper.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "model/network.h"
#include "synth/synth.h"

namespace axnn {

/// A network to price. Only shapes matter.
struct PowerNet {
  std::string name;
  IntegerNet net;
};

enum class WeightSram {
  kPhysical,  ///< table figures, dynamic energy by V^2, leakage by V
  kPaper,     ///< 49.5 (V / 1.1)^4 mW x utilisation, in the calibrated column
};

struct PowerOptions {
  double vdd = 1.1;  ///< of the weight memories' island, V; everything else stays at 1.1
  WeightSram weight_sram = WeightSram::kPhysical;
};

/// The three columns.
///   raw         logic in the library's technology, memories from the 65 nm table; the clock is the
///               critical path of the whole PE in the library's technology
///   scaled      logic energy and clock scaled to 65 nm, 1.1 V
///   calibrated  scaled, at the paper's clock and cycle count, times one factor fitted on the
///               paper's M0 power
struct Columns {
  double raw = 0, scaled = 0, calibrated = 0;
};

/// Energy of one inference by part, pJ, at 65 nm (column scaled) and 180 nm (raw).
struct PowerPart {
  std::string name;
  Columns pj;
};

struct PowerResult {
  std::string dataset, multiplier = "fig8", mapping = "latency", mode;
  double vdd = 0;
  std::int64_t cycles = 0;        ///< an inference, samples following one another
  std::int64_t paper_cycles = 0;  ///< as the paper counts, used in the calibrated column
  Columns clock_ns;
  Columns power_mw, pj_per_inference, gops, gops_per_w;
  double calibrated_m0_clock_mw = 0;  ///< calibrated, but at the paper's M0 clock
  double paper_mw = 0;                ///< Table III; 0 at another voltage or for another net
  std::vector<PowerPart> parts;
};

struct PowerReport {
  std::vector<PowerResult> results;
  double calibration = 0;   ///< the factor of the calibrated column
  double energy_scale = 0;  ///< 65 nm over library, logic
  double delay_scale = 0;
  WeightSram weight_sram = WeightSram::kPhysical;
  double memory_access_ns = 0;     ///< of the slowest local memory, 65 nm, nominal voltage
  std::vector<std::string> notes;  ///< what the numbers include and assume
};

/// Modules that estimate_power needs synthesised.
std::vector<std::string> power_modules();

/// The five networks of the paper's Table I. Throws Error.
std::vector<PowerNet> paper_nets(const std::filesystem::path& source);

/// Throws Error unless the model can price this library at these options: vdd in (0.3, 1.32] V,
/// the library of the node that constraints/tech/scaling.json starts from. estimate_power checks
/// too; this is for asking before the synthesis.
void check_power_options(const Library& library, const std::filesystem::path& source,
                         const PowerOptions& options);

/// Power of each net in each mode. `synth` must hold power_modules() and `source` constraints/tech.
/// Throws Error as check_power_options, and for damaged data files.
PowerReport estimate_power(const std::vector<PowerNet>& nets, const SynthReport& synth,
                           const Library& library, const std::filesystem::path& source,
                           const PowerOptions& options);

/// {"results": [...], "calibration", ...}.
std::string to_json(const PowerReport& report);

/// For people; `breakdown` adds the parts of each result.
std::string to_table(const PowerReport& report, bool breakdown);

}  // namespace axnn
