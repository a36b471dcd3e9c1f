// Sharpness-aware minimisation (Foret et al., ICLR 2021), the modern peer of AxTrain-act: the
// gradient is taken where the loss is worst within a small distance of the weights.
#pragma once

#include "train/trainer.h"

namespace axnn {

/// `gradient` at net + rho * g / |g|, g being its result at net over all weights and biases. The
/// value returned is the loss at net.
BatchGradient sam_gradient(const BatchGradient& gradient, double rho);

}  // namespace axnn
