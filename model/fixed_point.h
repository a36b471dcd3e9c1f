// Fixed-point words: a code is the integer, a value is code * 2^-fraction (design, section 2).
// Rounding, saturation and shift are here and in rtl/array/axnn_requant.sv, and nowhere else.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "axnn_pkg.h"

namespace axnn {

// The sizes that a build may choose (rtl/configs.txt).
static_assert(kRows == 4 || kRows == 8 || kRows == 16, "AXNN_SIDE is 4, 8 or 16");
static_assert(kDataW == 8 || kDataW == 10 || kDataW == 12, "AXNN_WORD is 8, 10 or 12");
static_assert(kHighW >= 3 && kHighW <= 5, "AXNN_HIGH is 3, 4 or 5");
static_assert(kAccW <= 32, "AXNN_FAN_IN: 2 * word + log2(fan-in) is more than 32");
static_assert(kFOctetsLsb + kSplitW <= kInstrW - kOpW, "AXNN_WEIGHTS: an instruction is full");

/// An activation or weight: kDataW bits, two's complement, held in 16 bits. Transformed operands
/// (multiplier.h) use the same type and may need one bit more.
using Code = std::int16_t;

inline constexpr int kCodeMin = -(1 << (kDataW - 1));
inline constexpr int kCodeMax = (1 << (kDataW - 1)) - 1;
/// A bias is BiasW bits in two's complement, so the accumulator cannot overflow (axnn_pkg.sv).
inline constexpr std::int32_t kBiasMin = -(1 << (kBiasW - 1));
inline constexpr std::int32_t kBiasMax = (1 << (kBiasW - 1)) - 1;

/// Nearest code to `value` on the grid 2^-fraction, halves up, saturated. NaN becomes 0.
inline Code quantize(double value, int fraction) {
  const double scaled = std::floor(std::ldexp(value, fraction) + 0.5);
  if (std::isnan(scaled)) return 0;
  return static_cast<Code>(std::clamp(scaled, double{kCodeMin}, double{kCodeMax}));
}

/// floor((v + half) / 2^shift): arithmetic shift right, halves up. shift >= 0.
constexpr std::int32_t round_shift(std::int32_t v, int shift) {
  return shift == 0 ? v : (v >> shift) + ((v >> (shift - 1)) & 1);
}

/// An accumulator, bias added, as a code with `shift` fractional bits fewer.
constexpr Code requantize(std::int32_t accumulator, int shift) {
  return static_cast<Code>(std::clamp(round_shift(accumulator, shift), kCodeMin, kCodeMax));
}

}  // namespace axnn
