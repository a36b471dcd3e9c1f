// SPDX-License-Identifier: Apache-2.0
// engine: induct 6
// rtl: axnn_mac axnn_weight_operand
// The accumulator never overflows: after n products of at most 2^(2 DataW - 2) (product_range) it is
// the sum of them without wrapping and at most n times that; with the largest fan-in there is room for
// any bias of BiasW bits. The multiplier is replaced by one that may return any number in that range.
module axnn_mult_fig8 (
  input  logic signed [axnn_pkg::DataW-1:0] a_i,
  input  logic signed [axnn_pkg::DataW-1:0] b_i,
  input  logic        [1:0]                 mode_i,
  output logic signed [axnn_pkg::ProdW-1:0] p_o
);
  assign p_o = {a_i, b_i};
endmodule

module mac_overflow_proof (
  input logic                               clk_i,
  input logic                               valid_i,
  input logic                               first_i,
  input logic signed [axnn_pkg::ProdW-1:0]  product_i,
  input logic signed [axnn_pkg::BiasW-1:0]  bias_i
);
  localparam int A = axnn_pkg::AccW;
  localparam int Wide = A + 8;
  localparam int Largest = 1 << (2 * axnn_pkg::DataW - 2);
  localparam int CountW = $clog2(axnn_pkg::MaxFanIn) + 1;

  logic signed [A-1:0] acc;
  logic valid1_q = 1'b0, valid2_q = 1'b0, first1_q, first2_q, begun_q = 1'b0;
  axnn_mac dut (
    .clk_i(clk_i), .mode_i(2'd0), .valid_i({valid2_q, valid1_q, valid_i}), .fresh_i(first2_q),
    .a_i(product_i[axnn_pkg::ProdW-1:axnn_pkg::DataW]), .b_i(product_i[axnn_pkg::DataW-1:0]),
    .take_flow_i(1'b0), .flow_i('0), .flow_o(), .acc_o(acc)
  );

  // The same sum, wide; stages as in the design.
  logic signed [axnn_pkg::ProdW-1:0] product1_q, product2_q;
  logic signed [Wide-1:0] sum_q, sum;
  logic [CountW-1:0] count_q = '0, count, given_q = '0;
  assign count = first2_q ? CountW'(1) : count_q + 1'b1;
  assign sum = (first2_q ? Wide'(0) : sum_q) + Wide'(product2_q);

  always_ff @(posedge clk_i) begin
    valid1_q <= valid_i;
    valid2_q <= valid1_q;
    first1_q <= first_i;
    first2_q <= first1_q;
    if (valid_i) begin
      given_q    <= first_i ? CountW'(1) : given_q + 1'b1;
      product1_q <= product_i;
    end
    if (valid1_q) product2_q <= product1_q;
    if (valid2_q) begin
      begun_q <= 1'b1;
      sum_q   <= sum;
      count_q <= count;
    end
  end

  localparam logic signed [Wide-1:0] AccMax = {{(Wide-A+1){1'b0}}, {(A-1){1'b1}}};
  logic signed [Wide-1:0] bound, biased;
  assign biased = sum_q + Wide'(bias_i);
  assign bound = Wide'($signed({1'b0, count_q})) * Largest;
  logic [CountW-1:0] given1, given2;  // products of the sum up to stage 1, 2
  assign given2 = valid2_q ? count : count_q;
  assign given1 = valid1_q ? (first1_q ? CountW'(1) : given2 + 1'b1) : given2;
  always_comb begin
    assume (product_i <= Largest);
    assume (product_i >= -Largest);
    // A sum begins with first_i and has at most MaxFanIn products.
    if (valid_i && !first_i) assume (given_q != '0 && given_q < CountW'(axnn_pkg::MaxFanIn));
    if (begun_q) begin
      assert (count_q <= CountW'(axnn_pkg::MaxFanIn));
      assert (sum_q <= bound && sum_q >= -bound);
      assert (Wide'(acc) == sum_q);
      assert (biased <= AccMax);
      assert (biased >= -AccMax - 1);
    end
    // What the stages hold, for the induction.
    assert (given_q == given1);
    assert (given1 <= CountW'(axnn_pkg::MaxFanIn) && given2 <= CountW'(axnn_pkg::MaxFanIn));
    assert (begun_q == (count_q != '0));
    if (valid1_q && !first1_q) assert (given2 != '0);
    if (valid2_q && !first2_q) assert (count_q != '0);
    if (valid1_q) assert (product1_q <= Largest && product1_q >= -Largest);
    if (valid2_q) assert (product2_q <= Largest && product2_q >= -Largest);
  end
endmodule
