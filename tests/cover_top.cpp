// Stimuli for coverage of the machine (scripts/coverage.py), with either PE: small in cycles, since
// a counting design is slow, and checked like every other run, against the golden model.
#include <catch2/catch.hpp>
#include <functional>
#include <random>

#ifdef AXNN_TOP_HEADER
#include AXNN_TOP_HEADER
#else
#include "Vcover_booth.h"
#include "Vcover_drum.h"
#include "Vcover_fig8.h"
#endif
#include "model/error.h"
#include "sim/compiler.h"
#include "sim/cosim.h"
#include "sim/verilated_accelerator.h"
#include "tests/coverage.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

// The counting designs, or the one that scripts/machine_mutants.py makes, with the paper's PE. Tests of
// what surrounds the PEs run on Machine only.
#ifdef AXNN_TOP_HEADER
#define AXNN_DESIGNS AXNN_TOP_MODEL
using Machine = AXNN_TOP_MODEL;
template <class Top>
constexpr MultiplierKind kKind = MultiplierKind::kFig8;
#else
#define AXNN_DESIGNS Vcover_booth, Vcover_fig8
using Machine = Vcover_booth;
template <class Top>
constexpr MultiplierKind kKind = std::is_same_v<Top, Vcover_booth>  ? MultiplierKind::kBooth
                                 : std::is_same_v<Top, Vcover_fig8> ? MultiplierKind::kFig8
                                                                    : MultiplierKind::kDrum;
#endif

// The design with pauses on both streams: `pause` percent of the cycles.
template <class Top>
class Paused final : public VerilatedAccelerator<Top> {
 public:
  Paused(const WeightStorage& storage, unsigned pause)
      : VerilatedAccelerator<Top>(storage), pause_(pause) {}
  ~Paused() override { leave_coverage(this->context()); }

 protected:
  // After the rising edge; what is withheld comes back in the next cycle.
  void evaluated(std::uint64_t) override {
    Top& top = this->top();
    if (!top.clk_i || pause_ == 0) return;
    top.out_ready_i = random_() % 100 >= pause_;
    if (withheld_) top.in_valid_i = 1;
    withheld_ = top.in_valid_i && random_() % 100 < pause_;
    if (withheld_) top.in_valid_i = 0;
  }

 private:
  std::mt19937 random_{5};
  unsigned pause_;
  bool withheld_ = false;
};

template <class Top>
CosimOptions on_design(unsigned pause) {
  CosimOptions options;
  options.make_design = [pause](const WeightStorage& storage) {
    return std::make_unique<Paused<Top>>(storage, pause);
  };
  return options;
}

struct Shape {
  std::vector<int> sizes;
  Codes codes = Codes::kUniform;
  Activation hidden = Activation::kRelu;
  Activation last = Activation::kRaw;
  int samples = 4;
};

template <class Top>
void compare(std::uint64_t key, const Shape& s, int mode, Mapping mapping, unsigned pause = 0,
             WeightFormat format = WeightFormat::kTwosComplement,
             std::optional<FaultMap> faults = {}) {
  const IntegerNet net = random_net(key, s.sizes, s.codes, s.hidden, s.last);
  const std::vector<Code> x = random_samples(key, s.samples, net.inputs(), s.codes);
  const std::vector<int> labels(static_cast<std::size_t>(s.samples), 0);
  const Multiplier m{kKind<Top>, mode};
  CosimOptions options = on_design<Top>(pause);
  options.faults = faults;
  const CosimResult r =
      cosimulate(compile(net, m, {.mapping = mapping, .format = format, .level = mode % 3 + 1}),
                 net, m, x, labels, options);
  CAPTURE(key, s.sizes, mode, mapping_name(mapping));
  if (r.first) UNSCOPED_INFO(r.first->describe());
  CHECK(r.mismatches == 0);
  CHECK(r.counters_agree);
}

