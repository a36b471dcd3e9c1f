// How much each neuron matters, by back-propagation: what AxNN and ApproxANN choose the neurons by
// that may multiply approximately.
#pragma once

#include <string_view>
#include <vector>

#include "data/scaling.h"
#include "model/float_net.h"
#include "model/multiplier.h"

namespace axnn {

/// A neuron's importance from delta, its dE/d(sum before the activation) of each sample.
enum class Criticality {
  kMeanMagnitude,  ///< mean of |delta|: the error that comes back to it (ApproxANN)
  kMagnitudeMean,  ///< |mean of delta|: its average error gradient (AxNN)
};

/// Per layer and neuron, over all samples; of the float network.
std::vector<std::vector<double>> criticality(Criticality kind, OutputKind output,
                                             const FloatNet& net, const Samples& samples);

/// Marks the least critical unmarked neurons of all layers until `count` are marked; the first of
/// equals. `mask` has the shape of `values`.
void mark_least_critical(const std::vector<std::vector<double>>& values, int count,
                         NeuronMask& mask);

/// No neuron of a network marked.
NeuronMask no_neurons(const FloatNet& net);

/// Shares of neurons, and of the network's multiplications, that a mask marks. 1 if it is empty.
struct MaskShare {
  double neurons = 1;
  double products = 1;
};
MaskShare share_of(const NeuronMask& mask, const FloatNet& net);

}  // namespace axnn
