// How often one inference uses each memory and each part of the data path, latency mapping.
#pragma once

#include <cstdint>

#include "model/network.h"

namespace axnn {

/// Counts of one inference; samples follow one another (SetMode and LoadW are not counted).
struct AccessCounts {
  std::int64_t steps = 0;               ///< cycles in which all PEs multiply and accumulate
  std::int64_t result_tiles = 0;        ///< row sums, biases and activations of kRows outputs
  std::int64_t output_tiles = 0;        ///< of these, into the output FIFO
  std::int64_t macs = 0;                ///< useful ones
  std::int64_t neuron_local_reads = 0;  ///< of one PE's memory, kDataW bits
  std::int64_t neuron_local_writes = 0;
  std::int64_t weight_local_reads = 0;
  std::int64_t weight_buffer_reads = 0;   ///< of all PEs' weights, kWeightWordW bits
  std::int64_t neuron_buffer_reads = 0;   ///< kNeuronWordW bits
  std::int64_t neuron_buffer_writes = 0;  ///< results of hidden layers and the input
  std::int64_t bias_reads = 0;            ///< kBiasWordW bits
  std::int64_t program_reads = 0;         ///< kInstrW bits
};

/// Counts from the shapes. In the first output tile of a layer each step reads the neuron buffer
/// and writes the local neuron memories; later tiles read those. Weights stay in the local memories
/// if the whole net takes at most kLocalDepth steps, otherwise each step reads the weight buffer.
AccessCounts latency_accesses(const IntegerNet& net);

}  // namespace axnn
