// Programs as text: the lines that describe() writes, and back.
//
//   # comment
//   setmode M1 level=0
//   loadw weights=0 local=0 words=104
//   recv bank=0 words=4
//   next:
//   layer in=4 out=8 weights=local:0 bias=0 from=0 to=1 act=relu shift=12
//   recv bank=0 words=4 if-more
//   layer in=8 out=1 weights=local:96 bias=16 from=1 to=stream act=raw shift=0
//   loop next
//   halt
//
// recv of a batch has samples=8, 16 or 32; a batch's layer is `batch`, in= counts inputs, out=
// tiles of 8 >> split outputs, and it ends in samples= and split=. A number before an instruction
// is its address, as axnn export prints it, and must be right. A loop's target is a label or an
// address.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/program.h"

namespace axnn {

/// Instructions of a text; `name` stands before line numbers in errors. Throws Error naming the
/// line for anything that is no instruction, a key that is missing, unknown or given twice, a value
/// out of its field or that the decoder refuses, an unknown label, a loop to an instruction that is
/// not there, or none or more than kProgDepth instructions.
std::vector<Instruction> assemble(std::string_view text, const std::string& name);

/// One line an instruction, with its address; assemble() gives the same instructions back.
std::string disassemble(const std::vector<Instruction>& instructions);

}  // namespace axnn
