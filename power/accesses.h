// What one inference makes the accelerator do: cycles, and uses of each memory and of the data
// path.
#pragma once

#include "model/network.h"
#include "sim/program.h"

namespace axnn {

/// Means of one inference; samples follow one another, loading is not counted. A memory access is
/// one of one macro: a PE's local memory (kDataW bits), a row's macro of the weight buffer
/// (kWeightRowW), the bias memory (kBiasWordW), the program memory (kInstrW); of a neuron memory, both
/// its macros (kNeuronWordW together).
struct Inference {
  double macs = 0;          ///< useful multiply-accumulates
  double steps = 0;         ///< cycles in which all PEs multiply and accumulate
  double cycles = 0;        ///< all of them
  double result_tiles = 0;  ///< row sums, biases and activations of kRows outputs
  double output_tiles = 0;  ///< of these, into the output FIFO
  double neuron_local_reads = 0;
  double neuron_local_writes = 0;
  double weight_local_reads = 0;
  double weight_buffer_reads = 0;
  double neuron_buffer_reads = 0;
  double neuron_buffer_writes = 0;  ///< results of hidden layers and the input
  double bias_reads = 0;
  double program_reads = 0;
};

/// Of a compiled network in the middle of a long run. `cycles` are the steps alone, as the paper
/// counts.
Inference inference_of(const Program& program, const IntegerNet& net);

}  // namespace axnn
