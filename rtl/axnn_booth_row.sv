// SPDX-License-Identifier: Apache-2.0
// A Booth digit times a weight, in its place in a tree. If negative the row is the one's complement and
// wants 1 more at 2^Lsb, part of which it has: ones below Lsb, so that digit * b * 2^Lsb = row_o + 1. With
// ones_i = 0 and nb_i = -b_i it is two's complement, digit * b * 2^Lsb = row_o. Selects
// between four registered multiples instead of inverting a chosen one: an AND-OR is faster than
// an XOR here, and the sign, which several columns need, comes from a gate of its own.
//   Lsb       place of the digit
//   RowW      bits of the row, all above the multiple its sign
//   sel_i     axnn_booth_digit
//   ones_i    nb_i is the inverse of the weight
//   b_i       weight, nb_i its inverse or negative (both from registers)
//   row_o     two's complement
module axnn_booth_row #(
  parameter int Width = 11,
  parameter int Lsb = 0,
  parameter int RowW = Lsb + Width + 1
) (
  input  logic [5:0]       sel_i,
  input  logic             ones_i,
  input  logic [Width-1:0] b_i,
  input  logic [Width-1:0] nb_i,
  output logic [RowW-1:0]  row_o
);
  logic pos, neg, p1, n1, p2, n2, sign;
  logic [Width-1:0] multiple;

  assign {pos, neg, p1, n1, p2, n2} = sel_i;
  assign multiple = ({Width{p1}} & b_i) | ({Width{n1}} & nb_i) |
                    ({Width{p2}} & {b_i[Width-2:0], 1'b0}) |
                    ({Width{n2}} & {nb_i[Width-2:0], ones_i});
  assign sign = (pos && b_i[Width-1]) || (neg && nb_i[Width-1]);
  if (Lsb > 0) begin : g_below
    assign row_o = {{(RowW-Lsb-Width){sign}}, multiple, {Lsb{neg && ones_i}}};
  end else begin : g_lowest
    assign row_o = {{(RowW-Width){sign}}, multiple};
  end
endmodule
