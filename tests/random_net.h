// Random integer networks and samples for tests, keyed by one number.
#pragma once

#include <vector>

#include "model/network.h"
#include "model/rng.h"

namespace axnn {

enum class Codes {
  kUniform,  ///< any code
  kExtreme,  ///< only the smallest and the largest
};

/// A network with the given layer sizes (inputs first). Shifts are chosen so that part of the
/// hidden results saturates; the last layer is raw unless `last` says otherwise.
inline IntegerNet random_net(std::uint64_t key, const std::vector<int>& sizes, Codes codes,
                             Activation hidden = Activation::kRelu,
                             Activation last = Activation::kRaw) {
  const Rng rng(key, Purpose::kTestNetwork);
  std::uint64_t draw = 0;
  const auto code = [&] {
    const std::uint64_t v = rng.below(codes == Codes::kExtreme ? 2 : 1 << kDataW, draw++);
    if (codes == Codes::kExtreme) return static_cast<Code>(v ? kCodeMax : kCodeMin);
    return static_cast<Code>(static_cast<int>(v) + kCodeMin);
  };
  IntegerNet net;
  for (std::size_t l = 0; l + 1 < sizes.size(); ++l) {
    IntegerLayer layer;
    layer.inputs = sizes[l];
    layer.outputs = sizes[l + 1];
    layer.activation = l + 2 == sizes.size() ? last : hidden;
    layer.shift = codes == Codes::kExtreme ? static_cast<int>(rng.below(24, draw++))
                                           : 8 + static_cast<int>(rng.below(6, draw++));
    if (layer.activation == Activation::kRaw) layer.shift = 0;
    for (int i = 0; i < layer.inputs * layer.outputs; ++i) layer.weights.push_back(code());
    for (int o = 0; o < layer.outputs; ++o) {
      const auto span =
          static_cast<std::uint64_t>(kBiasMax) - static_cast<std::uint64_t>(kBiasMin) + 1;
      const std::int64_t b = kBiasMin + static_cast<std::int64_t>(rng.below(span, draw++));
      layer.bias.push_back(static_cast<std::int32_t>(codes == Codes::kExtreme ? b : b >> 9));
    }
    net.layers.push_back(layer);
  }
  return net;
}

/// N samples of I codes.
inline std::vector<Code> random_samples(std::uint64_t key, int samples, int inputs, Codes codes) {
  const Rng rng(key, Purpose::kTestNetwork);
  std::vector<Code> out;
  for (int i = 0; i < samples * inputs; ++i) {
    const auto v = static_cast<int>(rng.below(1 << kDataW, static_cast<std::uint64_t>(i), 1));
    out.push_back(
        static_cast<Code>(codes == Codes::kExtreme ? (v & 1 ? kCodeMax : kCodeMin) : v + kCodeMin));
  }
  return out;
}

}  // namespace axnn
