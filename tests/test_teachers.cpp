// Soft targets: the loss towards wanted probabilities, what teachers say, where the moved samples
// lie, and that a training meets them in turn.

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "data/scaling.h"
#include "train/teachers.h"

using namespace axnn;

namespace {

// A network of one layer that says the same for every input.
FloatNet constant_net(int inputs, const std::vector<float>& logits) {
  const auto outputs = static_cast<Eigen::Index>(logits.size());
  return {{Matrix<float>::Zero(outputs, inputs),
           Eigen::Map<const Vector<float>>(logits.data(), outputs)}};
}

// The corners of a simplex: a mixture of two of them says which, and how far.
Samples corners(int count) {
  Samples s;
  s.x = Matrix<float>::Identity(count, count);
  for (int n = 0; n < count; ++n) s.labels.push_back(n % 2);
  return s;
}

}  // namespace

TEST_CASE("the loss towards probabilities is the mean of the losses towards the classes") {
  Matrix<double> logits(2, 1);
  logits << 1, 3;
  Matrix<double> delta;
  const std::vector<int> label = {0};
  Matrix<float> wanted(2, 1);
  wanted << 0.25f, 0.75f;
  // ln(1 + e^-2) + 2 / 4; ln(1 + e) + ln(1 + e^3) - 0.25 - 2.25
  CHECK(loss(OutputKind::kSoftmax, logits, {label, &wanted}, delta) == Approx(0.6269280110));
  CHECK(delta(0) == Approx(0.1192029220 - 0.25));
  CHECK(delta(1) == Approx(0.8807970780 - 0.75));
  CHECK(loss(OutputKind::kSigmoid, logits, {label, &wanted}, delta) == Approx(1.8618490391));
  CHECK(delta(0) == Approx(0.7310585786 - 0.25));
  CHECK(delta(1) == Approx(0.9525741268 - 0.75));
}

TEST_CASE("without mixing the samples stay and the wanted outputs are the teachers' mean") {
  const Samples samples = corners(3);
  const std::vector<FloatNet> teachers = {constant_net(3, {0, 0}), constant_net(3, {0, 2})};
  TrainOptions training;
  const Samples soft = taught_samples(teachers, training, {2, 0}, samples);
  CHECK(soft.epochs == 1);
  CHECK(soft.x == samples.x);
  CHECK(soft.labels == samples.labels);
  // 1 / (1 + e^-2) = 0.8807970780
  for (int n = 0; n < 3; ++n) {
    CHECK(soft.probabilities(1, n) == Approx((0.5 + 0.8807970780) / 2));
    CHECK(soft.probabilities(0, n) == Approx((0.5 + 0.1192029220) / 2));
  }
  training.output = OutputKind::kSigmoid;
  const Samples each = taught_samples(teachers, training, {2, 0}, samples);
  CHECK(each.probabilities(0, 0) == Approx(0.5));
  CHECK(each.probabilities(1, 0) == Approx((0.5 + 0.8807970780) / 2));
}

TEST_CASE("a moved sample lies between itself and another one, at most as far as told") {
  const Samples samples = corners(30);
  const Samples taught =
      taught_samples({constant_net(30, {0, 1})}, TrainOptions{}, {1, 0.4}, samples);
  REQUIRE(taught.epochs == 20);
  REQUIRE(taught.x.cols() == 600);
  double moved = 0;
  for (Eigen::Index c = 0; c < taught.x.cols(); ++c) {
    CHECK(taught.x.col(c).sum() == Approx(1));
    CHECK(taught.x(c % 30, c) >= 0.6f);
    CHECK((taught.x.col(c).array() != 0).count() <= 2);
    CHECK(taught.labels[std::size_t(c)] == (c % 30) % 2);
    moved += 1 - double(taught.x(c % 30, c));
  }
  // Uniform up to 0.4, but for the one in thirty that moves towards itself: four deviations.
  CHECK(std::abs(moved / 600 - 0.2 * 29 / 30) < 4 * 0.12 / std::sqrt(600));
}

TEST_CASE("teachers differ from one another and are the same again") {
  const Samples samples = corners(8);
  TrainOptions training;
  training.epochs = 3;
  const auto teachers = train_teachers({8, 4, 2}, training, {3, 0}, samples);
  const auto again = train_teachers({8, 4, 2}, training, {3, 0}, samples);
  REQUIRE(teachers.size() == 3);
  for (std::size_t t = 0; t < 3; ++t) {
    CHECK(teachers[t][0].weights == again[t][0].weights);
    CHECK(teachers[t][1].weights != teachers[(t + 1) % 3][1].weights);
  }
}

TEST_CASE("an epoch's samples and their probabilities come from its own part") {
  Samples samples;
  samples.epochs = 3;
  samples.x.resize(1, 12);
  samples.probabilities.resize(2, 12);
  for (int n = 0; n < 12; ++n) {
    samples.x(0, n) = static_cast<float>(n);
    samples.probabilities.col(n) << static_cast<float>(n), static_cast<float>(-n);
    samples.labels.push_back(n % 2);
  }
  TrainOptions training;
  training.epochs = 4;
  training.batch = 3;
  FloatNet net = make_net({1, 2}, 1);
  std::vector<std::multiset<int>> seen(1);
  const BatchGradient gradient = [&](const FloatNet& n, const Matrix<float>& x,
                                     const Targets& targets, Gradients<float>& out) {
    REQUIRE(targets.probabilities != nullptr);
    for (Eigen::Index b = 0; b < x.cols(); ++b) {
      const auto number = static_cast<int>(x(0, b));
      CHECK((*targets.probabilities)(0, b) == x(0, b));
      CHECK(targets.labels[std::size_t(b)] == number % 2);
      if (seen.back().size() == 4) seen.emplace_back();
      seen.back().insert(number);
    }
    out = n;
    return 0.0;
  };
  train(net, samples, training, gradient);
  const std::vector<std::multiset<int>> parts = {
      {0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}, {0, 1, 2, 3}};
  CHECK(seen == parts);
}

TEST_CASE("a centred scaling moves each input by the middle of the range, but no constant one") {
  Dataset d;
  d.features = {0, 5, 4, 5, 1, 5};
  d.feature_names = {"varies", "constant"};
  d.labels = {0, 1, 0};
  d.classes = {"a", "b"};
  const std::vector<int> rows = {0, 1, 2};
  const InputScaling scaling = fit_scaling(ScalingKind::kMinMax, d, rows);
  const Samples before = scaled_samples(d, rows, scaling);
  const Samples after = scaled_samples(d, rows, centred(scaling));
  CHECK(middle_of(scaling) == Eigen::Vector2f(0.5f, 0));
  CHECK(after.x(0, 0) == Approx(-0.5));
  CHECK(after.x(0, 1) == Approx(0.5));
  CHECK(after.x(0, 2) == Approx(-0.25));
  CHECK(after.x.row(1).isZero());
  CHECK((before.x.colwise() - middle_of(scaling) - after.x).cwiseAbs().maxCoeff() < 1e-6f);
}
