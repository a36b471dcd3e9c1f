// SPDX-License-Identifier: Apache-2.0
// Every DRUM side by side, for the exhaustive test: product of K at [(K-1)*W +: W].
module drum_all #(
  localparam int W = axnn_pkg::ProdW + 1,
  localparam int N = axnn_pkg::DataW - 1
) (
  input  logic signed [axnn_pkg::DataW-1:0] a_i,
  input  logic signed [axnn_pkg::DataW-1:0] b_i,
  output logic [N*W-1:0]                    p_o
);
  for (genvar k = 1; k <= N; k++) begin : g_k
    axnn_mult_drum #(.K(k)) u_mult (.a_i(a_i), .b_i(b_i), .p_o(p_o[(k-1)*W +: W]));
  end
endmodule
