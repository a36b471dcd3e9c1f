// SPDX-License-Identifier: Apache-2.0
// Reduces N numbers to two with the same sum modulo 2^Width: carry-save adders, log_1.5(N) levels.
// Combinational. N >= 2.
//   in_i   number k at [k*Width +: Width]
module axnn_csa_tree #(
  parameter int Width = 8,
  parameter int N = 3
) (
  input  logic [N*Width-1:0] in_i,
  output logic [Width-1:0]   sum_o,
  output logic [Width-1:0]   carry_o
);
  if (N == 2) begin : g_done
    assign {carry_o, sum_o} = in_i;
  end else begin : g_level
    // Every three become two, what is left over passes.
    localparam int Triples = N / 3;
    localparam int Left = N % 3;
    logic [(2*Triples+Left)*Width-1:0] next;

    for (genvar t = 0; t < Triples; t++) begin : g_csa
      axnn_csa #(.Width(Width)) u_csa (
        .a_i    (in_i[3*t*Width +: Width]),
        .b_i    (in_i[(3*t+1)*Width +: Width]),
        .c_i    (in_i[(3*t+2)*Width +: Width]),
        .slot_i (1'b0),
        .sum_o  (next[2*t*Width +: Width]),
        .carry_o(next[(2*t+1)*Width +: Width])
      );
    end
    if (Left > 0) begin : g_left
      assign next[2*Triples*Width +: Left*Width] = in_i[3*Triples*Width +: Left*Width];
    end

    axnn_csa_tree #(.Width(Width), .N(2*Triples+Left)) u_rest (
      .in_i   (next),
      .sum_o  (sum_o),
      .carry_o(carry_o)
    );
  end
endmodule
