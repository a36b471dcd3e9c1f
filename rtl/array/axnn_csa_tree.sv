// SPDX-License-Identifier: Apache-2.0
// Reduces N numbers to two with the same sum modulo 2^Width: carry-save adders, log_1.5(N) levels.
// Combinational. N >= 2. The first inputs pass the most levels.
//   in_i    number k at [k*Width +: Width]
//   ones_i  bit k: 1 more (k < N - 2; one free place in each carry-save adder)
module axnn_csa_tree #(
  parameter int Width = 8,
  parameter int N = 3,
  localparam int Ones = (N > 2) ? N - 2 : 1
) (
  input  logic [N*Width-1:0] in_i,
  input  logic [Ones-1:0]    ones_i,
  output logic [Width-1:0]   sum_o,
  output logic [Width-1:0]   carry_o
);
  if (N == 2) begin : g_done
    logic unused_ones;
    assign unused_ones = ones_i[0];
    assign {carry_o, sum_o} = in_i;
  end else begin : g_level
    // Every three become two, what is left over passes.
    localparam int Triples = N / 3;
    localparam int Left = N % 3;
    localparam int Next = 2 * Triples + Left;
    localparam int NextOnes = (Next > 2) ? Next - 2 : 1;
    logic [Next*Width-1:0] next;
    logic [NextOnes-1:0] next_ones;

    for (genvar t = 0; t < Triples; t++) begin : g_csa
      axnn_csa #(.Width(Width)) u_csa (
        .a_i    (in_i[3*t*Width +: Width]),
        .b_i    (in_i[(3*t+1)*Width +: Width]),
        .c_i    (in_i[(3*t+2)*Width +: Width]),
        .slot_i (ones_i[t]),
        .sum_o  (next[2*t*Width +: Width]),
        .carry_o(next[(2*t+1)*Width +: Width])
      );
    end
    if (Left > 0) begin : g_left
      assign next[2*Triples*Width +: Left*Width] = in_i[3*Triples*Width +: Left*Width];
    end
    if (Next > 2) begin : g_ones
      assign next_ones = ones_i[Ones-1:Triples];
    end else begin : g_no_ones
      assign next_ones = '0;
    end

    axnn_csa_tree #(.Width(Width), .N(Next)) u_rest (
      .in_i   (next),
      .ones_i (next_ones),
      .sum_o  (sum_o),
      .carry_o(carry_o)
    );
  end
endmodule
