// SPDX-License-Identifier: Apache-2.0
// The paper's variable-latency multiplier (Fig. 8), 10 x 10 bits, two's complement, combinational.
// Each operand is a signed high part and an unsigned low part, X = high * 64 + low:
//   M2  out2 = ah*bh << 12
//   M1  out1 = out2 + (ah*bl << 6)
//   M0  out0 = out1 + (al*b)          the exact product
// A rougher mode uses a shorter path, so the clock may run faster in it.
//   a_i     activation
//   b_i     weight
//   mode_i  mode_e, constant while products are taken
module axnn_mult_fig8 (
  input  logic signed [axnn_pkg::DataW-1:0] a_i,
  input  logic signed [axnn_pkg::DataW-1:0] b_i,
  input  logic        [1:0]                 mode_i,
  output logic signed [axnn_pkg::ProdW-1:0] p_o
);
  localparam int L = axnn_pkg::LowW;
  localparam int W = axnn_pkg::ProdW;

  logic signed [axnn_pkg::HighW-1:0] ah, bh;
  logic signed [L:0] al, bl;  // unsigned low parts with a zero sign bit
  logic signed [W-1:0] out0, out1, out2;

  assign ah = a_i[axnn_pkg::DataW-1:L];
  assign bh = b_i[axnn_pkg::DataW-1:L];
  assign al = {1'b0, a_i[L-1:0]};
  assign bl = {1'b0, b_i[L-1:0]};

  assign out2 = (W'(ah) * W'(bh)) <<< (2 * L);
  assign out1 = out2 + ((W'(ah) * W'(bl)) <<< L);
  assign out0 = out1 + W'(al) * W'(b_i);

  always_comb begin
    case (mode_i)
      axnn_pkg::ModeM0: p_o = out0;
      axnn_pkg::ModeM1: p_o = out1;
      default:          p_o = out2;
    endcase
  end
endmodule
