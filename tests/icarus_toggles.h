// A second simulator's count of transitions: Icarus Verilog on a gate netlist, through a VCD file.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "synth/netlist.h"

namespace axnn {

/// A cycle's values of a module's input ports but the clock, a '0' or '1' a bit, most significant
/// first, in the order of stimulus_ports().
using StimulusLine = std::string;

/// Input ports of a module without its clock, and their widths.
std::vector<std::pair<std::string, int>> stimulus_ports(const NetlistModule& module);

/// Runs the module, its clock clk_i, on the lines: a line is applied after the cycle's rising edge.
/// The first `warm_up` lines are not counted. `delays`: as the cells' models have them. Transitions
/// by net of `module`. Throws Error if iverilog fails.
std::map<int, long> icarus_toggles(const std::filesystem::path& netlist_verilog,
                                   const std::filesystem::path& cells, const NetlistModule& module,
                                   const std::vector<StimulusLine>& lines, int warm_up,
                                   bool delays);

/// Transitions of each scalar net directly in scope `scope` ("tb.dut") of a VCD file between 0 and
/// 1; names as in the Verilog source without a leading backslash, vectors as name[index].
/// Transitions from and to x do not count. Throws Error if the file is not a VCD.
std::map<std::string, long> count_toggles(const std::filesystem::path& vcd, std::string_view scope);

}  // namespace axnn
