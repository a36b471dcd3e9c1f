// Approximate multipliers as operand transforms: mul(A, B) = f(A) * g(B) exactly, so an
// approximate matrix product is an exact integer product of transformed operands (design,
// section 3). A is the activation, B the weight.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/fixed_point.h"

namespace axnn {

enum class MultiplierKind {
  kFig8,  ///< the paper's Fig. 8: the low parts are truncated
};

/// A multiplier in one of its modes, e.g. fig8 in M1.
struct Multiplier {
  MultiplierKind kind = MultiplierKind::kFig8;
  int mode = kModeM0;  ///< ModeCode

  friend bool operator==(const Multiplier&, const Multiplier&) = default;
};

/// f(A) for an activation code in [kCodeMin, kCodeMax]. fig8: floor(A / 64) * 64 in M1 and M2.
Code transform_activation(Multiplier m, Code a);

/// g(B) for a weight code in [kCodeMin, kCodeMax]. fig8: floor(B / 64) * 64 in M2.
Code transform_weight(Multiplier m, Code b);

/// The multiplier's kind as users write it ("fig8") and a mode's ("M1").
std::string_view kind_name(MultiplierKind kind);
std::string mode_name(int mode);

/// Reads them back. Throws Error for an unknown name, listing the known ones.
MultiplierKind parse_kind(std::string_view name);
int parse_mode(std::string_view name);

/// All modes of a kind, exact first.
std::vector<Multiplier> all_modes(MultiplierKind kind);

}  // namespace axnn
