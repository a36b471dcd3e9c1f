// SPDX-License-Identifier: Apache-2.0
// A Booth digit times a weight, in its place in a tree. If negative the row is the one's complement and
// wants 1 more at 2^Lsb, part of which it has: ones below Lsb, so that digit * b * 2^Lsb = row_o + 1. With
// ones_i = 0 and nb_i = -b_i it is two's complement, digit * b * 2^Lsb = row_o. Selects between four
// registered multiples instead of inverting a chosen one: an AND-OR is faster than an XOR here.
//   Lsb       place of the digit
//   RowW      bits of the row, all above the multiple its sign
//   one_i     digit is -1, 1
//   two_i     digit is -2, 2
//   ones_i    nb_i is the inverse of the weight
//   b_i       weight, nb_i its inverse or negative (both from registers)
//   row_o     two's complement
//   neg_o     1 is wanted
module axnn_booth_row #(
  parameter int Width = 11,
  parameter int Lsb = 0,
  parameter int RowW = Lsb + Width + 1
) (
  input  logic [1:0]       one_i,
  input  logic [1:0]       two_i,
  input  logic             ones_i,
  input  logic [Width-1:0] b_i,
  input  logic [Width-1:0] nb_i,
  output logic [RowW-1:0]  row_o,
  output logic             neg_o
);
  logic [RowW-1:0] b, nb, multiple;

  // Of the same width in all rows, so that a simulator extends the weight once.
  assign b = RowW'($signed(b_i));
  assign nb = RowW'($signed(nb_i));
  assign multiple = ({RowW{one_i[0]}} & b) | ({RowW{one_i[1]}} & nb) |
                    ({RowW{two_i[0]}} & {b[RowW-2:0], 1'b0}) |
                    ({RowW{two_i[1]}} & {nb[RowW-2:0], ones_i});
  assign neg_o = (one_i[1] || two_i[1]) && ones_i;
  if (Lsb > 0) begin : g_below
    logic unused_above;
    assign row_o = {multiple[RowW-Lsb-1:0], {Lsb{neg_o}}};
    assign unused_above = ^multiple[RowW-1 -: Lsb];
  end else begin : g_lowest
    assign row_o = multiple;
  end
endmodule
