// SPDX-License-Identifier: Apache-2.0
// Recodes three neighbouring bits of the activation to a radix-4 Booth digit, as the selects of a
// partial product. Done before the operand register, so that no recoding is in the PE's loop.
//   bits_i   bits 2i+1, 2i, 2i-1
//   digit    011: 2   001, 010: 1   000, 111: 0   101, 110: -1   100: -2
//   sel_o    {pos, neg, p1, n1, p2, n2}: sign of the digit, and which multiple it takes
module axnn_booth_digit (
  input  logic [2:0] bits_i,
  output logic [5:0] sel_o
);
  logic one, p1, n1, p2, n2;

  assign one = bits_i[1] ^ bits_i[0];
  assign p1 = !bits_i[2] && one;
  assign n1 = bits_i[2] && one;
  assign p2 = (bits_i == 3'b011);
  assign n2 = (bits_i == 3'b100);
  assign sel_o = {p1 || p2, n1 || n2, p1, n1, p2, n2};
endmodule
