// Whole trainings: flips in the forward pass, the choice of formats, the methods end to end,
// interruption and resumption.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "eval/test_set.h"
#include "model/error.h"
#include "model/faults.h"
#include "model/golden.h"
#include "model/model_file.h"
#include "model/rng.h"
#include "model/sha256.h"
#include "train/checkpoint.h"
#include "train/format_search.h"
#include "train/recipe.h"
#include "train/sam.h"
#include "train/statistics.h"

using namespace axnn;

namespace {

Recipe quick(Method method) {
  Recipe r = default_recipe("iono");
  r.hidden = {12, 10};
  r.options.epochs = 8;
  r.ax.method = method;
  r.ax.pas_epochs = 6;
  r.ax.pas_learning_rate = 2e-3;
  r.ax.modes = {{MultiplierKind::kBooth, kModeM0}, {MultiplierKind::kBooth, kModeM2}};
  return r;
}

}  // namespace

TEST_CASE("a flipped forward pass equals the golden model on the faulted network") {
  const Dataset d = load_dataset("iono");
  const TrainedModel t = train_model(d, quick(Method::kBp), 1, 0);
  const FloatNet net = float_net(t.model);
  Formats formats;
  for (const ModelLayer& l : t.model.layers) {
    formats.activations.push_back(l.input_fraction);
    formats.weights.push_back(l.weight_fraction);
  }
  const TestSet test = make_test_set(t.model, d, t.split.test);
  const Multiplier m{MultiplierKind::kBooth, kModeM1};
  for (WeightFormat format : all_formats()) {
    const FaultMap map(5, 0.05);
    const IntegerNet faulted = apply_faults(t.model.integer_net(), format, map);
    const FlipMasks masks = flip_masks(WeightLayout(shapes_of(net)), map);
    PasForward pas(formats, format);
    pas.set_net(net);
    pas.flip(masks);
    pas.run(test.scaled.x, m);
    CHECK(pas.weights(0) == faulted.layers[0].weights);
    CHECK(pas.weights(2) == faulted.layers[2].weights);
    CHECK(pas.weights(0) != t.model.layers[0].integer.weights);
    const HardwareScore score =
        hardware_score(net, formats, m, OutputKind::kSoftmax, test.scaled, &masks, format);
    CHECK(score.accuracy == Approx(accuracy(GoldenModel(faulted, m), test)));
  }
}

TEST_CASE("no chip of a training is one that a user evaluates") {
  for (int i = 0; i < 100; ++i) CHECK(training_chip(3, i) >= 1ull << 63);
  CHECK(training_chip(3, 0) != training_chip(3, 1));
  CHECK(training_chip(3, 0) != training_chip(4, 0));
}

TEST_CASE("the range of a format holds 999 of 1000 magnitudes and is the smallest that does") {
  std::vector<float> values(999, 0.4f);
  values.push_back(1000);                    // the one in a thousand that may be cut
  CHECK(percentile_fraction(values) == 10);  // 0.4 fits in 2^-1 = 512 * 2^-10
  values.push_back(1000);
  CHECK(percentile_fraction(values) == -1);  // 1000 needs 2^10
  CHECK(percentile_fraction(std::vector<float>(5, -0.5f)) == 10);
  CHECK(percentile_fraction(std::vector<float>(5, 0.51f)) == 9);
  CHECK(percentile_fraction(std::vector<float>(5, 0.0f)) == 9);
  CHECK_THROWS_AS(percentile_fraction(std::vector<float>{1, NAN}), Error);
}

TEST_CASE("the format search finds a planted best choice and starts from no halving") {
  FormatSearch search;
  search.candidates = 300;
  search.max_halvings = 2;
  search.epochs = 7;
  const Halvings planted = {{1, 0}, {2, 1}};
  std::vector<Halvings> seen;
  int long_trials = 0;
  const auto distance = [&](const Halvings& h, int epochs) {
    seen.push_back(h);
    long_trials += epochs == 21;
    double sum = 0;
    for (std::size_t l = 0; l < 2; ++l) {
      sum += std::abs(h.activations[l] - planted.activations[l]) +
             std::abs(h.weights[l] - planted.weights[l]);
    }
    return sum;
  };
  CHECK(search_formats(2, search, 1, distance) == planted);  // 300 draws of 81 choices
  CHECK(seen.front() == Halvings{{0, 0}, {0, 0}});
  CHECK(long_trials == 4);
  CHECK(std::ranges::all_of(seen, [](const Halvings& h) {
    return std::ranges::all_of(h.weights, [](int v) { return v >= 0 && v <= 2; });
  }));
  search.candidates = 1;
  CHECK(search_formats(2, search, 1, distance) == Halvings{{0, 0}, {0, 0}});
}

TEST_CASE("a halved range has one fractional bit more") {
  const FloatNet net = make_net({4, 6, 3}, 2);
  Samples samples{Matrix<float>::Random(4, 50), std::vector<int>(50, 0)};
  const Formats plain = halved_formats(net, samples, {{0, 0}, {0, 0}});
  const Formats half = halved_formats(net, samples, {{1, 0}, {0, 2}});
  CHECK(half.activations[0] == plain.activations[0] + 1);
  CHECK(half.activations[1] == plain.activations[1]);
  CHECK(half.weights[1] == plain.weights[1] + 2);
}

