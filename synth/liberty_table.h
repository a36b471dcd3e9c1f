// Numbers of a Liberty file: units and tables over load and input slew.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "synth/liberty_text.h"

namespace axnn {

/// A table over load and input slew, either axis possibly absent.
struct LibertyTable {
  std::vector<double> loads_pf;
  std::vector<double> slews_ns;
  std::vector<double> values;  ///< loads x slews, row-major

  /// Bilinear; outside the table the nearest edge.
  double at(double load_pf, double slew_ns) const;
};

/// Factors from a file's units to V, ns, pF, nW, pJ.
struct LibertyUnits {
  double volt = 1;
  double time_ns = 1;
  double cap_pf = 1;
  double leakage_nw = 1;
  double energy_pj = 1;
};

/// Names of the two axes of each table template: true if a variable is the input's transition.
using LibertyTemplates = std::map<std::string, std::vector<bool>, std::less<>>;

/// Reads a number, e.g. "1.5" or " -2e-3"; the rest of the text goes to `rest` if asked for. Throws
/// Error.
double liberty_number(std::string_view text, const std::string& where,
                      std::string_view* rest = nullptr);

/// Units of a `library` group. Throws Error if one is not known.
LibertyUnits read_units(const LibertyGroup& library, const std::string& where);

/// Table templates of a `library` group.
LibertyTemplates read_templates(const LibertyGroup& library);

/// Reads a group with indices and values, times `scale`. Throws Error.
LibertyTable read_table(const LibertyGroup& g, const LibertyUnits& units,
                        const LibertyTemplates& templates, double scale, const std::string& where);

}  // namespace axnn
