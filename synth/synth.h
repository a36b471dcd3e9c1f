// Synthesis and static timing of the RTL: runs Yosys and OpenSTA on the modules of
// constraints/modules.json, counts gates, reads critical paths. Netlists stay in the output folder
// for simulation and for the power model.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "synth/liberty.h"
#include "synth/netlist.h"

namespace axnn {

/// Where the OSU 180 nm library lies on Debian (package qflow-tech-osu018).
inline constexpr char kDefaultLiberty[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// A module's synthesis begins, or one is done.
struct SynthStep {
  std::string module;
  bool begins = false;  ///< not of a result that is kept from before
  int done = 0;         ///< modules
  int all = 0;
};

struct SynthOptions {
  std::vector<std::filesystem::path> liberty = {kDefaultLiberty};  ///< files of one library
  std::filesystem::path source;  ///< folder with rtl/ and constraints/; empty: default_source()
  std::filesystem::path out = "build/synth";
  std::vector<std::string> modules;  ///< of constraints/modules.json; empty: all
  int threads = 1;
  std::function<void(const SynthStep&)> progress;  ///< called by one thread at a time; may be empty
};

/// A path's time, setup included, and its two ends: registers, memories or ports.
struct TimingPath {
  double ns = 0;
  std::string start, end;
};

/// Critical paths of one module in one mode.
struct ModuleTiming {
  std::string mode;  ///< "M0" ...; "any" for a module without modes
  TimingPath logic;  ///< between registers and ports
  TimingPath whole;  ///< from and to memories too (memory_stubs.h); `logic` if there are none
};

struct ModuleReport {
  std::string name;
  CellCount count;
  double gate_equivalents = 0;  ///< area / area of a 2-input NAND
  std::vector<ModuleTiming> timing;
  std::filesystem::path folder;  ///< netlist.v, timing.v, netlist.json, area.txt, logs
  bool cached = false;           ///< nothing had changed since an earlier run
};

struct SynthReport {
  std::string library;
  std::string nand2;
  double nand2_area_um2 = 0;
  double voltage_v = 0;
  std::string yosys_version, sta_version;
  std::vector<ModuleReport> modules;

  /// Throws Error if the module is not in the report.
  const ModuleReport& module(std::string_view name) const;
};

/// The repository's folder at build time, or $AXNN_SOURCE.
std::filesystem::path default_source();

/// Runs the flow. Each module is done once for a given RTL, scripts, library and tool versions;
/// results are kept in `out`/MODULE. Several or packed Liberty files reach the tools as one,
/// `out`/library.lib. The library is read and checked before anything is written.
/// Throws Error: bad library, unknown module, a tool missing or failing (the message has the tool's
/// first error and names its log).
SynthReport run_synth(const SynthOptions& options);

/// {"modules": [...], "timing": [...], "library", "nand2", "tools"}; units in the key names.
std::string to_json(const SynthReport& report);

/// The same for people.
std::string to_table(const SynthReport& report);

}  // namespace axnn
