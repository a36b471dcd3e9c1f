#include "sim/compiler.h"

#include "model/error.h"

namespace axnn {
namespace {

// Appends a layer's weight words, tile by tile: PE (r, c) of step (t, i) has the weight from input
// i * kCols + c to output t * kRows + r, or 0 where the layer has no such input or output.
void append_weights(const IntegerLayer& layer, std::vector<Code>& weights) {
  for (int t = 0; t < output_tiles(layer.outputs); ++t) {
    for (int i = 0; i < neuron_words(layer.inputs); ++i) {
      for (int r = 0; r < kRows; ++r) {
        for (int c = 0; c < kCols; ++c) {
          const int o = t * kRows + r;
          const int k = i * kCols + c;
          const bool real = o < layer.outputs && k < layer.inputs;
          weights.push_back(
              real ? layer.weights[std::size_t(o) * std::size_t(layer.inputs) + std::size_t(k)]
                   : Code{0});
        }
      }
    }
  }
}

}  // namespace

Program compile(const IntegerNet& net, Multiplier multiplier) {
  validate(net);
  if (!in_hardware(multiplier)) {
    throw Error("the accelerator has no " + std::string(kind_name(multiplier.kind)) +
                    " multiplier in mode " + mode_name(multiplier),
                "compiler", "use fig8 in M0, M1 or M2");
  }
  Program program;
  std::vector<LayerFields> layers;
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const IntegerLayer& layer = net.layers[l];
    LayerFields fields;
    fields.in_words = neuron_words(layer.inputs);
    fields.out_tiles = output_tiles(layer.outputs);
    fields.weight_base = static_cast<int>(program.weights.size() / kPes);
    fields.bias_base = static_cast<int>(program.biases.size() / kRows);
    fields.to_stream = l + 1 == net.layers.size();
    // Bank 0 takes the samples, layers alternate between banks 1 and 2.
    fields.source = l == 0 ? 0 : layers.back().target;
    fields.target = 1 + static_cast<int>(l % 2);
    fields.activation = layer.activation;
    fields.shift = layer.shift;
    layers.push_back(fields);
    append_weights(layer, program.weights);
    program.biases.insert(program.biases.end(), layer.bias.begin(), layer.bias.end());
    program.biases.resize(static_cast<std::size_t>(fields.bias_base + fields.out_tiles) * kRows);
    // Before an instruction field is made from them, so that the message speaks of the network.
    validate(program);
  }

  const int words = static_cast<int>(program.weights.size() / kPes);
  const bool local = words <= kLocalDepth;
  std::vector<Instruction>& code = program.instructions;
  code.push_back(make_set_mode(multiplier.mode));
  if (local) code.push_back(make_load_weights(0, 0, words));
  code.push_back(make_receive(0, layers[0].in_words, false));
  const int body = static_cast<int>(code.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    layers[l].weight_local = local;
    code.push_back(make_layer(layers[l]));
    if (l == 0) code.push_back(make_receive(0, layers[0].in_words, true));
  }
  code.push_back(make_loop(body));
  code.push_back(make_halt());
  validate(program);
  return program;
}

}  // namespace axnn
