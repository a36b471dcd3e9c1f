// The RTL against the golden model: whole networks, corner cases, cycle counts, errors.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "model/cycles.h"
#include "model/error.h"
#include "model/file_io.h"
#include "sim/accelerator.h"
#include "sim/bundle.h"
#include "sim/compiler.h"
#include "sim/cosim.h"
#include "tests/random_net.h"
#include "tests/skip.h"

using namespace axnn;

namespace {

CosimResult run(const IntegerNet& net, Multiplier m, int samples, Codes codes, std::uint64_t key,
                const CosimOptions& options = {}, Mapping mapping = Mapping::kLatency) {
  const std::vector<Code> x = random_samples(key, samples, net.inputs(), codes);
  const std::vector<int> labels(static_cast<std::size_t>(samples), 0);
  const CosimResult r =
      cosimulate(compile(net, m, {.mapping = mapping}), net, m, x, labels, options);
  CHECK(r.counters_agree);
  if (r.first) UNSCOPED_INFO(r.first->describe());
  return r;
}

// Every multiplier with modes that the RTL has, and every mode; `k` picks one.
Multiplier pick(std::uint64_t k) {
  return {k / 3 % 2 == 0 ? MultiplierKind::kFig8 : MultiplierKind::kBooth, static_cast<int>(k % 3)};
}

const std::vector<std::vector<int>> kPaperNets = {
    {30, 64, 64, 2}, {19, 64, 64, 7}, {34, 50, 50, 2}, {36, 64, 64, 7}, {784, 128, 128, 10}};

// Whether the build has the sizes of the paper's array: others run the random networks only.
constexpr bool kDefaultSizes = kRows == 8 && kCols == 8 && kDataW == 10 && kMaxFanIn == 1024;

bool fits(const IntegerNet& net) {
  return net.inputs() <= kMaxFanIn && WeightLayout(net).words() <= kWeightDepth;
}

std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("RTL equals the golden model on networks of random shape, for either PE in every mode") {
  const Rng rng(7, Purpose::kTestNetwork);
  int networks = 0;
  for (std::uint64_t k = 0; k < 40; ++k) {
    std::vector<int> sizes;
    const int layers = 1 + static_cast<int>(rng.below(4, k, 2));
    for (int l = 0; l <= layers; ++l) {
      sizes.push_back(1 + static_cast<int>(rng.below(130, k, static_cast<std::uint32_t>(3 + l))));
    }
    const Codes codes = k % 4 == 3 ? Codes::kExtreme : Codes::kUniform;
    const Activation hidden = k % 5 == 1   ? Activation::kSigmoid
                              : k % 5 == 2 ? Activation::kLinear
                                           : Activation::kRelu;
    const Activation last = k % 3 == 0 ? Activation::kSigmoid : Activation::kRaw;
    const IntegerNet net = random_net(100 + k, sizes, codes, hidden, last);
    if (!fits(net)) continue;
    ++networks;
    CAPTURE(k, sizes, kind_name(pick(k).kind), mode_name(pick(k)));
    const CosimResult r = run(net, pick(k), 5, codes, k);
    CHECK(r.mismatches == 0);
    CHECK(r.samples == 5);
    CHECK(r.cycles_per_sample == static_cast<double>(latency_cycles(net).streaming));
    CHECK(r.lone_cycles == latency_cycles(net).lone);
  }
  CHECK(networks >= 20);
}

TEST_CASE("every mapping equals the golden model on networks of random shape, counters included") {
  const Rng rng(8, Purpose::kTestNetwork);
  int networks = 0;
  for (std::uint64_t k = 0; k < 36; ++k) {
    // Batches of one, two and four octets: the wider the layers, the fewer fit.
    const int most = kNeuronShallowDepth * kCols;
    const auto widest = static_cast<std::uint64_t>((most >> (2 - k % 3)) * 7 / 8);
    std::vector<int> sizes;
    const int layers = 1 + static_cast<int>(rng.below(4, k, 2));
    for (int l = 0; l < layers; ++l) {
      sizes.push_back(kCols + static_cast<int>(rng.below(widest - kCols + 1, k,
                                                         static_cast<std::uint32_t>(3 + l))));
    }
    sizes.push_back(1 + static_cast<int>(rng.below(40, k, 9)));
    const Codes codes = k % 4 == 3 ? Codes::kExtreme : Codes::kUniform;
    const Activation hidden = k % 5 == 1   ? Activation::kSigmoid
                              : k % 5 == 2 ? Activation::kLinear
                                           : Activation::kRelu;
    const IntegerNet net = random_net(200 + k, sizes, codes, hidden,
                                      k % 4 == 0 ? Activation::kSigmoid : Activation::kRaw);
    if (!fits(net)) continue;
    ++networks;
    for (const Mapping mapping : {Mapping::kPipelined, Mapping::kThroughput}) {
      CAPTURE(k, sizes, kind_name(pick(k).kind), mode_name(pick(k)), mapping_name(mapping));
      const CosimResult r =
          run(net, pick(k), mapping == Mapping::kPipelined ? 7 : 70, codes, k, {}, mapping);
      CHECK(r.mismatches == 0);
    }
  }
  CHECK(networks >= 20);
}

TEST_CASE("more rounds in one run than half of the round count holds") {
  const IntegerNet net = random_net(301, {9, 3}, Codes::kUniform);
  const Multiplier m{MultiplierKind::kBooth, kModeM1};
  constexpr std::size_t kRounds = 600;  // cosimulate() would make runs of 128
  const std::vector<Code> x = random_samples(301, kRounds, 9, Codes::kUniform);
  const std::unique_ptr<Accelerator> design = make_rtl_accelerator(m.kind);
  design->load(compile(net, m));
  const GoldenModel golden(net, m);
  std::vector<LayerOutput> out;
  std::size_t sample = 0, wrong = 0;
  design->run(x, 9, [&](const Retirement& r) {
    golden.run(std::span(x).subspan(9 * sample++, 9), out);
    wrong += !std::equal(r.lanes, r.lanes + 3, out[0].accumulators.begin());
  });
  CHECK(sample == kRounds);
  CHECK(wrong == 0);
}

TEST_CASE("the design with DRUM PEs equals the golden model in every mapping") {
  const Multiplier drum{MultiplierKind::kDrum, kDrumK};
  for (const Codes codes : {Codes::kUniform, Codes::kExtreme}) {
    const IntegerNet net = random_net(300, {21, 40, 18, 3}, codes);
    for (const Mapping mapping : {Mapping::kLatency, Mapping::kPipelined, Mapping::kThroughput}) {
      CAPTURE(mapping_name(mapping));
      CHECK(run(net, drum, mapping == Mapping::kThroughput ? 64 : 5, codes, 300, {}, mapping)
                .mismatches == 0);
    }
  }
  CHECK_THAT(message([] {
               compile(random_net(1, {30, 2}, Codes::kUniform), {MultiplierKind::kDrum, 5});
             }),
             Catch::Contains("drum:6"));
}

TEST_CASE("DRUM's products may be larger, so its largest fan-in is what the accumulator holds") {
  if (!kDefaultSizes) skip("for the default sizes");
  // |f(-512)| = 512 + 16, so a product is up to 528 * 528 = 278784; 2^29 - 1 less the largest bias,
  // 2^28 - 1, is 2^28 = 962 such products and 245,248 over.
  IntegerNet net;
  IntegerLayer layer;
  layer.inputs = 962;
  layer.outputs = 8;
  layer.weights.assign(962 * 8, Code(kCodeMin));
  layer.bias.assign(8, kBiasMax);
  layer.activation = Activation::kRaw;
  net.layers = {layer};
  const Multiplier drum{MultiplierKind::kDrum, kDrumK};
  const std::vector<Code> x(962, kCodeMin);
  const std::vector<int> labels(1, 0);
  CHECK(cosimulate(compile(net, drum), net, drum, x, labels, {}).mismatches == 0);
  std::vector<LayerOutput> out;
  GoldenModel(net, drum).run(x, out);
  CHECK(out[0].accumulators[0] == 962 * 278784 + (1 << 28) - 1);
  CHECK_THAT(message([&] {
               compile(random_net(1, {963, 2}, Codes::kUniform), drum);
             }),
             Catch::Contains("up to 962 inputs"));
}

TEST_CASE("a PE with DRUM has no modes: whatever a program sets, its products are the same") {
  const Multiplier drum{MultiplierKind::kDrum, kDrumK};
  const IntegerNet net = random_net(6, {40, 24, 3}, Codes::kUniform);
  const int count = 2 * kCols * kLines;
  const std::vector<Code> x = random_samples(6, count, net.inputs(), Codes::kUniform);
  const std::vector<int> labels(static_cast<std::size_t>(count), 0);
  for (const Mapping mapping : {Mapping::kLatency, Mapping::kThroughput}) {
    for (int mode = kModeM0; mode <= kModeM2; ++mode) {
      Program program = compile(net, drum, {.mapping = mapping});
      REQUIRE(opcode(program.instructions.front()) == kOpSetMode);
      program.instructions.front() = make_set_mode(mode);
      CAPTURE(mapping_name(mapping), mode);
      CHECK(cosimulate(program, net, drum, x, labels, {}).mismatches == 0);
    }
  }
}

TEST_CASE("two samples in flight hide the fill, and batches use every PE") {
  if (!kDefaultSizes) skip("for the paper's sizes");
  const double steps[] = {104, 96, 91, 112, 1856};
  for (std::size_t i = 0; i < kPaperNets.size(); ++i) {
    const IntegerNet net = random_net(i, kPaperNets[i], Codes::kUniform);
    CAPTURE(i);
    const CosimResult two = run(net, pick(i), 20, Codes::kUniform, i, {}, Mapping::kPipelined);
    CHECK(two.mismatches == 0);
    CHECK(std::abs(two.cycles_per_sample - steps[i]) <= 0.02 * steps[i]);
    // 64 samples, from the first step to the last result.
    const CosimResult batch = run(net, pick(i), 64, Codes::kUniform, i, {}, Mapping::kThroughput);
    CHECK(batch.mismatches == 0);
    const Program program = compile(net, pick(i), {.mapping = Mapping::kThroughput});
    const double lone = static_cast<double>(net.macs()) * program.round_samples /
                        (static_cast<double>(kPes) * static_cast<double>(batch.lone_cycles));
    CHECK(lone >= 0.98);
    // Weights read in one round in the middle: at most one for eight multiply-accumulates.
    const auto n = accesses_per_sample(program);
    CHECK((kCols * n[kCountWeightReads] + n[kCountLocalWeightReads]) <= kPes * n[kCountSteps] / 8);
  }
}

TEST_CASE("mode and voltage level change between the layers of a program, and the array waits") {
  // The second layer of each sample runs in another mode: a program no compiler makes. With the
  // clock gates open registers that rest in M1 and M2 hold something else, which no result shows.
  struct Case {
    MultiplierKind kind;
    int first, second;
    ClockGates gates;
  };
  std::vector<Case> cases;
  for (const MultiplierKind kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
    for (const auto& [a, b] : {std::pair{kModeM1, kModeM2}, std::pair{kModeM2, kModeM0}}) {
      for (const ClockGates g : {ClockGates::kWork, ClockGates::kOpen})
        cases.push_back({kind, a, b, g});
    }
  }
  const IntegerNet net = random_net(4, {20, 24, 3}, Codes::kUniform);
  for (const auto& [kind, first_mode, second_mode, gates] : cases) {
    Program program = compile(net, {kind, kModeM0});
    std::vector<Instruction>& code = program.instructions;
    // setmode, loadw, recv, [layer, recv, layer, loop], halt
    code.insert(code.begin() + 5, make_set_mode(second_mode, 3));
    code.insert(code.begin() + 3, make_set_mode(first_mode, 1));
    code[8] = make_loop(3);
    program.tags = {{4, 0, 0}, {7, 1, 0}};
    const int samples = 5;
    const std::vector<Code> x = random_samples(4, samples, 20, Codes::kUniform);
    std::vector<std::int32_t> logits;
    const std::unique_ptr<Accelerator> design = make_rtl_accelerator(kind, {}, gates);
    design->load(program);
    design->run(x, 20, [&](const Retirement& r) {
      if (r.to_stream) logits.insert(logits.end(), r.lanes, r.lanes + 3);
    });
    IntegerNet first{{net.layers[0]}}, second{{net.layers[1]}};
    const GoldenModel rough(first, {kind, first_mode}), rougher(second, {kind, second_mode});
    std::vector<LayerOutput> hidden, out;
    for (std::size_t s = 0; s < samples; ++s) {
      rough.run(std::span(x).subspan(s * 20, 20), hidden);
      rougher.run(hidden[0].codes, out);
      for (std::size_t o = 0; o < 3; ++o) CHECK(logits.at(s * 3 + o) == out[0].accumulators[o]);
    }
  }
}

TEST_CASE("batches and single samples take turns in one program, and read what the others wrote") {
  if (!kDefaultSizes) skip("for the default sizes");
  // A program no compiler makes. `sum` takes what `hidden` made of a batch as one sample of 64
  // inputs: 8 w + c is activation w of sample c (docs/isa.md).
  const IntegerNet hidden = random_net(20, {16, 8}, Codes::kUniform, {}, Activation::kRelu);
  const IntegerNet sum = random_net(21, {64, 12}, Codes::kUniform);
  const IntegerNet last = random_net(22, {16, 12}, Codes::kUniform);
  for (std::uint64_t k = 0; k < 6; ++k) {
    const Multiplier m = pick(k);
    Program program;
    std::vector<LayerFields> fields;
    for (const IntegerNet* net : {&hidden, &sum, &last}) {
      const Program alone = compile(*net, m);
      LayerFields f;
      f.weight_base = static_cast<int>(program.weights.size()) / kPes;
      f.bias_base = static_cast<int>(program.biases.size()) / kRows;
      f.out_tiles = (net->outputs() + kRows - 1) / kRows;
      f.activation = net->layers[0].activation;
      f.shift = net->layers[0].shift;
      f.to_stream = net != &hidden;
      fields.push_back(f);
      program.weights.insert(program.weights.end(), alone.weights.begin(), alone.weights.end());
      program.biases.insert(program.biases.end(), alone.biases.begin(), alone.biases.end());
    }
    LayerFields batch_hidden = fields[0], sample_sum = fields[1], batch_last = fields[2],
                sample_last = fields[2];
    batch_hidden.batch = batch_last.batch = true;
    batch_hidden.in = batch_last.in = 16;
    batch_hidden.target = sample_sum.source = 2;
    sample_sum.in = 8;
    sample_last.in = 2;
    sample_last.source = 1;
    program.instructions = {make_set_mode(m.mode),
                            make_receive_batch(0, 2, 0, false),
                            make_receive(1, 2, false),
                            make_layer(batch_hidden),
                            make_layer(sample_sum),
                            make_layer(batch_last),
                            make_layer(sample_last),
                            make_loop(1),
                            make_halt()};
    program.tags = {{3, 0, 0}, {4, 1, 0}, {5, 2, 0}, {6, 2, 8}};
    program.round_samples = 9;

    const int rounds = 3;
    const std::vector<Code> x = random_samples(23, rounds * 9, 16, Codes::kUniform);
    std::vector<std::int32_t> got, want;
    const std::unique_ptr<Accelerator> design = make_rtl_accelerator(m.kind);
    design->load(program);
    design->run(x, 16, [&](const Retirement& r) {
      const int real = r.tile == 0 ? 8 : 4;  // of 12 outputs in two tiles
      if (r.to_stream) got.insert(got.end(), r.lanes, r.lanes + real);
    });
    const GoldenModel hidden_model(hidden, m), sum_model(sum, m), last_model(last, m);
    std::vector<LayerOutput> out;
    for (std::size_t round = 0; round < rounds; ++round) {
      const auto sample = [&](std::size_t s) {
        return std::span(x).subspan((round * 9 + s) * 16, 16);
      };
      std::vector<Code> transposed(64);
      std::vector<std::int32_t> singles[9];
      for (std::size_t s = 0; s < 9; ++s) {
        if (s < 8) {
          hidden_model.run(sample(s), out);
          for (std::size_t w = 0; w < 8; ++w) transposed[8 * w + s] = out[0].codes[w];
        }
        last_model.run(sample(s), out);
        singles[s] = out[0].accumulators;
      }
      sum_model.run(transposed, out);
      want.insert(want.end(), out[0].accumulators.begin(), out[0].accumulators.end());
      for (const std::size_t tile : {0, 1}) {
        for (std::size_t s = 0; s < 8; ++s) {
          const auto from = singles[s].begin() + static_cast<std::ptrdiff_t>(8 * tile);
          want.insert(want.end(), from, tile == 0 ? from + 8 : singles[s].end());
        }
      }
      want.insert(want.end(), singles[8].begin(), singles[8].end());
    }
    CAPTURE(kind_name(m.kind), mode_name(m));
    CHECK(got == want);
  }
}

TEST_CASE("batches that the hardware cannot run are refused") {
  const IntegerNet net = random_net(1, {16, 16, 2}, Codes::kUniform);
  const Program good = compile(net, {}, {.mapping = Mapping::kThroughput});
  const std::vector<Code> x = random_samples(1, good.round_samples, 16, Codes::kUniform);
  const auto run_with = [&](const std::function<void(LayerFields&)>& change) {
    Program bad = good;
    const auto at = static_cast<std::size_t>(bad.tags[0].address);
    LayerFields fields = layer_fields(bad.instructions[at]);
    change(fields);
    bad.instructions[at] = make_layer(fields);
    return message([&] {
      const std::unique_ptr<Accelerator> design = make_rtl_accelerator(MultiplierKind::kFig8);
      design->load(bad);
      design->run(x, 16, [](const Retirement&) {});
    });
  };
  CHECK(run_with([](LayerFields&) {}).empty());
  CHECK_THAT(run_with([](LayerFields& f) { f.in = kCols - 1; }), Catch::Contains("out of range"));
  CHECK_THAT(run_with([](LayerFields& f) { f.octets_log = clog2(kLines) + 1; }),
             Catch::Contains("out of range"));
  CHECK_THAT(run_with([](LayerFields& f) { f.split = clog2(kLines) + 1; }),
             Catch::Contains("out of range"));
  CHECK_THAT(run_with([](LayerFields& f) { f.octets_log = clog2(kLines) - 1, f.split = 1; }),
             Catch::Contains("out of range"));
  CHECK_THAT(run_with([](LayerFields& f) { f.in = kMaxFanIn; }), Catch::Contains("out of range"));
  CHECK_THAT(run_with([](LayerFields& f) { f.out_tiles = 128; }), Catch::Contains("out of range"));
  // A hidden layer deeper than the banks of a batch, where a layer may be that wide.
  const int wide = kNeuronShallowDepth * kCols + 1;
  if (wide > kMaxFanIn) return;
  CHECK_THAT(message([&] {
               compile(random_net(1, {16, wide, 2}, Codes::kUniform), {},
                       {.mapping = Mapping::kThroughput});
             }),
             Catch::Contains("latency mapping"));
}

TEST_CASE("RTL equals the golden model at both ends of every shape from 1 to 130") {
  // Every count of inputs and outputs once, so every remainder of a tile on both sides.
  for (int n = 1; n <= 130; ++n) {
    const IntegerNet net = random_net(std::uint64_t(n), {n, 131 - n, 1 + n % 17}, Codes::kUniform);
    CAPTURE(n, kind_name(pick(std::uint64_t(n)).kind), mode_name(pick(std::uint64_t(n))));
    const CosimResult r = run(net, pick(std::uint64_t(n)), 2, Codes::kUniform, std::uint64_t(n));
    CHECK(r.mismatches == 0);
    CHECK(r.lone_cycles == latency_cycles(net).lone);
  }
}

TEST_CASE("the largest fan-in with the most extreme codes does not overflow the accumulator") {
  for (const Code weight : {Code(kCodeMin), Code(kCodeMax)}) {
    IntegerNet net;
    IntegerLayer layer;
    layer.inputs = kMaxFanIn;
    layer.outputs = 16;
    layer.weights.assign(std::size_t(kMaxFanIn) * 16, weight);
    layer.bias.assign(16, weight < 0 ? kBiasMax : kBiasMin);
    layer.activation = Activation::kRaw;
    net.layers = {layer};
    const std::vector<Code> x(kMaxFanIn, kCodeMin);
    const std::vector<int> labels(1, 0);
    for (std::uint64_t k = 0; k < 6; ++k) {
      const Multiplier m = pick(k);
      const CosimResult r = cosimulate(compile(net, m), net, m, x, labels, {});
      CHECK(r.mismatches == 0);
    }
    // Exact arithmetic: by default 1024 * (-512 * -512) + 2^28 - 1 is the largest sum there is.
    GoldenModel golden(net, {MultiplierKind::kFig8, kModeM0});
    std::vector<LayerOutput> out;
    golden.run(x, out);
    if (weight == kCodeMin)
      CHECK(out[0].accumulators[0] == kMaxFanIn * kCodeMin * kCodeMin + kBiasMax);
  }
}

TEST_CASE("steps are the paper's cycle counts and the fill is twelve cycles a layer") {
  if (!kDefaultSizes) skip("for the paper's sizes");
  const int paper[] = {104, 96, 91, 112, 1856};
  for (std::size_t i = 0; i < kPaperNets.size(); ++i) {
    const IntegerNet net = random_net(i, kPaperNets[i], Codes::kUniform);
    const CosimResult r = run(net, pick(i), 3, Codes::kUniform, i);
    CHECK(r.mismatches == 0);
    CHECK(latency_cycles(net).steps == paper[i]);
    CHECK(r.lone_cycles == paper[i] + 3 * 12);
    CHECK(r.cycles_per_sample == paper[i] + 2 * 12);
  }
}

TEST_CASE("results do not depend on the number of threads") {
  const IntegerNet net = random_net(5, {30, 64, 64, 2}, Codes::kUniform);
  CosimOptions two;
  two.threads = 2;
  const CosimResult a = run(net, pick(1), 300, Codes::kUniform, 5);
  const CosimResult b = run(net, pick(1), 300, Codes::kUniform, 5, two);
  CHECK(a.mismatches == 0);
  CHECK(b.mismatches == 0);
  CHECK(a.samples == b.samples);
  CHECK(a.cycles == b.cycles);
  CHECK(a.cycles_per_sample == b.cycles_per_sample);
  CHECK(a.correct_rtl == b.correct_rtl);
}

TEST_CASE("one wrong weight bit is found and named") {
  const IntegerNet net = random_net(9, {20, 24, 3}, Codes::kUniform);
  const Multiplier m{MultiplierKind::kFig8, kModeM0};
  Program program = compile(net, m);
  const WeightSlot slot = WeightLayout(net).slot(0, 11, 17);
  program.weights[std::size_t(slot.word * kPes + slot.pe)] ^= 1 << (kDataW - 2);
  const std::vector<Code> x = random_samples(9, 4, 20, Codes::kUniform);
  const std::vector<int> labels(4, 0);
  const CosimResult r = cosimulate(program, net, m, x, labels, {});
  REQUIRE(r.first);
  CHECK(r.mismatches > 0);
  CHECK(r.first->layer == 1);
  CHECK(r.first->neuron == 11);
}

TEST_CASE("a program with an error stops the design with the error's name and place") {
  const IntegerNet net = random_net(1, {9, 9, 2}, Codes::kUniform);
  const Multiplier m{MultiplierKind::kFig8, kModeM0};
  const Program good = compile(net, m);
  const std::vector<Code> x = random_samples(1, 2, 9, Codes::kUniform);
  const auto run_with = [&](std::size_t word, Instruction instruction) {
    Program bad = good;
    bad.instructions.resize(std::max(bad.instructions.size(), word + 1), make_halt());
    bad.instructions[word] = instruction;
    return message([&] {
      const std::unique_ptr<Accelerator> design = make_rtl_accelerator(MultiplierKind::kFig8);
      design->load(bad);
      design->run(x, 9, [](const Retirement&) {});
    });
  };
  CHECK_THAT(run_with(2, Instruction{0xF} << 60),
             Catch::Contains("illegal opcode") && Catch::Contains("program word 2"));
  CHECK_THAT(run_with(0, make_set_mode(3)), Catch::Contains("field out of range (program word 0)"));
  CHECK_THAT(run_with(0, make_halt() | 1), Catch::Contains("field out of range"));
  LayerFields same_bank;
  same_bank.source = same_bank.target = 1;
  CHECK_THAT(run_with(3, make_layer(same_bank)), Catch::Contains("field out of range"));
  LayerFields shifted_raw;
  shifted_raw.to_stream = true;
  shifted_raw.activation = Activation::kRaw;
  shifted_raw.shift = 1;
  CHECK_THAT(run_with(3, make_layer(shifted_raw)), Catch::Contains("field out of range"));
  LayerFields past_end;
  past_end.target = 1;
  past_end.weight_base = kWeightDepth - 1;
  past_end.in = 2;
  // Its own word, although control is ahead of it when the weights run out.
  CHECK_THAT(run_with(3, make_layer(past_end)),
             Catch::Contains("field out of range (program word 3)"));
  past_end.weight_base = kWeightDepth - 40;
  past_end.out_tiles = 32;
  CHECK_THAT(run_with(3, make_layer(past_end)),
             Catch::Contains("field out of range (program word 3)"));
  // Local weights past their memory, of which some addresses exist in the weight buffer only.
  for (const int base : {kLocalDepth, kLocalDepth + 72, kWeightDepth - 1}) {
    if (base >= kWeightDepth) continue;
    LayerFields local;
    local.weight_local = true;
    local.target = 1;
    const Instruction word = make_layer(local) | static_cast<Instruction>(base) << kFWeightBaseLsb;
    CHECK_THAT(run_with(3, word), Catch::Contains("field out of range (program word 3)"));
  }
  // More outputs than a bank has words, where biases would allow it.
  if (kNeuronDepth < kBiasDepth) {
    LayerFields wide;
    wide.target = 1;
    wide.out_tiles = kNeuronDepth + 1;
    CHECK_THAT(run_with(3, make_layer(wide)),
               Catch::Contains("field out of range (program word 3)"));
  }
  CHECK_THAT(run_with(1, make_load_weights(kWeightDepth - 1, 0, 2)),
             Catch::Contains("field out of range"));
  Program endless = good;
  endless.instructions.assign(kProgDepth, make_set_mode(kModeM1));
  endless.tags.clear();
  CHECK_THAT(message([&] {
               const std::unique_ptr<Accelerator> design =
                   make_rtl_accelerator(MultiplierKind::kFig8);
               design->load(endless);
               design->run(x, 9, [](const Retirement&) {});
             }),
             Catch::Contains("program without an end (program word 63)"));
}

TEST_CASE("a program that waits for input that never comes is reported, not waited for") {
  Program program = compile(random_net(1, {9, 2}, Codes::kUniform), {});
  program.instructions[2] = make_receive(0, kNeuronDepth, false);
  const std::unique_ptr<Accelerator> design = make_rtl_accelerator(MultiplierKind::kFig8);
  design->load(program);
  const std::vector<Code> x = random_samples(1, 1, 9, Codes::kUniform);
  CHECK_THAT(message([&] { design->run(x, 9, [](const Retirement&) {}); }),
             Catch::Contains("no progress"));
}

TEST_CASE("networks that do not fit are refused with the reason") {
  if (!kDefaultSizes) skip("for the default sizes");
  CHECK_THAT(message([] {
               compile(random_net(1, {1025, 2}, Codes::kUniform), {});
             }),
             Catch::Contains("at most 1024"));
  CHECK_THAT(message([] {
               compile(random_net(1, {1024, 256, 2}, Codes::kUniform), {});
             }),
             Catch::Contains("memory of 2048"));
  CHECK_THAT(message([] {
               compile(random_net(1, {2, 1025}, Codes::kUniform), {});
             }),
             Catch::Contains("bias image"));
}

TEST_CASE("docs/isa.md names every instruction field at the bits the RTL has it") {
  if (!kDefaultSizes) skip("for the default sizes");
  struct Field {
    const char* name;
    int lsb;
    int width;
  };
  const Field fields[] = {
      {"FModeLsb", kFModeLsb, 2},
      {"FLevelLsb", kFLevelLsb, 2},
      {"FLoadBaseLsb", kFLoadBaseLsb, kWeightAw},
      {"FLoadDstLsb", kFLoadDstLsb, kLocalAw},
      {"FLoadLenLsb", kFLoadLenLsb, kLocalAw},
      {"FRecvBankLsb", kFRecvBankLsb, kBankW},
      {"FRecvLenLsb", kFRecvLenLsb, kNeuronAw},
      {"FRecvNextLsb", kFRecvNextLsb, 1},
      {"FRecvBatchLsb", kFRecvBatchLsb, 1},
      {"FRecvOctetsLsb", kFRecvOctetsLsb, kSplitW},
      {"FLoopTargetLsb", kFLoopTargetLsb, kProgAw},
      {"FInLsb", kFInLsb, kFanInW},
      {"FOutTilesLsb", kFOutTilesLsb, kTileW},
      {"FWeightBaseLsb", kFWeightBaseLsb, kWeightAw},
      {"FWeightLocalLsb", kFWeightLocalLsb, 1},
      {"FBiasBaseLsb", kFBiasBaseLsb, kBiasAw},
      {"FSrcBankLsb", kFSrcBankLsb, kBankW},
      {"FDstBankLsb", kFDstBankLsb, kBankW},
      {"FDstOutLsb", kFDstOutLsb, 1},
      {"FActLsb", kFActLsb, 2},
      {"FShiftLsb", kFShiftLsb, kShiftW},
      {"FNextLsb", kFNextLsb, 1},
      {"FSplitLsb", kFSplitLsb, kSplitW},
      {"FOctetsLsb", kFOctetsLsb, kSplitW},
  };
  const std::string page = read_file(AXNN_SOURCE_DIR "/docs/isa.md");
  for (const Field& f : fields) {
    CHECK_THAT(page, Catch::Contains("| " + std::to_string(f.lsb + f.width - 1) + ":" +
                                     std::to_string(f.lsb) + " | `" + f.name + "` |"));
  }
}

TEST_CASE("a bundle is read back as written, and a damaged one is refused with file and line") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("axnn-bundle-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  Bundle bundle;
  bundle.multiplier = pick(4);
  const IntegerNet net = random_net(3, {9, 10, 2}, Codes::kUniform);
  for (const IntegerLayer& layer : net.layers) {
    ModelLayer l;
    l.inputs = layer.inputs;
    l.outputs = layer.outputs;
    l.weights.assign(layer.weights.size(), 0.25f);
    l.bias.assign(layer.bias.size(), -1.0f);
    l.integer = layer;
    bundle.model.layers.push_back(l);
  }
  bundle.model.scaling.offset.assign(9, 0.5f);
  bundle.model.scaling.gain.assign(9, 2.0f);
  bundle.model.classes = {"a", "b"};
  bundle.program = compile(net, bundle.multiplier);
  save_bundle(bundle, folder);
  const Bundle back = load_bundle(folder);
  CHECK(back.program == bundle.program);
  CHECK(back.multiplier == bundle.multiplier);
  CHECK(back.model.integer_net().layers == net.layers);
  CHECK_THAT(message([&] { save_bundle(bundle, folder); }), Catch::Contains("exists already"));

  const auto refused = [&](const char* file, const std::function<void(std::string&)>& damage) {
    const std::string good = read_file(folder / file);
    std::string bad = good;
    damage(bad);
    write_file(folder / file, bad);
    const std::string text = message([&] { load_bundle(folder); });
    write_file(folder / file, good);
    return text;
  };
  CHECK_THAT(refused("program.hex", [](std::string& s) { s[17] = 'x'; }),
             Catch::Contains("program.hex line 2"));
  CHECK_THAT(refused("weights.hex", [](std::string& s) { s.resize(s.size() - 3); }),
             Catch::Contains("digits where a word has"));
  CHECK_THAT(refused("biases.hex",
                     [](std::string& s) {
                       while (s.size() < 1 << 15) s += s;
                     }),
             Catch::Contains("more words than the memory holds"));
  CHECK_THAT(refused("bundle.json", [](std::string& s) { s = "[]"; }),
             Catch::Contains("not a bundle description"));
  CHECK_THAT(refused("model.axnn", [](std::string& s) { s[100] ^= 1; }), !Catch::Equals(""));
  // A description that contradicts its program or the world.
  const auto says = [&](const std::string& from, const std::string& to) {
    return refused("bundle.json",
                   [&](std::string& s) { s.replace(s.find(from), from.size(), to); });
  };
  CHECK_THAT(says("\"latency\"", "\"throughput\""), Catch::Contains("its program is of latency"));
  CHECK_THAT(says("\"latency\"", "\"pipelined\""), Catch::Contains("its program is of latency"));
  for (const char* v : {"-5", "0", "1e9", "0.1"}) {
    CHECK_THAT(says("\"weight_memory_v\": 1.1", std::string("\"weight_memory_v\": ") + v),
               Catch::Contains("no supply voltage"));
  }
  const std::string mode = mode_name(bundle.multiplier);
  CHECK_THAT(says("\"" + mode + "\"", mode == "M2" ? "\"M0\"" : "\"M2\""),
             Catch::Contains("its program sets " + mode));
  CHECK_THAT(says("\"layer\": 1", "\"layer\": 2"), Catch::Contains("none of the network's"));
  CHECK_THAT(says("\"sample\": 0", "\"sample\": -1"), Catch::Contains("none of the network's"));
  fs::remove_all(folder);
}
