// SPDX-License-Identifier: Apache-2.0
// Carry-save adder: three numbers in, two out with the same sum modulo 2^Width; no carry chain.
// The low bit of carry_o is free; slot_i fills it.
module axnn_csa #(
  parameter int Width = 8
) (
  input  logic [Width-1:0] a_i,
  input  logic [Width-1:0] b_i,
  input  logic [Width-1:0] c_i,
  input  logic             slot_i,
  output logic [Width-1:0] sum_o,
  output logic [Width-1:0] carry_o
);
  assign sum_o = a_i ^ b_i ^ c_i;
  assign carry_o = {(a_i[Width-2:0] & b_i[Width-2:0]) |
                    (c_i[Width-2:0] & (a_i[Width-2:0] ^ b_i[Width-2:0])), slot_i};
endmodule
