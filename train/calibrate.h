// From a float network to codes: chooses each layer's power-of-two exponents on training samples.
#pragma once

#include <span>

#include "model/model.h"
#include "train/float_net.h"
#include "train/scaling.h"

namespace axnn {

/// The number of fractional bits whose codes have the least mean squared error from `values`,
/// rounding and saturation counted; the larger one on a tie, kDataW - 1 if all are zero.
int best_fraction(std::span<const float> values);

/// The network as the accelerator runs it: inputs, weights and activations (of `samples`, which
/// must be training samples) each on the grid of best_fraction; biases in accumulator units;
/// hidden layers ReLU, the last one raw. Fills scaling and layers of the result, not its classes
/// or provenance. Throws Error for a weight that is not finite or a layer the accelerator cannot
/// hold (validate()).
Model calibrate(const FloatNet& net, const InputScaling& scaling, const Samples& samples);

/// The float network in a model.
FloatNet float_net(const Model& model);

}  // namespace axnn
