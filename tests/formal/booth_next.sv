// SPDX-License-Identifier: Apache-2.0
// engine: bmc 3
// parameter: Mode 0 1 2
// rtl: axnn_mac_booth axnn_booth_group axnn_booth_row axnn_booth_digit axnn_csa_tree axnn_csa
// Every further step of a sum in the fused MAC, from any state of its carry-save accumulators: what
// they stand for grows by what a MAC that begins a sum with the same operands stands for
// (booth_first says what that is), modulo their widths. Any state: only the low bit of a saved carry
// must be 0, and every step leaves it so; in M2 the high group's low bits, registers of its weight
// included, are 0 from the first step on and stay so. The high pair is the same in M0 and M1 and shown
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

  logic clk_low;
  logic [axnn_pkg::BoothSumsW-1:0] sums, first;
  assign clk_low = (Mode == 0) ? clk_i : 1'b0;
  axnn_mac_booth dut (
    .clk_i(clk_i), .clk_low_i(clk_low), .rst_ni(1'b1), .mode_i(2'(Mode)),
    .valid_i(1'b1), .first_i(restart_i), .a_i(a_i), .b_i(b_i), .sums_o(sums)
  );
  axnn_mac_booth begins (
    .clk_i(clk_i), .clk_low_i(clk_low), .rst_ni(1'b1), .mode_i(2'(Mode)),
    .valid_i(1'b1), .first_i(1'b1), .a_i(a_i), .b_i(b_i), .sums_o(first)
  );

  logic [H-1:0] high_sum, high_carry, first_high_sum, first_high_carry, high_q;
  logic [A-1:0] low_sum, low_carry, first_low_sum, first_low_carry, low_q;
  // Registers of `dut`: Yosys joins them to the wires of these names when it flattens.
  (* hierconn *) logic [axnn_pkg::DataW:0] \dut.bh_q , \dut.nbh_q ;
  logic carry_q, rest_q, restart1_q, restart2_q;
  logic [1:0] age_q = '0;
  assign {high_sum, high_carry, low_sum, low_carry} = sums;
  assign {first_high_sum, first_high_carry, first_low_sum, first_low_carry} = first;

  always_ff @(posedge clk_i) begin
    high_q  <= high_sum + high_carry;
    low_q   <= low_sum + low_carry;
    carry_q <= high_carry[0] || ((Mode == 0) && low_carry[0]);
    rest_q  <= ({high_sum[L-1:0], high_carry[L-1:0]} == '0);
    {restart2_q, restart1_q} <= {restart1_q, restart_i};
    if (age_q != 2'd2) age_q <= age_q + 1'b1;
  end

  always_comb begin
    if (Mode == 2 && age_q == '0) assume ({\dut.bh_q [L-1:0], \dut.nbh_q [L-1:0]} == '0);
    if (age_q == 2'd2 && !restart2_q) begin
      assume (!carry_q);
      if (Mode == 2) begin
        assume (rest_q);
        assert ({high_sum[L-1:0], high_carry[L-1:0]} == '0);
        assert ({\dut.bh_q [L-1:0], \dut.nbh_q [L-1:0]} == '0);
      end
      if (Mode == 0) begin
        assert (!low_carry[0]);
        assert (low_sum + low_carry == low_q + first_low_sum + first_low_carry);
      end else begin
        assert (!high_carry[0]);
        assert (high_sum + high_carry == high_q + first_high_sum + first_high_carry);
      end
    end
  end
endmodule
