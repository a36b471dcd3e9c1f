#include "model/faults.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <cmath>

#include "model/error.h"

namespace axnn {
namespace {

constexpr int kBitsPerBlock = 4;  // 32 bits of a Philox block decide one cell

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

FlipMasks flip_masks(const WeightLayout& layout, const FaultMap& map, std::uint32_t read) {
  FlipMasks masks;
  for (std::size_t l = 0; l < layout.layers().size(); ++l) {
    const auto [inputs, outputs] = layout.layers()[l];
    std::vector<std::uint16_t>& layer = masks.emplace_back();
    layer.reserve(std::size_t(outputs) * std::size_t(inputs));
    for (int o = 0; o < outputs; ++o) {
      for (int i = 0; i < inputs; ++i) {
        const WeightPlace p = layout.place(l, o, i);
        layer.push_back(
            static_cast<std::uint16_t>(map.mask(p.memory, p.address, p.bit, kDataW, read)));
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
