#include "sim/program.h"

#include <fmt/format.h>

#include "model/error.h"

namespace axnn {
namespace {

Instruction field(const char* name, int value, int lsb, int width) {
  if (value < 0 || value >= (1 << width)) {
    throw Error(fmt::format("{} {} does not fit {} bits", name, value, width), "instruction");
  }
  return static_cast<Instruction>(value) << lsb;
}

int extract(Instruction word, int lsb, int width) {
  return static_cast<int>((word >> lsb) & ((Instruction{1} << width) - 1));
}

Instruction op(OpCode code) { return static_cast<Instruction>(code) << (kInstrW - kOpW); }

}  // namespace

Instruction make_halt() { return op(kOpHalt); }

Instruction make_set_mode(int mode) { return op(kOpSetMode) | field("mode", mode, kFModeLsb, 2); }

Instruction make_load_weights(int base, int local, int words) {
  return op(kOpLoadW) | field("weight word", base, kFLoadBaseLsb, kWeightAw) |
         field("local word", local, kFLoadDstLsb, kLocalAw) |
         field("length", words - 1, kFLoadLenLsb, kLocalAw);
}

Instruction make_receive(int bank, int words, bool only_if_more) {
  return op(kOpRecv) | field("bank", bank, kFRecvBankLsb, kBankW) |
         field("length", words - 1, kFRecvLenLsb, kNeuronAw) |
         field("flag", only_if_more ? 1 : 0, kFRecvNextLsb, 1);
}

Instruction make_loop(int target) {
  return op(kOpLoop) | field("target", target, kFLoopTargetLsb, kProgAw);
}

Instruction make_layer(const LayerFields& f) {
  return op(kOpLayer) | field("input words", f.in_words - 1, kFInWordsLsb, kNeuronAw) |
         field("output tiles", f.out_tiles - 1, kFOutTilesLsb, kTileW) |
         field("weight word", f.weight_base, kFWeightBaseLsb, kWeightAw) |
         field("flag", f.weight_local ? 1 : 0, kFWeightLocalLsb, 1) |
         field("bias word", f.bias_base, kFBiasBaseLsb, kBiasAw) |
         field("source bank", f.source, kFSrcBankLsb, kBankW) |
         field("target bank", f.target, kFDstBankLsb, kBankW) |
         field("flag", f.to_stream ? 1 : 0, kFDstOutLsb, 1) |
         field("activation", static_cast<int>(f.activation), kFActLsb, 2) |
         field("shift", f.shift, kFShiftLsb, kShiftW);
}

int opcode(Instruction instruction) { return static_cast<int>(instruction >> (kInstrW - kOpW)); }

std::string describe(Instruction w) {
  switch (opcode(w)) {
    case kOpHalt:
      return "halt";
    case kOpSetMode:
      return fmt::format("setmode M{}", extract(w, kFModeLsb, 2));
    case kOpLoadW:
      return fmt::format("loadw weights={} local={} words={}", extract(w, kFLoadBaseLsb, kWeightAw),
                         extract(w, kFLoadDstLsb, kLocalAw),
                         extract(w, kFLoadLenLsb, kLocalAw) + 1);
    case kOpRecv:
      return fmt::format("recv bank={} words={}{}", extract(w, kFRecvBankLsb, kBankW),
                         extract(w, kFRecvLenLsb, kNeuronAw) + 1,
                         extract(w, kFRecvNextLsb, 1) ? " if-more" : "");
    case kOpLoop:
      return fmt::format("loop {}", extract(w, kFLoopTargetLsb, kProgAw));
    case kOpLayer: {
      static constexpr const char* kActivations[] = {"raw", "linear", "relu", "sigmoid"};
      return fmt::format(
          "layer in={} out={} weights={}{} bias={} from={} to={} act={} shift={}",
          extract(w, kFInWordsLsb, kNeuronAw) + 1, extract(w, kFOutTilesLsb, kTileW) + 1,
          extract(w, kFWeightLocalLsb, 1) ? "local:" : "", extract(w, kFWeightBaseLsb, kWeightAw),
          extract(w, kFBiasBaseLsb, kBiasAw), extract(w, kFSrcBankLsb, kBankW),
          extract(w, kFDstOutLsb, 1) ? "stream" : std::to_string(extract(w, kFDstBankLsb, kBankW)),
          kActivations[extract(w, kFActLsb, 2)], extract(w, kFShiftLsb, kShiftW));
    }
    default:
      return fmt::format("illegal opcode {}", opcode(w));
  }
}

void validate(const Program& program) {
  const auto check = [](const char* what, std::size_t size, int word, int depth) {
    if (size % static_cast<std::size_t>(word) != 0) {
      throw Error(fmt::format("{} image ends inside a word", what), "program");
    }
    if (size / static_cast<std::size_t>(word) > static_cast<std::size_t>(depth)) {
      throw Error(
          fmt::format("{} words for a memory of {}", size / static_cast<std::size_t>(word), depth),
          fmt::format("{} image", what), "use a smaller network");
    }
  };
  check("program", program.instructions.size(), 1, kProgDepth);
  check("weight", program.weights.size(), kPes, kWeightDepth);
  check("bias", program.biases.size(), kRows, kBiasDepth);
}

}  // namespace axnn
