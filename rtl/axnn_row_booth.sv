// SPDX-License-Identifier: Apache-2.0
// One row's sum over its fused PEs, and the bias, in carry-save form up to the last two stages,
// a carry-select adder. RowStages stages, as axnn_row_plain.
//   exact_i  mode M0: the low groups count
//   en_i     bit s: stage s takes its inputs this cycle
//   column_i columns that count, in the cycle before en_i[0]; a register in each row, so that no
//            row waits for a net to all of them
//   sums_i   axnn_mac_booth's sums of each column
//   bias_i   with en_i[RowStages-3]
//   sum_o    the biased sum, the cycle after the last stage
module axnn_row_booth (
  input  logic                                          clk_i,
  input  logic                                          exact_i,
  input  logic [axnn_pkg::RowStages-1:0]                en_i,
  input  logic [axnn_pkg::Cols-1:0]                     column_i,
  input  logic [axnn_pkg::Cols*axnn_pkg::BoothSumsW-1:0] sums_i,
  input  logic [axnn_pkg::AccW-1:0]                     bias_i,
  output logic [axnn_pkg::AccW-1:0]                     sum_o
);
  localparam int W = axnn_pkg::AccW;
  localparam int HW = axnn_pkg::BoothHighW;
  localparam int SW = axnn_pkg::BoothSumsW;
  localparam int Fours = axnn_pkg::Cols / 4;
  localparam int Merge = axnn_pkg::RowStages - 3;
  localparam int Blocks = 3;

  logic [axnn_pkg::Cols-1:0] column_q;
  always_ff @(posedge clk_i) column_q <= column_i;

  // Stage 0: every four columns to a pair; stages up to Merge - 1: every two pairs to one. High groups
  // and low groups apart.
  for (genvar s = 0; s < Merge; s++) begin : g_stage
    localparam int Pairs = Fours >> s;
    localparam int N = (s == 0) ? 8 : 4;   // numbers that become a pair
    logic [Pairs*N*HW-1:0] high;
    logic [Pairs*N*W-1:0] low;
    logic [2*Pairs*HW-1:0] high_d, high_q;
    logic [2*Pairs*W-1:0] low_d, low_q;

    if (s == 0) begin : g_leaves
      for (genvar c = 0; c < axnn_pkg::Cols; c++) begin : g_col
        assign {high[2*c*HW +: 2*HW], low[2*c*W +: 2*W]} =
            sums_i[c*SW +: SW] & {SW{column_q[c]}};
      end
    end else begin : g_inner
      assign high = g_stage[s-1].high_q;
      assign low = g_stage[s-1].low_q;
    end
    for (genvar p = 0; p < Pairs; p++) begin : g_pair
      axnn_csa_tree #(.Width(HW), .N(N)) u_high (
        .in_i   (high[p*N*HW +: N*HW]),
        .ones_i ({(N-2){1'b0}}),
        .sum_o  (high_d[2*p*HW +: HW]),
        .carry_o(high_d[(2*p+1)*HW +: HW])
      );
      axnn_csa_tree #(.Width(W), .N(N)) u_low (
        .in_i   (low[p*N*W +: N*W]),
        .ones_i ({(N-2){1'b0}}),
        .sum_o  (low_d[2*p*W +: W]),
        .carry_o(low_d[(2*p+1)*W +: W])
      );
    end
    always_ff @(posedge clk_i) begin
      if (en_i[s]) begin
        high_q <= high_d;
        low_q  <= low_d & {(2*Pairs*W){exact_i || (s < Merge - 1)}};
      end
    end
  end

  // Merge: both groups and the bias to a pair. Then each block of the pair added for either carry in;
  // last the carries choose.
  localparam int Block = (W + Blocks - 1) / Blocks;
  localparam int All = Blocks * Block;
  logic [2*HW-1:0] high;
  logic [2*W-1:0] low;
  logic [W-1:0] pair_sum, pair_carry, sum_q, carry_q, result_q;
  logic [All-1:0] sum, carry, result_d;
  logic [Blocks*(Block+1)-1:0] without_d, without_q;     // a carry in
  logic [(Blocks-1)*(Block+1)-1:0] with_d, with_q;       // with one; block 0 has none

  assign high = g_stage[Merge-1].high_q;
  assign low = g_stage[Merge-1].low_q;
  axnn_csa_tree #(.Width(W), .N(5)) u_merge (
    .in_i   ({bias_i, high[HW +: HW], {(W-HW){1'b0}}, high[0 +: HW], {(W-HW){1'b0}}, low}),
    .ones_i (3'b000),
    .sum_o  (pair_sum),
    .carry_o(pair_carry)
  );
  assign sum = All'(sum_q);
  assign carry = All'(carry_q);

  always_ff @(posedge clk_i) begin
    if (en_i[Merge]) begin
      sum_q   <= pair_sum;
      carry_q <= pair_carry;
    end
    if (en_i[Merge+1]) begin
      without_q <= without_d;
      with_q    <= with_d;
    end
    if (en_i[Merge+2]) result_q <= result_d[W-1:0];
  end

  for (genvar k = 0; k < Blocks; k++) begin : g_block
    logic [Block-1:0] a, b;
    assign a = sum[k*Block +: Block];
    assign b = carry[k*Block +: Block];
    assign without_d[k*(Block+1) +: Block+1] = {1'b0, a} + {1'b0, b};

    logic [Block:0] chosen;
    if (k == 0) begin : g_first
      assign chosen = without_q[Block:0];
    end else begin : g_next
      assign with_d[(k-1)*(Block+1) +: Block+1] = {1'b0, a} + {1'b0, b} + (Block+1)'(1);
      assign chosen = g_block[k-1].chosen[Block] ? with_q[(k-1)*(Block+1) +: Block+1]
                                                 : without_q[k*(Block+1) +: Block+1];
    end
    if (k == Blocks - 1) begin : g_overflow
      logic unused_carry;
      assign unused_carry = chosen[Block];
    end
    assign result_d[k*Block +: Block] = chosen[Block-1:0];
  end
  if (All > W) begin : g_above
    logic unused_above;
    assign unused_above = ^result_d[All-1:W];
  end

  assign sum_o = result_q;
endmodule
