// What the RTL's weight memories return in simulation: how they store weights, and which bits of a
// word flip when it is read. The memories (rtl/tech/faults) ask through DPI; a design at its nominal
// voltage has none that do (rtl/tech/generic).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/faults.h"

namespace axnn {

/// Storage of the weight island in one run.
struct WeightStorage {
  WeightFormat format = WeightFormat::kTwosComplement;
  std::optional<FaultMap> faults;  ///< of the chip at its voltage; none: nothing flips

  /// True if a weight may be read as another one than was given.
  bool changes_weights() const { return faults || format != WeightFormat::kTwosComplement; }
};

/// The reads of one instance of the design. Not thread-safe: a design runs in one thread.
class WeightReads {
 public:
  explicit WeightReads(const WeightStorage& storage) : storage_(storage) {}

  const WeightStorage& storage() const { return storage_; }

  /// `words` weight words were loaded; every word's reads are counted from here. Loading happens at
  /// the nominal voltage, so if the weights stay in the local memories the buffer's never flip.
  void load(int words);

  /// Counts a read of a weight memory's word (weight_layout.h) and returns its flips: kWeightRowW
  /// bits in 32-bit words, bit 0 first. Valid until the next call.
  const std::uint32_t* flips(int memory, int address);

  static constexpr int kMaskWords = (kWeightRowW + 31) / 32;

 private:
  void draw(int memory, int address, std::uint32_t read, std::uint32_t* out) const;

  WeightStorage storage_;
  int words_ = 0;
  std::vector<std::uint32_t> masks_;  // memory, address, mask word; persistent faults
  std::vector<std::uint32_t> reads_;  // memory, address; transient faults
  std::uint32_t mask_[kMaskWords] = {};
};

/// While one lives, designs evaluated in this thread read by `reads`; null: nothing flips.
class WeightReadScope {
 public:
  explicit WeightReadScope(WeightReads* reads);
  WeightReadScope(const WeightReadScope&) = delete;
  WeightReadScope& operator=(const WeightReadScope&) = delete;
  ~WeightReadScope();

 private:
  WeightReads* outer_;
};

}  // namespace axnn
