// A multiplier as its author wrote it: Verilog files, a top module, ports of any names. Yosys reads
// them; what cannot be a multiplier is refused in one line.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "synth/netlist.h"

namespace axnn {

/// A number's bits at a module's boundary: one port, or a port a bit (a0, a1, ...).
struct BusPort {
  std::string name;                 ///< of the port, or what its bits' names have in common
  std::vector<std::string> pieces;  ///< ports, bit 0 first; one for a port with all bits
  int width = 0;
  bool is_signed = false;  ///< declared so; what the bits mean may differ

  bool split() const { return pieces.size() > 1; }
};

struct MultiplierPorts {
  BusPort a, b, product;
  BusPort mode;  ///< width 0: none
};

/// What the user said.
struct SourceOptions {
  std::vector<std::filesystem::path> files;  ///< packages first; .vh, .svh and .h are only included
  std::string top;                           ///< empty: the one module that no other contains
  std::vector<std::string> ports;            ///< a, b, product [, mode]; empty: found
  std::vector<std::pair<std::string, int>> settings;  ///< parameters and other inputs
  int timeout_s = 600;
};

/// The multiplier's own gates and what its boundary means.
struct MultiplierSource {
  std::string top;
  MultiplierPorts ports;
  std::vector<std::pair<std::string, int>> parameters;                 ///< of the settings
  std::vector<std::pair<std::string, std::pair<int, int>>> constants;  ///< port, width and value
  Netlist gates;  ///< module kImportedModule, flat, of Yosys's gates
};

inline constexpr char kImportedModule[] = "axnn_imported";

inline constexpr int kMinOperandW = 4;
inline constexpr int kMaxOperandW = 16;
inline constexpr int kMaxProductW = 40;

/// True for a file that others include and no tool reads by itself.
bool is_include(const std::filesystem::path& file);

/// The ports of a module that multiplies: two inputs of 4 to 16 bits, named a and b, x and y or in
/// their order of declaration; the one output, or the widest; one more input of one or two bits
/// chooses a mode. `settings` name inputs that are held. `named` overrides. Throws Error, listing
/// the ports.
MultiplierPorts find_ports(const NetlistModule& module, const std::vector<std::string>& named,
                           const std::vector<std::pair<std::string, int>>& settings);

/// Reads the files with Yosys in `folder`, where its logs stay. Throws Error: Yosys refuses a file;
/// no top or several; a module that no file has; ports as find_ports(); a setting that names
/// neither; a register, a latch, a loop (Combinational).
MultiplierSource read_multiplier(const SourceOptions& options, const std::filesystem::path& folder);

/// A name as Verilog takes it, escaped if it has to be.
std::string verilog_name(const std::string& name);

}  // namespace axnn
