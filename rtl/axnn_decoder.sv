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
  // OpLoadW
  output logic [axnn_pkg::WeightAw-1:0] load_base_o,
  output logic [axnn_pkg::LocalAw-1:0]  load_dst_o,
  output logic [axnn_pkg::LocalAw-1:0]  load_len_o,
  // OpRecv
  output logic [axnn_pkg::BankW-1:0]    recv_bank_o,
  output logic [axnn_pkg::NeuronAw-1:0] recv_len_o,
  output logic                          recv_next_o,
  // OpLoop
  output logic [axnn_pkg::ProgAw-1:0]   loop_target_o,
  // OpLayer
  output logic [axnn_pkg::NeuronAw-1:0] in_words_o,
  output logic [axnn_pkg::TileW-1:0]    out_tiles_o,
  output logic [axnn_pkg::WeightAw-1:0] weight_base_o,
  output logic                          weight_local_o,
  output logic [axnn_pkg::BiasAw-1:0]   bias_base_o,
  output logic [axnn_pkg::BankW-1:0]    src_bank_o,
  output logic [axnn_pkg::BankW-1:0]    dst_bank_o,
  output logic                          dst_out_o,
  output logic [1:0]                    act_o,
  output logic [axnn_pkg::ShiftW-1:0]   shift_o
);
  localparam int OpLsb = axnn_pkg::InstrW - axnn_pkg::OpW;

  assign op_o = instr_i[OpLsb +: axnn_pkg::OpW];
  assign mode_o = instr_i[axnn_pkg::FModeLsb +: 2];
  assign load_base_o = instr_i[axnn_pkg::FLoadBaseLsb +: axnn_pkg::WeightAw];
  assign load_dst_o = instr_i[axnn_pkg::FLoadDstLsb +: axnn_pkg::LocalAw];
  assign load_len_o = instr_i[axnn_pkg::FLoadLenLsb +: axnn_pkg::LocalAw];
  assign recv_bank_o = instr_i[axnn_pkg::FRecvBankLsb +: axnn_pkg::BankW];
  assign recv_len_o = instr_i[axnn_pkg::FRecvLenLsb +: axnn_pkg::NeuronAw];
  assign recv_next_o = instr_i[axnn_pkg::FRecvNextLsb];
  assign loop_target_o = instr_i[axnn_pkg::FLoopTargetLsb +: axnn_pkg::ProgAw];
  assign in_words_o = instr_i[axnn_pkg::FInWordsLsb +: axnn_pkg::NeuronAw];
  assign out_tiles_o = instr_i[axnn_pkg::FOutTilesLsb +: axnn_pkg::TileW];
  assign weight_base_o = instr_i[axnn_pkg::FWeightBaseLsb +: axnn_pkg::WeightAw];
  assign weight_local_o = instr_i[axnn_pkg::FWeightLocalLsb];
  assign bias_base_o = instr_i[axnn_pkg::FBiasBaseLsb +: axnn_pkg::BiasAw];
  assign src_bank_o = instr_i[axnn_pkg::FSrcBankLsb +: axnn_pkg::BankW];
  assign dst_bank_o = instr_i[axnn_pkg::FDstBankLsb +: axnn_pkg::BankW];
  assign dst_out_o = instr_i[axnn_pkg::FDstOutLsb];
  assign act_o = instr_i[axnn_pkg::FActLsb +: 2];
  assign shift_o = instr_i[axnn_pkg::FShiftLsb +: axnn_pkg::ShiftW];

  // The bits each opcode may set.
  localparam int W = axnn_pkg::InstrW;
  localparam logic [W-1:0] ModeMask = W'(3) << axnn_pkg::FModeLsb;
  localparam logic [W-1:0] LoadMask =
      (((W'(1) << axnn_pkg::WeightAw) - 1'b1) << axnn_pkg::FLoadBaseLsb) |
      (((W'(1) << axnn_pkg::LocalAw) - 1'b1) << axnn_pkg::FLoadDstLsb) |
      (((W'(1) << axnn_pkg::LocalAw) - 1'b1) << axnn_pkg::FLoadLenLsb);
  localparam logic [W-1:0] RecvMask =
      (((W'(1) << axnn_pkg::BankW) - 1'b1) << axnn_pkg::FRecvBankLsb) |
      (((W'(1) << axnn_pkg::NeuronAw) - 1'b1) << axnn_pkg::FRecvLenLsb) |
      (W'(1) << axnn_pkg::FRecvNextLsb);
  localparam logic [W-1:0] LoopMask = ((W'(1) << axnn_pkg::ProgAw) - 1'b1) << axnn_pkg::FLoopTargetLsb;
  // OpLayer's fields lie side by side from bit 0 up to the shift.
  localparam logic [W-1:0] LayerMask = (W'(1) << (axnn_pkg::FShiftLsb + axnn_pkg::ShiftW)) - 1'b1;

  logic [OpLsb-1:0] body;
  logic load_fits, layer_ok;

  assign body = instr_i[OpLsb-1:0];
  assign load_fits =
      ({1'b0, load_base_o} + (axnn_pkg::WeightAw+1)'(load_len_o) < (axnn_pkg::WeightAw+1)'(axnn_pkg::WeightDepth)) &&
      ({1'b0, load_dst_o} + (axnn_pkg::LocalAw+1)'(load_len_o) < (axnn_pkg::LocalAw+1)'(axnn_pkg::LocalDepth));
  // A layer may not overwrite what it reads, its biases must exist, raw sums have no bank format
  // and no shift.
  assign layer_ok = (dst_out_o || (src_bank_o != dst_bank_o)) &&
      ((act_o != axnn_pkg::ActRaw) || (dst_out_o && (shift_o == '0))) &&
      ({1'b0, bias_base_o} + (axnn_pkg::BiasAw+1)'(out_tiles_o) < (axnn_pkg::BiasAw+1)'(axnn_pkg::BiasDepth));

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
      axnn_pkg::OpRecv: if ((body & ~RecvMask[OpLsb-1:0]) != '0) err_o = axnn_pkg::ErrField;
      axnn_pkg::OpLayer: begin
        if ((body & ~LayerMask[OpLsb-1:0]) != '0 || !layer_ok) err_o = axnn_pkg::ErrField;
      end
      axnn_pkg::OpLoop: if ((body & ~LoopMask[OpLsb-1:0]) != '0) err_o = axnn_pkg::ErrField;
      default: err_o = axnn_pkg::ErrOpcode;
    endcase
  end
endmodule
