#include "model/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "model/error.h"

namespace axnn {
namespace {

constexpr int kBitsPerBlock = 4;  // 32 bits of a Philox block decide one cell

// Philox4x32-10 of kLanes counters at once, the same numbers as Rng::block: loops the compiler
// turns into vector code, ten times faster than one block after the other.
constexpr int kLanes = 16;
using Blocks = std::uint32_t[4][kLanes];

void philox(Blocks& c, std::uint64_t key) {
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    for (int n = 0; n < kLanes; ++n) {
      const std::uint64_t p0 = std::uint64_t{PHILOX_M4x32_0} * c[0][n];
      const std::uint64_t p1 = std::uint64_t{PHILOX_M4x32_1} * c[2][n];
      c[0][n] = static_cast<std::uint32_t>(p1 >> 32) ^ c[1][n] ^ k0;
      c[1][n] = static_cast<std::uint32_t>(p1);
      c[2][n] = static_cast<std::uint32_t>(p0 >> 32) ^ c[3][n] ^ k1;
      c[3][n] = static_cast<std::uint32_t>(p0);
    }
    k0 += PHILOX_W32_0;
    k1 += PHILOX_W32_1;
  }
}

}  // namespace

FaultMap::FaultMap(std::uint64_t chip, double rate, FaultKind kind)
    : chip_(chip),
      rate_(rate),
      kind_(kind),
      rng_(chip, kind == FaultKind::kPersistent ? Purpose::kWeightFault : Purpose::kReadFault),
      threshold_(0) {
  if (!(rate >= 0 && rate <= 1)) {
    throw Error(fmt::format("a flip rate of {}", rate), "fault map", "it is between 0 and 1");
  }
  threshold_ = static_cast<std::uint64_t>(std::llround(std::ldexp(rate, 32)));
}

std::uint32_t FaultMap::mask(int memory, int address, int first, int count,
                             std::uint32_t read) const {
  assert(count <= 32);
  if (threshold_ == 0) return 0;
  const std::uint32_t key = kind_ == FaultKind::kTransient ? read : 0;
  std::uint32_t flips = 0;
  std::array<std::uint32_t, 4> words{};
  for (int n = 0; n < count; ++n) {
    const int bit = first + n;
    if (n == 0 || bit % kBitsPerBlock == 0) {
      const auto block = static_cast<std::uint32_t>(memory * 256 + bit / kBitsPerBlock);
      words = rng_.block((std::uint64_t{block} << 32) | static_cast<std::uint32_t>(address), key);
    }
    flips |= std::uint32_t{words[std::size_t(bit % kBitsPerBlock)] < threshold_} << n;
  }
  return flips;
}

void FaultMap::masks(int memory, int words, int bits, std::uint32_t read,
                     std::span<std::uint16_t> out) const {
  assert(out.size() == std::size_t(words) * std::size_t(bits / kDataW));
  std::fill(out.begin(), out.end(), std::uint16_t{0});
  if (threshold_ == 0) return;
  const std::uint32_t key = kind_ == FaultKind::kTransient ? read : 0;
  const Purpose purpose =
      kind_ == FaultKind::kPersistent ? Purpose::kWeightFault : Purpose::kReadFault;
  for (int block = 0; block * kBitsPerBlock < bits; ++block) {
    for (int first = 0; first < words; first += kLanes) {
      Blocks c;
      for (int n = 0; n < kLanes; ++n) {
        c[0][n] = static_cast<std::uint32_t>(first + n);
        c[1][n] = static_cast<std::uint32_t>(memory * 256 + block);
        c[2][n] = key;
        c[3][n] = static_cast<std::uint32_t>(purpose);
      }
      philox(c, chip_);
      const auto last = static_cast<std::uint32_t>(threshold_ - 1);
      const int count = std::min(kLanes, words - first);
      for (int k = 0; k < kBitsPerBlock; ++k) {
        const int bit = block * kBitsPerBlock + k;
        if (bit >= bits) break;
        std::uint16_t* to = out.data() + bit / kDataW * words + first;
        for (int n = 0; n < count; ++n) {
          to[n] = static_cast<std::uint16_t>(to[n] | (c[k][n] <= last ? 1 << bit % kDataW : 0));
        }
      }
    }
  }
}

FlipMasks flip_masks(const WeightLayout& layout, const FaultMap& map, std::uint32_t read) {
  // Masks of every cell in use, by processing element, then word.
  const auto words = static_cast<std::size_t>(layout.words());
  std::vector<std::uint16_t> cells(words * kPes);
  const int weights = layout.local() ? 1 : kCols;  // in a word of one memory
  for (int pe = 0; pe < kPes; pe += weights) {
    map.masks(layout.place(WeightSlot{0, pe}).memory, layout.words(), weights * kDataW, read,
              std::span(cells).subspan(std::size_t(pe) * words, std::size_t(weights) * words));
  }
  FlipMasks masks;
  for (std::size_t l = 0; l < layout.layers().size(); ++l) {
    const auto [inputs, outputs] = layout.layers()[l];
    std::vector<std::uint16_t>& layer = masks.emplace_back();
    layer.reserve(std::size_t(outputs) * std::size_t(inputs));
    for (int o = 0; o < outputs; ++o) {
      for (int i = 0; i < inputs; ++i) {
        const WeightSlot slot = layout.slot(l, o, i);
        layer.push_back(cells[std::size_t(slot.pe) * words + std::size_t(slot.word)]);
      }
    }
  }
  return masks;
}

IntegerNet apply_faults(const IntegerNet& net, WeightFormat format, const FaultMap& map,
                        std::uint32_t read) {
  validate(net);
  const FlipMasks masks = flip_masks(WeightLayout(net), map, read);
  IntegerNet faulty = net;
  for (std::size_t l = 0; l < faulty.layers.size(); ++l) {
    std::vector<Code>& weights = faulty.layers[l].weights;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      weights[k] = decode_weight(format, encode_weight(format, weights[k]) ^ masks[l][k]);
    }
  }
  return faulty;
}

}  // namespace axnn
