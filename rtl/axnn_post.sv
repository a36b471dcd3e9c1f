// SPDX-License-Identifier: Apache-2.0
// What follows the row sums, Rows lanes wide: add the bias, requantise, activate.
//   bias_en_i     sum_i and bias_i are valid
//   requant_en_i  bit s: stage s of the requantisation, s + 1 cycles after bias_en_i
//   eights_i, rest_i, raw_i   of stages 0, 1, 2
//   act_i         act_e of the results on result_o, the cycle after the last stage
//   result_o      per lane the biased sum (ActRaw) or the sign-extended code
module axnn_post (
  input  logic                               clk_i,
  input  logic                               bias_en_i,
  input  logic [axnn_pkg::RequantStages-1:0] requant_en_i,
  input  logic [axnn_pkg::ShiftW-4:0]        eights_i,
  input  logic [2:0]                         rest_i,
  input  logic                               raw_i,
  input  logic [1:0]                         act_i,
  input  logic [axnn_pkg::BiasWordW-1:0]     sum_i,
  input  logic [axnn_pkg::BiasWordW-1:0]     bias_i,
  output logic [axnn_pkg::OutWordW-1:0]      result_o
);
  localparam int W = axnn_pkg::AccW;
  localparam int D = axnn_pkg::DataW;

  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_lane
    logic signed [W-1:0] biased_q, requantised;
    logic signed [D-1:0] code;

    always_ff @(posedge clk_i) begin
      if (bias_en_i) biased_q <= sum_i[r*W +: W] + bias_i[r*W +: W];
    end

    axnn_requant u_requant (
      .clk_i   (clk_i),
      .en_i    (requant_en_i),
      .acc_i   (biased_q),
      .eights_i(eights_i),
      .rest_i  (rest_i),
      .raw_i   (raw_i),
      .result_o(requantised)
    );

    axnn_activation u_activation (
      .act_i (act_i),
      .code_i(requantised[D-1:0]),
      .code_o(code)
    );

    assign result_o[r*W +: W] = (act_i == axnn_pkg::ActRaw) ? requantised : W'(code);
  end
endmodule
