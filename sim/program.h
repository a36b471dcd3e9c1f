// What the accelerator is loaded with: instructions and the images of its weight and bias memories.
// docs/isa.md describes the instructions; the field positions come from rtl/axnn_pkg.sv.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/fixed_point.h"
#include "model/network.h"
#include "model/weight_format.h"
#include "model/weight_layout.h"

namespace axnn {

using Instruction = std::uint64_t;

/// Makers of the instructions. Each throws Error if a value does not fit its field; what the
/// hardware rejects at run time (a layer past the weight memory, say) is not checked here.
Instruction make_halt();
Instruction make_set_mode(int mode);
Instruction make_load_weights(int base, int local, int words);
Instruction make_receive(int bank, int words, bool only_if_more);
Instruction make_loop(int target);

/// Fields of a layer instruction, in words, tiles and bank numbers.
struct LayerFields {
  int in_words = 1;   ///< neuron words read
  int out_tiles = 1;  ///< tiles of kRows outputs
  int weight_base = 0;
  bool weight_local = false;  ///< from the local weight memories
  int bias_base = 0;
  int source = 0;  ///< neuron bank read
  int target = 0;  ///< neuron bank written, unless to_stream
  bool to_stream = false;
  Activation activation = Activation::kRelu;
  int shift = 0;
};
Instruction make_layer(const LayerFields& fields);

/// Opcode of an instruction word (OpCode, or a number that is none).
int opcode(Instruction instruction);

/// One line a person can read, e.g. "layer in=4 out=8 ...".
std::string describe(Instruction instruction);

/// Memory images in the order the hardware addresses them.
struct Program {
  std::vector<Instruction> instructions;
  /// Words x kPes; PE (r, c) at r * kCols + c. Stored bits, read as two's complement.
  std::vector<Code> weights;
  std::vector<std::int32_t> biases;                     ///< words x kRows
  WeightFormat format = WeightFormat::kTwosComplement;  ///< of the weights

  friend bool operator==(const Program&, const Program&) = default;
};

/// Throws Error if an image has a part of a word or is larger than the hardware's memory.
void validate(const Program& program);

}  // namespace axnn
