// SPDX-License-Identifier: Apache-2.0
// Adder tree of one row: the sum of Cols accumulators, one register a level.
//   acc_i  Cols accumulators, column 0 in the low bits
//   en_i   bit l: level l takes its inputs this cycle (level 0 is next to the PEs)
//   sum_o  valid the cycle after the last level's enable
module axnn_row_tree (
  input  logic                                     clk_i,
  input  logic [axnn_pkg::TreeLevels-1:0]          en_i,
  input  logic [axnn_pkg::Cols*axnn_pkg::AccW-1:0] acc_i,
  output logic [axnn_pkg::AccW-1:0]                sum_o
);
  localparam int W = axnn_pkg::AccW;
  localparam int Levels = axnn_pkg::TreeLevels;

  for (genvar l = 0; l < Levels; l++) begin : g_level
    localparam int Sums = axnn_pkg::Cols >> (l + 1);
    logic [2*Sums*W-1:0] in;
    logic [Sums*W-1:0] sum_q;

    if (l == 0) begin : g_leaves
      assign in = acc_i;
    end else begin : g_inner
      assign in = g_level[l-1].sum_q;
    end

    for (genvar i = 0; i < Sums; i++) begin : g_sum
      always_ff @(posedge clk_i) begin
        if (en_i[l]) sum_q[i*W +: W] <= in[2*i*W +: W] + in[(2*i+1)*W +: W];
      end
    end
  end

  assign sum_o = g_level[Levels-1].sum_q;
endmodule
