// How the weight memory stores a code. Bits flip in the memory, so the format decides how much a
// flip hurts; the code it stands for, and the network's arithmetic, stay the same.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/fixed_point.h"

namespace axnn {

enum class WeightFormat {
  kTwosComplement,  ///< the code's own bits
  kSignMagnitude,   ///< bit 9 the sign, bits 8..0 the magnitude; no -512: it becomes -511
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
