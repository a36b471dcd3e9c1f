// Networks whose neurons differ (ApproxANN, AxNN), what chooses the neurons, every method on one
// and two threads, and pas for a lossy weight format.

#include <catch2/catch.hpp>
#include <cmath>

#include "eval/test_set.h"
#include "model/error.h"
#include "model/golden.h"
#include "model/model_file.h"
#include "tests/random_net.h"
#include "train/criticality.h"
#include "train/runs.h"

using namespace axnn;

namespace {

// booth in M2 as its definition reads: both operands to the nearest multiple of 64, halves up.
std::int64_t booth_m2(int a, int b) {
  const auto near = [](int v) { return std::floor((v + 32) / 64.0) * 64; };
  return static_cast<std::int64_t>(near(a) * near(b));
}

Recipe quick(Method method) {
  Recipe r = default_recipe("iono");
  r.hidden = {12, 10};
  r.options.epochs = 8;
  r.ax.method = method;
  r.ax.pas_epochs = 4;
  r.ax.search_folds = 2;
  r.ax.search = {3, 2, 1, 1};
  r.ax.modes = {{MultiplierKind::kBooth, kModeM2}};
  return r;
}

}  // namespace

TEST_CASE(
    "a mixed network sums exact products in some neurons and approximate ones in the others") {
  const Multiplier m{MultiplierKind::kBooth, kModeM2};
  for (std::uint64_t key = 1; key <= 6; ++key) {
    const Codes codes = key % 2 == 0 ? Codes::kUniform : Codes::kExtreme;
    const IntegerNet net = random_net(key, {19, 13, 9, 4}, codes);
    const Rng rng(key, Purpose::kTestNetwork);
    NeuronMask mask;
    for (const IntegerLayer& layer : net.layers) {
      mask.emplace_back();
      for (int o = 0; o < layer.outputs; ++o) {
        // Layer 0 of key 5 is exact as a whole, that of key 6 approximate.
        const bool whole = mask.size() == 1 && key >= 5;
        mask.back().push_back(static_cast<char>(
            whole ? key == 6 : rng.below(2, std::uint64_t(o), std::uint32_t(mask.size() + 5))));
      }
    }
    const std::vector<Code> inputs = random_samples(key, 7, net.inputs(), codes);
    const GoldenModel golden(net, m, mask);
    std::vector<BatchOutput> batch;
    golden.run_batch(inputs, batch);
    for (std::size_t n = 0; n < 7; ++n) {
      std::vector<Code> from(inputs.begin() + std::ptrdiff_t(n) * net.inputs(),
                             inputs.begin() + std::ptrdiff_t(n + 1) * net.inputs());
      std::vector<LayerOutput> one;
      golden.run(from, one);
      for (std::size_t l = 0; l < net.layers.size(); ++l) {
        const IntegerLayer& layer = net.layers[l];
        const auto outputs = std::size_t(layer.outputs);
        for (std::size_t o = 0; o < outputs; ++o) {
          std::int64_t sum = layer.bias[o];
          for (std::size_t i = 0; i < from.size(); ++i) {
            const int w = layer.weights[o * from.size() + i];
            sum += mask[l][o] != 0 ? booth_m2(from[i], w) : std::int64_t{from[i]} * w;
          }
          REQUIRE(one[l].accumulators[o] == sum);
          REQUIRE(batch[l].accumulators[n * outputs + o] == sum);
        }
        from = one[l].codes;
      }
    }
  }
}

TEST_CASE("a choice of neurons of another shape is refused") {
  const IntegerNet net = random_net(1, {5, 4, 3}, Codes::kUniform);
  CHECK_THROWS_AS(GoldenModel(net, Multiplier{}, {{1, 1, 1, 1}}), Error);
  CHECK_THROWS_AS(GoldenModel(net, Multiplier{}, {{1, 1, 1, 1}, {1, 1}}), Error);
}

TEST_CASE(
    "criticality is the mean magnitude, or the magnitude of the mean, of the error sent back") {
  // One input, two hidden units, two outputs. Sample x = 1: h = (1, 2), logits (h0, h1) = (1, 2).
  FloatNet net(2);
  net[0] = {Matrix<float>(2, 1), Vector<float>::Zero(2)};
  net[0].weights << 1, 2;
  net[1] = {Matrix<float>(2, 2), Vector<float>::Zero(2)};
  net[1].weights << 1, 0, 0, 1;
  // The same sample with each label: deltas of the outputs (p0 - 1, p1) and (p0, p1 - 1).
  const Samples samples{Matrix<float>::Ones(1, 2), {0, 1}};
  const double p1 = 1 / (1 + std::exp(-1.0));
  const double p0 = 1 - p1;
  const auto magnitude =
      criticality(Criticality::kMeanMagnitude, OutputKind::kSoftmax, net, samples);
  const auto average = criticality(Criticality::kMagnitudeMean, OutputKind::kSoftmax, net, samples);
  for (std::size_t l = 0; l < 2; ++l) {  // the weights above are the identity
    for (std::size_t o = 0; o < 2; ++o) {
      CHECK(magnitude[l][o] == Approx((p1 + p0) / 2));
      CHECK(average[l][o] == Approx(std::abs(p1 - p0) / 2));
    }
  }
  // A hidden unit that the ReLU blocks gets no error.
  net[0].weights(0) = -1;
  CHECK(criticality(Criticality::kMeanMagnitude, OutputKind::kSoftmax, net, samples)[0][0] == 0);
}

