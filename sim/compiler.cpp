#include "sim/compiler.h"

#include "model/error.h"

namespace axnn {
namespace {

// Weight words of a network as stored, 0 or next to it where a tile has no such input or output.
std::vector<Code> place_weights(const IntegerNet& net, const WeightLayout& layout,
                                WeightFormat format) {
  std::vector<Code> words(static_cast<std::size_t>(layout.words()) * kPes);
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const IntegerLayer& layer = net.layers[l];
    for (int o = 0; o < layer.outputs; ++o) {
      for (int i = 0; i < layer.inputs; ++i) {
        const WeightSlot slot = layout.slot(l, o, i);
        words[static_cast<std::size_t>(slot.word * kPes + slot.pe)] =
            layer.weights[std::size_t(o) * std::size_t(layer.inputs) + std::size_t(i)];
      }
    }
  }
  for (Code& word : words) {
    word = decode_weight(WeightFormat::kTwosComplement, encode_weight(format, word));
  }
  return words;
}

}  // namespace

Program compile(const IntegerNet& net, Multiplier multiplier, WeightFormat format) {
  validate(net);
  if (!in_hardware(multiplier)) {
    throw Error("the accelerator has no " + std::string(kind_name(multiplier.kind)) +
                    " multiplier in mode " + mode_name(multiplier),
                "compiler", "use fig8 or booth in M0, M1 or M2");
  }
  const WeightLayout layout(net);
  Program program;
  program.weights = place_weights(net, layout, format);
  program.format = format;
  std::vector<LayerFields> layers;
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const IntegerLayer& layer = net.layers[l];
    LayerFields fields;
    fields.in_words = neuron_words(layer.inputs);
    fields.out_tiles = output_tiles(layer.outputs);
    fields.weight_base = layout.base(l);
    fields.bias_base = static_cast<int>(program.biases.size() / kRows);
    fields.to_stream = l + 1 == net.layers.size();
    // Bank 0 takes the samples, layers alternate between banks 1 and 2.
    fields.source = l == 0 ? 0 : layers.back().target;
    fields.target = 1 + static_cast<int>(l % 2);
    fields.activation = layer.activation;
    fields.shift = layer.shift;
    layers.push_back(fields);
    program.biases.insert(program.biases.end(), layer.bias.begin(), layer.bias.end());
    // The lowest bias keeps a ReLU's padding at 0 even if bits of its weights flip, because no sum
    // exceeds 2^28; so what follows does not see the padding, and the golden model needs none.
    program.biases.resize(static_cast<std::size_t>(fields.bias_base + fields.out_tiles) * kRows,
                          layer.activation == Activation::kRelu ? kBiasMin : 0);
    // Before an instruction field is made from them, so that the message speaks of the network.
    validate(program);
  }

  const bool local = layout.local();
  std::vector<Instruction>& code = program.instructions;
  code.push_back(make_set_mode(multiplier.mode));
  if (local) code.push_back(make_load_weights(0, 0, layout.words()));
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
