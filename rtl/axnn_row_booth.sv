// SPDX-License-Identifier: Apache-2.0
// One row's sum over its fused PEs, and the bias, in carry-save form up to the last two stages,
// a carry-select adder. Five stages, as axnn_row_plain.
//   exact_i  mode M0: the low groups count
//   en_i     bit s: stage s takes its inputs this cycle
//   column_i columns that count, in the cycle before en_i[0]; a register in each row, so that no
//            row waits for a net to all of them
//   sums_i   axnn_mac_booth's sums of each column
//   bias_i   with en_i[2]
//   sum_o    the biased sum, the cycle after en_i[4]
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
  localparam int Half = axnn_pkg::Cols / 2;
  localparam int Blocks = 3;

  logic [axnn_pkg::Cols-1:0] column_q;
  always_ff @(posedge clk_i) column_q <= column_i;

  // Stage 0: each half of the columns to a pair; stage 1: both halves to a pair. High groups first.
  logic [4*HW-1:0] high0_d, high0_q;
  logic [4*W-1:0] low0_d, low0_q;
  logic [2*HW-1:0] high1_d, high1_q;
  logic [2*W-1:0] low1_d, low1_q;

  for (genvar h = 0; h < 2; h++) begin : g_half
    logic [2*Half*HW-1:0] high;
    logic [2*Half*W-1:0] low;
    for (genvar c = 0; c < Half; c++) begin : g_col
      assign {high[2*c*HW +: 2*HW], low[2*c*W +: 2*W]} =
          sums_i[(h*Half+c)*SW +: SW] & {SW{column_q[h*Half+c]}};
    end
    axnn_csa_tree #(.Width(HW), .N(2*Half)) u_high (
      .in_i(high), .sum_o(high0_d[2*h*HW +: HW]), .carry_o(high0_d[(2*h+1)*HW +: HW])
    );
    axnn_csa_tree #(.Width(W), .N(2*Half)) u_low (
      .in_i(low), .sum_o(low0_d[2*h*W +: W]), .carry_o(low0_d[(2*h+1)*W +: W])
    );
  end

  axnn_csa_tree #(.Width(HW), .N(4)) u_high1 (
    .in_i(high0_q), .sum_o(high1_d[HW-1:0]), .carry_o(high1_d[2*HW-1:HW])
  );
  axnn_csa_tree #(.Width(W), .N(4)) u_low1 (
    .in_i(low0_q), .sum_o(low1_d[W-1:0]), .carry_o(low1_d[2*W-1:W])
  );

  // Stage 2: both groups and the bias to a pair. Stage 3: each block of the pair added for either
  // carry in. Stage 4: the carries choose.
  localparam int Block = W / Blocks;
  logic [W-1:0] pair_sum, pair_carry, sum2_q, carry2_q, result_d, result_q;
  logic [Blocks*(Block+1)-1:0] low_d, low_q;         // without a carry in
  logic [(Blocks-1)*(Block+1)-1:0] high_d, high_q;   // with one; block 0 has none

  axnn_csa_tree #(.Width(W), .N(5)) u_merge (
    .in_i   ({bias_i, high1_q[2*HW-1:HW], {(W-HW){1'b0}}, high1_q[HW-1:0], {(W-HW){1'b0}}, low1_q}),
    .sum_o  (pair_sum),
    .carry_o(pair_carry)
  );

  always_ff @(posedge clk_i) begin
    if (en_i[0]) begin
      high0_q <= high0_d;
      low0_q  <= low0_d;
    end
    if (en_i[1]) begin
      high1_q <= high1_d;
      low1_q  <= low1_d & {(2*W){exact_i}};
    end
    if (en_i[2]) begin
      sum2_q   <= pair_sum;
      carry2_q <= pair_carry;
    end
    if (en_i[3]) begin
      low_q  <= low_d;
      high_q <= high_d;
    end
    if (en_i[4]) result_q <= result_d;
  end

  for (genvar k = 0; k < Blocks; k++) begin : g_block
    logic [Block-1:0] a, b;
    assign a = sum2_q[k*Block +: Block];
    assign b = carry2_q[k*Block +: Block];
    assign low_d[k*(Block+1) +: Block+1] = {1'b0, a} + {1'b0, b};

    logic [Block:0] chosen;
    if (k == 0) begin : g_first
      assign chosen = low_q[Block:0];
    end else begin : g_next
      assign high_d[(k-1)*(Block+1) +: Block+1] = {1'b0, a} + {1'b0, b} + (Block+1)'(1);
      assign chosen = g_block[k-1].chosen[Block] ? high_q[(k-1)*(Block+1) +: Block+1]
                                                 : low_q[k*(Block+1) +: Block+1];
    end
    if (k == Blocks - 1) begin : g_overflow
      logic unused_carry;
      assign unused_carry = chosen[Block];
    end
    assign result_d[k*Block +: Block] = chosen[Block-1:0];
  end

`ifdef VERILATOR
  initial assert (W % Blocks == 0) else $error("blocks of unequal width");
`endif

  assign sum_o = result_q;
endmodule
