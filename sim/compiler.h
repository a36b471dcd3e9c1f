// From an integer network to the accelerator's program and memory images.
#pragma once

#include "model/mapping.h"
#include "model/multiplier.h"
#include "model/network.h"
#include "sim/program.h"

namespace axnn {

struct CompileOptions {
  Mapping mapping = Mapping::kLatency;
  WeightFormat format = WeightFormat::kTwosComplement;  ///< of the stored weights
  int level = 0;  ///< voltage level of the weight memories, 0 to 3
};

/// The program sets the mode and voltage level, keeps the weights in the local memories if all of
/// them fit there (kLocalDepth words), and then runs in rounds. Results of the last layer go to the
/// output stream. What pads a ReLU layer to whole tiles emits 0, whatever its weights: they may be
/// stored in a format without 0, or flip.
///   kLatency     a round is a sample; the next one is received meanwhile
///   kPipelined   a round is two samples, a layer of one between the layers of the other; their
///                last layers alternate with the first layers of the next two. A network whose
///                banks do not work out so is compiled as kLatency.
///   kThroughput  a round is two batches of 8, 16 or 32 samples, the most that the neuron banks
///                hold; each layer takes the split of the rows that needs the fewest cycles, and of
///                those the one that reads the fewest bits. A layer of fewer than kCols inputs is
///                padded to as many, by inputs of 0 like those that pad a neuron word.
/// Throws Error if the network is not valid or does not fit the hardware, or a sum the accumulator.
Program compile(const IntegerNet& net, Multiplier multiplier, const CompileOptions& options = {});

}  // namespace axnn
