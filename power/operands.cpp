#include "power/operands.h"

#include <algorithm>
#include <bit>

#include "model/error.h"
#include "model/golden.h"
#include "model/rng.h"
#include "model/weight_layout.h"

namespace axnn {
namespace {

constexpr std::uint32_t kCodeMask = (1u << kDataW) - 1;

// Steps of one PE for an output, padding included (sim/compiler.h).
int sum_length(const IntegerLayer& layer, Mapping mapping) {
  return mapping == Mapping::kThroughput ? std::max(layer.inputs, kCols)
                                         : neuron_words(layer.inputs);
}

// Steps of one PE for one sample.
std::int64_t steps_of(const IntegerNet& net, Mapping mapping) {
  std::int64_t steps = 0;
  for (const IntegerLayer& l : net.layers) {
    steps += std::int64_t{sum_length(l, mapping)} * output_tiles(l.outputs);
  }
  return steps;
}

}  // namespace

OperandStream pe_operands(const IntegerNet& net,
                          std::span<const std::vector<std::vector<Code>>> activations,
                          Mapping mapping, int row, int column, int limit) {
  const bool batch = mapping == Mapping::kThroughput;
  const int stride = batch ? 1 : kCols;
  const int offset = batch ? 0 : column;
  const std::int64_t all = steps_of(net, mapping) * std::ssize(activations);
  const std::int64_t every = (all + limit - 1) / limit;
  OperandStream stream;
  std::int64_t sums = 0;
  for (const std::vector<std::vector<Code>>& sample : activations) {
    if (sample.size() < net.layers.size()) throw Error("fewer activations than layers", "operands");
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
      const IntegerLayer& layer = net.layers[l];
      if (std::ssize(sample[l]) != layer.inputs) throw Error("wrong number of inputs", "operands");
      for (int tile = 0; tile < output_tiles(layer.outputs); ++tile) {
        if (sums++ % every != 0) continue;
        const int output = tile * kRows + row;
        for (int n = 0; n < sum_length(layer, mapping); ++n) {
          const int input = n * stride + offset;
          OperandStep step{0, 0, true, n == 0};
          if (input < layer.inputs) {
            step.activation = sample[l][std::size_t(input)];
            if (output < layer.outputs) {
              step.weight = layer.weights[std::size_t(output) * std::size_t(layer.inputs) +
                                          std::size_t(input)];
            }
          }
          stream.push_back(step);
        }
      }
    }
  }
  return stream;
}

std::vector<OperandStream> watched_operands(const IntegerNet& net, std::span<const Code> samples,
                                            Multiplier multiplier, Mapping mapping) {
  constexpr std::size_t kSamples = 8;
  constexpr int kSteps = 600;  // a PE
  const auto width = static_cast<std::size_t>(net.inputs());
  if (samples.empty() || samples.size() % width != 0) throw Error("no whole samples", "operands");
  const GoldenModel golden(net, multiplier);
  std::vector<std::vector<std::vector<Code>>> activations;
  for (std::size_t n = 0; n < std::min(kSamples, samples.size() / width); ++n) {
    const std::span<const Code> sample = samples.subspan(n * width, width);
    std::vector<LayerOutput> outputs;
    golden.run(sample, outputs);
    auto& layers = activations.emplace_back();
    layers.emplace_back(sample.begin(), sample.end());
    for (std::size_t l = 0; l + 1 < outputs.size(); ++l) layers.push_back(outputs[l].codes);
  }
  std::vector<OperandStream> out;
  for (const auto& [row, column] : kWatchedPes) {
    out.push_back(pe_operands(net, activations, mapping, row, column, kSteps));
  }
  return out;
}

OperandStream random_operands(std::uint64_t seed, int cycles, int sum_length) {
  const Rng rng(seed, Purpose::kOperands);
  OperandStream stream;
  for (int n = 0; n < cycles; ++n) {
    const auto block = rng.block(static_cast<std::uint64_t>(n));
    const auto code = [](std::uint32_t bits) {
      return static_cast<Code>(static_cast<int>(bits >> (32 - kDataW)) + kCodeMin);
    };
    stream.push_back({code(block[0]), code(block[1]), true, n % sum_length == 0});
  }
  return stream;
}

double operand_toggles(std::span<const OperandStream> streams, Multiplier multiplier) {
  const auto word = [](std::int32_t code) { return static_cast<std::uint32_t>(code) & kCodeMask; };
  long changed = 0, steps = 0;
  for (const OperandStream& stream : streams) {
    std::uint32_t a = 0, b = 0;
    for (const OperandStep& s : stream) {
      const std::uint32_t next_a = word(transform_activation(multiplier, s.activation));
      const std::uint32_t next_b = word(transform_weight(multiplier, s.weight));
      changed += std::popcount(a ^ next_a);
      if (a != 0 || next_a != 0) changed += std::popcount(b ^ next_b);
      a = next_a;
      b = next_b;
      ++steps;
    }
  }
  return steps == 0 ? 0 : static_cast<double>(changed) / static_cast<double>(steps);
}

}  // namespace axnn
