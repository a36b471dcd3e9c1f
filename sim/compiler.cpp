#include "sim/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "model/error.h"

namespace axnn {
namespace {

constexpr int kNone = -1;
constexpr int kInFlight = 2;  // samples or batches
constexpr int kMaxRounds = 6;

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

// A layer's biases, one word a tile: row r has output r % rows of the tile. The lowest bias keeps a
// ReLU's padding at 0 even if bits of its weights flip, because no sum exceeds 2^28; so what
// follows does not see the padding, and the golden model needs none.
void place_biases(const IntegerLayer& layer, int tiles, int rows,
                  std::vector<std::int32_t>& words) {
  for (int t = 0; t < tiles; ++t) {
    for (int r = 0; r < kRows; ++r) {
      const int o = t * rows + r % rows;
      words.push_back(o < layer.outputs                       ? layer.bias[std::size_t(o)]
                      : layer.activation == Activation::kRelu ? kBiasMin
                                                              : 0);
    }
  }
}

// No product of fig8 or booth exceeds that of the two smallest codes, for which the accumulator is
// made. DRUM may round both up: then a layer of the largest fan-in might not fit.
void check_sums(const IntegerNet& net, const Multiplier& m) {
  const std::int64_t largest =
      std::int64_t{transform_activation(m, kCodeMin)} * transform_weight(m, kCodeMin);
  const std::int64_t most = ((std::int64_t{1} << (kAccW - 1)) - 1 - kBiasMax) / largest;
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    if (net.layers[l].inputs <= most) continue;
    throw Error(
        fmt::format("layer {} has {} inputs", l + 1, net.layers[l].inputs), "compiler",
        fmt::format("sums of {} fit the accumulator up to {} inputs", kind_name(m.kind), most));
  }
}

// Words that n activations of a batch take in each sub of a bank.
int batch_words(int n, int octets_log) { return neuron_words(n) << octets_log; }

int bank_depth(int bank) {
  return bank < kNeuronDeepBanks ? kNeuronDeepDepth : kNeuronShallowDepth;
}

// The layers' fields without banks.
struct Plan {
  std::vector<LayerFields> layers;
  int octets_log = 0;
  bool batch = false;
};

// Log2 of the octets of the largest batch that the banks hold: inputs in a deep bank, what a
// hidden layer emits in any.
int choose_octets(const IntegerNet& net) {
  for (int log = clog2(kLines); log >= 0; --log) {
    bool fits = batch_words(net.inputs(), log) <= kNeuronDeepDepth;
    for (const IntegerLayer& layer : net.layers) {
      const bool hidden = &layer != &net.layers.back();
      fits = fits && (!hidden || batch_words(layer.outputs, log) <= kNeuronShallowDepth);
    }
    if (fits) return log;
  }
  throw Error(fmt::format("a batch of {} samples does not fit the neuron banks", kCols), "compiler",
              fmt::format("use the latency mapping, or at most {} inputs and {} hidden neurons",
                          kNeuronDeepDepth * kCols, kNeuronShallowDepth * kCols));
}

// How a batch's layer shares the rows: cycles first, then bits read from weight and neuron
// memories.
int choose_split(int inputs, int outputs, int octets_log) {
  int best = 0;
  std::int64_t best_cycles = 0, best_bits = 0;
  for (int split = 0; split <= (octets_log == clog2(kLines) ? octets_log : 0); ++split) {
    const int rows = kRows >> split;
    const std::int64_t tiles = (outputs + rows - 1) / rows;
    if (tiles > kBiasDepth) continue;
    const std::int64_t cycles = tiles * inputs << (octets_log - split);
    const std::int64_t bits = cycles * (rows * kDataW + (std::int64_t{kNeuronWordW} << split));
    if (split == 0 || cycles < best_cycles || (cycles == best_cycles && bits < best_bits)) {
      best = split;
      best_cycles = cycles;
      best_bits = bits;
    }
  }
  return best;
}

Plan plan_layers(const IntegerNet& net, const WeightLayout& layout, Mapping mapping,
                 Program& program) {
  Plan plan;
  plan.batch = mapping == Mapping::kThroughput;
  if (plan.batch) plan.octets_log = choose_octets(net);
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const IntegerLayer& layer = net.layers[l];
    LayerFields fields;
    int rows = kRows, outputs = layer.outputs;
    fields.to_stream = l + 1 == net.layers.size();
    if (plan.batch) {
      // The columns of a tile leave one a cycle, so a tile takes kCols steps: a narrower layer has
      // the padding of its only neuron word for inputs. That word must be whole, hence `outputs`.
      fields.in = std::max(layer.inputs, kCols);
      if (!fields.to_stream) outputs = std::max(outputs, kCols);
      fields.batch = true;
      fields.octets_log = plan.octets_log;
      fields.split = choose_split(fields.in, outputs, plan.octets_log);
      rows = kRows >> fields.split;
    } else {
      fields.in = neuron_words(layer.inputs);
    }
    fields.out_tiles = (outputs + rows - 1) / rows;
    fields.weight_base = layout.base(l);
    fields.weight_local = layout.local();
    fields.bias_base = static_cast<int>(program.biases.size() / kRows);
    fields.activation = layer.activation;
    fields.shift = layer.shift;
    plan.layers.push_back(fields);
    place_biases(layer, fields.out_tiles, rows, program.biases);
    // Before an instruction field is made from them, so that the message speaks of the network.
    validate(program);
  }
  return plan;
}

