// Which stored weight bits flip at a lowered supply voltage: one definition for the trainer, the
// golden model, the RTL and the netlist (design, section 5).
//
//   const double rate = flip_rate(load_flip_curve("paper"), 0.66);  // flip_curve.h
//   const FaultMap map(7, rate);                                     // chip 7
//   GoldenModel(apply_faults(net, WeightFormat::kSignMagnitude, map), multiplier);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/network.h"
#include "model/rng.h"
#include "model/weight_format.h"
#include "model/weight_layout.h"

namespace axnn {

enum class FaultKind {
  kPersistent,  ///< a chip's cells flip or do not, at every read
  kTransient,   ///< drawn anew for every read of a word
};

/// The flips of one chip at one flip rate. The stored bit (memory, address, bit) flips if and only
/// if u < rate, where u is 32 bits of Philox4x32-10 read as a binary fraction:
///   key      the chip's number, low word first
///   counter  { address, memory * 256 + bit / 4, read, Purpose::kWeightFault }, word bit % 4 of the
///            result; for transient faults Purpose::kReadFault, and `read` is how often that word
///            was read before since the weights were loaded, otherwise 0
/// So flips stay where they are, and a higher rate only adds to them. Rates are taken to 2^-32.
class FaultMap {
 public:
  /// Throws Error unless 0 <= rate <= 1.
  FaultMap(std::uint64_t chip, double rate, FaultKind kind = FaultKind::kPersistent);

  /// Flips of the bits first to first + count - 1 of a word, `first` in bit 0. count <= 32.
  std::uint32_t mask(int memory, int address, int first, int count, std::uint32_t read = 0) const;

  /// Flips of the words 0 to words - 1, kDataW bits at a time: out[k * words + w] has the bits
  /// k * kDataW and up of word w. `bits` is a multiple of kDataW.
  void masks(int memory, int words, int bits, std::uint32_t read,
             std::span<std::uint16_t> out) const;

  std::uint64_t chip() const { return chip_; }
  double rate() const { return rate_; }
  FaultKind kind() const { return kind_; }

 private:
  std::uint64_t chip_;
  double rate_;
  FaultKind kind_;
  Rng rng_;
  std::uint64_t threshold_;  // rate * 2^32
};

/// Masks of a network's weights: per layer O x I, row-major, kDataW bits each.
using FlipMasks = std::vector<std::vector<std::uint16_t>>;

/// What `map` flips of each weight where the accelerator reads it. `read` counts inferences: each
/// reads each weight word once.
FlipMasks flip_masks(const WeightLayout& layout, const FaultMap& map, std::uint32_t read = 0);

/// The network as the accelerator reads it: weights stored in `format`, flipped, read back. A
/// weight the format cannot store changes even if nothing flips (storable()). Padding weights flip
/// too, but a ReLU layer's padding stays 0 (sim/compiler.h), so they change no result. Throws Error
/// if the network is not valid.
IntegerNet apply_faults(const IntegerNet& net, WeightFormat format, const FaultMap& map,
                        std::uint32_t read = 0);

}  // namespace axnn
