// A gate netlist as Yosys writes it (write_json), hierarchy kept, and what it adds up to.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "synth/liberty.h"

namespace axnn {

/// Numbers of single-bit nets within a module; a constant is negative.
inline constexpr int kConstantZero = -1;  ///< or unknown
inline constexpr int kConstantOne = -2;
using NetBits = std::vector<int>;

struct NetlistCell {
  std::string name;
  std::string type;  ///< a library cell, a module of the netlist, or a black box
  std::map<std::string, int> parameters;  ///< those with small integer values
  using PinBits = std::pair<std::string, NetBits>;
  std::vector<PinBits> pins;
  std::string source;  ///< "file:line.column" of the Verilog, if Yosys kept it
};

struct NetlistPort {
  std::string name;
  bool output = false;
  bool is_signed = false;  ///< as declared
  NetBits bits;
};

struct NetlistModule {
  std::string name;  ///< as in the RTL, without what Yosys adds for parameters
  std::vector<NetlistPort> ports;
  std::vector<NetlistCell> cells;
  std::map<std::string, NetBits> nets;  ///< names; a net may have several
  std::vector<std::string> parameters;  ///< names, if the module was read as it is in the RTL
};

/// Modules by name; black boxes are left out.
struct Netlist {
  std::map<std::string, NetlistModule, std::less<>> modules;
};

/// Reads a JSON netlist of Yosys. Throws Error.
Netlist read_netlist(const std::filesystem::path& path);

/// A memory the netlist leaves as a black box.
struct MemoryShape {
  int depth = 0;
  int width = 0;
  friend auto operator<=>(const MemoryShape&, const MemoryShape&) = default;
};

/// What a module adds up to, everything below it included.
struct CellCount {
  std::map<std::string, long> by_type;   ///< library cells
  std::map<MemoryShape, long> memories;  ///< not part of any area
  long cells = 0;
  long sequential_cells = 0;
  double area_um2 = 0;
  double sequential_area_um2 = 0;
  double leakage_nw = 0;
};

/// Counts `top` down to library cells. Throws Error if a cell is in neither the library nor the
/// netlist (memories, type axnn_sram, excepted) or if a module contains itself.
CellCount count_cells(const Netlist& netlist, const Library& library, std::string_view top);

}  // namespace axnn
