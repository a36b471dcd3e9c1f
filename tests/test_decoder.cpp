// The decoder in RTL against its description in C++ (sim/program.h), which the assembler uses.
#include <array>
#include <catch2/catch.hpp>
#include <memory>

#include "Vdecoder.h"
#include "model/rng.h"
#include "sim/program.h"

using namespace axnn;

namespace {

// Words of an opcode that are nearly legal: small fields, some of them at a limit, now and then a
// bit that must be 0.
Instruction any_word(const Rng& rng, std::uint64_t n) {
  std::uint64_t draw = n * 64;
  const auto below = [&](std::uint32_t limit) { return rng.below(limit, draw++); };
  Instruction w = Instruction{below(8)} << (kInstrW - kOpW);
  const auto put = [&](int lsb, int width) {
    const std::uint64_t all = (std::uint64_t{1} << width) - 1;
    const std::uint64_t values[] = {0,       1,       all,
                                    all - 1, all / 2, below(static_cast<std::uint32_t>(all) + 1)};
    w |= (values[below(6)] & all) << lsb;
  };
  switch (opcode(w)) {
    case kOpSetMode:
      put(kFModeLsb, 2);
      put(kFLevelLsb, 2);
      break;
    case kOpLoadW:
      put(kFLoadBaseLsb, kWeightAw);
      put(kFLoadDstLsb, kLocalAw);
      put(kFLoadLenLsb, kLocalAw);
      break;
    case kOpRecv:
      put(kFRecvBankLsb, kBankW);
      put(kFRecvLenLsb, kNeuronAw);
      put(kFRecvNextLsb, 1);
      put(kFRecvBatchLsb, 1);
      put(kFRecvOctetsLsb, kSplitW);
      break;
    case kOpLayer:
    case kOpBatch:
      put(kFInLsb, opcode(w) == kOpLayer ? kNeuronAw : kFanInW);
      put(kFOutTilesLsb, kTileW);
      put(kFWeightBaseLsb, kWeightAw);
      put(kFWeightLocalLsb, 1);
      put(kFBiasBaseLsb, kBiasAw);
      put(kFSrcBankLsb, kBankW);
      put(kFDstBankLsb, kBankW);
      put(kFDstOutLsb, 1);
      put(kFActLsb, 2);
      if (below(2) == 0) put(kFShiftLsb, kShiftW);
      put(kFNextLsb, 1);
      if (opcode(w) == kOpBatch) {
        put(kFSplitLsb, kSplitW);
        put(kFOctetsLsb, kSplitW);
      }
      break;
    case kOpLoop:
      put(kFLoopTargetLsb, kProgAw);
      break;
    default:
      break;
  }
  if (below(8) == 0) w ^= Instruction{1} << below(kInstrW);
  return w;
}

// The legal word that the makers of sim/program.h give for what the decoder reads out of one.
Instruction made_of(const Vdecoder& d) {
  switch (d.op_o) {
    case kOpHalt:
      return make_halt();
    case kOpSetMode:
      return make_set_mode(d.mode_o, d.level_o);
    case kOpLoadW:
      return make_load_weights(d.load_base_o, d.load_dst_o, d.load_len_o + 1);
    case kOpRecv:
      return d.recv_batch_o ? make_receive_batch(d.recv_bank_o, d.recv_len_o + 1, d.recv_octets_o, d.next_o)
                            : make_receive(d.recv_bank_o, d.recv_len_o + 1, d.next_o);
    case kOpLoop:
      return make_loop(d.loop_target_o);
    default:
      return make_layer({.in = d.in_o + 1,
                         .out_tiles = d.out_tiles_o + 1,
                         .weight_base = d.weight_base_o,
                         .weight_local = d.weight_local_o != 0,
                         .bias_base = d.bias_base_o,
                         .source = d.src_bank_o,
                         .target = d.dst_bank_o,
                         .to_stream = d.dst_out_o != 0,
                         .activation = static_cast<Activation>(d.act_o),
                         .shift = d.shift_o,
                         .only_if_more = d.next_o != 0,
                         .batch = d.op_o == kOpBatch,
                         .split = d.op_o == kOpBatch ? d.split_o : 0,
                         .octets_log = d.op_o == kOpBatch ? d.octets_o : 0});
  }
}

}  // namespace

TEST_CASE("the decoder refuses the words that the assembler refuses, and with the same error") {
  const auto context = std::make_unique<VerilatedContext>();
  Vdecoder decoder(context.get());
  const Rng rng(1, Purpose::kOperands);
  std::array<std::array<long, 4>, 16> seen{};  // opcode, error
  for (std::uint64_t n = 0; n < 2'000'000; ++n) {
    const Instruction w = any_word(rng, n);
    decoder.instr_i = w;
    decoder.eval();
    const Refusal expected = refusal(w);
    ++seen[static_cast<std::size_t>(opcode(w))][decoder.err_o];
    if (decoder.err_o == expected.error) continue;
    CAPTURE(w, describe(w), expected.reason);
    REQUIRE(int{decoder.err_o} == expected.error);
  }
  decoder.final();
  for (const int code : {kOpHalt, kOpSetMode, kOpLoadW, kOpRecv, kOpLayer, kOpBatch, kOpLoop}) {
    CAPTURE(code);
    CHECK(seen[static_cast<std::size_t>(code)][kErrNone] > 100);
    CHECK(seen[static_cast<std::size_t>(code)][kErrField] > 100);
  }
}

TEST_CASE("of what the decoder reads out of a legal word the assembler makes that word again") {
  const auto context = std::make_unique<VerilatedContext>();
  Vdecoder decoder(context.get());
  const Rng rng(2, Purpose::kOperands);
  long legal = 0;
  for (std::uint64_t n = 0; n < 500'000; ++n) {
    const Instruction w = any_word(rng, n);
    if (refusal(w).error != kErrNone) continue;
    ++legal;
    decoder.instr_i = w;
    decoder.eval();
    Instruction made = 0;
    // The makers throw if a field is past what they take.
    CHECK_NOTHROW(made = made_of(decoder));
    CAPTURE(w, describe(w));
    REQUIRE(made == w);
  }
  decoder.final();
  CHECK(legal > 50'000);
}
