// Switching activity measured on a gate netlist: Icarus Verilog simulates the cells with their
// delays, so glitches count.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "power/operands.h"
#include "synth/liberty.h"
#include "synth/synth.h"

namespace axnn {

/// Mean transitions a step.
struct Activity {
  double combinational = 0;  ///< per combinational output
  double registers = 0;      ///< per register output
};

struct ActivityOptions {
  std::filesystem::path folder;  ///< of the module in `axnn synth --out`
  std::string top;
  std::filesystem::path cells;  ///< Verilog models with delays (osu018_stdcells.v)
  int mode = 0;
  bool glitches = true;  ///< cell delays; without, a net settles once a cycle
};

struct ActivityResult {
  Activity activity;  ///< each output counted alike
  /// Energy a step: each net's transitions x net_energy, without the clock.
  double combinational_pj = 0;
  double register_pj = 0;
  std::map<std::string, long> toggles;  ///< of every net of the module by name

  double energy_pj() const { return combinational_pj + register_pj; }
};

/// Simulates the module on `operands`, one a cycle, and counts. The module's ports may be clk_i,
/// clk_low_i (runs in M0 only), rst_ni, mode_i, valid_i, first_i and operands a_i, b_i; one without
/// a clock keeps its last valid operands, as behind a register, without the parts that its
/// multiplier (fig8) does not use in the mode. Throws Error if iverilog is missing or the
/// netlist does not simulate.
ActivityResult measure_activity(const ActivityOptions& options, const OperandStream& operands,
                                const Library& library);

/// Transitions of each scalar net directly in scope `scope` ("tb.dut") of a VCD file between 0 and
/// 1; names as in the Verilog source without a leading backslash, vectors as name[index].
/// Transitions from and to x do not count. Throws Error if the file is not a VCD.
std::map<std::string, long> count_toggles(const std::filesystem::path& vcd, std::string_view scope);

}  // namespace axnn
