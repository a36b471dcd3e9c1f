// From a float network to codes: chooses each layer's power-of-two exponents on training samples.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/scaling.h"
#include "model/float_net.h"
#include "model/model.h"

namespace axnn {

/// The number of fractional bits whose codes have the least mean squared error from `values`,
/// rounding and saturation counted; the larger one on a tie, kDataW - 1 if all are zero.
int best_fraction(std::span<const float> values);

/// Fractional bits of every grid in a network of L layers.
struct Formats {
  std::vector<int> activations;  ///< L: of the codes entering each layer, the inputs' first
  std::vector<int> weights;      ///< L

  friend bool operator==(const Formats&, const Formats&) = default;
};

/// Changes the fractions as little as needed for every layer's shift to be one the accelerator has;
/// what leaves a sigmoid unit is on its own grid. Formats and net have as many layers.
void limit_shifts(const FloatNet& net, Formats& formats);

/// Fractional bits that layer l drops before its activation; 0 in the last one.
int shift_of(const FloatNet& net, const Formats& formats, std::size_t l);

/// Inputs, weights and activations (of `samples`, which must be training samples) each on the grid
/// of best_fraction. Throws Error for a value that is not finite.
Formats best_formats(const FloatNet& net, const Samples& samples);

/// At most some thousand of the samples, evenly spaced: enough to judge activations on.
Matrix<float> some_columns(const Matrix<float>& x);

/// Bias code of a layer whose accumulators have `fraction` fractional bits: halves up, saturated.
std::int32_t bias_code(float bias, int fraction);

/// The network as the accelerator runs it, on the given grids (limit_shifts done): biases in
/// accumulator units; the last layer raw. Fills scaling and layers of the result,
/// not its classes or provenance. Throws Error for a weight that is not finite or a layer the
/// accelerator cannot hold (validate()).
Model make_model(const FloatNet& net, const InputScaling& scaling, const Formats& formats);

/// make_model on best_formats.
Model calibrate(const FloatNet& net, const InputScaling& scaling, const Samples& samples);

/// The float network in a model.
FloatNet float_net(const Model& model);

}  // namespace axnn