// How the design ends that runs these instructions.
template <class Top>
std::string outcome(const std::vector<Instruction>& instructions) {
  Program program;
  program.instructions = instructions;
  for (std::size_t a = 0; a < instructions.size(); ++a) {
    const int code = opcode(instructions[a]);
    if (code == kOpLayer || code == kOpBatch) program.tags.push_back({static_cast<int>(a), 0, 0});
  }
  const std::vector<Code> x(8 * 16, Code{-1});
  Paused<Top> design({WeightFormat::kTwosComplement, {}}, 0);
  design.load(program);
  const auto once = [&]() -> std::string {
    try {
      design.run(x, 16, [](const Retirement&) {});
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  const std::string first = once();
  CHECK(once() == first);  // it begins with a reset, and that mends everything
  return first;
}

// One layer of a program written by hand: one tile of raw sums to the stream, for one sample or a
// batch.
struct Piece {
  int octets_log;  // negative: a sample
  int weight_base, bias_base, bank;
};

// Runs them one after the other, with as many inputs each, and compares every sum.
template <class Top>
void run_pieces(Paused<Top>& design, int inputs, const std::vector<Piece>& pieces) {
  const Multiplier m{kKind<Top>, kModeM0};
  const IntegerNet net = random_net(40, {inputs, kRows}, Codes::kUniform);
  const Program alone = compile(net, m);
  const int words = (inputs + kCols - 1) / kCols;
  Program program;
  program.round_samples = 0;
  for (const Piece& p : pieces) {
    // Another level each time: control waits until the last layer is out.
    program.instructions.push_back(make_set_mode(m.mode, p.bank));
    const bool batch = p.octets_log >= 0;
    LayerFields f;
    f.batch = batch;
    f.in = batch ? inputs : words;
    f.octets_log = std::max(p.octets_log, 0);
    f.weight_base = p.weight_base;
    f.bias_base = p.bias_base;
    f.source = p.bank;
    f.to_stream = true;
    f.activation = Activation::kRaw;
    program.instructions.push_back(batch ? make_receive_batch(p.bank, words, p.octets_log, false)
                                         : make_receive(p.bank, words, false));
    program.tags.push_back(
        {static_cast<int>(program.instructions.size()), 0, program.round_samples});
    program.instructions.push_back(make_layer(f));
    program.round_samples += batch ? kCols << p.octets_log : 1;
    const auto place = [](auto& image, const auto& what, int base, int word) {
      const auto at = static_cast<std::size_t>(base * word);
      image.resize(std::max(image.size(), at + what.size()));
      std::copy(what.begin(), what.end(), image.begin() + static_cast<std::ptrdiff_t>(at));
    };
    place(program.weights, alone.weights, p.weight_base, kPes);
    place(program.biases, alone.biases, p.bias_base, kRows);
  }
  program.instructions.push_back(make_halt());
  const std::vector<Code> x = random_samples(41, program.round_samples, inputs, Codes::kUniform);
  std::vector<std::int32_t> got, want;
  design.load(program);
  design.run(x, inputs,
             [&](const Retirement& r) { got.insert(got.end(), r.lanes, r.lanes + kRows); });
  const GoldenModel golden(net, m);
  std::vector<LayerOutput> out;
  const auto width = static_cast<std::size_t>(inputs);
  for (std::size_t s = 0; s < std::size_t(program.round_samples); ++s) {
    golden.run(std::span(x).subspan(s * width, width), out);
    want.insert(want.end(), out[0].accumulators.begin(), out[0].accumulators.end());
  }
  CHECK(got == want);
}

}  // namespace

TEMPLATE_TEST_CASE("small networks in every mode and mapping, with pauses", "", AXNN_DESIGNS) {
  const Activation kinds[] = {Activation::kRelu, Activation::kSigmoid, Activation::kLinear};
  for (int mode = kModeM0; mode <= kModeM2; ++mode) {
    for (const Mapping mapping : {Mapping::kLatency, Mapping::kPipelined, Mapping::kThroughput}) {
      const auto key = static_cast<std::uint64_t>(10 * mode + static_cast<int>(mapping));
      const Activation hidden = kinds[key % 3];
      const int samples = mapping == Mapping::kThroughput ? 64 : 5;
      compare<TestType>(key, {{13, 22, 5}, Codes::kUniform, hidden, Activation::kRaw, samples},
                        mode, mapping, mode == 0 ? 40 : 0);
      compare<TestType>(
          key + 100,
          {{20, 17, 9}, Codes::kExtreme, Activation::kRelu, Activation::kSigmoid, samples}, mode,
          mapping);
    }
  }
}

#ifndef AXNN_TOP_HEADER
TEST_CASE("DRUM PEs, with pauses") {
  for (const Mapping mapping : {Mapping::kLatency, Mapping::kThroughput}) {
    const int samples = mapping == Mapping::kThroughput ? 64 : 5;
    compare<Vcover_drum>(
        30, {{13, 22, 5}, Codes::kUniform, Activation::kRelu, Activation::kRaw, samples}, kDrumK,
        mapping, 20);
    compare<Vcover_drum>(
        31, {{13, 22, 5}, Codes::kExtreme, Activation::kRelu, Activation::kRaw, samples}, kDrumK,
        mapping);
  }
}

#endif

TEST_CASE("more rounds in one run than half of the round count holds") {
  const IntegerNet net = random_net(32, {3, 2}, Codes::kUniform);
  Paused<Machine> design({WeightFormat::kTwosComplement, {}}, 0);
  design.load(compile(net, {kKind<Machine>, kModeM1}));
  std::size_t results = 0;
  design.run(random_samples(32, 600, 3, Codes::kUniform), 3, [&](const Retirement&) { ++results; });
  CHECK(results == 600);
}

TEST_CASE("fields of instructions go back and forth between their ends") {
  Paused<Machine> design({WeightFormat::kTwosComplement, {}}, 0);
  const std::vector<Piece> small = {{1, 0, 0, 0}, {0, 1600, 127, 1}, {0, 512, 64, 2},
                                    {0, 0, 0, 3}, {-1, 1023, 1, 1},  {1, 2, 2, 0}};
  run_pieces(design, 16, small);
  run_pieces(design, kMaxFanIn, {{-1, 1900, 0, 0}, {0, 0, 1, 1}});
  run_pieces(design, 16, small);
}

TEMPLATE_TEST_CASE("shapes that reach the ends of the memories", "", AXNN_DESIGNS) {
  // All weight words; all words of a bank, and all bias words.
  const Shape full{{1024, 128}, Codes::kExtreme, Activation::kRelu, Activation::kRaw, 1};
  const Shape wide{{9, 1016, 8}, Codes::kUniform, Activation::kLinear, Activation::kSigmoid, 1};
  compare<TestType>(1, full, kModeM0, Mapping::kLatency);
  if (!std::is_same_v<TestType, Machine>) return;  // what follows does not depend on the PE
  compare<TestType>(2, wide, kModeM1, Mapping::kLatency);
  const Shape two{{100, 120, 30}, Codes::kUniform, Activation::kRelu, Activation::kRaw, 5};
  compare<TestType>(3, two, kModeM2, Mapping::kPipelined, 20);
  for (const int hidden : {64, 250, 500}) {  // batches of 32, 16 and 8 samples
    const Shape batch{{40, hidden, 2}, Codes::kUniform, Activation::kRelu, Activation::kRaw, 16};
    compare<TestType>(4, batch, kModeM0, Mapping::kThroughput, hidden == 64 ? 30 : 0);
  }
  const Shape tiles{{16, 600}, Codes::kUniform, Activation::kRelu, Activation::kRaw, 16};
  compare<TestType>(6, tiles, kModeM0, Mapping::kThroughput);
  const Shape deep{{250, 9, 2}, Codes::kUniform, Activation::kRelu, Activation::kRaw, 16};
  compare<TestType>(5, deep, kModeM0, Mapping::kThroughput);
}

#ifndef AXNN_TOP_HEADER  // which has no weights that flip
TEMPLATE_TEST_CASE("weights in every storage format, with bits that flip", "", AXNN_DESIGNS) {
  for (const std::vector<int>& sizes :
       {std::vector<int>{13, 30, 3}, std::vector<int>{200, 60, 9}}) {
    for (const WeightFormat format : all_formats()) {
      const int mode = static_cast<int>(format) % 3;
      Shape shape{sizes};
      shape.samples = 2;
      compare<TestType>(6, shape, mode, Mapping::kLatency, 0, format);
      compare<TestType>(7, shape, mode, Mapping::kLatency, 0, format, FaultMap(3, 0.1));
      shape.samples = 16;
      compare<TestType>(8, shape, mode, Mapping::kThroughput, 0, format,
                        FaultMap(4, 0.1, FaultKind::kTransient));
    }
  }
}
#endif

TEST_CASE("what the decoder and the sequencer refuse stops the design, and the rest does not") {
  const auto ends = [](const std::vector<Instruction>& code, const char* with) {
    const std::string text = outcome<Machine>(code);
    if (std::string_view(with).empty()) {
      CHECK(text.empty());
    } else {
      CHECK_THAT(text, Catch::Contains(with));
    }
  };
  // In the second run the words go back from the bad one.
  const auto one = [&](Instruction i, const char* with) {
    ends({make_set_mode(0), i, make_halt()}, with);
  };
  const auto bad_layer = [&](const std::function<void(LayerFields&)>& change) {
    LayerFields f;
    f.target = 1;
    change(f);
    one(make_layer(f), "out of range");
  };
  const char* kField = "out of range";
  for (int op = kOpBatch + 1; op < 16; ++op) {
    one(static_cast<Instruction>(op) << 60 | (~Instruction{0} >> (4 + op % 4)), "illegal opcode");
  }
  for (const Instruction good :
       {make_halt(), make_set_mode(0), make_load_weights(0, 0, 1), make_receive(0, 1, false),
        make_receive_batch(0, 1, 0, false), make_loop(0), make_layer({.target = 1}),
        make_layer({.in = 8, .target = 1, .batch = true})}) {
    one(good | Instruction{1} << 59, kField);
  }
  one(make_set_mode(3), kField);
  one(make_load_weights(kWeightDepth - 1, 0, 2), kField);
  one(make_load_weights(0, kLocalDepth - 1, 2), kField);
  one(make_receive_batch(0, 1, 3, false), kField);
  one(make_receive_batch(3, 128, 0, false), kField);
  one(make_receive(0, 1, false) | Instruction{1} << kFRecvOctetsLsb, kField);
  bad_layer([](LayerFields& f) { f.source = 1; });
  bad_layer([](LayerFields& f) { f.activation = Activation::kRaw; });
  bad_layer(
      [](LayerFields& f) { f.to_stream = true, f.activation = Activation::kRaw, f.shift = 3; });
  bad_layer([](LayerFields& f) { f.bias_base = 127, f.out_tiles = 2; });
  for (const int base : {kLocalDepth, kWeightDepth - 1}) {
    one(make_layer({.weight_local = true, .target = 1}) | Instruction(base) << kFWeightBaseLsb,
        kField);
  }
  bad_layer([](LayerFields& f) { f.in = 2, f.weight_base = kWeightDepth - 1; });
  bad_layer(
      [](LayerFields& f) { f.in = 2, f.weight_base = kLocalDepth - 1, f.weight_local = true; });
  for (const int in : {7, kMaxFanIn}) {
    bad_layer([&](LayerFields& f) { f.batch = true, f.in = in, f.octets_log = in == 7 ? 0 : 2; });
  }
  for (int log = 0; log <= 3; ++log) {
    bad_layer([&](LayerFields& f) {
      f.batch = true, f.in = kMaxFanIn, f.out_tiles = 128, f.octets_log = log, f.target = 3;
    });
    one(make_receive_batch(3, kNeuronDepth, log, false), kField);
  }
  bad_layer([](LayerFields& f) { f.batch = true, f.in = 8, f.split = 3, f.octets_log = 2; });
  bad_layer([](LayerFields& f) { f.batch = true, f.in = 8, f.split = 1; });
  ends(std::vector<Instruction>(kProgDepth, make_set_mode(kModeM1)), "without an end");
  // Every level, with and without a change; levels and modes come back.
  std::vector<Instruction> levels;
  for (int i = 0; i < 9; ++i) levels.push_back(make_set_mode(i % 3, i / 2 % 4));
  levels.push_back(make_halt());
  ends(levels, "");
}

TEST_CASE("a run of the most rounds there are starts like one of a single round") {
  Paused<Machine> design({WeightFormat::kTwosComplement, {}}, 0);
  Program program;
  program.instructions = {make_halt()};
  design.load(program);
  for (const std::size_t rounds : {65535, 1, 65534, 2}) {
    const std::vector<Code> x(rounds);
    const RunStats stats = design.run(x, 1, [](const Retirement&) {});
    CHECK(stats.counters[kCountProgramReads] == 1);
  }
}

TEST_CASE("a loop makes as many rounds as there are samples, whatever bits their number has") {
  Paused<Machine> design({WeightFormat::kTwosComplement, {}}, 0);
  Program program;
  program.instructions = {make_receive(0, 1, false), make_loop(0), make_halt()};
  design.load(program);
  for (const std::size_t rounds : {0x5555, 0xAAAA, 1, 256}) {
    const RunStats stats = design.run(std::vector<Code>(rounds), 1, [](const Retirement&) {});
    CHECK(stats.counters[kCountProgramReads] == 2 * rounds + 1);
  }
}
