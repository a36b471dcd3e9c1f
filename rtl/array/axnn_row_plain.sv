// SPDX-License-Identifier: Apache-2.0
// One row's sum over its plain PEs, and the bias: an adder tree with a register a level. Stage 0
// has nothing to do: the accumulators are complete one cycle later than those of fused PEs.
//   en_i    bit s: stage s takes its inputs this cycle; level l of the tree is stage l + 1
//   column_i  columns that count, in the cycle before en_i[1]; a register in each row, so that
//             no row waits for a net to all of them. column_en_i: in that cycle
//   acc_i   Cols accumulators, column 0 in the low bits
//   bias_i  with the last stage
//   sum_o   the biased sum, the cycle after the last stage
module axnn_row_plain (
  input  logic                                     clk_i,
  input  logic [axnn_pkg::RowStages-1:0]           en_i,
  input  logic                                     column_en_i,
  input  logic [axnn_pkg::Cols-1:0]                column_i,
  input  logic [axnn_pkg::Cols*axnn_pkg::AccW-1:0] acc_i,
  input  logic [axnn_pkg::AccW-1:0]                bias_i,
  output logic [axnn_pkg::AccW-1:0]                sum_o
);
  localparam int W = axnn_pkg::AccW;
  localparam int Levels = axnn_pkg::TreeLevels;

  logic [axnn_pkg::Cols-1:0] column_q;
  always_ff @(posedge clk_i) begin
    if (column_en_i) column_q <= column_i;
  end

  logic unused_stage0;
  assign unused_stage0 = en_i[0];

  for (genvar l = 0; l < Levels; l++) begin : g_level
    localparam int Sums = axnn_pkg::Cols >> (l + 1);
    logic [2*Sums*W-1:0] in;
    logic [Sums*W-1:0] sum_q;

    if (l == 0) begin : g_leaves
      for (genvar c = 0; c < axnn_pkg::Cols; c++) begin : g_col
        assign in[c*W +: W] = acc_i[c*W +: W] & {W{column_q[c]}};
      end
    end else begin : g_inner
      assign in = g_level[l-1].sum_q;
    end

    for (genvar i = 0; i < Sums; i++) begin : g_sum
      always_ff @(posedge clk_i) begin
        if (en_i[l+1]) sum_q[i*W +: W] <= in[2*i*W +: W] + in[(2*i+1)*W +: W];
      end
    end
  end

  logic [W-1:0] biased_q;
  always_ff @(posedge clk_i) begin
    if (en_i[Levels+1]) biased_q <= g_level[Levels-1].sum_q + bias_i;
  end

  assign sum_o = biased_q;
endmodule