TEST_CASE("the least critical neurons are marked, the first of equals, marked ones stay") {
  NeuronMask mask = {{0, 0, 1}, {0, 0}};
  mark_least_critical({{5, 1, 9}, {1, 3}}, 3, mask);
  CHECK(mask == NeuronMask{{0, 1, 1}, {1, 0}});
  mark_least_critical({{5, 1, 9}, {1, 3}}, 2, mask);  // already three
  CHECK(mask == NeuronMask{{0, 1, 1}, {1, 0}});
  FloatNet net = {{Matrix<float>::Zero(3, 10), Vector<float>::Zero(3)},
                  {Matrix<float>::Zero(2, 3), Vector<float>::Zero(2)}};
  CHECK(share_of(mask, net).neurons == Approx(3.0 / 5));
  CHECK(share_of(mask, net).products == Approx((2 * 10 + 3) / 36.0));
  CHECK(share_of({}, net).products == 1);
  CHECK(no_neurons(net) == NeuronMask{{0, 0, 0}, {0, 0}});
}

TEST_CASE("ApproxANN and AxNN approximate all neurons if anything may be lost, none if nothing") {
  const Dataset d = load_dataset("iono");
  for (Method method : {Method::kApproxAnn, Method::kAxNn}) {
    Recipe r = quick(method);
    r.ax.loss_limit = 1;
    const TrainedModel all = train_model(d, r, 1, 0);
    CHECK(share_of(all.approximate, float_net(all.model)).neurons == 1);
    r.ax.loss_limit = -1;  // must gain 100 points
    const TrainedModel none = train_model(d, r, 1, 0);
    CHECK(share_of(none.approximate, float_net(none.model)).neurons == 0);
    // Then the network is the one BP trained, and nothing is approximate in any mode.
    r.ax.method = Method::kBp;
    CHECK(float_net(none.model)[1].weights == float_net(train_model(d, r, 1, 0).model)[1].weights);
    const TestSet test = make_test_set(none.model, d, none.split.test);
    const IntegerNet net = none.model.integer_net();
    CHECK(accuracy(GoldenModel(net, r.ax.modes.front(), none.approximate), test) ==
          accuracy(GoldenModel(net, Multiplier{}), test));
  }
}

TEST_CASE("the squared error of outputs that are sure and right is 0, of a coin's toss 1/4") {
  Model model;
  model.layers.push_back({2, 2, {0, 0, 0, 0}, {0, 0}, 5, 5, 0, {}});
  IntegerLayer& layer = model.layers.front().integer;
  layer = {2, 2, {400, 0, 0, 400}, {0, 0}, 0, Activation::kRaw};
  TestSet test;
  test.inputs = 2;
  test.codes = {500, 0, 0, 500};  // logits 200000 / 2^10 = 195 and 0, and the other way round
  test.labels = {0, 1};
  const auto error = [&] {
    return squared_error(GoldenModel(model.integer_net(), Multiplier{}), model,
                         OutputKind::kSoftmax, test);
  };
  CHECK(error() == Approx(0).margin(1e-12));
  test.labels = {1, 1};
  CHECK(error() == Approx(0.5));  // one sample wrong in both outputs
  layer.weights.assign(4, 0);
  CHECK(error() == Approx(0.25));
}

TEST_CASE("every method gives the same bytes on one and two threads") {
  const Dataset d = load_dataset("iono");
  for (Method method : {Method::kBp, Method::kAct, Method::kPas, Method::kAxTrain, Method::kSam,
                        Method::kApproxAnn, Method::kAxNn}) {
    INFO(method_name(method));
    Recipe r = quick(method);
    if (!chooses_neurons(method)) r.ax.flips.rate = 0.01;
    const ChipOptions chips{2, 0.01, r.ax.flips.format};
    const auto one = train_runs(d, r, 3, 1, 2, 1, r.ax.modes, {}, chips);
    const auto two = train_runs(d, r, 3, 1, 2, 2, r.ax.modes, {}, chips);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(encode_model(one[i].trained.model) == encode_model(two[i].trained.model));
      CHECK(one[i].trained.approximate == two[i].trained.approximate);
      CHECK(one[i].golden == two[i].golden);
      CHECK(one[i].errors == two[i].errors);
      CHECK(one[i].flipped == two[i].flipped);
    }
  }
}

TEST_CASE("a network of pas has only weights that its storage format holds") {
  const Dataset d = load_dataset("iono");
  for (WeightFormat format : all_formats()) {
    Recipe r = quick(Method::kPas);
    r.ax.flips.format = format;
    const TrainedModel t = train_model(d, r, 1, 0);
    for (const ModelLayer& l : t.model.layers) {
      for (Code w : l.integer.weights) REQUIRE(storable(format, w) == w);
    }
    // So storing it changes nothing.
    const IntegerNet net = t.model.integer_net();
    CHECK(apply_faults(net, format, FaultMap(1, 0)).layers == net.layers);
  }
}
