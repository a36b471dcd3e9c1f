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
  logic [Width-1:0] differ, most;
  logic unused_top;

  assign differ = a_i ^ b_i;
  assign most = (a_i & b_i) | (c_i & differ);
  assign sum_o = differ ^ c_i;
  assign carry_o = {most[Width-2:0], slot_i};
  assign unused_top = most[Width-1];
endmodule
