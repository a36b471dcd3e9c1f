// SPDX-License-Identifier: Apache-2.0
// One row's sum over its fused PEs, and the bias, in carry-save form up to the last two stages,
// a carry-select adder. RowStages stages, as axnn_row_plain. The uppers, which are a cycle late, enter
// in stage 1.
//   exact_i  mode M0: the low groups count
//   en_i     bit s: stage s takes its inputs this cycle
//   column_i columns that count, in the cycle before en_i[0], else 0; a register in each row, so that
//            no row waits for a net to all of them. column_en_i: in that cycle and the two after it.
//            Twice, since equal registers of equal inputs would become one, for too many gates
//   sums_i   axnn_mac_booth's sums of each column
//   bias_i   with en_i[RowStages-3]
//   sum_o    the biased sum, the cycle after the last stage
module axnn_row_booth (
  input  logic                                          clk_i,
  input  logic                                          exact_i,
  input  logic [axnn_pkg::RowStages-1:0]                en_i,
  input  logic                                          column_en_i,
  input  logic [2*axnn_pkg::Cols-1:0]                   column_i,
  input  logic [axnn_pkg::Cols*axnn_pkg::BoothSumsW-1:0] sums_i,
  input  logic [axnn_pkg::AccW-1:0]                     bias_i,
  output logic [axnn_pkg::AccW-1:0]                     sum_o
);
  localparam int W = axnn_pkg::AccW;
  localparam int L = axnn_pkg::BoothLowW;
  localparam int HT = axnn_pkg::BoothHighWindowW;
  localparam int LT = axnn_pkg::BoothLowWindowW;
  localparam int HU = axnn_pkg::BoothHighUpperW;
  localparam int LU = axnn_pkg::BoothLowUpperW;
  localparam int SW = axnn_pkg::BoothSumsW;
  localparam int Cols = axnn_pkg::Cols;
  // A row's windows, two numbers each, in full: no carry leaves these.
  localparam int HW = HT + $clog2(2 * Cols);
  localparam int LW = LT + $clog2(2 * Cols);
  localparam int Fours = Cols / 4;
  localparam int Merge = axnn_pkg::RowStages - 3;
  localparam int Blocks = 3;

  // Of the sums and carries of each group, and of the uppers a cycle later.
  logic [Cols-1:0] high_sums, high_carries, high_late, low_sums, low_carries, low_late;
  logic [3*Cols-1:0] high_columns_q, low_columns_q;
  assign {high_late, high_carries, high_sums} = high_columns_q;
  assign {low_late, low_carries, low_sums} = low_columns_q;
  always_ff @(posedge clk_i) begin
    if (column_en_i) high_columns_q <= {high_sums, column_i};
    if (column_en_i && exact_i) low_columns_q <= {low_sums, column_i};
  end

  // Windows. Stage 0: every four columns to a pair; stages up to Merge - 1: every two pairs to one. High
  // groups and low groups apart.
  for (genvar s = 0; s < Merge; s++) begin : g_stage
    localparam int Pairs = Fours >> s;
    logic [2*Pairs*HW-1:0] high_q;
    logic [2*Pairs*LW-1:0] low_q;

    if (s == 0) begin : g_leaves
      for (genvar p = 0; p < Pairs; p++) begin : g_pair
        axnn_row_leaf #(.Columns(Cols), .First(4 * p), .Count(4), .Stride(SW),
                        .Lsb(axnn_pkg::BoothLowSumsW + HU), .Field(HT), .Fields(2), .Width(HW)) u_high (
          .clk_i(clk_i), .en_i(en_i[0]), .column_i({high_sums, high_carries}), .sums_i(sums_i),
          .pair_o(high_q[2*p*HW +: 2*HW])
        );
        axnn_row_leaf #(.Columns(Cols), .First(4 * p), .Count(4), .Stride(SW),
                        .Lsb(LU), .Field(LT), .Fields(2), .Width(LW)) u_low (
          .clk_i(clk_i), .en_i(en_i[0] && exact_i), .column_i({low_sums, low_carries}),
          .sums_i(sums_i), .pair_o(low_q[2*p*LW +: 2*LW])
        );
      end
    end else begin : g_inner
      logic [2*Pairs*HW-1:0] high_d;
      logic [2*Pairs*LW-1:0] low_d;
      for (genvar p = 0; p < Pairs; p++) begin : g_pair
        axnn_csa_tree #(.Width(HW), .N(4)) u_high (
          .in_i   (g_stage[s-1].high_q[4*p*HW +: 4*HW]),
          .ones_i (2'b00),
          .sum_o  (high_d[2*p*HW +: HW]),
          .carry_o(high_d[(2*p+1)*HW +: HW])
        );
        axnn_csa_tree #(.Width(LW), .N(4)) u_low (
          .in_i   (g_stage[s-1].low_q[4*p*LW +: 4*LW]),
          .ones_i (2'b00),
          .sum_o  (low_d[2*p*LW +: LW]),
          .carry_o(low_d[(2*p+1)*LW +: LW])
        );
      end
      always_ff @(posedge clk_i) begin
        if (en_i[s]) high_q <= high_d;
        if (en_i[s] && exact_i) low_q <= low_d;
      end
    end
  end

  // Uppers: those of all columns to a pair in stage 1, which then waits for the windows. A row of four
  // merges in stage 1.
  localparam int Upper = (Merge > 1) ? 1 : 0;
  for (genvar s = Upper; s < Merge; s++) begin : g_upper
    logic [2*HU-1:0] high_q;
    logic [2*LU-1:0] low_q;
    if (s == Upper) begin : g_leaf
      axnn_row_leaf #(.Columns(Cols), .Count(Cols), .Stride(SW), .Lsb(axnn_pkg::BoothLowSumsW),
                      .Field(HU), .Fields(1), .Width(HU), .Registered(Upper)) u_high (
        .clk_i(clk_i), .en_i(en_i[1]), .column_i(high_late), .sums_i(sums_i), .pair_o(high_q)
      );
      axnn_row_leaf #(.Columns(Cols), .Count(Cols), .Stride(SW), .Lsb(0),
                      .Field(LU), .Fields(1), .Width(LU), .Registered(Upper)) u_low (
        .clk_i(clk_i), .en_i(en_i[1] && exact_i), .column_i(low_late), .sums_i(sums_i),
        .pair_o(low_q)
      );
    end else begin : g_wait
      always_ff @(posedge clk_i) begin
        if (en_i[s]) high_q <= g_upper[s-1].high_q;
        if (en_i[s] && exact_i) low_q <= g_upper[s-1].low_q;
      end
    end
  end

  // Merge: both groups and the bias to a pair. Then each block of the pair added for either carry in;
  // last the carries choose.
  localparam int Block = (W + Blocks - 1) / Blocks;
  localparam int All = Blocks * Block;
  logic [2*HW-1:0] high;
  logic [2*LW-1:0] low;
  logic [2*HU-1:0] high_upper;
  logic [2*LU-1:0] low_upper;
  logic [W-1:0] pair_sum, pair_carry, sum_q, carry_q, result_q;
  logic [All-1:0] sum, carry, result_d;
  logic [Blocks*(Block+1)-1:0] without_d, without_q;     // a carry in
  logic [(Blocks-1)*(Block+1)-1:0] with_d, with_q;       // with one; block 0 has none

  assign high = g_stage[Merge-1].high_q;
  assign low = g_stage[Merge-1].low_q & {(2*LW){exact_i}};
  assign high_upper = g_upper[Merge-1].high_q;
  assign low_upper = g_upper[Merge-1].low_q & {(2*LU){exact_i}};
  axnn_csa_tree #(.Width(W), .N(9)) u_merge (
    .in_i   ({bias_i,
              high_upper[HU +: HU], {(W-HU){1'b0}}, high_upper[0 +: HU], {(W-HU){1'b0}},
              low_upper[LU +: LU], {(W-LU){1'b0}}, low_upper[0 +: LU], {(W-LU){1'b0}},
              {(W-HW-L){1'b0}}, high[HW +: HW], {L{1'b0}}, {(W-HW-L){1'b0}}, high[0 +: HW], {L{1'b0}},
              W'(low[LW +: LW]), W'(low[0 +: LW])}),
    .ones_i (7'd0),
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
