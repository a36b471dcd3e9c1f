#include "model/multiplier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "model/error.h"

namespace axnn {
namespace {

constexpr Code truncate_low(Code v) { return static_cast<Code>((v >> kLowW) * (1 << kLowW)); }

// Nearest multiple of 2^bits, halves up.
constexpr Code round_low(Code v, int bits) {
  return static_cast<Code>(((v + (1 << (bits - 1))) >> bits) * (1 << bits));
}

// Written without branches, so that the compiler can vectorise it.
constexpr Code drum(Code v, int k) {
  const auto sign = static_cast<Code>(v >> (kDataW + 1));  // 0 or -1
  const auto magnitude = static_cast<std::uint16_t>((v ^ sign) - sign);
  std::uint16_t ones = magnitude;  // as many ones as the magnitude has digits
  ones = static_cast<std::uint16_t>(ones | ones >> 1);
  ones = static_cast<std::uint16_t>(ones | ones >> 2);
  ones = static_cast<std::uint16_t>(ones | ones >> 4);
  ones = static_cast<std::uint16_t>(ones | ones >> 8);
  const auto dropped = static_cast<std::uint16_t>(ones >> k);
  const auto lowest_kept = static_cast<std::uint16_t>((dropped + 1) & ~1);  // 0 if none is dropped
  const auto kept = static_cast<std::uint16_t>((magnitude | lowest_kept) & ~dropped);
  return static_cast<Code>((kept ^ sign) - sign);
}

// Calls `use` with the transform of an operand, as a function object the compiler can inline.
template <typename Use>
void with_activation_transform(Multiplier m, Use use) {
  switch (m.kind) {
    case MultiplierKind::kFig8:
      if (m.mode == kModeM0) return use([](Code a) { return a; });
      return use([](Code a) { return truncate_low(a); });
    case MultiplierKind::kBooth:
      if (m.mode == kModeM0) return use([](Code a) { return a; });
      if (m.mode == kBoothM3) return use([](Code a) { return round_low(a, kLowW + 2); });
      return use([](Code a) { return round_low(a, kLowW); });
    case MultiplierKind::kDrum:
      return use([k = m.mode](Code a) { return drum(a, k); });
  }
}

template <typename Use>
void with_weight_transform(Multiplier m, Use use) {
  switch (m.kind) {
    case MultiplierKind::kFig8:
      if (m.mode != kModeM2) return use([](Code b) { return b; });
      return use([](Code b) { return truncate_low(b); });
    case MultiplierKind::kBooth:
      if (m.mode < kModeM2) return use([](Code b) { return b; });
      return use([](Code b) { return round_low(b, kLowW); });
    case MultiplierKind::kDrum:
      return use([k = m.mode](Code b) { return drum(b, k); });
  }
}

}  // namespace

Code transform_activation(Multiplier m, Code a) {
  Code result = a;
  with_activation_transform(m, [&](auto f) { result = f(a); });
  return result;
}

Code transform_weight(Multiplier m, Code b) {
  Code result = b;
  with_weight_transform(m, [&](auto g) { result = g(b); });
  return result;
}

void transform_activations(Multiplier m, std::span<const Code> codes, Code* out) {
  with_activation_transform(m, [&](auto f) { std::transform(codes.begin(), codes.end(), out, f); });
}

void transform_weights(Multiplier m, std::span<const Code> codes, Code* out) {
  with_weight_transform(m, [&](auto g) { std::transform(codes.begin(), codes.end(), out, g); });
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

bool in_hardware(Multiplier m) {
  return (m.kind == MultiplierKind::kFig8 || m.kind == MultiplierKind::kBooth) && m.mode <= kModeM2;
}

}  // namespace axnn
