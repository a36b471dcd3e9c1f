// SPDX-License-Identifier: Apache-2.0
// Fused multiply-accumulate on radix-4 Booth digits of the activation (design, section 3, `booth`).
// Multiplier and accumulator are one carry-save tree: no carry chain is in the loop.
//   M0      all five digits: exact
//   M1, M2  the top two digits, which are the activation rounded to a multiple of 64
//   M2      the weight rounded to a multiple of 64 too
// The digits are two groups with accumulators of their own: the top two (in units of 64, two
// carry-save levels) and the lower three (three levels). The lower group's registers are on a clock
// that stands still outside M0, so the rough modes neither pay its delay nor its energy.
//   clk_low_i  clk_i in M0, constant 0 otherwise
//   a_i, b_i   codes, with valid_i; first_i starts a sum
//   sums_o     {high sum, high carry, low sum, low carry}, two cycles after the last operands:
//              total = 64 * (high sum + high carry) + low sum + low carry (0 outside M0), mod 2^AccW
module axnn_mac_booth (
  input  logic                              clk_i,
  input  logic                              clk_low_i,
  input  logic                              rst_ni,
  input  logic        [1:0]                 mode_i,
  input  logic                              valid_i,
  input  logic                              first_i,
  input  logic signed [axnn_pkg::DataW-1:0] a_i,
  input  logic signed [axnn_pkg::DataW-1:0] b_i,
  output logic [axnn_pkg::BoothSumsW-1:0]   sums_o
);
  localparam int D = axnn_pkg::DataW;
  localparam int L = axnn_pkg::LowW;
  localparam int HW = axnn_pkg::BoothHighW;
  localparam int LW = axnn_pkg::AccW;

  // Recoding, and rounding of the weight in M2: one bit more, since 511 rounds to 512.
  logic [29:0] sel_d;
  logic [17:0] sel_low_q;
  logic [11:0] sel_high_q;
  logic signed [D:0] bh_d;
  logic signed [D-L:0] rounded;
  logic [D:0] bh_q, nbh_q;
  logic [D-1:0] bl_q, nbl_q;
  logic valid_q, first_q;

  for (genvar i = 0; i < D / 2; i++) begin : g_digit
    logic [2:0] bits;
    if (i == 0) begin : g_lowest
      assign bits = {a_i[1:0], 1'b0};
    end else begin : g_other
      assign bits = a_i[2*i-1 +: 3];
    end
    axnn_booth_digit u_digit (.bits_i(bits), .sel_o(sel_d[6*i +: 6]));
  end

  assign rounded = $signed({b_i[D-1], b_i[D-1:L]}) + $signed({{(D-L){1'b0}}, b_i[L-1]});
  assign bh_d = (mode_i == axnn_pkg::ModeM2) ? {rounded, {L{1'b0}}} : {b_i[D-1], b_i};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= valid_i;
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      first_q    <= first_i;
      sel_high_q <= sel_d[29:18];
      bh_q       <= bh_d;
      nbh_q      <= ~bh_d;
    end
  end

  always_ff @(posedge clk_low_i) begin
    if (valid_i) begin
      sel_low_q <= sel_d[17:0];
      bl_q      <= b_i;
      nbl_q     <= ~b_i;
    end
  end

  // Rows. Row i stands 2 * (i mod 3) bits left in its group. A row's sign bit s at weight 2^n counts
  // -s; sign extension is cut short by -s 2^n = s 2^n + s 2^(n+1) + (1 - s) 2^(n+2) - 2^(n+2), and
  // what is left over in a group is one constant. One's complement rows want 1 more when negative:
  // these bits sit in places that are free.
  logic [D+1:0] row3, row4;
  logic [D:0] row0, row1, row2;
  logic neg0, neg1, neg2, neg3, neg4;

  axnn_booth_row #(.Width(D)) u_row0 (
    .sel_i(sel_low_q[5:0]), .b_i(bl_q), .nb_i(nbl_q), .row_o(row0)
  );
  axnn_booth_row #(.Width(D)) u_row1 (
    .sel_i(sel_low_q[11:6]), .b_i(bl_q), .nb_i(nbl_q), .row_o(row1)
  );
  axnn_booth_row #(.Width(D)) u_row2 (
    .sel_i(sel_low_q[17:12]), .b_i(bl_q), .nb_i(nbl_q), .row_o(row2)
  );
  axnn_booth_row #(.Width(D+1)) u_row3 (
    .sel_i(sel_high_q[5:0]), .b_i(bh_q), .nb_i(nbh_q), .row_o(row3)
  );
  axnn_booth_row #(.Width(D+1)) u_row4 (
    .sel_i(sel_high_q[11:6]), .b_i(bh_q), .nb_i(nbh_q), .row_o(row4)
  );
  assign {neg4, neg3} = {sel_high_q[10], sel_high_q[4]};
  assign {neg2, neg1, neg0} = {sel_low_q[16], sel_low_q[10], sel_low_q[4]};

  // High group: rows 3 and 4, two levels. Sign of row 3 at 11, of row 4 at 13: constant -2^14.
  // Columns 0 and 1 have nothing from row 4 and skip the first level, which leaves a place for
  // neg4 in column 2; neg3 takes the free low bit of the saved carry.
  logic [HW-1:0] hs_q, hc_q, hs, hc, h1, hs1, hc1, hs2, hc2;
  logic [HW-3:0] h2, top_sum, top_carry;

  assign hs = hs_q & {HW{!first_q}};
  assign hc = {hc_q[HW-1:1] & {(HW-1){!first_q}}, neg3};
  assign h1 = {{(HW-14){1'b0}}, !row3[11], row3[11], row3};
  assign h2 = {{(HW-14){1'b1}}, !row4[11], row4[10:0]};  // from column 2 on

  axnn_csa #(.Width(HW-2)) u_high1 (
    .a_i    (h1[HW-1:2]),
    .b_i    (h2),
    .c_i    (hs[HW-1:2]),
    .slot_i (neg4),
    .sum_o  (top_sum),
    .carry_o(top_carry)
  );
  assign hs1 = {top_sum, h1[1:0]};
  assign hc1 = {top_carry, hs[1:0]};
  axnn_csa #(.Width(HW)) u_high2 (
    .a_i(hs1), .b_i(hc1), .c_i(hc), .slot_i(1'b0), .sum_o(hs2), .carry_o(hc2)
  );

  always_ff @(posedge clk_i) begin
    if (valid_q) begin
      hs_q <= hs2;
      hc_q <= hc2;
    end
  end

  // Low group: rows 0 to 2, three levels. Signs at 10, 12, 14: row 0's is extended to 13, row 1's
  // to 13, constant -2^15. 4 * neg1 = 2 + 1 + 1 and 16 * neg2 = 15 + 1 in free places.
  logic [LW-1:0] ls_q, lc_q, ls, lc, l0, l1, l2, ls1, lc1, ls2, lc2, ls3, lc3;

  assign ls = ls_q & {LW{!first_q}};
  assign lc = {lc_q[LW-1:1] & {(LW-1){!first_q}}, neg2};
  assign l0 = {{(LW-15){1'b1}}, 1'b0, !row0[10], row0[10], row0[10], row0[10], row0[9:0]};
  assign l1 = {{(LW-14){1'b0}}, !row1[10], row1[10], row1[9:0], neg1, neg1};
  assign l2 = {{(LW-15){1'b0}}, !row2[10], row2[9:0], {4{neg2}}};

  axnn_csa #(.Width(LW)) u_low1 (
    .a_i(l0), .b_i(l1), .c_i(l2), .slot_i(neg0), .sum_o(ls1), .carry_o(lc1)
  );
  axnn_csa #(.Width(LW)) u_low2 (
    .a_i(ls1), .b_i(lc1), .c_i(ls), .slot_i(neg1), .sum_o(ls2), .carry_o(lc2)
  );
  axnn_csa #(.Width(LW)) u_low3 (
    .a_i(ls2), .b_i(lc2), .c_i(lc), .slot_i(1'b0), .sum_o(ls3), .carry_o(lc3)
  );

  always_ff @(posedge clk_low_i) begin
    if (valid_q) begin
      ls_q <= ls3;
      lc_q <= lc3;
    end
  end

  assign sums_o = {hs_q, hc_q, ls_q, lc_q};
endmodule