TEST_CASE("SAM takes the gradient a distance rho up the slope") {
  FloatNet net = {{Matrix<float>::Constant(1, 1, 0.5f), Vector<float>::Zero(1)}};
  const Matrix<float> x = Matrix<float>::Constant(1, 1, 2);
  const std::vector<int> labels = {0};  // loss log(1 + e^-z)
  Gradients<float> g;
  const double e = sam_gradient(bp_gradient(OutputKind::kSigmoid), 0.1)(net, x, labels, g);
  CHECK(e == Approx(std::log1p(std::exp(-1.0))));
  // dE/dw = -2 s, dE/db = -s: the unit vector is (-2, -1) / sqrt(5), so z falls by 0.1 sqrt(5).
  const double z = 1 - 0.1 * std::sqrt(5.0);
  CHECK(g[0].weights(0) == Approx(-2 / (1 + std::exp(z))));
  CHECK(g[0].bias(0) == Approx(-1 / (1 + std::exp(z))));
}

TEST_CASE("SAM around pas is pas at the weights moved up its own slope") {
  FloatNet net = make_net({6, 5, 3}, 4);
  const Matrix<float> x = Matrix<float>::Random(6, 9);
  const std::vector<int> labels = {0, 1, 2, 0, 1, 2, 0, 1, 2};
  PasOptions options;
  options.formats = {{7, 7}, {7, 7}};
  options.modes = {{MultiplierKind::kBooth, kModeM2}};
  const BatchGradient pas = pas_gradient(options, std::make_shared<const int>(0));
  Gradients<float> g;
  Gradients<float> slope;
  const double e = pas(net, x, labels, slope);
  CHECK(sam_gradient(pas, 0.5)(net, x, labels, g) == e);
  double squares = 0;
  for (const auto& s : slope) squares += s.weights.squaredNorm() + s.bias.squaredNorm();
  for (std::size_t l = 0; l < net.size(); ++l) {
    net[l].weights += static_cast<float>(0.5 / std::sqrt(squares)) * slope[l].weights;
    net[l].bias += static_cast<float>(0.5 / std::sqrt(squares)) * slope[l].bias;
  }
  Gradients<float> moved;
  CHECK(pas(net, x, labels, moved) > e);
  CHECK((g[0].weights - moved[0].weights).norm() == 0);
  CHECK((g[1].bias - moved[1].bias).norm() == 0);
  CHECK((g[0].weights - slope[0].weights).norm() > 0.01f);
}

TEST_CASE("every method gives the same model bytes again, and resumed after any epoch") {
  const Dataset d = load_dataset("iono");
  for (Method method : {Method::kBp, Method::kAct, Method::kSam, Method::kPas, Method::kAxTrain}) {
    Recipe r = quick(method);
    r.ax.search.candidates = method == Method::kAxTrain ? 3 : 0;
    r.ax.search.epochs = 1;
    r.ax.search.finalists = 1;
    r.ax.flips.rate = 0.01;
    r.ax.teachers = {method == Method::kAct ? 0 : 2, method == Method::kPas ? 0.5 : 0};
    r.ax.centre = method != Method::kPas;
    if (method == Method::kPas) r.ax.sam_rho = 0.1;
    if (method == Method::kBp) r.options.label_smoothing = 0.1;
    std::vector<std::string> saved;
    const std::string job(64, '0');
    Session session;
    session.save = [&](const Checkpoint& c) { saved.push_back(encode_checkpoint(c, job)); };
    const std::string whole = encode_model(train_model(d, r, 3, 1, {}, session).model);
    INFO(method_name(method));
    const bool pas = method == Method::kPas || method == Method::kAxTrain;
    REQUIRE(saved.size() == (pas ? 14u : 8u));
    CHECK(encode_model(train_model(d, r, 3, 1).model) == whole);
    for (std::size_t i : {std::size_t(0), std::size_t(6), saved.size() - 1}) {
      const Checkpoint c = decode_checkpoint(saved[i], job, "test");
      CHECK(encode_model(train_model(d, r, 3, 1, {}, {&c, {}}).model) == whole);
    }
  }
}

