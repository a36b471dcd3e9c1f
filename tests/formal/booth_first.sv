// SPDX-License-Identifier: Apache-2.0
// engine: bmc 4
// parameter: Mode 0 1 2
// rtl: axnn_mac_booth axnn_weight_operand axnn_booth_group axnn_booth_row axnn_booth_digit axnn_csa_tree axnn_csa
// The first step of a sum in the fused MAC: the high sum, carry and upper stand for the top two digits'
// multiples of the weight (in M2 of the weight rounded to a multiple of 64, halves up), the low ones
// for the others', modulo their widths. With booth_digits this is booth(a) * b.
// The high group is the same in M0 and M1 and shown in M1.
module booth_first_proof #(
  parameter int Mode = 0
) (
  input logic                              clk_i,
  input logic signed [axnn_pkg::DataW-1:0] a_i,
  input logic signed [axnn_pkg::DataW-1:0] b_i
);
  localparam int D = axnn_pkg::DataW;
  localparam int A = axnn_pkg::AccW;
  localparam int H = axnn_pkg::BoothHighW;
  localparam int L = axnn_pkg::BoothLowW;
  localparam int LowDigits = L / 2;
  localparam int HT = axnn_pkg::BoothHighWindowW;
  localparam int LT = axnn_pkg::BoothLowWindowW;

  logic [axnn_pkg::BoothSumsW-1:0] sums;
  axnn_mac_booth dut (
    .clk_i(clk_i), .clk_low_i((Mode == 0) ? clk_i : 1'b0), .mode_i(2'(Mode)),
    .valid_i(3'b111), .first_i(1'b1), .fresh_i(1'b1), .a_i(a_i), .b_i(b_i),
    .take_flow_i(1'b0), .flow_i('0), .flow_o(), .sums_o(sums)
  );
  logic [HT-1:0] high_sum, high_carry;
  logic [LT-1:0] low_sum, low_carry;
  logic [H-HT-1:0] high_upper;
  logic [A-LT-1:0] low_upper;
  assign {high_sum, high_carry, high_upper, low_sum, low_carry, low_upper} = sums;

  // The windows of three steps ago, with the uppers of now.
  logic signed [D-1:0] a_q, b_q, a2_q, b2_q, a3_q, b3_q;
  logic [H-1:0] high_q;
  logic [A-1:0] low_q;
  logic low_bits_q;
  logic [1:0] age_q = '0;
  always_ff @(posedge clk_i) begin
    {a3_q, a2_q, a_q} <= {a2_q, a_q, a_i};
    {b3_q, b2_q, b_q} <= {b2_q, b_q, b_i};
    high_q     <= H'(high_sum) + H'(high_carry);
    low_q      <= A'(low_sum) + A'(low_carry);
    low_bits_q <= (Mode == 0) ? low_carry[0] :
                  high_carry[0] || ((Mode == 2) && ({high_sum[L-1:0], high_carry[L-1:0]} != '0));
    if (age_q != 2'd3) age_q <= age_q + 1'b1;
  end

  logic [D:0] bits;
  logic signed [A-1:0] weight, high_weight, multiple;
  logic [A-1:0] high, low;
  assign bits = {a3_q, 1'b0};
  assign weight = A'(b3_q);
  assign high_weight = (Mode == 2) ? ((weight + (1 << (L - 1))) >>> L) <<< L : weight;
  always_comb begin
    high = '0;
    low = '0;
    for (int i = 0; i < D / 2; i++) begin
      multiple = (i < LowDigits) ? weight : high_weight;
      case (bits[2*i +: 3])
        3'b001, 3'b010: multiple = multiple;
        3'b011:         multiple = multiple <<< 1;
        3'b100:         multiple = -(multiple <<< 1);
        3'b101, 3'b110: multiple = -multiple;
        default:        multiple = '0;
      endcase
      if (i < LowDigits) low = low + (multiple <<< (2 * i));
      else high = high + (multiple <<< (2 * (i - LowDigits)));
    end
    if (age_q == 2'd3) begin
      if (Mode == 0) assert (low_q + (A'(low_upper) << LT) == low);
      else assert (high_q + (H'(high_upper) << HT) == high[H-1:0]);
      // A saved carry has no low bit, and the high group's low bits rest in M2.
      assert (!low_bits_q);
    end
  end
endmodule
