#include "model/multiplier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "model/error.h"
#include "model/int_gemm.h"
#include "model/lut.h"

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
void with_activation_transform(const Multiplier& m, Use use) {
  switch (m.kind) {
    case MultiplierKind::kFig8:
      if (m.mode == kModeM0) return use([](Code a) { return a; });
      return use([](Code a) { return truncate_low(a); });
    case MultiplierKind::kBooth:
      if (m.mode == kModeM0) return use([](Code a) { return a; });
      if (m.mode == kBoothM3) return use([](Code a) { return round_low(a, kDataW - 2); });
      return use([](Code a) { return round_low(a, kBoothLowW); });
    case MultiplierKind::kDrum:
      return use([k = m.mode](Code a) { return drum(a, k); });
    case MultiplierKind::kLut:
      if (!m.table->factors()) return use([](Code a) { return a; });
      return use([f = m.table->factors()->f.data()](Code a) { return f[a - kCodeMin]; });
  }
}

template <typename Use>
void with_weight_transform(const Multiplier& m, Use use) {
  switch (m.kind) {
    case MultiplierKind::kFig8:
      if (m.mode != kModeM2) return use([](Code b) { return b; });
      return use([](Code b) { return truncate_low(b); });
    case MultiplierKind::kBooth:
      if (m.mode < kModeM2) return use([](Code b) { return b; });
      return use([](Code b) { return round_low(b, kBoothLowW); });
    case MultiplierKind::kDrum:
      return use([k = m.mode](Code b) { return drum(b, k); });
    case MultiplierKind::kLut:
      if (!m.table->factors()) return use([](Code b) { return b; });
      return use([g = m.table->factors()->g.data()](Code b) { return g[b - kCodeMin]; });
  }
}

}  // namespace

Code transform_activation(const Multiplier& m, Code a) {
  Code result = a;
  with_activation_transform(m, [&](auto f) { result = f(a); });
  return result;
}

Code transform_weight(const Multiplier& m, Code b) {
  Code result = b;
  with_weight_transform(m, [&](auto g) { result = g(b); });
  return result;
}

void transform_activations(const Multiplier& m, std::span<const Code> codes, Code* out) {
  with_activation_transform(m, [&](auto f) { std::transform(codes.begin(), codes.end(), out, f); });
}

void transform_weights(const Multiplier& m, std::span<const Code> codes, Code* out) {
  with_weight_transform(m, [&](auto g) { std::transform(codes.begin(), codes.end(), out, g); });
}

void gemm(const Multiplier& m, const Code* w, const Code* x, int outputs, int inputs, int batch,
          std::int32_t* c) {
  if (m.kind == MultiplierKind::kLut && !m.table->factors()) {
    table_gemm(*m.table, w, x, outputs, inputs, batch, c);
  } else {
    int_gemm(w, x, outputs, inputs, batch, c);
  }
}

void mixed_gemm(const Multiplier& m, std::span<const char> approximate, const Code* w,
                const Code* x, int outputs, int inputs, int batch, std::int32_t* c) {
  const auto width = static_cast<std::size_t>(inputs);
  const std::span<const Code> codes(x, width * static_cast<std::size_t>(batch));
  std::vector<Code> operands(codes.size());
  std::vector<Code> rows;
  std::vector<int> chosen;
  std::vector<std::int32_t> part;
  for (const char kind : {char{0}, char{1}}) {
    rows.clear();
    chosen.clear();
    for (int o = 0; o < outputs; ++o) {
      if ((approximate[std::size_t(o)] != 0) != (kind != 0)) continue;
      const Code* row = w + std::size_t(o) * width;
      rows.insert(rows.end(), row, row + width);
      chosen.push_back(o);
    }
    if (chosen.empty()) continue;
    const Multiplier used = kind == 0 ? Multiplier{} : m;
    transform_weights(used, rows, rows.data());
    transform_activations(used, codes, operands.data());
    part.resize(chosen.size() * static_cast<std::size_t>(batch));
    gemm(used, rows.data(), operands.data(), static_cast<int>(chosen.size()), inputs, batch,
         part.data());
    for (std::size_t b = 0; b < static_cast<std::size_t>(batch); ++b) {
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        c[b * std::size_t(outputs) + std::size_t(chosen[i])] = part[b * chosen.size() + i];
      }
    }
  }
}

std::string_view kind_name(MultiplierKind kind) {
  switch (kind) {
    case MultiplierKind::kFig8:
      return "fig8";
    case MultiplierKind::kBooth:
      return "booth";
    case MultiplierKind::kDrum:
      return "drum";
    case MultiplierKind::kLut:
      return "lut";
  }
  return "";
}

std::string mode_name(const Multiplier& m) {
  if (m.kind == MultiplierKind::kLut) return m.table->name();
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
  constexpr std::string_view kTablePrefix = "lut:";
  if (kind.starts_with(kTablePrefix)) {
    const std::string path(kind.substr(kTablePrefix.size()));
    known = {{MultiplierKind::kLut, 0, std::make_shared<const ProductTable>(load_table(path))}};
  }
  if (known.empty()) {
    throw UsageError(
        "unknown multiplier '" + std::string(kind) + "'", "",
        fmt::format("known: fig8, booth, drum, drum:1 to drum:{}, lut:FILE", kDrumMax));
  }
  if (mode == "all") return known;
  std::string names;
  for (const Multiplier& m : known) {
    if (mode == mode_name(m)) return {m};
    names += (names.empty() ? "" : ", ") + mode_name(m);
  }
  throw UsageError("unknown mode '" + std::string(mode) + "' of multiplier " + std::string(kind),
                   "", "known: " + names);
}

Multiplier parse_multiplier(std::string_view kind, std::string_view mode) {
  const std::vector<Multiplier> found = parse_multipliers(kind, mode);
  if (found.size() != 1) throw UsageError("one mode is needed", "--mode", "name it");
  return found.front();
}

std::vector<Multiplier> all_modes(MultiplierKind kind) {
  std::vector<Multiplier> modes;
  if (kind == MultiplierKind::kLut) return modes;
  if (kind == MultiplierKind::kDrum) {
    for (int k = kDrumMax; k >= 1; --k) modes.push_back({kind, k});
  } else {
    for (int mode = kModeM0; mode <= kModeM2; ++mode) modes.push_back({kind, mode});
    if (kind == MultiplierKind::kBooth) modes.push_back({kind, kBoothM3});
  }
  return modes;
}

bool in_hardware(const Multiplier& m) {
  switch (m.kind) {
    case MultiplierKind::kFig8:
    case MultiplierKind::kBooth:
      return m.mode <= kModeM2;
    case MultiplierKind::kDrum:
      return m.mode == kDrumK;
    case MultiplierKind::kLut:
      return false;
  }
  return false;
}

}  // namespace axnn
