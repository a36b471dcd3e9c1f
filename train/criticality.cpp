#include "train/criticality.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace axnn {

std::vector<std::vector<double>> criticality(Criticality kind, OutputKind output,
                                             const FloatNet& net, const Samples& samples) {
  Workspace<float> work;
  Gradients<float> gradients;
  const Matrix<float>& logits = forward(net, samples.x, work);
  work.deltas.resize(net.size());
  loss(output, logits, samples.labels, work.deltas.back());
  backward(net, samples.x, work, gradients);
  std::vector<std::vector<double>> values;
  for (const Matrix<float>& delta : work.deltas) {
    // loss() has divided by the number of samples, so a sum is a mean.
    const Matrix<double> d = delta.cast<double>();
    const Vector<double> mean = kind == Criticality::kMeanMagnitude
                                    ? Vector<double>(d.cwiseAbs().rowwise().sum())
                                    : Vector<double>(d.rowwise().sum().cwiseAbs());
    values.emplace_back(mean.data(), mean.data() + mean.size());
  }
  return values;
}

void mark_least_critical(const std::vector<std::vector<double>>& values, int count,
                         NeuronMask& mask) {
  struct Neuron {
    double value;
    std::size_t layer;
    std::size_t number;
  };
  std::vector<Neuron> rest;
  int marked = 0;
  for (std::size_t l = 0; l < mask.size(); ++l) {
    for (std::size_t o = 0; o < mask[l].size(); ++o) {
      if (mask[l][o] != 0) {
        ++marked;
      } else {
        rest.push_back({values[l][o], l, o});
      }
    }
  }
  std::stable_sort(rest.begin(), rest.end(),
                   [](const Neuron& a, const Neuron& b) { return a.value < b.value; });
  for (const Neuron& n : rest) {
    if (marked++ >= count) break;
    mask[n.layer][n.number] = 1;
  }
}

NeuronMask no_neurons(const FloatNet& net) {
  NeuronMask mask;
  for (const auto& layer : net) mask.emplace_back(std::size_t(layer.bias.size()), char{0});
  return mask;
}

MaskShare share_of(const NeuronMask& mask, const FloatNet& net) {
  if (mask.empty()) return {};
  double neurons = 0;
  double products = 0;
  double marked_neurons = 0;
  double marked_products = 0;
  for (std::size_t l = 0; l < net.size(); ++l) {
    const auto marked = static_cast<double>(std::ranges::count(mask[l], char{1}));
    const auto inputs = static_cast<double>(net[l].weights.cols());
    neurons += static_cast<double>(mask[l].size());
    products += static_cast<double>(mask[l].size()) * inputs;
    marked_neurons += marked;
    marked_products += marked * inputs;
  }
  return {marked_neurons / neurons, marked_products / products};
}

}  // namespace axnn
