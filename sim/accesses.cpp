#include "sim/accesses.h"

namespace axnn {
namespace {

// OpLayer: the first output tile reads the neuron buffer and fills the local neuron memories, which
// all later tiles read. Each step reads a weight word.
void count_layer(const LayerFields& f, AccessCounts& n) {
  const std::int64_t steps = std::int64_t{f.in} * f.out_tiles;
  n[kCountSteps] += steps;
  n[kCountNeuronReads] += f.in;
  n[kCountLocalNeuronWrites] += kPes * std::int64_t{f.in};
  n[kCountLocalNeuronReads] += kPes * (steps - f.in);
  if (f.weight_local) {
    n[kCountLocalWeightReads] += kPes * steps;
  } else {
    n[kCountWeightReads] += kRows * steps;
  }
  n[kCountBiasReads] += f.out_tiles;
  (f.to_stream ? n[kCountResults] : n[kCountNeuronWrites]) += f.out_tiles;
}

// OpBatch: a step reads a word for each octet side by side, and a weight for each output; the
// weight buffer gives kCols of an output's weights at a time. Results leave a column a cycle.
void count_batch(const LayerFields& f, AccessCounts& n) {
  const std::int64_t groups = (1 << f.octets_log) >> f.split;
  const std::int64_t tiles = groups * f.out_tiles;
  const std::int64_t steps = tiles * f.in;
  const std::int64_t rows = kRows >> f.split;
  n[kCountSteps] += steps;
  n[kCountNeuronReads] += steps << f.split;
  if (f.weight_local) {
    n[kCountLocalWeightReads] += rows * steps;
  } else {
    n[kCountWeightReads] += rows * tiles * neuron_words(f.in);
  }
  n[kCountBiasReads] += tiles;
  (f.to_stream ? n[kCountResults] : n[kCountNeuronWrites]) +=
      tiles * kCols * (f.to_stream ? 1 : kNeuronSubs);
}

}  // namespace

AccessCounts count_accesses(const Program& program, std::int64_t rounds) {
  AccessCounts n = {};
  ProgramWalk walk(program, rounds);
  while (const auto w = walk.next()) {
    switch (opcode(*w)) {
      case kOpLoadW: {
        const std::int64_t words = load_words(*w);
        n[kCountWeightReads] += kRows * words;
        n[kCountLocalWeightWrites] += kPes * words;
        break;
      }
      case kOpRecv:
        n[kCountNeuronWrites] += receive_writes(*w);
        break;
      case kOpLayer:
        count_layer(layer_fields(*w), n);
        break;
      case kOpBatch:
        count_batch(layer_fields(*w), n);
        break;
      default:
        break;
    }
  }
  n[kCountProgramReads] = walk.fetches();
  return n;
}

std::array<double, kCounters> accesses_per_sample(const Program& program) {
  // Bank assignments repeat within a few rounds; counts do not depend on them.
  const AccessCounts a = count_accesses(program, 8);
  const AccessCounts b = count_accesses(program, 16);
  std::array<double, kCounters> n;
  for (std::size_t i = 0; i < n.size(); ++i) {
    n[i] = static_cast<double>(b[i] - a[i]) / (8.0 * program.round_samples);
  }
  return n;
}

std::string_view counter_name(int counter) {
  static constexpr std::array<std::string_view, kCounters> kNames = {"cycles",
                                                                     "steps",
                                                                     "neuron buffer reads",
                                                                     "neuron buffer writes",
                                                                     "local neuron reads",
                                                                     "local neuron writes",
                                                                     "weight buffer reads",
                                                                     "local weight reads",
                                                                     "local weight writes",
                                                                     "bias reads",
                                                                     "program reads",
                                                                     "result beats"};
  return kNames[static_cast<std::size_t>(counter)];
}

}  // namespace axnn
