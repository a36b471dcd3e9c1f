// SPDX-License-Identifier: Apache-2.0
// What follows the row sums, Rows lanes wide, two stages: add the bias; requantise and activate.
//   bias_en_i    sum_i and bias_i are valid
//   result_en_i  one cycle later; act_i and shift_i belong to that cycle
//   result_o     per lane the biased sum (ActRaw) or the sign-extended code
module axnn_post (
  input  logic                           clk_i,
  input  logic                           bias_en_i,
  input  logic                           result_en_i,
  input  logic [1:0]                     act_i,
  input  logic [axnn_pkg::ShiftW-1:0]    shift_i,
  input  logic [axnn_pkg::BiasWordW-1:0] sum_i,
  input  logic [axnn_pkg::BiasWordW-1:0] bias_i,
  output logic [axnn_pkg::OutWordW-1:0]  result_o
);
  localparam int W = axnn_pkg::AccW;

  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_lane
    logic signed [W-1:0] biased_q;
    logic signed [axnn_pkg::DataW-1:0] rounded, code;
    logic signed [W-1:0] result_q;

    axnn_requant u_requant (
      .acc_i  (biased_q),
      .shift_i(shift_i),
      .code_o (rounded)
    );

    axnn_activation u_activation (
      .act_i (act_i),
      .code_i(rounded),
      .code_o(code)
    );

    always_ff @(posedge clk_i) begin
      if (bias_en_i) biased_q <= sum_i[r*W +: W] + bias_i[r*W +: W];
      if (result_en_i) result_q <= (act_i == axnn_pkg::ActRaw) ? biased_q : W'(code);
    end

    assign result_o[r*W +: W] = result_q;
  end
endmodule
