// Approximate multipliers as operand transforms: mul(A, B) = f(A) * g(B) exactly, so an
// approximate matrix product is an exact integer product of transformed operands (design,
// section 3). A is the activation, B the weight. Any other multiplier is a table of products.
//
//   transform_weights(m, w, v);  transform_activations(m, x, u);
//   gemm(m, v, u, outputs, inputs, batch, sums);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/fixed_point.h"

namespace axnn {

class ProductTable;  // lut.h

enum class MultiplierKind {
  kFig8,   ///< the paper's Fig. 8: the low parts are truncated
  kBooth,  ///< low radix-4 Booth digits dropped, which rounds the low parts away
  kDrum,   ///< DRUM-k (Hashemi, Bahar, Reda, ICCAD 2015), signed by definition
  kLut,    ///< a table made from Verilog (axnn import)
};

/// A multiplier in one of its modes, e.g. fig8 in M1.
struct Multiplier {
  MultiplierKind kind = MultiplierKind::kFig8;
  /// fig8, booth: ModeCode, rough to the right. booth has one mode more, kBoothM3, which the
  /// accelerator does not build. drum: k, 1 to 9. lut: 0.
  int mode = kModeM0;
  std::shared_ptr<const ProductTable> table = nullptr;  ///< of kLut, null for the others

  friend bool operator==(const Multiplier&, const Multiplier&) = default;
};

/// booth beyond M2: only the top Booth digit of the activation, floor((A + 128) / 256) * 256.
inline constexpr int kBoothM3 = kModeM2 + 1;
inline constexpr int kDrumMax = kDataW - 1;

/// f(A) for an activation code in [kCodeMin, kCodeMax], one bit wider than a code at most.
/// With words of ten bits, four of them high (rtl/configs.txt):
///   fig8   M0 A; M1, M2 floor(A / 64) * 64
///   booth  M0 A; M1, M2 floor((A + 32) / 64) * 64; M3 floor((A + 128) / 256) * 256
///   drum   k bits from the leading one of |A|, the lowest kept bit 1 if bits were dropped
///   lut    the table's factor (lut.h) of up to 16 bits, or A if it has none
Code transform_activation(const Multiplier& m, Code a);

/// g(B) for a weight code.
///   fig8   M0, M1 B; M2 floor(B / 64) * 64
///   booth  M0, M1 B; M2, M3 floor((B + 32) / 64) * 64
///   drum, lut  as for the activation
Code transform_weight(const Multiplier& m, Code b);

/// The same for many codes; `out` has as many and may be where `codes` is.
void transform_activations(const Multiplier& m, std::span<const Code> codes, Code* out);
void transform_weights(const Multiplier& m, std::span<const Code> codes, Code* out);

/// Approximate matrix product of operands that the transforms returned; shapes as int_gemm's
/// (int_gemm.h), which it is but for a table without factors.
void gemm(const Multiplier& m, const Code* w, const Code* x, int outputs, int inputs, int batch,
          std::int32_t* c);

/// Which neurons of a network multiply approximately; the others are exact. Per layer one entry an
/// output, 1 or 0. Empty: all of them. The accelerator has one mode for all neurons, so a mixed
/// network runs here only.
using NeuronMask = std::vector<std::vector<char>>;

/// gemm() of codes as they are, each output with the multiplier `approximate` (one entry an output)
/// gives it: m, or an exact one.
void mixed_gemm(const Multiplier& m, std::span<const char> approximate, const Code* w,
                const Code* x, int outputs, int inputs, int batch, std::int32_t* c);

/// The multiplier's kind as users write it ("fig8") and its mode's ("M1"; drum: "K3"; lut: the
/// table's name).
std::string_view kind_name(MultiplierKind kind);
std::string mode_name(const Multiplier& m);

/// Reads them back: `kind` is fig8, booth, drum, drum:K or lut:FILE, `mode` a mode's name or "all"
/// (exact or finest first). Throws Error for an unknown name, listing the known ones, or for a file
/// that is no table.
std::vector<Multiplier> parse_multipliers(std::string_view kind, std::string_view mode);

/// The one multiplier of that name. Throws Error as above, and for "all".
Multiplier parse_multiplier(std::string_view kind, std::string_view mode);

/// All modes of a kind, exact or finest first; none for kLut, which has one in each file.
std::vector<Multiplier> all_modes(MultiplierKind kind);

/// True if the RTL has this multiplier and mode; of drum the k that it is built with (kDrumK). What
/// it lacks only the C++ side can run.
bool in_hardware(const Multiplier& m);

/// The mode register's value for it. DRUM has no modes: its k is built in.
inline int hardware_mode(const Multiplier& m) {
  return m.kind == MultiplierKind::kDrum ? int{kModeM0} : m.mode;
}

}  // namespace axnn
