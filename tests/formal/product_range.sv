// SPDX-License-Identifier: Apache-2.0
// engine: sat
// rtl: axnn_mult_fig8
// No product of the paper's multiplier exceeds 2^(2 DataW - 2) in magnitude, in any mode.
module product_range_proof (
  input logic signed [axnn_pkg::DataW-1:0] a_i,
  input logic signed [axnn_pkg::DataW-1:0] b_i,
  input logic        [1:0]                 mode_i
);
  localparam int Largest = 1 << (2 * axnn_pkg::DataW - 2);
  logic signed [axnn_pkg::ProdW-1:0] product;
  axnn_mult_fig8 dut (.a_i(a_i), .b_i(b_i), .mode_i(mode_i), .p_o(product));
  always_comb begin
    assert (product <= Largest);
    assert (product >= -Largest);
  end
endmodule
