// SPDX-License-Identifier: Apache-2.0
// Recodes an activation to radix-4 Booth digits, digit i from bits 2i+1, 2i and 2i-1, as the selects of
// partial products. Done before the operand register, so that no recoding is in the PE's loop. All
// digits at once, in words, which a simulator does in a few instructions.
//   bits     011: 2   001, 010: 1   000, 111: 0   101, 110: -1   100: -2
//   one_o    bits 2i+1, 2i: digit i is -1, 1
//   two_o    bits 2i+1, 2i: digit i is -2, 2
module axnn_booth_digit #(
  parameter int Digits = 5
) (
  input  logic [2*Digits-1:0] a_i,
  output logic [2*Digits-1:0] one_o,
  output logic [2*Digits-1:0] two_o
);
  localparam logic [2*Digits-1:0] Even = {Digits{2'b01}};

  logic [2*Digits-1:0] top, middle, bottom, one, two;   // of digit i at bit 2i
  assign top = (a_i >> 1) & Even;
  assign middle = a_i & Even;
  assign bottom = (a_i << 1) & Even;
  assign one = middle ^ bottom;
  assign two = (top ^ middle) & ~one;
  assign one_o = (one & ~top) | ((one & top) << 1);
  assign two_o = (two & ~top) | ((two & top) << 1);
endmodule
