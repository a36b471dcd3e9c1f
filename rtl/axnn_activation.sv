// SPDX-License-Identifier: Apache-2.0
// Activation unit on a code: linear, ReLU, or sigmoid by four straight pieces whose slopes are
// powers of two (PLAN: Amin, Curtis, Hayes-Gill, 1997). With |x| in units of 2^-6, y in 2^-9:
//   |x| < 1: x/4 + 0.5   < 2.375: x/8 + 0.625   < 5: x/32 + 0.84375   else 1;  y(-x) = 1 - y(x)
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

  logic [W-1:0] mag, y, folded, negated, relu, sigmoid;
  logic negative;

  assign negative = code_i[W-1];
  assign negated = -code_i;
  // The most negative code has no positive twin in W bits; 511 / 64 is past the last knee anyway.
  assign mag = !negative ? code_i : (negated[W-1] ? {1'b0, {(W-1){1'b1}}} : negated);

  always_comb begin
    if (mag >= W'(5 * Unit)) y = W'(One);
    else if (mag >= W'(2 * Unit + 3 * Unit / 8)) y = (mag >> 2) + W'(27 * One / 32);
    else if (mag >= W'(Unit)) y = mag + W'(5 * One / 8);
    else y = (mag << 1) + W'(One / 2);
  end

  assign folded = negative ? W'(One) - y : y;  // 0 .. One
  assign sigmoid = folded[W-1] ? {1'b0, {(W-1){1'b1}}} : folded;
  assign relu = negative ? '0 : code_i;

  always_comb begin
    case (act_i)
      axnn_pkg::ActRelu:    code_o = relu;
      axnn_pkg::ActSigmoid: code_o = sigmoid;
      default:              code_o = code_i;
    endcase
  end
endmodule
