#include "train/format_search.h"

#include <algorithm>
#include <cmath>

#include "model/error.h"
#include "model/parallel.h"
#include "model/rng.h"

namespace axnn {
namespace {

constexpr double kShare = 0.999;

Halvings random_halvings(int layers, int max_halvings, const Rng& rng, std::uint32_t number) {
  Halvings h;
  std::uint64_t draw = 0;
  const auto next = [&] {
    return static_cast<int>(rng.below(std::uint64_t(max_halvings) + 1, draw++, number));
  };
  for (int l = 0; l < layers; ++l) {
    h.activations.push_back(next());
    h.weights.push_back(next());
  }
  return h;
}

}  // namespace

int percentile_fraction(std::span<const float> values) {
  std::vector<float> magnitudes;
  magnitudes.reserve(values.size());
  for (float v : values) {
    if (!std::isfinite(v)) throw Error("a value is not finite", "formats", "train again");
    magnitudes.push_back(std::abs(v));
  }
  const auto rank =
      static_cast<std::size_t>(std::ceil(kShare * static_cast<double>(magnitudes.size()))) - 1;
  const auto at = magnitudes.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(magnitudes.begin(), at, magnitudes.end());
  if (*at == 0) return kDataW - 1;
  int exponent = 0;  // value = m * 2^exponent, m in [0.5, 1)
  const float m = std::frexp(*at, &exponent);
  if (m == 0.5f) --exponent;  // a power of two is its own range
  return kDataW - 1 - exponent;
}

Formats halved_formats(const FloatNet& net, const Samples& samples, const Halvings& halvings) {
  const Matrix<float> x = some_columns(samples.x);
  Workspace<float> work;
  forward(net, x, work);
  const auto of = [](const Matrix<float>& m) {
    return percentile_fraction({m.data(), static_cast<std::size_t>(m.size())});
  };
  Formats f;
  for (std::size_t l = 0; l < net.size(); ++l) {
    f.activations.push_back(of(l == 0 ? x : work.outputs[l - 1]) + halvings.activations[l]);
    f.weights.push_back(of(net[l].weights) + halvings.weights[l]);
  }
  limit_shifts(net, f);
  return f;
}

Halvings search_formats(int layers, const FormatSearch& search, std::uint64_t seed,
                        const FormatScore& score, int threads) {
  struct Tried {
    double score;
    Halvings halvings;
  };
  const Rng rng(seed, Purpose::kFormatSearch);
  std::vector<Tried> tried{{0, random_halvings(layers, 0, rng, 0)}};
  if (search.candidates <= 1) return tried.front().halvings;
  for (int c = 1; c < search.candidates; ++c) {
    tried.push_back({0, random_halvings(layers, search.max_halvings, rng, std::uint32_t(c))});
  }
  const auto judge = [&](int epochs) {
    parallel_for(tried.size(), threads,
                 [&](std::size_t c) { tried[c].score = score(tried[c].halvings, epochs); });
  };
  const auto better = [](const Tried& a, const Tried& b) { return a.score < b.score; };
  judge(search.epochs);
  std::stable_sort(tried.begin(), tried.end(), better);
  tried.resize(std::min(tried.size(), std::size_t(std::max(1, search.finalists))));
  judge(3 * search.epochs);
  return std::min_element(tried.begin(), tried.end(), better)->halvings;
}

HardwareScore hardware_score(const FloatNet& net, const Formats& formats, Multiplier mode,
                             OutputKind output, const Samples& samples, const FlipMasks* masks,
                             WeightFormat storage, const NeuronMask& approximate) {
  PasForward forward(formats, storage, approximate);
  forward.set_net(net);
  if (masks != nullptr) forward.flip(*masks);
  const Matrix<float>& logits = forward.run(samples.x, mode);
  HardwareScore result;
  Matrix<float> delta;
  result.loss = loss(output, logits, samples.labels, delta);
  for (Eigen::Index n = 0; n < logits.cols(); ++n) {
    Eigen::Index top = 0;
    logits.col(n).maxCoeff(&top);
    result.accuracy += top == samples.labels[std::size_t(n)];
  }
  result.accuracy /= static_cast<double>(logits.cols());
  return result;
}

}  // namespace axnn
