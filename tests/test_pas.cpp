// AxTrain-pas: its forward pass against the golden model bit by bit, its gradient against the
// exact network's where both must agree.

#include <catch2/catch.hpp>
#include <cmath>

#include "model/error.h"
#include "model/golden.h"
#include "model/rng.h"
#include "train/calibrate.h"
#include "train/pas.h"

using namespace axnn;

namespace {

Matrix<float> random_inputs(int rows, int columns, std::uint64_t key, double size) {
  const Rng rng(key, Purpose::kTestNetwork);
  Matrix<float> m(rows, columns);
  for (int i = 0; i < m.size(); ++i) {
    m.data()[i] = static_cast<float>(size * rng.normal(std::uint64_t(i)));
  }
  return m;
}

InputScaling plain_scaling(int inputs) {
  InputScaling s;
  s.offset.assign(std::size_t(inputs), 0.0f);
  s.gain.assign(std::size_t(inputs), 1.0f);
  s.low = -100;
  s.high = 100;
  return s;
}

// A net whose sums saturate now and then and whose biases matter.
FloatNet net_of(const std::vector<int>& widths, std::uint64_t seed) {
  FloatNet net = make_net(widths, seed);
  for (std::size_t l = 0; l < net.size(); ++l) {
    const auto outputs = static_cast<int>(net[l].bias.size());
    net[l].bias = random_inputs(outputs, 1, seed + 100 + l, 0.5);
  }
  return net;
}

std::vector<Multiplier> every_mode() {
  std::vector<Multiplier> all;
  for (MultiplierKind kind :
       {MultiplierKind::kFig8, MultiplierKind::kBooth, MultiplierKind::kDrum}) {
    for (const Multiplier& m : all_modes(kind)) all.push_back(m);
  }
  return all;
}

}  // namespace

TEST_CASE("the forward pass of pas equals the golden model to the bit in every mode") {
  const std::vector<int> widths = {13, 21, 17, 5};
  for (std::uint64_t key = 1; key <= 3; ++key) {
    const FloatNet net = net_of(widths, key);
    Samples samples;
    samples.x = random_inputs(widths.front(), 37, key, 1.5);
    samples.labels.assign(37, 0);
    Formats formats = best_formats(net, samples);
    if (key == 2) ++formats.activations[1];  // saturates
    if (key == 3) ++formats.weights[1];
    limit_shifts(net, formats);
    const Model model = make_model(net, plain_scaling(widths.front()), formats);
    PasForward pas(formats);
    pas.set_net(net);
    for (const Multiplier& m : every_mode()) {
      INFO("net " << key << " " << kind_name(m.kind) << " " << mode_name(m));
      const Matrix<float> logits = pas.run(samples.x, m);
      const GoldenModel golden(model.integer_net(), m);
      std::vector<LayerOutput> out;
      std::vector<Code> codes(std::size_t(widths.front()));
      for (int b = 0; b < samples.x.cols(); ++b) {
        quantize_input(model.scaling, {samples.x.col(b).data(), codes.size()}, codes);
        golden.run(codes, out);
        for (std::size_t l = 0; l < out.size(); ++l) {
          const auto outputs = out[l].accumulators.size();
          for (std::size_t o = 0; o < outputs; ++o) {
            REQUIRE(pas.accumulators(l)[std::size_t(b) * outputs + o] == out[l].accumulators[o]);
          }
        }
        const int fraction = model.layers[2].input_fraction + model.layers[2].weight_fraction;
        for (int o = 0; o < 5; ++o) {
          REQUIRE(logits(o, b) ==
                  std::ldexp(float(out[2].accumulators[std::size_t(o)]), -fraction));
        }
      }
    }
  }
}

TEST_CASE("codes of many values at once equal codes of each value") {
  std::vector<float> values;
  for (int i = -4200; i <= 4200; ++i) {
    const float v = static_cast<float>(i) / 8;
    values.push_back(v);
    values.push_back(std::nextafter(v, 1e9f));
    values.push_back(std::nextafter(v, -1e9f));
  }
  values.insert(values.end(), {1e30f, -1e30f, 1e-30f, -1e-30f, 0.49999997f, -0.49999997f});
  std::vector<Code> codes(values.size());
  for (int fraction : {-3, 0, 2, 9}) {
    quantize_all(values, fraction, codes.data());
    for (std::size_t i = 0; i < values.size(); ++i) {
      REQUIRE(codes[i] == quantize(values[i], fraction));
    }
  }
}

