// SPDX-License-Identifier: Apache-2.0
// Takes a level from another clock domain: two flip-flops in a row. Each bit by itself, so bits that
// belong together need a handshake. Wherever a library has a synchroniser cell of its own, this
// is the place for it.
module axnn_sync #(
  parameter int Width = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] d_i,
  output logic [Width-1:0] q_o
);
  logic [Width-1:0] first_q, second_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      first_q  <= '0;
      second_q <= '0;
    end else begin
      first_q  <= d_i;
      second_q <= first_q;
    end
  end

  assign q_o = second_q;
endmodule