TEST_CASE("a training whose length was chosen goes on to the same bytes, pas as long") {
  const Dataset d = load_dataset("iono");
  Recipe r = quick(Method::kPas);
  r.ax.search.candidates = 0;
  r.ax.pas_epochs.reset();
  r.ax.stopping.folds = 2;
  const std::string job(64, '0');
  std::vector<std::string> saved;
  std::vector<std::string> works;
  Session session;
  session.save = [&](const Checkpoint& c) { saved.push_back(encode_checkpoint(c, job)); };
  session.poll = [&](const std::string& work) { works.push_back(work); };
  const TrainedModel whole = train_model(d, r, 3, 1, {}, session);
  REQUIRE_FALSE(works.empty());
  CHECK(works.front() == "how long to train, epochs: 1");
  REQUIRE(saved.size() == std::size_t(2 * whole.epochs));
  for (std::size_t i = 0; i < saved.size(); ++i) {
    const Checkpoint c = decode_checkpoint(saved[i], job, "test");
    works.clear();
    session = {&c, {}, [&](const std::string& work) { works.push_back(work); }};
    const TrainedModel resumed = train_model(d, r, 3, 1, {}, session);
    CHECK(encode_model(resumed.model) == encode_model(whole.model));
    CHECK(resumed.epochs == whole.epochs);
    CHECK(works.empty());  // the choice is not made again
  }
}

TEST_CASE("a training can be stopped before every teacher, validation network and choice") {
  const Dataset d = load_dataset("iono");
  Recipe r = quick(Method::kPas);
  r.ax.search.candidates = 4;
  r.ax.search.finalists = 2;
  r.ax.search_folds = 2;
  r.ax.teachers = {3, 0};
  std::vector<std::string> works;
  Session session;
  session.poll = [&](const std::string& work) { works.push_back(work); };
  train_model(d, r, 1, 0, {}, session);
  REQUIRE(works.size() == 3 + 2 + 4 + 2);
  CHECK(works.front() == "teacher 1");
  CHECK(works.back() == "choice of exponents 6");
  for (const std::string& stop : works) {
    session.poll = [&](const std::string& work) {
      if (work == stop) throw Error("stopped", work);
    };
    CHECK_THROWS_WITH(train_model(d, r, 1, 0, {}, session), "stopped (" + stop + ")");
  }
}

TEST_CASE("an epoch is reported before its checkpoint, so that a stop loses none") {
  Recipe r = quick(Method::kPas);
  r.ax.search.candidates = 0;
  int reported = 0;
  int saved = 0;
  Session session;
  session.save = [&](const Checkpoint&) { CHECK(++saved == reported); };
  train_model(
      load_dataset("iono"), r, 1, 0, [&](const EpochReport&) { ++reported; }, session);
  CHECK(saved == reported);
}

TEST_CASE("a checkpoint that is damaged or of another training is refused") {
  Checkpoint c;
  c.net = make_net({2, 3}, 1);
  const std::string job(64, 'a');
  const std::string bytes = encode_checkpoint(c, job);
  CHECK(decode_checkpoint(bytes, job, "f").net[0].weights == c.net[0].weights);
  CHECK_THROWS_WITH(decode_checkpoint(bytes, std::string(64, 'b'), "f"),
                    Catch::Contains("another training"));
  for (std::size_t cut = 0; cut < bytes.size(); cut += 7) {
    CHECK_THROWS_WITH(decode_checkpoint(bytes.substr(0, cut), job, "f"),
                      Catch::Contains("damaged"));
  }
  for (std::size_t at = 0; at < bytes.size(); at += 5) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    CHECK_THROWS_AS(decode_checkpoint(bad, job, "f"), Error);
  }
}

TEST_CASE("pas for fig8 M2 keeps at least five points that BP loses there") {
  const Dataset d = load_dataset("iono");
  Recipe r = default_recipe("iono");
  const Multiplier m2{MultiplierKind::kFig8, kModeM2};
  r.ax.modes = {m2};
  double gain = 0;
  for (std::uint64_t split = 0; split < 5; ++split) {
    for (Method method : {Method::kBp, Method::kPas}) {
      r.ax.method = method;
      const TrainedModel t = train_model(d, r, 1, split);
      const TestSet test = make_test_set(t.model, d, t.split.test);
      const double a = accuracy(GoldenModel(t.model.integer_net(), m2), test);
      gain += method == Method::kBp ? -a : a;
    }
  }
  CHECK(gain / 5 > 0.05);
}

TEST_CASE("the CSVs hold the quantiles of the magnitudes and each weight's sensitivity") {
  Model model;
  model.layers.push_back({2, 1, {3, -4}, {0}, 0, 0, 0, {}});
  Samples samples{Matrix<float>::Constant(2, 4, -0.5f), {0, 0, 0, 0}};
  samples.x(1, 2) = 2;
  const std::string cdf = distribution_csv(model, samples);
  CHECK(cdf.starts_with("kind,layer,share,magnitude\nweight,1,0,3\n"));
  CHECK_THAT(cdf, Catch::Contains("weight,1,0.5,3\nweight,1,0.51,4\n") &&
                      Catch::Contains("activation,1,0.87,0.5\nactivation,1,0.88,2\n") &&
                      Catch::Contains("activation,0,1,2\n"));
  // On a linear logit dO/dw is the input: mean |x| is 0.5 and (3 * 0.5 + 2) / 4 = 0.875.
  CHECK(
      sensitivity_csv(model, samples, SensitivityOf::kLogits) ==
      "layer,output,input,weight,sensitivity,contribution\n1,0,0,3,0.5,1.5\n1,0,1,-4,0.875,3.5\n");
}
