// From an integer network to the accelerator's program and memory images, latency mapping: each
// layer in tiles of kRows outputs x kCols inputs, the next sample received while this one runs.
#pragma once

#include "model/multiplier.h"
#include "model/network.h"
#include "sim/program.h"

namespace axnn {

/// The program sets the mode, keeps the weights in the local memories if all of them fit there
/// (kLocalDepth words), and then runs once for every sample. Results of the last layer go to the
/// output stream. What pads a ReLU layer to whole tiles emits 0, whatever its weights: they may be
/// stored in a format without 0, or flip. Throws Error if the network is not valid or does not fit
/// the hardware.
Program compile(const IntegerNet& net, Multiplier multiplier,
                WeightFormat format = WeightFormat::kTwosComplement);

}  // namespace axnn
