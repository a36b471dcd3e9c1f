// SPDX-License-Identifier: Apache-2.0
// engine: bmc 5
// parameter: Mode 0 1 2
// rtl: axnn_mac_booth axnn_weight_operand axnn_booth_group axnn_booth_row axnn_booth_digit axnn_csa_tree axnn_csa
// Every further step of a sum in the fused MAC, from any state of its carry-save accumulators: what
// they stand for grows by what a MAC that begins a sum with the same operands stands for
// (booth_first says what that is), modulo their widths. Any state: only the low bit of a saved carry
// must be 0, and every step leaves it so; in M2 the high group's low bits, registers of its weight
// included, are 0 from the first step on and stay so. The high group is the same in M0 and M1 and shown
// in M1.
module booth_next_proof #(
  parameter int Mode = 0
) (
  input logic                              clk_i,
  input logic                              restart_i,  // no further step but a first one
  input logic signed [axnn_pkg::DataW-1:0] a_i,
  input logic signed [axnn_pkg::DataW-1:0] b_i
);
  localparam int A = axnn_pkg::AccW;
  localparam int H = axnn_pkg::BoothHighW;
  localparam int L = axnn_pkg::BoothLowW;
  localparam int HT = axnn_pkg::BoothHighWindowW;
  localparam int LT = axnn_pkg::BoothLowWindowW;

  logic clk_low, restart1_q, restart2_q, restart3_q;
  logic [axnn_pkg::BoothSumsW-1:0] sums, first;
  assign clk_low = (Mode == 0) ? clk_i : 1'b0;
  axnn_mac_booth dut (
    .clk_i(clk_i), .clk_low_i(clk_low), .mode_i(2'(Mode)),
    .valid_i(3'b111), .first_i(restart_i), .fresh_i(restart2_q), .a_i(a_i), .b_i(b_i),
    .take_flow_i(1'b0), .flow_i('0), .flow_o(), .sums_o(sums)
  );
  axnn_mac_booth begins (
    .clk_i(clk_i), .clk_low_i(clk_low), .mode_i(2'(Mode)),
    .valid_i(3'b111), .first_i(1'b1), .fresh_i(1'b1), .a_i(a_i), .b_i(b_i),
    .take_flow_i(1'b0), .flow_i('0), .flow_o(), .sums_o(first)
  );

  logic [HT-1:0] high_sum, high_carry, first_high_sum, first_high_carry;
  logic [LT-1:0] low_sum, low_carry, first_low_sum, first_low_carry;
  logic [H-HT-1:0] high_upper, first_high_upper;
  logic [A-LT-1:0] low_upper, first_low_upper;
  assign {high_sum, high_carry, high_upper, low_sum, low_carry, low_upper} = sums;
  assign {first_high_sum, first_high_carry, first_high_upper,
          first_low_sum, first_low_carry, first_low_upper} = first;

  // What a step leaves, known a cycle later with the uppers: now, and a step before.
  logic [H-1:0] high_window_q, first_high_window_q, high, first_high, high_before_q;
  logic [A-1:0] low_window_q, first_low_window_q, low, first_low, low_before_q;
  assign high = high_window_q + (H'(high_upper) << HT);
  assign low = low_window_q + (A'(low_upper) << LT);
  assign first_high = first_high_window_q + (H'(first_high_upper) << HT);
  assign first_low = first_low_window_q + (A'(first_low_upper) << LT);

  // Registers of `dut`: Yosys joins them to the wires of these names when it flattens.
  (* hierconn *) logic [axnn_pkg::DataW:0] \dut.bh_q , \dut.nbh_q ;
  logic carry;
  logic [2:0] age_q = '0;
  assign carry = (Mode == 0) ? low_carry[0] : high_carry[0];

  always_ff @(posedge clk_i) begin
    high_window_q       <= H'(high_sum) + H'(high_carry);
    low_window_q        <= A'(low_sum) + A'(low_carry);
    first_high_window_q <= H'(first_high_sum) + H'(first_high_carry);
    first_low_window_q  <= A'(first_low_sum) + A'(first_low_carry);
    high_before_q <= high;
    low_before_q  <= low;
    {restart3_q, restart2_q, restart1_q} <= {restart2_q, restart1_q, restart_i};
    if (age_q != 3'd4) age_q <= age_q + 1'b1;
  end

  logic rests;
  assign rests = ({high_sum[L-1:0], high_carry[L-1:0], \dut.bh_q [L-1:0], \dut.nbh_q [L-1:0]} == '0);
  always_comb begin
    if (age_q == '0) begin
      assume (!carry);
      if (Mode == 2) assume (rests);
    end
    assert (!carry);
    if (Mode == 2) assert (rests);
    if (age_q == 3'd4 && !restart3_q) begin
      if (Mode == 0) assert (low == low_before_q + first_low);
      else assert (high == high_before_q + first_high);
    end
  end
endmodule
