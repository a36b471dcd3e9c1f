// SPDX-License-Identifier: Apache-2.0
// Rounds an accumulator to an activation code: shift right, halves up, saturate. Three stages, so
// that it never limits the clock: shift by eights, shift by the rest, round and saturate.
//   en_i       bit s: stage s takes its input this cycle
//   acc_i      bias already added, two's complement; with en_i[0]
//   eights_i   shift / 8, with en_i[0]
//   rest_i     shift % 8, with en_i[1]
//   raw_i      with en_i[2]: the accumulator passes (its shift is 0)
//   result_o   the sign-extended code, or the accumulator
module axnn_requant (
  input  logic                                           clk_i,
  input  logic        [axnn_pkg::RequantStages-1:0]      en_i,
  input  logic signed [axnn_pkg::AccW-1:0]               acc_i,
  input  logic        [axnn_pkg::ShiftW-4:0]             eights_i,
  input  logic        [2:0]                              rest_i,
  input  logic                                           raw_i,
  output logic signed [axnn_pkg::AccW-1:0]               result_o
);
  localparam int W = axnn_pkg::DataW;
  localparam int A = axnn_pkg::AccW;

  // One bit below the code is kept: adding it rounds halves up.
  logic signed [A:0] coarse_q, fine_q;
  logic signed [A-1:0] result_q;
  logic sign, above, below;
  logic [W-1:0] rounded, code;

  assign sign = fine_q[A];
  assign above = !sign && ((fine_q[A:W] != '0) || (&fine_q[W-1:0]));
  assign below = sign && !(&fine_q[A:W]);
  assign rounded = fine_q[W:1] + W'(fine_q[0]);
  assign code = above ? {1'b0, {(W-1){1'b1}}} : below ? {1'b1, {(W-1){1'b0}}} : rounded;

  always_ff @(posedge clk_i) begin
    if (en_i[0]) coarse_q <= $signed({acc_i, 1'b0}) >>> {eights_i, 3'b000};
    if (en_i[1]) fine_q <= coarse_q >>> rest_i;
    if (en_i[2]) result_q <= raw_i ? fine_q[A:1] : A'($signed(code));
  end

  assign result_o = result_q;
endmodule
