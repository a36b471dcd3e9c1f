// SPDX-License-Identifier: Apache-2.0
// First-in first-out queue in registers, Depth a power of two. The writer must know there is room
// (the sequencer counts credits); valid/ready on the reading side. What is written passes a register, so
// that it reaches all places at leisure, and they do not see what is not meant for them.
module axnn_fifo #(
  parameter int Width = 8,
  parameter int Depth = 16
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             push_i,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o
);
  localparam int Aw = $clog2(Depth);
  if (Depth < 2 || (1 << Aw) != Depth) begin : g_check   // as in axnn_check_sizes
    axnn_error_axnn_fifo_Depth_must_be_a_power_of_two u_error ();
  end

  logic [Width-1:0] mem[Depth], data_q;
  logic push_q;
  logic [Aw:0] head_q, tail_q;  // one bit more than the address tells full from empty

  assign valid_o = (head_q != tail_q);
  assign data_o = mem[head_q[Aw-1:0]];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q <= '0;
      tail_q <= '0;
      push_q <= 1'b0;
    end else begin
      push_q <= push_i;
      if (push_q) tail_q <= tail_q + 1'b1;
      if (valid_o && ready_i) head_q <= head_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) data_q <= data_i;
    if (push_q) mem[tail_q[Aw-1:0]] <= data_q;
  end

`ifdef VERILATOR
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!(push_q && (tail_q - head_q == (Aw+1)'(Depth)))) else $error("FIFO overflow");
  end
`endif
endmodule
