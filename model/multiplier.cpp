#include "model/multiplier.h"

#include <fmt/format.h>

#include <bit>
#include <cstdlib>

#include "model/error.h"

namespace axnn {
namespace {

constexpr Code truncate_low(Code v) { return static_cast<Code>((v >> kLowW) * (1 << kLowW)); }

// Nearest multiple of 2^bits, halves up.
constexpr Code round_low(Code v, int bits) {
  return static_cast<Code>(((v + (1 << (bits - 1))) >> bits) * (1 << bits));
}

Code drum(Code v, int k) {
  const auto magnitude = static_cast<unsigned>(std::abs(int{v}));
  const int dropped = std::bit_width(magnitude) - k;
  if (dropped <= 0) return v;
  const auto kept = static_cast<int>(((magnitude >> dropped) | 1u) << dropped);
  return static_cast<Code>(v < 0 ? -kept : kept);
}

}  // namespace

Code transform_activation(Multiplier m, Code a) {
  switch (m.kind) {
    case MultiplierKind::kFig8:
      return m.mode == kModeM0 ? a : truncate_low(a);
    case MultiplierKind::kBooth:
      return m.mode == kModeM0 ? a : round_low(a, m.mode == kBoothM3 ? kLowW + 2 : kLowW);
    case MultiplierKind::kDrum:
      return drum(a, m.mode);
  }
  return a;
}

Code transform_weight(Multiplier m, Code b) {
  switch (m.kind) {
    case MultiplierKind::kFig8:
      return m.mode == kModeM2 ? truncate_low(b) : b;
    case MultiplierKind::kBooth:
      return m.mode >= kModeM2 ? round_low(b, kLowW) : b;
    case MultiplierKind::kDrum:
      return drum(b, m.mode);
  }
  return b;
}

std::string_view kind_name(MultiplierKind kind) {
  switch (kind) {
    case MultiplierKind::kFig8:
      return "fig8";
    case MultiplierKind::kBooth:
      return "booth";
    case MultiplierKind::kDrum:
      return "drum";
  }
  return "";
}

std::string mode_name(Multiplier m) {
  return fmt::format("{}{}", m.kind == MultiplierKind::kDrum ? 'K' : 'M', m.mode);
}

std::vector<Multiplier> parse_multipliers(std::string_view kind, std::string_view mode) {
  std::vector<Multiplier> known;
  for (const MultiplierKind k :
       {MultiplierKind::kFig8, MultiplierKind::kBooth, MultiplierKind::kDrum}) {
    if (kind == kind_name(k)) known = all_modes(k);
  }
  for (const Multiplier& m : all_modes(MultiplierKind::kDrum)) {
    if (kind == fmt::format("drum:{}", m.mode)) known = {m};
  }
  if (known.empty()) {
    throw Error("unknown multiplier '" + std::string(kind) + "'", "",
                fmt::format("known: fig8, booth, drum, drum:1 to drum:{}", kDrumMax));
  }
  if (mode == "all") return known;
  std::string names;
  for (const Multiplier& m : known) {
    if (mode == mode_name(m)) return {m};
    names += (names.empty() ? "" : ", ") + mode_name(m);
  }
  throw Error("unknown mode '" + std::string(mode) + "' of multiplier " + std::string(kind), "",
              "known: " + names);
}

Multiplier parse_multiplier(std::string_view kind, std::string_view mode) {
  const std::vector<Multiplier> found = parse_multipliers(kind, mode);
  if (found.size() != 1) throw Error("one mode is needed", "--mode", "name it");
  return found.front();
}

std::vector<Multiplier> all_modes(MultiplierKind kind) {
  std::vector<Multiplier> modes;
  if (kind == MultiplierKind::kDrum) {
    for (int k = kDrumMax; k >= 1; --k) modes.push_back({kind, k});
  } else {
    for (int mode = kModeM0; mode <= kModeM2; ++mode) modes.push_back({kind, mode});
    if (kind == MultiplierKind::kBooth) modes.push_back({kind, kBoothM3});
  }
  return modes;
}

bool in_hardware(Multiplier m) { return m.kind == MultiplierKind::kFig8 && m.mode <= kModeM2; }

}  // namespace axnn
