// Liberty cell libraries: what synthesis and power need of them, which is areas, pins, functions,
// leakage, internal energy. Not a timing model; OpenSTA reads the same file for that.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "synth/liberty_files.h"
#include "synth/liberty_table.h"
#include "synth/liberty_text.h"

namespace axnn {

/// Energy inside a cell for one transition of a pin, pJ, apart from what the load takes.
struct InternalPower {
  std::string related_pin;
  std::string when;
  std::optional<LibertyTable> rise, fall;
};

/// Delay from an input pin to an output, ns, for either edge of the output.
struct CellDelay {
  std::string related_pin;
  std::optional<LibertyTable> rise, fall;
};

enum class PinDirection { kInput, kOutput, kInout, kInternal };

struct LibertyPin {
  std::string name;
  PinDirection direction = PinDirection::kInput;
  double capacitance_pf = 0;
  bool clock = false;
  std::string function;  ///< empty if none
  std::vector<InternalPower> internal_power;
  std::vector<CellDelay> delays;  ///< of an output

  /// Mean of the tables from `related_pin` for that edge, 0 if there are none.
  double delay_ns(std::string_view related_pin, bool rising, double load_pf, double slew_ns) const;
};

/// Pins of a latch that is open while its enable is high.
struct LatchPins {
  std::string enable, data, output;
};

/// Functions of a flip-flop's pins, in Liberty's syntax; clear and preset may be empty.
struct FlipFlop {
  std::string state, inverted_state;  ///< names in the functions of its outputs
  std::string next_state, clocked_on, clear, preset;
};

struct LibertyCell {
  std::string name;
  double area_um2 = 0;
  double leakage_nw = 0;
  bool sequential = false;  ///< has an ff, latch or statetable group
  bool dont_use = false;
  std::vector<LibertyPin> pins;
  std::optional<FlipFlop> flip_flop;
  std::optional<LatchPins> latch;  ///< a plain one, without set and reset

  const LibertyPin* pin(std::string_view pin_name) const;
  std::vector<const LibertyPin*> inputs() const;
  std::vector<const LibertyPin*> outputs() const;
};

/// A library in fixed units: um2, pF, nW, pJ, ns, V.
struct Library {
  std::string name;
  double voltage_v = 0;
  std::map<std::string, LibertyCell, std::less<>> cells;

  const LibertyCell* find(std::string_view cell) const;
  /// Smallest cell whose one output is NAND of two inputs: one gate equivalent.
  const LibertyCell* nand2() const;
  /// Smallest buffer.
  const LibertyCell* buffer() const;
  /// Smallest plain latch, or null.
  const LibertyCell* latch() const;
};

/// Converts a parsed `library` group. Throws Error if it is not one, a number cannot be read, a
/// name cannot stand in a netlist, it has no cells, or lacks a 2-input NAND, a buffer or a
/// flip-flop, which synthesis needs.
Library make_library(const LibertyGroup& group, const std::string& where);

/// The same of several files, which are one library: each has its own units and templates. Throws
/// Error also for a cell that is in two files and for another nom_voltage than the first file's.
Library make_library(const std::vector<LibertyFile>& files);

}  // namespace axnn
