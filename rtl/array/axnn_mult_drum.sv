// SPDX-License-Identifier: Apache-2.0
// DRUM-K (Hashemi, Bahar, Reda, ICCAD 2015), signed by its definition: sign and magnitude, K x K bits
// multiplied, shifted back, sign applied. Combinational; no modes, so no part of it ever idles.
//   K     bits kept of a magnitude, 1 to DataW - 1; `drum:K` of the golden model
//   a_i   activation
//   b_i   weight
//   p_o   one bit wider than an exact product: with K = 2, -512 stands for -768
module axnn_mult_drum #(
  parameter int K = 6
) (
  input  logic signed [axnn_pkg::DataW-1:0] a_i,
  input  logic signed [axnn_pkg::DataW-1:0] b_i,
  output logic signed [axnn_pkg::ProdW:0]   p_o
);
  localparam int W = axnn_pkg::ProdW + 1;
  localparam int ShiftW = $clog2(axnn_pkg::DataW - K + 1);

  logic a_neg, b_neg, neg;
  logic [K-1:0] a_head, b_head;
  logic [ShiftW-1:0] a_shift, b_shift;
  logic [ShiftW:0] shift;
  logic [2*K-1:0] heads;
  logic [W-1:0] magnitude;

  axnn_drum_operand #(.K(K)) u_a (
    .x_i(a_i), .neg_o(a_neg), .head_o(a_head), .shift_o(a_shift)
  );
  axnn_drum_operand #(.K(K)) u_b (
    .x_i(b_i), .neg_o(b_neg), .head_o(b_head), .shift_o(b_shift)
  );

  assign heads = (2*K)'(a_head) * (2*K)'(b_head);
  assign shift = (ShiftW+1)'(a_shift) + (ShiftW+1)'(b_shift);
  assign magnitude = W'(heads) << shift;
  assign neg = a_neg ^ b_neg;
  assign p_o = (magnitude ^ {W{neg}}) + W'(neg);
endmodule
