// SPDX-License-Identifier: Apache-2.0
// Which bits flip in the word that a weight memory reads at low voltage: none, as in a chip at its nominal
// voltage. ../faults/ has one that asks the fault map.
//   read_i   the memory reads the word at addr_i
//   flips_o  in that word, from the next cycle on
module axnn_weight_flips #(
  parameter int Width = 8,
  parameter int Depth = 16
) (
  input  logic                     clk_i,
  input  logic                     read_i,
  input  logic [$clog2(Depth)-1:0] addr_i,
  output logic [Width-1:0]         flips_o
);
  logic unused;
  assign unused = ^{clk_i, read_i, addr_i};
  assign flips_o = '0;
endmodule
