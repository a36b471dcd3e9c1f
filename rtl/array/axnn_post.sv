// SPDX-License-Identifier: Apache-2.0
// What follows the biased sums, Rows lanes wide: requantise, activate.
//   requant_en_i  bit s: stage s of the requantisation takes its input; stage 0 takes sum_i
//   eights_i, rest_i, raw_i   of stages 0, 1, 2
//   act_i         act_e of the results on result_o, the cycle after the last stage
//   result_o      per lane the biased sum (ActRaw) or the sign-extended code
module axnn_post (
  input  logic                               clk_i,
  input  logic [axnn_pkg::RequantStages-1:0] requant_en_i,
  input  logic [axnn_pkg::ShiftW-4:0]        eights_i,
  input  logic [2:0]                         rest_i,
  input  logic                               raw_i,
  input  logic [1:0]                         act_i,
  input  logic [axnn_pkg::BiasWordW-1:0]     sum_i,
  output logic [axnn_pkg::OutWordW-1:0]      result_o
);
  localparam int W = axnn_pkg::AccW;
  localparam int D = axnn_pkg::DataW;

  logic above;
  assign above = (act_i == axnn_pkg::ActRaw) || (act_i == axnn_pkg::ActLinear);
  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_lane
    logic signed [W-1:0] requantised;
    logic signed [D-1:0] code;

    axnn_requant u_requant (
      .clk_i   (clk_i),
      .en_i    (requant_en_i),
      .acc_i   (sum_i[r*W +: W]),
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

    // Above the code a rectified code and a sigmoid have 0, a linear code its sign, as it comes.
    assign result_o[r*W +: W] = {requantised[W-1:D] & {(W-D){above}}, code};
  end
endmodule
