// How the weight memory stores a code. Bits flip in the memory, so the format decides how much a
// flip hurts; the code it stands for, and the network's arithmetic, stay the same.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/fixed_point.h"

namespace axnn {

enum class WeightFormat {
  kTwosComplement = kFormatTwosComplement,  ///< the code's own bits
  /// The top bit the sign, the others the magnitude; no -512: it becomes -511.
  kSignMagnitude = kFormatSignMagnitude,
  /// Five magnitude bits and five that protect them, in the same ten:
  ///   9..7  the sign, three times; the majority counts
  ///   6     1 if the magnitude is 256 or more; if read as 0, bit 8 of the magnitude is 0
  ///   5     1 if the magnitude is 128 or more; if read as 0, bits 8 and 7 of the magnitude are 0
  ///   4..0  bits 8..4 of the magnitude, m
  /// It reads as +-(16 m + 8): 64 values from -504 to 504 without 0, at most 8 from any code. Most
  /// weights are small, so their high bits are 0 and stay so unless two flips meet. Read back to
  /// two's complement it is { s, m ^ s, 1000b }: no carries. booth and fig8 in M2 make the same
  /// weight operand of it as of the code, but for negative multiples of 16.
  kGuarded = kFormatGuarded,
};

/// The kDataW stored bits of a code. A code without a representation takes the nearest one's.
std::uint32_t encode_weight(WeightFormat format, Code code);

/// The code that kDataW stored bits, flipped or not, stand for. Every pattern stands for one.
Code decode_weight(WeightFormat format, std::uint32_t bits);

/// The nearest code that the format can store.
inline Code storable(WeightFormat format, Code code) {
  return decode_weight(format, encode_weight(format, code));
}

std::string_view format_name(WeightFormat format);
/// Throws Error for an unknown name, listing the known ones.
WeightFormat parse_format(std::string_view name);
std::vector<WeightFormat> all_formats();

}  // namespace axnn
