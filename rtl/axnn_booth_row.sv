// SPDX-License-Identifier: Apache-2.0
// A Booth digit times a weight. If negative the row is the one's complement, so digit * b = row_o + neg,
// or with ones_i = 0 and nb_i = -b_i two's complement, so digit * b = row_o. Selects
// between four registered multiples instead of inverting a chosen one: an AND-OR is faster than
// an XOR here, and the sign, which several columns need, comes from a gate of its own.
//   sel_i     axnn_booth_digit
//   ones_i    nb_i is the inverse of the weight
//   b_i       weight, nb_i its inverse or negative (both from registers)
//   row_o     Width + 1 bits, two's complement
module axnn_booth_row #(
  parameter int Width = 11
) (
  input  logic [5:0]       sel_i,
  input  logic             ones_i,
  input  logic [Width-1:0] b_i,
  input  logic [Width-1:0] nb_i,
  output logic [Width:0]   row_o
);
  logic pos, neg, p1, n1, p2, n2;

  assign {pos, neg, p1, n1, p2, n2} = sel_i;
  assign row_o[Width-1:0] = ({Width{p1}} & b_i) | ({Width{n1}} & nb_i) |
                            ({Width{p2}} & {b_i[Width-2:0], 1'b0}) |
                            ({Width{n2}} & {nb_i[Width-2:0], ones_i});
  assign row_o[Width] = (pos && b_i[Width-1]) || (neg && nb_i[Width-1]);
endmodule
