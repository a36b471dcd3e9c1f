// Anybody's multiplier in the accelerator's place: reads its Verilog, writes the wrapper, makes the
// table of its products for the golden model, and checks that table, RTL and gates are the same
// for all pairs of words. Each mode's table is what `lut:DIR/M0.lut` names.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/lut.h"
#include "model/product_error.h"
#include "synth/multiplier_source.h"
#include "synth/multiplier_wrapper.h"
#include "synth/synth.h"

namespace axnn {

struct ImportOptions {
  SourceOptions source;
  std::vector<int> modes;         ///< what the mode input gets in M0, M1, M2; empty: 0, 1, 2
  std::optional<bool> is_signed;  ///< empty: what its products are nearer to
  std::vector<std::filesystem::path> liberty = {kDefaultLiberty};  ///< of the gates, one library's
  std::filesystem::path out;                         ///< folder; empty: the top module's name
  std::function<void(const std::string&)> progress;  ///< the step that begins; may be empty
};

struct ImportedMode {
  int value = 0;  ///< of the mode input
  ProductTable table;
  ProductError own;  ///< its own operands, all pairs up to 2^24, else as many random ones as kPairs
  ProductError array;          ///< words, through the wrapper
  std::int64_t saturated = 0;  ///< products of words that kProdW bits did not hold
};

struct ImportReport {
  std::string name;  ///< of the top module
  MultiplierPorts ports;
  WordRule rule;
  bool declared_signed = false;
  double other_sign_mae = 0;  ///< of M0, were it signed if it is not, or the other way round
  bool all_own_pairs = true;
  std::vector<ImportedMode> modes;
  std::string library;    ///< of the compared gates
  std::size_t gates = 0;  ///< wrapper and multiplier
  std::filesystem::path out;
};

/// Writes `out` whole or not at all: wrapper.sv, sources/, a table a mode (M0.lut ...),
/// multiplier.json. Needs Yosys and Icarus. Throws Error as read_multiplier(); if `out` is there
/// and no earlier import; if a product is not a number; if table, RTL or gates differ in a product
/// (the message has the first one).
ImportReport import_multiplier(const ImportOptions& options);

}  // namespace axnn
