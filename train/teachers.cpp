#include "train/teachers.h"

#include <algorithm>

#include "model/rng.h"

namespace axnn {
namespace {

// Epochs until the moved samples repeat: fewer if they would take more than this many inputs.
constexpr int kEpochs = 20;
constexpr Eigen::Index kInputs = 50'000'000;

void to_probabilities(OutputKind output, Matrix<float>& logits) {
  if (output == OutputKind::kSigmoid) {
    logits = (1.0f + (-logits.array()).exp()).inverse();
    return;
  }
  for (auto column : logits.colwise()) {
    column = (column.array() - column.maxCoeff()).exp();
    column /= column.sum();
  }
}

}  // namespace

std::vector<FloatNet> train_teachers(const std::vector<int>& widths, const TrainOptions& training,
                                     const TeacherOptions& options, const Samples& samples,
                                     const std::function<void(int)>& before) {
  const Rng seeds(training.seed, Purpose::kTeacher);
  std::vector<FloatNet> teachers;
  for (int t = 0; t < options.nets; ++t) {
    if (before) before(t);
    TrainOptions own = training;
    own.seed = seeds.bits(static_cast<std::uint64_t>(t));
    teachers.push_back(make_net(widths, own.seed));
    train(teachers.back(), samples, own, bp_gradient(own.output));
  }
  return teachers;
}

Samples taught_samples(const std::vector<FloatNet>& teachers, const TrainOptions& training,
                       const TeacherOptions& options, const Samples& samples) {
  const Rng rng(training.seed, Purpose::kTaughtSample);
  const Eigen::Index count = samples.x.cols();
  const Eigen::Index fitting = kInputs / std::max<Eigen::Index>(1, samples.x.size());
  Samples taught;
  taught.epochs =
      options.mix == 0 ? 1 : static_cast<int>(std::clamp<Eigen::Index>(fitting, 1, kEpochs));
  taught.x = samples.x.replicate(1, taught.epochs);
  for (int e = 0; e < taught.epochs; ++e) {
    taught.labels.insert(taught.labels.end(), samples.labels.begin(), samples.labels.end());
  }
  for (Eigen::Index c = 0; options.mix > 0 && c < taught.x.cols(); ++c) {
    const auto number = static_cast<std::uint64_t>(c);
    const auto way = static_cast<float>(options.mix * rng.uniform(number, 0));
    const auto other = static_cast<Eigen::Index>(rng.below(std::uint64_t(count), number, 1));
    taught.x.col(c) += way * (samples.x.col(other) - samples.x.col(c % count));
  }
  taught.probabilities.setZero(teachers.front().back().weights.rows(), taught.x.cols());
  Workspace<float> work;
  for (const FloatNet& teacher : teachers) {
    Matrix<float> outputs = forward(teacher, taught.x, work);
    to_probabilities(training.output, outputs);
    taught.probabilities += outputs / static_cast<float>(teachers.size());
  }
  return taught;
}

}  // namespace axnn
