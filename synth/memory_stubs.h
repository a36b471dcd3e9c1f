// Memories for static timing: a Liberty cell for each shape, since a standard-cell library has
// none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace axnn {

/// A shape of axnn_sram, as constraints/yosys/synth.tcl lists them.
struct SramShape {
  int depth = 0;  ///< words
  int width = 0;  ///< bits
  int lanes = 0;  ///< parts written apart
};

/// Reads memories.txt: depth, width and lanes a line. Throws Error.
std::vector<SramShape> read_sram_shapes(const std::filesystem::path& file);

/// What memory figures the timing takes (constraints/tech/scaling.json, "sram").
struct SramTiming {
  std::filesystem::path table;  ///< CACTI figures at 65 nm
  std::string cell, periphery;
  double gate_ns_per_ns = 1;  ///< ns of the library's gates that stand for 1 ns of the table
};

/// Of a library by its name: gates of another technology than the table's run by their own clock,
/// so that a memory's time is told in theirs. 1 for a library that scaling.json does not know.
/// Throws Error.
SramTiming sram_timing(const std::filesystem::path& source, const std::string& library);

/// A Liberty library with a cell axnn_sram_DEPTHxWIDTHxLANES for each shape, pins of one bit:
///   rdata_o   access time of the table after the rising clock
///   the rest  setup of a tenth of the access time, hold 0; 10 fF a pin
/// That a tenth and the pins' load are assumptions; the table has neither.
std::string sram_stubs(const std::vector<SramShape>& shapes, const SramTiming& timing);

}  // namespace axnn
