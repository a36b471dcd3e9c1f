#include "model/model.h"

#include <algorithm>

#include "model/error.h"

namespace axnn {

IntegerNet Model::integer_net() const {
  IntegerNet net;
  for (const ModelLayer& layer : layers) net.layers.push_back(layer.integer);
  return net;
}

std::string_view header_name(TableOptions::Header header) {
  constexpr std::string_view kNames[] = {"auto", "yes", "no"};
  return kNames[static_cast<int>(header)];
}

TableOptions::Header parse_header_kind(std::string_view text) {
  using enum TableOptions::Header;
  for (const TableOptions::Header kind : {kAuto, kYes, kNo}) {
    if (text == header_name(kind)) return kind;
  }
  throw UsageError("a header is 'auto', 'yes' or 'no', not '" + std::string(text) + "'",
                   "--header");
}

void scale_input(const InputScaling& scaling, std::span<const float> raw, std::span<float> scaled) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    scaled[i] =
        std::clamp((raw[i] - scaling.offset[i]) * scaling.gain[i], scaling.low, scaling.high);
  }
}

void quantize_input(const InputScaling& scaling, std::span<const float> scaled,
                    std::span<Code> codes) {
  for (std::size_t i = 0; i < scaled.size(); ++i) codes[i] = quantize(scaled[i], scaling.fraction);
}

}  // namespace axnn
