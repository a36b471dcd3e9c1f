// SPDX-License-Identifier: Apache-2.0
// Activation unit on a code: linear, ReLU, or sigmoid by four straight pieces whose slopes are
// powers of two (PLAN: Amin, Curtis, Hayes-Gill, 1997). Negative codes are folded by inverting all
// bits, before and after, so there is no carry chain. With m in units of 2^-6 and y in 2^-9 (words of
// ten bits; the factors are the same for others):
//   m < 64: 2m + 256   < 152: m + 320   < 320: m/4 + 432   else 511
//   act_i   act_e; ActRaw passes like ActLinear
//   code_i  SigmoidInF fractional bits if act_i is ActSigmoid
//   code_o  SigmoidOutF fractional bits if act_i is ActSigmoid
module axnn_activation (
  input  logic        [1:0]                 act_i,
  input  logic signed [axnn_pkg::DataW-1:0] code_i,
  output logic signed [axnn_pkg::DataW-1:0] code_o
);
  localparam int W = axnn_pkg::DataW;
  localparam int One = 1 << axnn_pkg::SigmoidOutF;
  localparam int Unit = 1 << axnn_pkg::SigmoidInF;

  logic negative;
  logic [W-2:0] m, y, sigmoid;
  logic [W-1:0] relu;

  assign negative = code_i[W-1];
  assign m = code_i[W-2:0] ^ {(W-1){negative}};
  assign sigmoid = y ^ {(W-1){negative}};
  assign relu = negative ? '0 : code_i;

  always_comb begin
    if (m >= (W-1)'(5 * Unit)) y = '1;
    else if (m >= (W-1)'(19 * Unit / 8)) y = (m >> 2) + (W-1)'(27 * One / 32);
    else if (m >= (W-1)'(Unit)) y = m + (W-1)'(5 * One / 8);
    else y = (m << 1) + (W-1)'(One / 2);
  end

  always_comb begin
    case (act_i)
      axnn_pkg::ActRelu:    code_o = relu;
      axnn_pkg::ActSigmoid: code_o = {1'b0, sigmoid};
      default:              code_o = code_i;
    endcase
  end
endmodule
