// The chips' clocks as they were synthesised, so that a simulation can say its speed without a
// synthesis.
#pragma once

#include <filesystem>
#include <string>

#include "model/multiplier.h"
#include "power/power.h"

namespace axnn {

/// constraints/tech/clocks.json: what PowerModel says of the default library's netlists, at the
/// nominal voltage. A test compares the file with the synthesis.
class ClockRecord {
 public:
  /// `source` holds constraints/tech. Throws Error for a missing or damaged file.
  explicit ClockRecord(const std::filesystem::path& source);

  /// Clock period of the whole chip in a mode of fig8 or booth, ns: PE, everything around it and
  /// its memories, calibrated (Columns), the weight memories at `vdd` volts. Infinite if they do
  /// not work there.
  double chip_ns(Multiplier multiplier, bool weights_local, double vdd) const;

 private:
  Technology technology_;
  double chip_ns_[2][kPowerModes] = {};
  double access_ns_[2] = {};  ///< of the weight buffer, of a PE's weight memory
};

/// The file's text for these netlists. `command` says how it was made.
std::string clock_record(const PowerModel& power, const std::string& command);

}  // namespace axnn
