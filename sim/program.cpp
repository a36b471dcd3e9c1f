#include "sim/program.h"

#include <fmt/format.h>

#include "model/error.h"

namespace axnn {
namespace {

// `first` is the value whose code is 0: sizes count from 1.
Instruction field(const char* name, int value, int lsb, int width, int first = 0) {
  if (value < first || value - first >= (1 << width)) {
    throw Error(fmt::format("{} {}", name, value), "instruction",
                fmt::format("{} to {}", first, (1 << width) - 1 + first));
  }
  return static_cast<Instruction>(value - first) << lsb;
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
         field("words", words, kFLoadLenLsb, kLocalAw, 1);
}

Instruction make_receive(int bank, int words, bool only_if_more) {
  return op(kOpRecv) | field("bank", bank, kFRecvBankLsb, kBankW) |
         field("words", words, kFRecvLenLsb, kNeuronAw, 1) |
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
         field(f.batch ? "inputs" : "input words", f.in, kFInLsb, f.batch ? kFanInW : kNeuronAw,
               1) |
         field("output tiles", f.out_tiles, kFOutTilesLsb, kTileW, 1) |
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

int set_mode(Instruction w) { return extract(w, kFModeLsb, 2); }

namespace {

Instruction bits(int lsb, int width) { return ((Instruction{1} << width) - 1) << lsb; }

// Whether a batch that takes so many words in each sub fits the bank.
bool fits(int bank, int words) {
  return words <= (bank < kNeuronDeepBanks ? kNeuronDeepDepth : kNeuronShallowDepth);
}

std::string layer_refusal(Instruction w) {
  const LayerFields f = layer_fields(w);
  if (!f.to_stream && f.source == f.target) return "the source bank is the target";
  if (!f.to_stream && (f.out_tiles - 1) >> f.split >= kNeuronDepth) {
    return fmt::format("more than the {} neuron words of a bank", kNeuronDepth);
  }
  if (f.activation == Activation::kRaw && !f.to_stream) return "raw sums go to the stream only";
  if (f.activation == Activation::kRaw && f.shift != 0) return "raw sums have no shift";
  if (f.weight_local && f.weight_base >= kLocalDepth) {
    return fmt::format("local weight word {} of {}", f.weight_base, kLocalDepth);
  }
  if (f.bias_base + f.out_tiles > kBiasDepth) {
    return fmt::format("bias words {} to {} of {}", f.bias_base, f.bias_base + f.out_tiles - 1,
                       kBiasDepth);
  }
  if (!f.batch) return "";
  if (f.in < kCols) return fmt::format("a batch of less than {} inputs", kCols);
  if (f.octets_log > kOctetW || f.split > kOctetW) return "a batch of too many octets";
  if (f.split != 0 && f.octets_log != kOctetW) return "rows are split in a whole batch only";
  if (!fits(f.source, ((f.in - 1) / kCols + 1) << f.octets_log)) {
    return fmt::format("the inputs of the batch do not fit bank {}", f.source);
  }
  if (!f.to_stream && !fits(f.target, (((f.out_tiles - 1) >> f.split) + 1) << f.octets_log)) {
    return fmt::format("the outputs of the batch do not fit bank {}", f.target);
  }
  return "";
}

}  // namespace

Refusal refusal(Instruction w) {
  const int code = opcode(w);
  // The bits that an instruction may set.
  Instruction mask = 0;
  std::string reason;
  switch (code) {
    case kOpHalt:
      break;
    case kOpSetMode:
      mask = bits(kFModeLsb, 2) | bits(kFLevelLsb, 2);
      if (set_mode(w) > kModeM2) reason = fmt::format("there is no mode M{}", set_mode(w));
      break;
    case kOpLoadW: {
      mask = bits(kFLoadBaseLsb, kWeightAw) | bits(kFLoadDstLsb, kLocalAw) |
             bits(kFLoadLenLsb, kLocalAw);
      const int base = extract(w, kFLoadBaseLsb, kWeightAw);
      const int local = extract(w, kFLoadDstLsb, kLocalAw);
      if (base + load_words(w) > kWeightDepth || local + load_words(w) > kLocalDepth) {
        reason = fmt::format("{} words from {} to {} go past a memory of {} or {}", load_words(w),
                             base, local, kWeightDepth, kLocalDepth);
      }
      break;
    }
    case kOpRecv: {
      mask = bits(kFRecvBankLsb, kBankW) | bits(kFRecvLenLsb, kNeuronAw) | bits(kFRecvNextLsb, 1) |
             bits(kFRecvBatchLsb, 1) | bits(kFRecvOctetsLsb, kSplitW);
      const int octets = extract(w, kFRecvOctetsLsb, kSplitW);
      const int words = extract(w, kFRecvLenLsb, kNeuronAw) + 1;
      const int bank = extract(w, kFRecvBankLsb, kBankW);
      if (!extract(w, kFRecvBatchLsb, 1)) {
        if (octets != 0) reason = "octets of no batch";
      } else if (octets > kOctetW || !fits(bank, words << octets)) {
        reason = fmt::format("the batch does not fit bank {}", bank);
      }
      break;
    }
    case kOpLayer:
      mask = bits(0, kFNextLsb + 1) & ~bits(kFInLsb + kNeuronAw, kFanInW - kNeuronAw);
      reason = layer_refusal(w);
      break;
    case kOpBatch:
      mask = bits(0, kFOctetsLsb + kSplitW);
      reason = layer_refusal(w);
      break;
    case kOpLoop:
      mask = bits(kFLoopTargetLsb, kProgAw);
      break;
    default:
      return {kErrOpcode, fmt::format("there is no opcode {}", code)};
  }
  if ((w & ~mask & bits(0, kInstrW - kOpW)) != 0) reason = "a bit that must be 0 is set";
  return {reason.empty() ? int{kErrNone} : int{kErrField}, reason};
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
