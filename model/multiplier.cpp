#include "model/multiplier.h"

#include <fmt/format.h>

#include "model/error.h"

namespace axnn {
namespace {

constexpr Code truncate_low(Code v) { return static_cast<Code>((v >> kLowW) * (1 << kLowW)); }

}  // namespace

Code transform_activation(Multiplier m, Code a) { return m.mode == kModeM0 ? a : truncate_low(a); }

Code transform_weight(Multiplier m, Code b) { return m.mode == kModeM2 ? truncate_low(b) : b; }

std::string_view kind_name(MultiplierKind kind) {
  switch (kind) {
    case MultiplierKind::kFig8:
      return "fig8";
  }
  return "";
}

std::string mode_name(int mode) { return fmt::format("M{}", mode); }

MultiplierKind parse_kind(std::string_view name) {
  if (name == "fig8") return MultiplierKind::kFig8;
  throw Error("unknown multiplier '" + std::string(name) + "'", "", "known: fig8");
}

int parse_mode(std::string_view name) {
  for (const Multiplier& m : all_modes(MultiplierKind::kFig8)) {
    if (name == mode_name(m.mode)) return m.mode;
  }
  throw Error("unknown multiplier mode '" + std::string(name) + "'", "", "known: M0, M1, M2");
}

std::vector<Multiplier> all_modes(MultiplierKind kind) {
  return {{kind, kModeM0}, {kind, kModeM1}, {kind, kModeM2}};
}

}  // namespace axnn
