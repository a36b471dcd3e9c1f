// What the accelerator is loaded with: instructions and the images of its weight and bias memories.
// docs/isa.md describes the instructions; the field positions come from rtl/axnn_pkg.sv.
#pragma once

#include <cstdint>
#include <optional>
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
Instruction make_set_mode(int mode, int level = 0);
Instruction make_load_weights(int base, int local, int words);
Instruction make_receive(int bank, int words, bool only_if_more);
/// A batch of kCols << octets_log samples of so many words each.
Instruction make_receive_batch(int bank, int words, int octets_log, bool only_if_more);
Instruction make_loop(int target);

/// Fields of a layer instruction, in words, tiles and bank numbers.
struct LayerFields {
  int in = 1;         ///< neuron words read; of a batch: inputs
  int out_tiles = 1;  ///< tiles of kRows outputs; of a batch: of kRows >> split
  int weight_base = 0;
  bool weight_local = false;  ///< from the local weight memories
  int bias_base = 0;
  int source = 0;  ///< neuron bank read
  int target = 0;  ///< neuron bank written, unless to_stream
  bool to_stream = false;
  Activation activation = Activation::kRelu;
  int shift = 0;
  bool only_if_more = false;
  bool batch = false;
  int split = 0;       ///< batch: kRows >> split outputs of 1 << split octets at a time
  int octets_log = 0;  ///< batch: it has 1 << octets_log octets
};
Instruction make_layer(const LayerFields& fields);
/// The fields of an OpLayer or OpBatch.
LayerFields layer_fields(Instruction instruction);

/// Mode that an OpSetMode sets.
int set_mode(Instruction instruction);

/// Why the decoder refuses a word (rtl/control/axnn_decoder.sv): ErrOpcode or ErrField, and a line that
/// says what. kErrNone and nothing for a legal one.
struct Refusal {
  int error = kErrNone;
  std::string reason;
};
Refusal refusal(Instruction instruction);

/// Words that an OpLoadW copies.
int load_words(Instruction instruction);
/// Writes of subs of a neuron bank that an OpRecv makes: one a word, a batch's word goes to all.
std::int64_t receive_writes(Instruction instruction);

/// Opcode of an instruction word (OpCode, or a number that is none).
int opcode(Instruction instruction);

/// One line a person can read, e.g. "layer in=4 out=8 ...".
std::string describe(Instruction instruction);

/// Which layer of the network an instruction runs, and for which samples.
struct LayerTag {
  int address = 0;  ///< in the program
  int layer = 0;    ///< from 0
  int sample = 0;   ///< the first one, counted from the first sample of the round it runs in

  friend bool operator==(const LayerTag&, const LayerTag&) = default;
};

/// Memory images in the order the hardware addresses them. The program's loop runs in rounds, each
/// of so many samples; the host fills the last round up.
struct Program {
  std::vector<Instruction> instructions;
  /// Words x kPes; PE (r, c) at r * kCols + c. Stored bits, read as two's complement.
  std::vector<Code> weights;
  std::vector<std::int32_t> biases;                     ///< words x kRows
  WeightFormat format = WeightFormat::kTwosComplement;  ///< of the weights
  int round_samples = 1;
  std::vector<LayerTag> tags;  ///< of all layer instructions, by address

  friend bool operator==(const Program&, const Program&) = default;
};

/// Throws Error if an image has a part of a word or is larger than the hardware's memory, or if
/// the tags are not those of the layer instructions.
void validate(const Program& program);

/// Goes through a program as the control unit does.
class ProgramWalk {
 public:
  /// `rounds` as the host starts it with, at least 1. The program must outlive the walk.
  ProgramWalk(const Program& program, std::int64_t rounds);

  /// The next instruction that is carried out (not skipped), or nothing after the halt, the last
  /// program word or anything that is no instruction.
  std::optional<Instruction> next();

  int address() const { return address_; }           ///< of the instruction returned last
  std::int64_t round() const { return round_; }      ///< from 0, in which it was carried out
  std::int64_t fetches() const { return fetches_; }  ///< instructions read so far

 private:
  const Program& program_;
  std::int64_t rounds_;
  std::int64_t round_ = 0;
  std::int64_t fetches_ = 0;
  int address_ = -1;
  int pc_ = 0;
  bool done_ = false;
};

}  // namespace axnn