// Writes the rounds of a program with two samples or batches in flight, unrolled until the banks
// repeat, and keeps account of the banks. A bank is taken from the instruction that fills it to the
// one that reads it last.
class Scheduler {
  using Banks = std::array<int, kInFlight>;

 public:
  Scheduler(const Plan& plan, int inputs, Program& program)
      : plan_(plan), inputs_(inputs), program_(program) {}

  // False if some value finds no bank, or the banks do not repeat within kMaxRounds rounds.
  bool run() {
    std::vector<Instruction>& code = program_.instructions;
    const std::size_t n = plan_.layers.size();
    // The latency tiles of the last layers are few: the next samples' first layers go between them.
    const bool ahead = !plan_.batch && n > 1;
    for (int f = 0; f < kInFlight; ++f) {
      if (!receive(f, bank_, false)) return false;
      if (ahead && !layer(0, f, false)) return false;
    }
    std::vector<Banks> states;
    std::vector<int> heads, ends;
    for (int round = 0; round < kMaxRounds; ++round) {
      states.push_back(bank_);
      heads.push_back(static_cast<int>(code.size()));
      next_ = {kNone, kNone};
      for (std::size_t l = ahead ? 1 : 0; l < n; ++l) {
        for (int f = 0; f < kInFlight; ++f) {
          if (!layer(l, f, false)) return false;
          if (ahead && l + 1 == n) {
            if (!take_next(f) || !layer(0, f, true)) return false;
          }
          prefetch();
        }
      }
      for (int f = 0; !ahead && f < kInFlight; ++f) {
        if (!take_next(f)) return false;
      }
      ends.push_back(static_cast<int>(code.size()));
      code.push_back(0);  // the loop, once its target is known
      code.push_back(make_halt());
      const auto same = std::ranges::find(states, bank_);
      if (same == states.end()) continue;
      heads.push_back(heads[std::size_t(same - states.begin())]);
      for (std::size_t r = 0; r < ends.size(); ++r) {
        code[std::size_t(ends[r])] = make_loop(heads[r + 1]);
      }
      return code.size() <= kProgDepth;
    }
    return false;
  }

 private:
  int samples() const { return plan_.batch ? kCols << plan_.octets_log : 1; }

  bool fits(int bank, int neurons) const {
    if (!plan_.batch) return neuron_words(neurons) <= kNeuronSubs * bank_depth(bank);
    return batch_words(neurons, plan_.octets_log) <= bank_depth(bank);
  }

  // A free bank that fits, the shallow ones first, `except` not at all.
  int free_bank(int neurons, int except = kNone) const {
    for (int bank = kNeuronBanks - 1; bank >= 0; --bank) {
      if (!taken_[std::size_t(bank)] && bank != except && fits(bank, neurons)) return bank;
    }
    return kNone;
  }

  bool receive(int f, Banks& banks, bool next, int except = kNone) {
    const int bank = free_bank(inputs_, except);
    if (bank == kNone) return false;
    taken_[std::size_t(bank)] = true;
    banks[std::size_t(f)] = bank;
    const int words = neuron_words(inputs_);
    program_.instructions.push_back(plan_.batch
                                        ? make_receive_batch(bank, words, plan_.octets_log, next)
                                        : make_receive(bank, words, next));
    return true;
  }

