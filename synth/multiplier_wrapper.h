// How a multiplier of any width multiplies the accelerator's words: the rule, in C++ and as the
// SystemVerilog module that stands in the PE. The two are written apart and compared at import.
//
// A word of W bits goes to an operand of N bits with its top bit on the operand's top bit:
//   signed    N < W: rounded to N bits, halves up, at most the largest; else shifted left
//   unsigned  of the word's magnitude: N < W: its W - 1 bits rounded to N, at most the largest;
//   else
//             shifted left. The product gets its sign from both words.
// The product is shifted back by what the operands were; low bits fall off to the right. A product
// beyond kProdW bits saturates, if one is.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "synth/multiplier_source.h"

namespace axnn {

struct WordRule {
  bool is_signed = true;  ///< what the multiplier's bits mean
  int a_width = 0, b_width = 0, product_width = 0;
  int product_shift = 0;  ///< low bits that the product's port leaves out
  bool saturates = false;

  /// An operand stands for operand * 2^this.
  int exponent(int width) const;
  /// The product stands for product * 2^this.
  int product_exponent() const { return exponent(a_width) + exponent(b_width) + product_shift; }
  /// Bits at the operand's port for a code.
  std::uint64_t operand(int code, int width) const;
  /// The word's product from the bits at the product's port; not saturated.
  std::int64_t product(std::uint64_t bits, int a, int b) const;
  /// The nearest of kProdW bits; of a magnitude, if unsigned.
  std::int32_t saturated(std::int64_t product) const;
};

/// `bits` of a port as a number.
std::int64_t from_port(std::uint64_t bits, int width, bool is_signed);

inline constexpr char kUserModule[] = "axnn_mult_user";

/// The text of module axnn_mult_user (ports a_i, b_i, mode_i, p_o as the PE's multipliers).
/// `mode_values` are what the mode input gets in M0, M1, ...
std::string wrapper_text(const MultiplierSource& source, const WordRule& rule,
                         const std::vector<int>& mode_values);

}  // namespace axnn
