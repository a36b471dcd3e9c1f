#include "model/model.h"

#include <algorithm>
#include <cmath>

namespace axnn {

IntegerNet Model::integer_net() const {
  IntegerNet net;
  for (const ModelLayer& layer : layers) net.layers.push_back(layer.integer);
  return net;
}

void scale_input(const InputScaling& scaling, std::span<const float> raw, std::span<float> scaled) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const float value = !scaling.fill.empty() && std::isnan(raw[i]) ? scaling.fill[i] : raw[i];
    scaled[i] =
        std::clamp((value - scaling.offset[i]) * scaling.gain[i], scaling.low, scaling.high);
  }
}

void quantize_input(const InputScaling& scaling, std::span<const float> scaled,
                    std::span<Code> codes) {
  for (std::size_t i = 0; i < scaled.size(); ++i) codes[i] = quantize(scaled[i], scaling.fraction);
}

}  // namespace axnn
