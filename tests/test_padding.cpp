// Weights that pad a layer to whole tiles may hold anything: they flip too, and not every storage
// format has a 0.

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <vector>

#include "model/weight_layout.h"
#include "sim/compiler.h"
#include "sim/cosim.h"
#include "tests/random_net.h"

using namespace axnn;

TEST_CASE("padding weights change no output of a ReLU network, whatever they hold") {
  for (const Codes codes : {Codes::kUniform, Codes::kExtreme}) {
    for (std::uint64_t key = 0; key < 4; ++key) {
      const IntegerNet net = random_net(key, {13, 11, 9, 3}, codes);
      const std::vector<Code> x = random_samples(key, 6, 13, codes);
      const Multiplier m{MultiplierKind::kFig8, static_cast<int>(key % 3)};
      Program program = compile(net, m);
      const WeightLayout layout(net);
      std::vector<bool> keep(program.weights.size(), false);
      for (std::size_t l = 0; l < net.layers.size(); ++l) {
        const bool last = l + 1 == net.layers.size();
        // The rows that pad the last layer leave the chip, where nothing reads them.
        const int rows = last ? output_tiles(net.layers[l].outputs) * kRows : net.layers[l].outputs;
        for (int o = 0; o < rows; ++o) {
          const bool real = o < net.layers[l].outputs;
          const int columns =
              real ? net.layers[l].inputs : neuron_words(net.layers[l].inputs) * kCols;
          for (int i = 0; i < columns; ++i) {
            const WeightSlot s = layout.slot(l, o, i);
            keep[std::size_t(s.word * kPes + s.pe)] = true;
          }
        }
      }
      const std::vector<Code> noise =
          random_samples(key + 100, 1, static_cast<int>(program.weights.size()), codes);
      int changed = 0;
      for (std::size_t k = 0; k < program.weights.size(); ++k) {
        if (keep[k]) continue;
        program.weights[k] = noise[k];
        ++changed;
      }
      REQUIRE(changed > 0);
      const std::vector<int> labels(6, 0);
      const CosimResult r = cosimulate(program, net, m, x, labels, {});
      INFO("key " << key << (r.first ? ": " + r.first->describe() : ""));
      CHECK(r.mismatches == 0);
    }
  }
}

TEST_CASE("layers of fewer inputs than the array has columns run in batches, bit for bit") {
  // Narrow inputs, narrow hidden layers behind wide and narrow ones, weights in the PEs' memories
  // and (many inputs) in the buffer.
  const int many = std::min(600, kMaxFanIn);
  const std::vector<std::vector<int>> shapes = {
      {4, 8, 3}, {4, 3}, {1, 1, 1, 1}, {30, 4, 2}, {7, 5, 6, 3}, {20, 2, 40, 3}, {many, 20, 4, 9}};
  const auto agree = [](const std::vector<int>& shape, Multiplier m, Activation hidden,
                        WeightFormat format, std::optional<FaultMap> faults) {
    const IntegerNet net = random_net(7, shape, Codes::kUniform, hidden);
    const Program program = compile(net, m, {.mapping = Mapping::kThroughput, .format = format});
    for (const LayerTag& tag : program.tags) {
      CHECK(layer_fields(program.instructions[std::size_t(tag.address)]).in >= kCols);
    }
    const int samples = program.round_samples + 6;  // one batch is not full
    const std::vector<Code> x = random_samples(8, samples, shape.front(), Codes::kUniform);
    const std::vector<int> labels(std::size_t(samples), 0);
    CosimOptions options;
    options.faults = faults;
    const CosimResult r = cosimulate(program, net, m, x, labels, options);
    INFO((r.first ? r.first->describe() : ""));
    CHECK(r.samples == samples);
    CHECK(r.mismatches == 0);
    CHECK(r.counters_agree);
  };
  for (const std::vector<int>& shape : shapes) {
    for (const MultiplierKind kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
      for (int mode = kModeM0; mode <= kModeM2; ++mode) {
        CAPTURE(shape, kind_name(kind), mode);
        // Nothing but 0 pads a ReLU layer, so its padding's weights may flip.
        const FaultKind faults = mode == kModeM1 ? FaultKind::kTransient : FaultKind::kPersistent;
        agree(shape, {kind, mode}, Activation::kRelu, WeightFormat::kTwosComplement, {});
        agree(shape, {kind, mode}, Activation::kRelu, WeightFormat::kGuarded,
              FaultMap(3, 0.1, faults));
      }
      // A sigmoid's padding is not 0 and meets weights of 0.
      agree(shape, {kind, kModeM0}, Activation::kSigmoid, WeightFormat::kTwosComplement, {});
    }
  }
}
