// Sharpness-aware minimisation (Foret et al., ICLR 2021), the modern peer of AxTrain-act: the
// gradient is taken where the loss is worst within a small distance of the weights.
#pragma once

#include "train/trainer.h"

namespace axnn {

/// Gradients at net + rho * g / |g|, g being the gradients at net over all weights and biases. The
/// value returned is the loss at net.
BatchGradient sam_gradient(OutputKind output, double rho);

}  // namespace axnn
