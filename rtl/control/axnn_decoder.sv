// SPDX-License-Identifier: Apache-2.0
// Takes one instruction word apart and says whether it is legal. Combinational. The fields are
// described in docs/isa.md; bits that no field of the opcode covers must be zero.
//   err_o   ErrNone, ErrOpcode or ErrField
module axnn_decoder (
  input  logic [axnn_pkg::InstrW-1:0]   instr_i,
  output logic [axnn_pkg::OpW-1:0]      op_o,
  output logic [2:0]                    err_o,
  // OpSetMode
  output logic [1:0]                    mode_o,
  output logic [1:0]                    level_o,
  // OpLoadW
  output logic [axnn_pkg::WeightAw-1:0] load_base_o,
  output logic [axnn_pkg::LocalAw-1:0]  load_dst_o,
  output logic [axnn_pkg::LocalAw-1:0]  load_len_o,
  // OpRecv
  output logic [axnn_pkg::BankW-1:0]    recv_bank_o,
  output logic [axnn_pkg::NeuronAw-1:0] recv_len_o,
  output logic                          recv_batch_o,
  output logic [axnn_pkg::SplitW-1:0]   recv_octets_o,
  // OpRecv, OpLayer, OpBatch
  output logic                          next_o,
  // OpLoop
  output logic [axnn_pkg::ProgAw-1:0]   loop_target_o,
  // OpLayer, OpBatch
  output logic [axnn_pkg::FanInW-1:0]   in_o,
  output logic [axnn_pkg::TileW-1:0]    out_tiles_o,
  output logic [axnn_pkg::WeightAw-1:0] weight_base_o,
  output logic                          weight_local_o,
  output logic [axnn_pkg::BiasAw-1:0]   bias_base_o,
  output logic [axnn_pkg::BankW-1:0]    src_bank_o,
  output logic [axnn_pkg::BankW-1:0]    dst_bank_o,
  output logic                          dst_out_o,
  output logic [1:0]                    act_o,
  output logic [axnn_pkg::ShiftW-1:0]   shift_o,
  // OpBatch
  output logic [axnn_pkg::SplitW-1:0]   split_o,
  output logic [axnn_pkg::SplitW-1:0]   octets_o
);
  localparam int OpLsb = axnn_pkg::InstrW - axnn_pkg::OpW;

  assign op_o = instr_i[OpLsb +: axnn_pkg::OpW];
  assign mode_o = instr_i[axnn_pkg::FModeLsb +: 2];
  assign level_o = instr_i[axnn_pkg::FLevelLsb +: 2];
  assign load_base_o = instr_i[axnn_pkg::FLoadBaseLsb +: axnn_pkg::WeightAw];
  assign load_dst_o = instr_i[axnn_pkg::FLoadDstLsb +: axnn_pkg::LocalAw];
  assign load_len_o = instr_i[axnn_pkg::FLoadLenLsb +: axnn_pkg::LocalAw];
  assign recv_bank_o = instr_i[axnn_pkg::FRecvBankLsb +: axnn_pkg::BankW];
  assign recv_len_o = instr_i[axnn_pkg::FRecvLenLsb +: axnn_pkg::NeuronAw];
  assign recv_batch_o = instr_i[axnn_pkg::FRecvBatchLsb];
  assign recv_octets_o = instr_i[axnn_pkg::FRecvOctetsLsb +: axnn_pkg::SplitW];
  assign next_o = (op_o == axnn_pkg::OpRecv) ? instr_i[axnn_pkg::FRecvNextLsb]
                                             : instr_i[axnn_pkg::FNextLsb];
  assign loop_target_o = instr_i[axnn_pkg::FLoopTargetLsb +: axnn_pkg::ProgAw];
  assign in_o = instr_i[axnn_pkg::FInLsb +: axnn_pkg::FanInW];
  assign out_tiles_o = instr_i[axnn_pkg::FOutTilesLsb +: axnn_pkg::TileW];
  assign weight_base_o = instr_i[axnn_pkg::FWeightBaseLsb +: axnn_pkg::WeightAw];
  assign weight_local_o = instr_i[axnn_pkg::FWeightLocalLsb];
  assign bias_base_o = instr_i[axnn_pkg::FBiasBaseLsb +: axnn_pkg::BiasAw];
  assign src_bank_o = instr_i[axnn_pkg::FSrcBankLsb +: axnn_pkg::BankW];
  assign dst_bank_o = instr_i[axnn_pkg::FDstBankLsb +: axnn_pkg::BankW];
  assign dst_out_o = instr_i[axnn_pkg::FDstOutLsb];
  assign act_o = instr_i[axnn_pkg::FActLsb +: 2];
  assign shift_o = instr_i[axnn_pkg::FShiftLsb +: axnn_pkg::ShiftW];
  assign split_o = instr_i[axnn_pkg::FSplitLsb +: axnn_pkg::SplitW];
  assign octets_o = instr_i[axnn_pkg::FOctetsLsb +: axnn_pkg::SplitW];

  // The bits each opcode may set.
  localparam int W = axnn_pkg::InstrW;
  localparam logic [W-1:0] ModeMask = (W'(3) << axnn_pkg::FModeLsb) | (W'(3) << axnn_pkg::FLevelLsb);
  localparam logic [W-1:0] LoadMask =
      (((W'(1) << axnn_pkg::WeightAw) - 1'b1) << axnn_pkg::FLoadBaseLsb) |
      (((W'(1) << axnn_pkg::LocalAw) - 1'b1) << axnn_pkg::FLoadDstLsb) |
      (((W'(1) << axnn_pkg::LocalAw) - 1'b1) << axnn_pkg::FLoadLenLsb);
  localparam logic [W-1:0] RecvMask =
      (((W'(1) << axnn_pkg::BankW) - 1'b1) << axnn_pkg::FRecvBankLsb) |
      (((W'(1) << axnn_pkg::NeuronAw) - 1'b1) << axnn_pkg::FRecvLenLsb) |
      (W'(1) << axnn_pkg::FRecvNextLsb) | (W'(1) << axnn_pkg::FRecvBatchLsb) |
      (((W'(1) << axnn_pkg::SplitW) - 1'b1) << axnn_pkg::FRecvOctetsLsb);
  localparam logic [W-1:0] LoopMask = ((W'(1) << axnn_pkg::ProgAw) - 1'b1) << axnn_pkg::FLoopTargetLsb;
  // A layer's fields lie side by side from bit 0 up to FNextLsb, a batch's up to the octets. A
  // sample's neuron words take less than the width of the first field.
  localparam logic [W-1:0] BatchMask = (W'(1) << (axnn_pkg::FOctetsLsb + axnn_pkg::SplitW)) - 1'b1;
  localparam logic [W-1:0] LayerMask =
      ((W'(1) << (axnn_pkg::FNextLsb + 1)) - 1'b1) &
      ~(((W'(1) << axnn_pkg::FanInW) - (W'(1) << axnn_pkg::NeuronAw)) << axnn_pkg::FInLsb);

  logic [OpLsb-1:0] body;
  logic load_fits, layer_ok, recv_ok, batch_ok;
  localparam logic [axnn_pkg::SplitW-1:0] MaxOctets = axnn_pkg::SplitW'(axnn_pkg::OctetW);
  localparam int WordsW = (axnn_pkg::NeuronAw > axnn_pkg::TileW) ? axnn_pkg::NeuronAw : axnn_pkg::TileW;
  localparam int FootW = WordsW + axnn_pkg::Lines + 1;
  logic [FootW-1:0] recv_words, in_words, out_rows, out_words;

  // Whether a batch that takes so many words in each sub fits the bank.
  function automatic logic fits(input logic [axnn_pkg::BankW-1:0] bank,
                                input logic [FootW-1:0] words);
    fits = (words <= (({1'b0, bank} < (axnn_pkg::BankW+1)'(axnn_pkg::NeuronDeepBanks))
                      ? FootW'(axnn_pkg::NeuronDeepDepth) : FootW'(axnn_pkg::NeuronShallowDepth)));
  endfunction

  assign body = instr_i[OpLsb-1:0];
  assign load_fits =
      ({1'b0, load_base_o} + (axnn_pkg::WeightAw+1)'(load_len_o) < (axnn_pkg::WeightAw+1)'(axnn_pkg::WeightDepth)) &&
      ({1'b0, load_dst_o} + (axnn_pkg::LocalAw+1)'(load_len_o) < (axnn_pkg::LocalAw+1)'(axnn_pkg::LocalDepth));
  // A layer may not overwrite what it reads, a bank has words for its outputs, its first weight and its biases must exist, raw sums have
  // no bank format and no shift. That its last weight exists is seen when it gets there.
  assign layer_ok = (dst_out_o || ((src_bank_o != dst_bank_o) && (out_rows < FootW'(axnn_pkg::NeuronDepth)))) &&
      ((act_o != axnn_pkg::ActRaw) || (dst_out_o && (shift_o == '0))) &&
      (!weight_local_o || ({1'b0, weight_base_o} < (axnn_pkg::WeightAw+1)'(axnn_pkg::LocalDepth))) &&
      ({1'b0, bias_base_o} + (axnn_pkg::BiasAw+1)'(out_tiles_o) < (axnn_pkg::BiasAw+1)'(axnn_pkg::BiasDepth));

  assign recv_words = (FootW'(recv_len_o) + 1'b1) << recv_octets_o;
  assign in_words = (FootW'(in_o[axnn_pkg::FanInW-1:axnn_pkg::ColW]) + 1'b1) << octets_o;
  assign out_rows = FootW'(out_tiles_o) >> split_o;  // neuron words of an octet, less one
  assign out_words = (out_rows + 1'b1) << octets_o;
  assign recv_ok = recv_batch_o ? (recv_octets_o <= MaxOctets) && fits(recv_bank_o, recv_words)
                                : (recv_octets_o == '0);
  // The columns of a tile leave one a cycle, so a tile takes Cols steps at least. Rows are split
  // between the octets of a whole batch.
  assign batch_ok = layer_ok && (in_o >= axnn_pkg::FanInW'(axnn_pkg::Cols - 1)) &&
      (octets_o <= MaxOctets) && (split_o <= MaxOctets) &&
      ((split_o == '0) || (octets_o == MaxOctets)) &&
      fits(src_bank_o, in_words) && (dst_out_o || fits(dst_bank_o, out_words));

  always_comb begin
    err_o = axnn_pkg::ErrNone;
    case (op_o)
      axnn_pkg::OpHalt: if (body != '0) err_o = axnn_pkg::ErrField;
      axnn_pkg::OpSetMode: begin
        if ((body & ~ModeMask[OpLsb-1:0]) != '0 || mode_o > axnn_pkg::ModeM2) err_o = axnn_pkg::ErrField;
      end
      axnn_pkg::OpLoadW: begin
        if ((body & ~LoadMask[OpLsb-1:0]) != '0 || !load_fits) err_o = axnn_pkg::ErrField;
      end
      axnn_pkg::OpRecv: begin
        if ((body & ~RecvMask[OpLsb-1:0]) != '0 || !recv_ok) err_o = axnn_pkg::ErrField;
      end
      axnn_pkg::OpLayer: begin
        if ((body & ~LayerMask[OpLsb-1:0]) != '0 || !layer_ok) err_o = axnn_pkg::ErrField;
      end
      axnn_pkg::OpBatch: begin
        if ((body & ~BatchMask[OpLsb-1:0]) != '0 || !batch_ok) err_o = axnn_pkg::ErrField;
      end
      axnn_pkg::OpLoop: if ((body & ~LoopMask[OpLsb-1:0]) != '0) err_o = axnn_pkg::ErrField;
      default: err_o = axnn_pkg::ErrOpcode;
    endcase
  end
endmodule
