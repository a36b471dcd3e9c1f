// Weight memories at low voltage and in every storage format: RTL against golden model.

#include <verilated.h>

#include <catch2/catch.hpp>

#include "Vdecode0.h"
#include "Vdecode1.h"
#include "Vdecode2.h"
#include "model/error.h"
#include "sim/accelerator.h"
#include "sim/compiler.h"
#include "sim/cosim.h"
#include "tests/random_net.h"

using namespace axnn;

namespace {

struct Case {
  WeightFormat format = WeightFormat::kTwosComplement;
  std::optional<FaultMap> faults;
};

CosimResult run(const IntegerNet& net, Multiplier m, const Case& c, int samples = 6,
                int threads = 1, Mapping mapping = Mapping::kLatency) {
  const std::vector<Code> x = random_samples(5, samples, net.inputs(), Codes::kUniform);
  const std::vector<int> labels(static_cast<std::size_t>(samples), 0);
  CosimOptions options;
  options.faults = c.faults;
  options.threads = threads;
  const CosimResult r = cosimulate(compile(net, m, {.mapping = mapping, .format = c.format}), net,
                                   m, x, labels, options);
  if (r.first) UNSCOPED_INFO(r.first->describe());
  return r;
}

std::vector<Multiplier> hardware() {
  std::vector<Multiplier> all;
  for (const MultiplierKind kind : {MultiplierKind::kFig8, MultiplierKind::kBooth}) {
    for (int mode = kModeM0; mode <= kModeM2; ++mode) all.push_back({kind, mode});
  }
  return all;
}

// Weights in the PEs' memories, and in the buffer.
const std::vector<std::vector<int>> kShapes = {{13, 30, 11, 3}, {200, 60, 9}};

}  // namespace

TEST_CASE("RTL and golden model agree bit for bit at 0.85, 0.66 and 0.40 V") {
  for (const std::vector<int>& shape : kShapes) {
    const IntegerNet net = random_net(1, shape, Codes::kUniform);
    for (const FaultKind kind : {FaultKind::kPersistent, FaultKind::kTransient}) {
      for (const double rate : {0.001, 0.01, 0.1}) {
        for (const Multiplier& m : hardware()) {
          const WeightFormat format = all_formats()[std::size_t(m.mode)];
          CAPTURE(shape, rate, kind_name(m.kind), mode_name(m), kind == FaultKind::kTransient);
          for (const Mapping mapping :
               {Mapping::kLatency, Mapping::kPipelined, Mapping::kThroughput}) {
            const Case c{format, FaultMap(3, rate, kind)};
            CHECK(run(net, m, c, mapping == Mapping::kThroughput ? 30 : 6, 1, mapping).mismatches ==
                  0);
          }
        }
      }
    }
  }
}

TEST_CASE("the design reads every storage format without faults") {
  const IntegerNet net = random_net(2, kShapes[0], Codes::kUniform);
  for (const WeightFormat format : all_formats()) {
    for (const Multiplier& m : hardware()) {
      CAPTURE(format_name(format), kind_name(m.kind), mode_name(m));
      CHECK(run(net, m, {format, std::nullopt}).mismatches == 0);
    }
  }
}

TEST_CASE("every bit read wrong makes the network of inverted weights") {
  // At rate 1 all bits flip: two's complement w becomes -1 - w, computed here without a fault map.
  const Multiplier m{MultiplierKind::kBooth, kModeM0};
  for (const std::vector<int>& shape : kShapes) {
    const IntegerNet net = random_net(3, shape, Codes::kUniform);
    IntegerNet inverted = net;
    for (IntegerLayer& layer : inverted.layers) {
      for (Code& w : layer.weights) w = static_cast<Code>(-1 - w);
    }
    const std::vector<Code> x = random_samples(5, 4, net.inputs(), Codes::kUniform);
    const GoldenModel golden(inverted, m);
    std::vector<int> labels;
    for (int n = 0; n < 4; ++n) {
      const auto width = static_cast<std::size_t>(net.inputs());
      labels.push_back(golden.classify(std::span(x).subspan(std::size_t(n) * width, width)));
    }
    for (const FaultKind kind : {FaultKind::kPersistent, FaultKind::kTransient}) {
      CosimOptions options;
      options.faults = FaultMap(1, 1, kind);
      const CosimResult r = cosimulate(compile(net, m), net, m, x, labels, options);
      CHECK(r.mismatches == 0);
      CHECK(r.correct_rtl == 4);
    }
  }
}

TEST_CASE("transient flips differ from read to read and not with the number of threads") {
  const IntegerNet net = random_net(4, kShapes[0], Codes::kUniform);
  const Multiplier m{MultiplierKind::kFig8, kModeM0};
  // More samples than a run of the design has without faults.
  const Case transient{WeightFormat::kSignMagnitude, FaultMap(2, 0.1, FaultKind::kTransient)};
  const CosimResult one = run(net, m, transient, 300, 1);
  const CosimResult two = run(net, m, transient, 300, 2);
  CHECK(one.mismatches == 0);
  CHECK(two.mismatches == 0);
  CHECK(one.correct_rtl == two.correct_rtl);
  CHECK(run(net, m, {WeightFormat::kSignMagnitude, FaultMap(2, 0.1)}, 300, 2).mismatches == 0);
}

TEST_CASE("a weight image in another format than the design reads is refused") {
  const IntegerNet net = random_net(5, {4, 4}, Codes::kUniform);
  const Multiplier m{MultiplierKind::kFig8, kModeM0};
  const auto design = make_rtl_accelerator(m.kind, {WeightFormat::kGuarded, std::nullopt});
  CHECK_THROWS_AS(design->load(compile(net, m)), Error);
}

TEST_CASE("padding that would be read wrong is refused") {
  const IntegerNet net = random_net(6, {8, 9, 2}, Codes::kUniform, Activation::kSigmoid);
  CHECK_THROWS_AS(
      run(net, {MultiplierKind::kFig8, kModeM0}, {WeightFormat::kGuarded, std::nullopt}), Error);
}

TEST_CASE("the decoder of each format as it is built reads all 1024 patterns as the model does") {
  VerilatedContext context;
  Vdecode0 twos_complement(&context);
  Vdecode1 sign_magnitude(&context);
  Vdecode2 guarded(&context);
  const auto read = [](auto& top, std::uint32_t bits) {
    top.bits_i = static_cast<SData>(bits);
    top.eval();
    return static_cast<std::uint32_t>(top.code_o);
  };
  for (std::uint32_t bits = 0; bits < 1u << kDataW; ++bits) {
    const auto code = [&](WeightFormat format) {
      return encode_weight(WeightFormat::kTwosComplement, decode_weight(format, bits));
    };
    CHECK(read(twos_complement, bits) == code(WeightFormat::kTwosComplement));
    CHECK(read(sign_magnitude, bits) == code(WeightFormat::kSignMagnitude));
    CHECK(read(guarded, bits) == code(WeightFormat::kGuarded));
  }
}
