// SPDX-License-Identifier: Apache-2.0
// engine: bmc 3
// parameter: Mode 0 1 2
// rtl: axnn_mac_booth axnn_booth_group axnn_booth_row axnn_booth_digit axnn_csa_tree axnn_csa
// Every further step of a sum in the fused MAC, from any state of its carry-save accumulators: what
// they stand for grows by what a MAC that begins a sum with the same operands stands for
// (booth_first says what that is), modulo their widths. Any state: only the low bit of a saved carry
// must be 0, and every step leaves it so. The high pair is the same in M0 and M1 and shown in M1.
module booth_next_proof #(
  parameter int Mode = 0
) (
  input logic                              clk_i,
  input logic signed [axnn_pkg::DataW-1:0] a_i,
  input logic signed [axnn_pkg::DataW-1:0] b_i
);
  localparam int A = axnn_pkg::AccW;
  localparam int H = axnn_pkg::BoothHighW;

  logic clk_low;
  logic [axnn_pkg::BoothSumsW-1:0] sums, first;
  assign clk_low = (Mode == 0) ? clk_i : 1'b0;
  axnn_mac_booth dut (
    .clk_i(clk_i), .clk_low_i(clk_low), .rst_ni(1'b1), .mode_i(2'(Mode)),
    .valid_i(1'b1), .first_i(1'b0), .a_i(a_i), .b_i(b_i), .sums_o(sums)
  );
  axnn_mac_booth begins (
    .clk_i(clk_i), .clk_low_i(clk_low), .rst_ni(1'b1), .mode_i(2'(Mode)),
    .valid_i(1'b1), .first_i(1'b1), .a_i(a_i), .b_i(b_i), .sums_o(first)
  );

  logic [H-1:0] high_sum, high_carry, first_high_sum, first_high_carry, high_q;
  logic [A-1:0] low_sum, low_carry, first_low_sum, first_low_carry, low_q;
  logic carry_q;
  logic [1:0] age_q = '0;
  assign {high_sum, high_carry, low_sum, low_carry} = sums;
  assign {first_high_sum, first_high_carry, first_low_sum, first_low_carry} = first;

  always_ff @(posedge clk_i) begin
    high_q  <= high_sum + high_carry;
    low_q   <= low_sum + low_carry;
    carry_q <= high_carry[0] || ((Mode == 0) && low_carry[0]);
    if (age_q != 2'd2) age_q <= age_q + 1'b1;
  end

  always_comb begin
    if (age_q == 2'd2) begin
      assume (!carry_q);
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
