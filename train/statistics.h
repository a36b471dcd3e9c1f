// Figures of a trained model as data: where its weights' and activations' magnitudes lie (paper,
// Fig. 5), and how much each weight matters (Fig. 6).
#pragma once

#include <string>

#include "data/scaling.h"
#include "model/model.h"
#include "train/sensitivity.h"

namespace axnn {

/// CSV "kind,layer,share,magnitude": for each layer's weights ("weight") and for the activations
/// entering it ("activation"), the magnitude below which 0, 1, ... 100 % of the values lie (nearest
/// rank), and a line with layer 0 for all layers together.
std::string distribution_csv(const Model& model, const Samples& samples);

/// CSV "layer,output,input,weight,sensitivity,contribution": for each weight the mean over samples
/// of sum over k of |dO_k/dw|, and that times |w| (the terms of Eq. 5).
std::string sensitivity_csv(const Model& model, const Samples& samples, SensitivityOf of);

}  // namespace axnn
