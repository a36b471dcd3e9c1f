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

  /// Bilinear; outside the table the plane of the nearest four points goes on, as OpenSTA has it.
  double at(double load_pf, double slew_ns) const;
};

/// Factors from a file's units to V, ns, pF, nW, pJ; all above 0.
struct LibertyUnits {
  double volt = 1;
  double time_ns = 1;
  double cap_pf = 1;
  double leakage_nw = 1;
  double energy_pj = 1;
};

/// What a table takes from the template it names.
struct LibertyTemplate {
  bool first_is_slew = false;    ///< variable_1 is the input's transition, not the load
  std::vector<double> index[2];  ///< of a table without its own, in the file's units
};

using LibertyTemplates = std::map<std::string, LibertyTemplate, std::less<>>;

/// Reads a number, e.g. "1.5" or " -2e-3"; the rest of the text goes to `rest` if asked for. Throws
/// Error, also for one beyond +-1e15.
double liberty_number(std::string_view text, const std::string& where,
                      std::string_view* rest = nullptr);

/// Units of a `library` group. Throws Error if one is not known, not above
/// 0 or beyond what a library can mean, such as a time_unit of an hour.
LibertyUnits read_units(const LibertyGroup& library, const std::string& where);

/// Table templates of a `library` group. Throws Error.
LibertyTemplates read_templates(const LibertyGroup& library, const std::string& where);

/// Reads a group with indices, its own or its template's, and values, times `scale`. Throws Error:
/// other values than the indices ask for, an index that does not rise.
LibertyTable read_table(const LibertyGroup& g, const LibertyUnits& units,
                        const LibertyTemplates& templates, double scale, const std::string& where);

}  // namespace axnn
