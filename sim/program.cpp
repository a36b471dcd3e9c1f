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

Instruction make_set_mode(int mode, int level) {
  return op(kOpSetMode) | field("mode", mode, kFModeLsb, 2) |
         field("voltage level", level, kFLevelLsb, 2);
}

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

Instruction make_receive_batch(int bank, int words, int octets_log, bool only_if_more) {
  return make_receive(bank, words, only_if_more) | field("flag", 1, kFRecvBatchLsb, 1) |
         field("octets", octets_log, kFRecvOctetsLsb, kSplitW);
}

Instruction make_loop(int target) {
  return op(kOpLoop) | field("target", target, kFLoopTargetLsb, kProgAw);
}

Instruction make_layer(const LayerFields& f) {
  return op(f.batch ? kOpBatch : kOpLayer) |
         field(f.batch ? "inputs" : "input words", f.in - 1, kFInLsb,
               f.batch ? kFanInW : kNeuronAw) |
         field("output tiles", f.out_tiles - 1, kFOutTilesLsb, kTileW) |
         field("weight word", f.weight_base, kFWeightBaseLsb, kWeightAw) |
         field("flag", f.weight_local ? 1 : 0, kFWeightLocalLsb, 1) |
         field("bias word", f.bias_base, kFBiasBaseLsb, kBiasAw) |
         field("source bank", f.source, kFSrcBankLsb, kBankW) |
         field("target bank", f.target, kFDstBankLsb, kBankW) |
         field("flag", f.to_stream ? 1 : 0, kFDstOutLsb, 1) |
         field("activation", static_cast<int>(f.activation), kFActLsb, 2) |
         field("shift", f.shift, kFShiftLsb, kShiftW) |
         field("flag", f.only_if_more ? 1 : 0, kFNextLsb, 1) |
         field("split", f.split, kFSplitLsb, kSplitW) |
         field("octets", f.octets_log, kFOctetsLsb, kSplitW);
}

LayerFields layer_fields(Instruction w) {
  LayerFields f;
  f.batch = opcode(w) == kOpBatch;
  f.in = extract(w, kFInLsb, f.batch ? kFanInW : kNeuronAw) + 1;
  f.out_tiles = extract(w, kFOutTilesLsb, kTileW) + 1;
  f.weight_base = extract(w, kFWeightBaseLsb, kWeightAw);
  f.weight_local = extract(w, kFWeightLocalLsb, 1) != 0;
  f.bias_base = extract(w, kFBiasBaseLsb, kBiasAw);
  f.source = extract(w, kFSrcBankLsb, kBankW);
  f.target = extract(w, kFDstBankLsb, kBankW);
  f.to_stream = extract(w, kFDstOutLsb, 1) != 0;
  f.activation = static_cast<Activation>(extract(w, kFActLsb, 2));
  f.shift = extract(w, kFShiftLsb, kShiftW);
  f.only_if_more = extract(w, kFNextLsb, 1) != 0;
  f.split = extract(w, kFSplitLsb, kSplitW);
  f.octets_log = extract(w, kFOctetsLsb, kSplitW);
  return f;
}

int load_words(Instruction w) { return extract(w, kFLoadLenLsb, kLocalAw) + 1; }

std::int64_t receive_writes(Instruction w) {
  const std::int64_t words = extract(w, kFRecvLenLsb, kNeuronAw) + 1;
  if (!extract(w, kFRecvBatchLsb, 1)) return words;
  return (words * kCols << extract(w, kFRecvOctetsLsb, kSplitW)) * kNeuronSubs;
}

int opcode(Instruction instruction) { return static_cast<int>(instruction >> (kInstrW - kOpW)); }

std::string describe(Instruction w) {
  switch (opcode(w)) {
    case kOpHalt:
      return "halt";
    case kOpSetMode:
      return fmt::format("setmode M{} level={}", extract(w, kFModeLsb, 2),
                         extract(w, kFLevelLsb, 2));
    case kOpLoadW:
      return fmt::format("loadw weights={} local={} words={}", extract(w, kFLoadBaseLsb, kWeightAw),
                         extract(w, kFLoadDstLsb, kLocalAw), load_words(w));
    case kOpRecv:
      return fmt::format(
          "recv bank={} words={}{}{}", extract(w, kFRecvBankLsb, kBankW),
          extract(w, kFRecvLenLsb, kNeuronAw) + 1,
          extract(w, kFRecvBatchLsb, 1)
              ? fmt::format(" samples={}", kCols << extract(w, kFRecvOctetsLsb, kSplitW))
              : "",
          extract(w, kFRecvNextLsb, 1) ? " if-more" : "");
    case kOpLoop:
      return fmt::format("loop {}", extract(w, kFLoopTargetLsb, kProgAw));
    case kOpLayer:
    case kOpBatch: {
      const LayerFields f = layer_fields(w);
      return fmt::format(
          "{} in={} out={} weights={}{} bias={} from={} to={} act={} shift={}{}{}",
          f.batch ? "batch" : "layer", f.in, f.out_tiles, f.weight_local ? "local:" : "",
          f.weight_base, f.bias_base, f.source, f.to_stream ? "stream" : std::to_string(f.target),
          activation_name(f.activation), f.shift,
          f.batch ? fmt::format(" samples={} split={}", kCols << f.octets_log, f.split) : "",
          f.only_if_more ? " if-more" : "");
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
  if (program.round_samples < 1 || program.round_samples > 2 * kCols * kLines) {
    throw Error(fmt::format("{} samples in a round", program.round_samples), "program");
  }
  std::size_t tag = 0;
  for (std::size_t a = 0; a < program.instructions.size(); ++a) {
    const int code = opcode(program.instructions[a]);
    if (code != kOpLayer && code != kOpBatch) continue;
    if (tag == program.tags.size() || program.tags[tag].address != static_cast<int>(a)) {
      throw Error("the layer's tag is missing", fmt::format("program word {}", a),
                  "write the bundle again with axnn export");
    }
    ++tag;
  }
  if (tag != program.tags.size()) {
    throw Error("a tag of no layer", fmt::format("program word {}", program.tags[tag].address),
                "write the bundle again with axnn export");
  }
}

ProgramWalk::ProgramWalk(const Program& program, std::int64_t rounds)
    : program_(program), rounds_(rounds) {}

std::optional<Instruction> ProgramWalk::next() {
  while (!done_ && pc_ < static_cast<int>(program_.instructions.size())) {
    const Instruction w = program_.instructions[std::size_t(pc_)];
    const bool more = round_ + 1 < rounds_;
    address_ = pc_++;
    ++fetches_;
    switch (opcode(w)) {
      case kOpRecv:
        if (extract(w, kFRecvNextLsb, 1) && !more) continue;
        return w;
      case kOpLayer:
      case kOpBatch:
        if (extract(w, kFNextLsb, 1) && !more) continue;
        return w;
      case kOpLoop:
        if (more) {
          pc_ = extract(w, kFLoopTargetLsb, kProgAw);
          ++round_;
        }
        return w;
      case kOpSetMode:
      case kOpLoadW:
        return w;
      case kOpHalt:
        done_ = true;
        return w;
      default:
        done_ = true;
    }
  }
  return std::nullopt;
}

}  // namespace axnn
