#include "model/weight_layout.h"

namespace axnn {
namespace {

std::vector<LayerShape> shapes(const IntegerNet& net) {
  std::vector<LayerShape> layers;
  for (const IntegerLayer& l : net.layers) layers.push_back({l.inputs, l.outputs});
  return layers;
}

}  // namespace

WeightLayout::WeightLayout(std::span<const LayerShape> layers)
    : layers_(layers.begin(), layers.end()), base_{0} {
  for (const LayerShape& l : layers_) {
    base_.push_back(base_.back() + output_tiles(l.outputs) * neuron_words(l.inputs));
  }
}

WeightLayout::WeightLayout(const IntegerNet& net) : WeightLayout(shapes(net)) {}

}  // namespace axnn