  // Input f of the next round becomes the current one; received now if it was not before.
  bool take_next(int f) {
    if (next_[std::size_t(f)] == kNone && !receive(f, next_, true)) return false;
    bank_[std::size_t(f)] = next_[std::size_t(f)];
    return true;
  }

  // The next inputs as soon as there is a bank beside the next layer's target. Not the bank that
  // is being read: the receive would hold up the instructions behind it.
  void prefetch() {
    for (int f = 0; f < kInFlight; ++f) {
      if (next_[std::size_t(f)] != kNone) continue;
      int spare = 0;
      for (const bool taken : taken_) spare += taken ? 0 : 1;
      if (spare < 2 || !receive(f, next_, true, reading_)) return;
    }
  }

  bool layer(std::size_t l, int f, bool next) {
    LayerFields fields = plan_.layers[l];
    int& bank = bank_[std::size_t(f)];
    fields.source = bank;
    fields.only_if_more = next;
    int target = kNone;
    if (!fields.to_stream) {
      target = free_bank(fields.out_tiles * (kRows >> fields.split));
      if (target == kNone) return false;
      fields.target = target;
      taken_[std::size_t(target)] = true;
    }
    // Free for whatever is written by the instructions behind this one.
    taken_[std::size_t(bank)] = false;
    reading_ = bank;
    bank = target;
    program_.tags.push_back({static_cast<int>(program_.instructions.size()), static_cast<int>(l),
                             (f + (next ? kInFlight : 0)) * samples()});
    program_.instructions.push_back(make_layer(fields));
    return true;
  }

  const Plan& plan_;
  int inputs_;
  Program& program_;
  Banks bank_ = {kNone, kNone};  // of what is in flight
  Banks next_ = {kNone, kNone};  // of the next round's inputs, once received
  std::array<bool, kNeuronBanks> taken_ = {};
  int reading_ = kNone;
};

// One sample at a time: bank 0 takes the samples, layers alternate between banks 1 and 2.
void schedule_latency(const Plan& plan, Program& program) {
  std::vector<Instruction>& code = program.instructions;
  const int words = plan.layers[0].in;
  code.push_back(make_receive(0, words, false));
  const int body = static_cast<int>(code.size());
  for (std::size_t l = 0; l < plan.layers.size(); ++l) {
    LayerFields fields = plan.layers[l];
    fields.source = l == 0 ? 0 : 1 + static_cast<int>((l - 1) % 2);
    if (!fields.to_stream) fields.target = 1 + static_cast<int>(l % 2);
    program.tags.push_back({static_cast<int>(code.size()), static_cast<int>(l), 0});
    code.push_back(make_layer(fields));
    if (l == 0) code.push_back(make_receive(0, words, true));
  }
  code.push_back(make_loop(body));
  code.push_back(make_halt());
  program.round_samples = 1;
}

}  // namespace

Program compile(const IntegerNet& net, Multiplier multiplier, const CompileOptions& options) {
  const Mapping mapping = options.mapping;
  validate(net);
  if (!in_hardware(multiplier)) {
    throw Error("the accelerator has no " + std::string(kind_name(multiplier.kind)) +
                    " multiplier in mode " + mode_name(multiplier),
                "compiler", fmt::format("use fig8 or booth in M0, M1 or M2, or drum:{}", kDrumK));
  }
  check_sums(net, multiplier);
  const WeightLayout layout(net);
  Program program;
  program.weights = place_weights(net, layout, options.format);
  program.format = options.format;
  const Plan plan = plan_layers(net, layout, mapping, program);
  program.instructions.push_back(make_set_mode(hardware_mode(multiplier), options.level));
  if (layout.local()) program.instructions.push_back(make_load_weights(0, 0, layout.words()));
  const std::vector<Instruction> prologue = program.instructions;
  bool scheduled = false;
  if (mapping != Mapping::kLatency) {
    scheduled = Scheduler(plan, net.inputs(), program).run();
    program.round_samples = plan.batch ? 2 * kCols << plan.octets_log : 2;
    if (!scheduled && plan.batch) {
      throw Error("the neuron banks do not hold two batches", "compiler",
                  "use the latency mapping");
    }
  }
  if (!scheduled) {
    program.instructions = prologue;
    program.tags.clear();
    schedule_latency(plan, program);
  }
  validate(program);
  return program;
}

}  // namespace axnn
