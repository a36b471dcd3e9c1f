#include "train/adopt.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "eval/test_set.h"
#include "model/error.h"
#include "train/calibrate.h"
#include "train/format_search.h"

namespace axnn {
namespace {

constexpr std::size_t kJudges = 4096;  // rows that judge, evenly spaced
constexpr float kUnbounded = 1e30f;    // of inputs: codes saturate before
constexpr int kPixel = 255;

std::vector<int> some_rows(std::span<const int> rows) {
  const std::size_t stride = (rows.size() + kJudges - 1) / kJudges;
  std::vector<int> some;
  for (std::size_t n = 0; n < rows.size(); n += stride) some.push_back(rows[n]);
  return some;
}

// Every feature a byte, scaled alike: then the bounds are those of a byte.
bool are_pixels(const Dataset& data, const InputScaling& s) {
  const auto alike = [](const std::vector<float>& v) {
    return std::ranges::all_of(v, [&](float x) { return x == v[0]; });
  };
  float top = 0;
  for (const float v : data.features) {
    if (v < 0 || v > kPixel || v != std::floor(v)) return false;
    top = std::max(top, v);
  }
  return top == kPixel && alike(s.offset) && alike(s.gain);
}

void set_bounds(InputScaling& s, const Dataset& data) {
  s.low = -kUnbounded;
  s.high = kUnbounded;
  if (!are_pixels(data, s)) return;
  const float black = (0 - s.offset[0]) * s.gain[0];
  const float white = (kPixel - s.offset[0]) * s.gain[0];
  s.low = std::min(black, white);
  s.high = std::max(black, white);
}

// Scalings that are tried beside the network's own.
constexpr std::pair<ScalingKind, double> kFitted[] = {
    {ScalingKind::kSpan, 0.0}, {ScalingKind::kSpan, 0.02}, {ScalingKind::kStandardise, 4.0}};

struct Candidate {
  FloatNet net;
  InputScaling scaling;
};

// What a choice of exponents loses in a mode: the share of errors, and a little of the loss.
double score(const Model& model, const TestSet& set, const Multiplier& mode) {
  std::vector<BatchOutput> out;
  GoldenModel(model.integer_net(), mode).run_batch(set.codes, out);
  const ModelLayer& last = model.layers.back();
  const Eigen::Map<const Matrix<std::int32_t>> sums(out.back().accumulators.data(), last.outputs,
                                                    set.rows());
  const Matrix<float> logits =
      sums.cast<float>() * std::ldexp(1.0f, -(last.input_fraction + last.weight_fraction));
  Matrix<float> delta;
  const double mean = loss(OutputKind::kSoftmax, logits, set.labels, delta);
  int wrong = 0;
  for (Eigen::Index n = 0; n < logits.cols(); ++n) {
    Eigen::Index top = 0;
    logits.col(n).maxCoeff(&top);
    wrong += top != set.labels[std::size_t(n)];
  }
  return double(wrong) / set.rows() + 0.05 * std::min(mean, 2.0);
}

// M0 decides; a rough mode's whole range of accuracies is worth `kSay` of M0's.
constexpr double kSay = 0.02;

double score(const Candidate& c, const Formats& formats, const Dataset& data,
             std::span<const int> rows, const std::vector<Multiplier>& modes) {
  const Model model = make_model(c.net, c.scaling, formats);
  const TestSet set = make_test_set(model, data, rows);
  double sum = score(model, set, Multiplier{});
  for (const Multiplier& m : modes) sum += kSay / double(modes.size()) * score(model, set, m);
  return sum;
}

}  // namespace

FloatNet with_scaling(FloatNet net, const InputScaling& from, const InputScaling& to) {
  Dense<float>& first = net.front();
  for (Eigen::Index i = 0; i < first.weights.cols(); ++i) {
    const auto n = std::size_t(i);
    // x = y / to.gain + to.offset, in the old scaling.
    const double at_zero = (double{to.offset[n]} - double{from.offset[n]}) * double{from.gain[n]};
    const double slope = to.gain[n] == 0 ? 0 : double{from.gain[n]} / double{to.gain[n]};
    first.bias += first.weights.col(i) * static_cast<float>(at_zero);
    first.weights.col(i) *= static_cast<float>(slope);
  }
  return net;
}

Model adopt(const FloatNet& net, const InputScaling& scaling, const Dataset& data,
            std::span<const int> train, const AdoptOptions& options) {
  if (net.front().weights.cols() != data.inputs() ||
      net.back().bias.size() != Eigen::Index(data.classes.size())) {
    throw Error("the network does not fit the data set", data.name);
  }
  const std::vector<int> judges = some_rows(train);
  Candidate given{net, scaling};
  set_bounds(given.scaling, data);
  std::vector<Candidate> candidates{given};
  for (const auto& [kind, limit] : kFitted) {
    InputScaling fitted = fit_scaling(kind, data, train, limit);
    for (std::size_t i = 0; i < fitted.gain.size(); ++i) {
      if (fitted.gain[i] == 0)
        fitted.gain[i] = scaling.gain[i];  // constant there, perhaps not elsewhere
    }
    set_bounds(fitted, data);
    candidates.push_back({with_scaling(net, scaling, fitted), fitted});
  }
  double least = INFINITY;
  Model best;
  for (const Candidate& c : candidates) {
    const Samples seen = scaled_samples(data, judges, c.scaling);
    const auto judge = [&](const Formats& f) { return score(c, f, data, judges, options.modes); };
    FormatSearch search;
    search.candidates = options.candidates;
    search.finalists = 1;
    const auto of_halvings = [&](const Halvings& h, int) {
      return judge(halved_formats(c.net, seen, h));
    };
    const Halvings halvings = search_formats(static_cast<int>(net.size()), search, options.seed,
                                             of_halvings, options.threads);
    for (const Formats& f : {best_formats(c.net, seen), halved_formats(c.net, seen, halvings)}) {
      if (const double s = judge(f); s < least) {
        least = s;
        best = make_model(c.net, c.scaling, f);
      }
    }
  }
  best.classes = data.classes;
  return best;
}

}  // namespace axnn