TEST_CASE("on grids that hold it exactly the straight-through gradient is the float gradient") {
  // Weights, inputs and sums on coarse grids inside wide formats: nothing is rounded, so M0 is
  // the float network.
  FloatNet net = make_net({6, 5, 3}, 4);
  for (auto& layer : net) layer.weights = (layer.weights * 8).array().round() / 8;
  Matrix<float> x = (random_inputs(6, 9, 5, 1) * 4).array().round() / 4;
  const Formats formats = {{4, 5}, {6, 6}};
  const std::vector<int> labels = {0, 1, 2, 0, 1, 2, 0, 1, 2};
  Workspace<float> work;
  Gradients<float> expected;
  work.deltas.resize(2);
  const double e = loss(OutputKind::kSigmoid, forward(net, x, work), labels, work.deltas.back());
  backward(net, x, work, expected);
  PasOptions options;
  options.output = OutputKind::kSigmoid;
  options.formats = formats;
  options.modes = {{MultiplierKind::kBooth, kModeM0}};
  for (PasOperands operands : {PasOperands::kExact, PasOperands::kTransformed}) {
    options.operands = operands;
    Gradients<float> g;
    CHECK(pas_gradient(options, std::make_shared<int>(0))(net, x, labels, g) == Approx(e));
    for (std::size_t l = 0; l < 2; ++l) {
      CHECK((g[l].weights - expected[l].weights).cwiseAbs().maxCoeff() < 1e-6f);
      CHECK((g[l].bias - expected[l].bias).cwiseAbs().maxCoeff() < 1e-6f);
    }
  }
}

TEST_CASE("a saturated activation passes no gradient and Eq. 14 blocks gradients of one or more") {
  // One input, one hidden unit, one output; hidden code 300 saturates with one bit more.
  FloatNet net = {{Matrix<float>::Constant(1, 1, 1), Vector<float>::Zero(1)},
                  {Matrix<float>::Constant(1, 1, 1), Vector<float>::Zero(1)}};
  const Matrix<float> x = Matrix<float>::Constant(1, 1, 300);
  for (const int fraction : {0, 1}) {
    PasForward pas({{0, fraction}, {8, 8}});
    pas.set_net(net);
    pas.run(x, {MultiplierKind::kFig8, kModeM0});
    Gradients<float> g;
    Matrix<float> delta = Matrix<float>::Constant(1, 1, 0.5f);
    pas.backward(delta, PasOperands::kExact, false, g);
    CHECK(g[0].weights(0) == (fraction == 0 ? 150.0f : 0.0f));
    CHECK(g[1].weights(0) == (fraction == 0 ? 150.0f : 0.5f * 255.5f));
    for (const float size : {0.999f, 1.0f}) {
      delta = Matrix<float>::Constant(1, 1, size);
      pas.backward(delta, PasOperands::kExact, true, g);
      CHECK(g[1].bias(0) == (size < 1 ? size : 0.0f));
    }
  }
}

TEST_CASE("modes take turns, a batch each") {
  const FloatNet net = net_of({4, 6, 3}, 7);
  Samples samples{random_inputs(4, 8, 8, 1), {0, 1, 2, 0, 1, 2, 0, 1}};
  PasOptions options;
  options.formats = best_formats(net, samples);
  const auto step = std::make_shared<int>(0);
  std::vector<double> one_by_one;
  for (int mode : {kModeM0, kModeM1, kModeM2}) {
    options.modes = {{MultiplierKind::kFig8, mode}};
    Gradients<float> g;
    one_by_one.push_back(pas_gradient(options, step)(net, samples.x, samples.labels, g));
  }
  CHECK(one_by_one[0] != one_by_one[2]);
  options.modes = all_modes(MultiplierKind::kFig8);
  const BatchGradient rotating = pas_gradient(options, step);
  for (int i : {0, 1, 2, 3, 5, 301}) {
    *step = i;
    Gradients<float> g;
    CHECK(rotating(net, samples.x, samples.labels, g) == one_by_one[std::size_t(i) % 3]);
  }
}
