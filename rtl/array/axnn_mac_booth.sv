// SPDX-License-Identifier: Apache-2.0
// Fused multiply-accumulate on radix-4 Booth digits of the activation (design, section 3, `booth`).
// Multiplier and accumulator are one carry-save tree: no carry chain is in the loop. With words of ten
// bits:
//   M0      all five digits: exact
//   M1, M2  the top two digits, which are the activation rounded to a multiple of 64
//   M2      the weight rounded to a multiple of 64 too
// The digits are two groups with accumulators of their own (axnn_booth_group): the top two (in units
// of 64, two carry-save levels) and the lower three (three levels). The lower group's registers are on
// a clock that stands still outside M0, so the rough modes neither pay its delay nor its energy. In M2
// the negative of the rounded weight is made before its register, so the high group's low bits are 0
// and rest.
//   clk_low_i  clk_i in M0, constant 0 otherwise
//   valid_i    bit n: n cycles ago a_i and b_i were operands
//   a_i, b_i   codes, with valid_i[0]; first_i starts a sum, fresh_i is the same with valid_i[2]
//   take_flow_i  the weight is flow_i (what axnn_weight_operand makes of one), not b_i, which is then 0
//   flow_o     the weight's register
//   sums_o     {high sum, carry, upper; low sum, carry, upper}, two cycles after the last operands, the
//              uppers three: high = sum + carry + 2^BoothHighWindowW upper, low alike, and
//              total = 2^BoothLowW * high + low (outside M0 high alone), mod 2^AccW
module axnn_mac_booth (
  input  logic                              clk_i,
  input  logic                              clk_low_i,
  input  logic        [1:0]                 mode_i,
  input  logic        [2:0]                 valid_i,
  input  logic                              first_i,
  input  logic                              fresh_i,
  input  logic signed [axnn_pkg::DataW-1:0] a_i,
  input  logic signed [axnn_pkg::DataW-1:0] b_i,
  input  logic                              take_flow_i,
  input  logic [axnn_pkg::BoothWeightOpW-1:0] flow_i,
  output logic [axnn_pkg::BoothWeightOpW-1:0] flow_o,
  output logic [axnn_pkg::BoothSumsW-1:0]   sums_o
);
  localparam int D = axnn_pkg::DataW;
  localparam int L = axnn_pkg::BoothLowW;
  localparam int High = axnn_pkg::BoothHighDigits;
  localparam int Low = axnn_pkg::BoothLowDigits;
  localparam int HW = axnn_pkg::BoothHighWindowW;
  localparam int LW = axnn_pkg::BoothLowWindowW;
  localparam int LU = axnn_pkg::BoothLowUpperW;

  logic [D-1:0] one_d, two_d;
  logic [4*Low-1:0] sel_low_q;
  logic [4*High-1:0] sel_high_q;
  logic [D:0] own, own_negative, bh_d, nbh_d;
  logic rough;
  logic [D:0] bh_q, nbh_q;
  logic [D-1:0] bl_q, nbl_q;
  logic first_q;

  axnn_booth_digit #(.Digits(D / 2)) u_digits (.a_i(a_i), .one_o(one_d), .two_o(two_d));
  axnn_weight_operand #(.Mult(axnn_pkg::MultBooth)) u_weight (
    .mode_i(mode_i), .b_i(b_i), .weight_o({own, own_negative})
  );
  assign rough = (mode_i == axnn_pkg::ModeM2);
  // Of a weight of 0 only the inverse has bits.
  assign bh_d = own | (flow_i[D+1 +: D+1] & {(D+1){take_flow_i}});
  assign nbh_d = (own_negative & {(D+1){!take_flow_i}}) | (flow_i[0 +: D+1] & {(D+1){take_flow_i}});
  assign flow_o = {bh_q, nbh_q};

  always_ff @(posedge clk_i) begin
    first_q <= first_i;
    if (valid_i[0]) begin
      sel_high_q <= {two_d[D-1:L], one_d[D-1:L]};
      bh_q[D:L]  <= bh_d[D:L];
      nbh_q[D:L] <= nbh_d[D:L];
    end
    if (valid_i[0] && (!rough || first_i)) begin
      bh_q[L-1:0]  <= bh_d[L-1:0];
      nbh_q[L-1:0] <= nbh_d[L-1:0];
    end
  end

  always_ff @(posedge clk_low_i) begin
    if (valid_i[0]) begin
      sel_low_q <= {two_d[L-1:0], one_d[L-1:0]};
      bl_q      <= bh_d[D-1:0];
      nbl_q     <= nbh_d[D-1:0];
    end
  end

  axnn_booth_group #(.Digits(High), .Silent(L), .Width(D+1), .SumW(axnn_pkg::BoothHighW),
                    .Most((High > 1) ? High - 1 : High)) u_high (
    .clk_i   (clk_i),
    .valid_i (valid_i[1]),
    .first_i (first_q),
    .settle_i(valid_i[2]),
    .fresh_i (fresh_i),
    .sel_i   (sel_high_q),
    .ones_i  (!rough),
    .b_i     (bh_q),
    .nb_i    (nbh_q),
    .sum_o   (sums_o[axnn_pkg::BoothSumsW-1 -: HW]),
    .carry_o (sums_o[axnn_pkg::BoothSumsW-HW-1 -: HW]),
    .upper_o (sums_o[axnn_pkg::BoothLowSumsW +: axnn_pkg::BoothHighUpperW])
  );
  axnn_booth_group #(.Digits(Low), .Width(D), .SumW(axnn_pkg::AccW),
                    .Most((Low > 2) ? Low - 1 : Low)) u_low (
    .clk_i   (clk_low_i),
    .valid_i (valid_i[1]),
    .first_i (first_q),
    .settle_i(valid_i[2]),
    .fresh_i (fresh_i),
    .sel_i   (sel_low_q),
    .ones_i  (1'b1),
    .b_i     (bl_q),
    .nb_i    (nbl_q),
    .sum_o   (sums_o[LU+LW +: LW]),
    .carry_o (sums_o[LU +: LW]),
    .upper_o (sums_o[0 +: LU])
  );
endmodule
