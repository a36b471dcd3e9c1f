// Switching activity measured on a gate netlist: Icarus Verilog simulates the cells with their
// delays, so glitches count, on uniform random operands.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "synth/liberty.h"
#include "synth/synth.h"

namespace axnn {

/// Mean transitions a cycle of a module that works every cycle.
struct Activity {
  double combinational = 0;  ///< per combinational output
  double registers = 0;      ///< per register output
};

struct ActivityOptions {
  std::filesystem::path folder;  ///< of the module in `axnn synth --out`
  std::string top;
  std::filesystem::path cells;  ///< Verilog models with delays (osu018_stdcells.v)
  int mode = 0;
  int cycles = 1000;
  int sum_length = 16;   ///< cycles between two pulses of first_i
  bool glitches = true;  ///< cell delays; without, a net settles once a cycle
  std::uint64_t seed = 1;
};

struct ActivityResult {
  Activity activity;
  double energy_pj = 0;  ///< a cycle: each net's transitions x net_energy, without the clock
};

/// Simulates and counts. The module's ports may be clk_i, rst_ni, mode_i, valid_i, first_i and
/// operands a_i, b_i. Throws Error if iverilog is missing or the netlist does not simulate.
ActivityResult measure_activity(const ActivityOptions& options, const Library& library);

/// Transitions of each scalar net directly in scope `scope` ("tb.dut") of a VCD file between 0 and
/// 1; names as in the Verilog source without a leading backslash, vectors as name[index].
/// Transitions from and to x do not count. Throws Error if the file is not a VCD.
std::map<std::string, long> count_toggles(const std::filesystem::path& vcd, std::string_view scope);

}  // namespace axnn
