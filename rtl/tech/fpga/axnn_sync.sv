// SPDX-License-Identifier: Apache-2.0
// axnn_sync for FPGAs (ports: ../generic/axnn_sync.sv): the tool is told to keep the two flip-flops together.
module axnn_sync #(
  parameter int Width = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] d_i,
  output logic [Width-1:0] q_o
);
  (* ASYNC_REG = "TRUE" *) logic [Width-1:0] first_q, second_q;

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
