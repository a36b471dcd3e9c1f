// SPDX-License-Identifier: Apache-2.0
// What a MAC keeps of a weight in its operand register. Combinational: in each PE for a sample's
// weights, and once a row for those of a batch, which flow from operand register to operand register.
//   Mult    MultBooth: {weight, its negative}, a bit more each; in M2 the weight is rounded to a multiple
//           of 2^BoothLowW (the largest code rounds up) and the negative is two's complement, else
//           it is the inverse. MultFig8: the weight, its low part 0 in M2, so that its partial products
//           do not toggle. MultDrum, which has no modes: the weight
//   b_i     weight code
//   weight_o  WeightOpW or BoothWeightOpW bits (axnn_pkg)
module axnn_weight_operand #(
  parameter int Mult = axnn_pkg::MultFig8,
  localparam int OperandW = (Mult == axnn_pkg::MultBooth) ? axnn_pkg::BoothWeightOpW : axnn_pkg::DataW
) (
  input  logic        [1:0]                 mode_i,
  input  logic signed [axnn_pkg::DataW-1:0] b_i,
  output logic [OperandW-1:0]               weight_o
);
  localparam int D = axnn_pkg::DataW;
  logic rough;
  assign rough = (mode_i == axnn_pkg::ModeM2);

  if (Mult == axnn_pkg::MultBooth) begin : g_booth
    localparam int L = axnn_pkg::BoothLowW;
    logic signed [D-L:0] top, rounded, negated;
    // -(top + half) = ~top + 1 - half.
    assign top = $signed({b_i[D-1], b_i[D-1:L]});
    assign rounded = top + $signed({{(D-L){1'b0}}, b_i[L-1]});
    assign negated = ~top + $signed({{(D-L){1'b0}}, !b_i[L-1]});
    assign weight_o = rough ? {rounded, {L{1'b0}}, negated, {L{1'b0}}} : {b_i[D-1], b_i, ~{b_i[D-1], b_i}};
  end else begin : g_plain
    localparam int L = axnn_pkg::LowW;
    assign weight_o = {b_i[D-1:L], b_i[L-1:0] & {L{Mult == axnn_pkg::MultDrum || !rough}}};
  end
endmodule
