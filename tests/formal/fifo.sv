// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_fifo
// The output FIFO keeps its bounds and its order: if the writer counts (never more than Depth words
// inside), a word leaves exactly behind those that were there before it, unchanged, and nothing
// leaves that did not enter. `watch` picks any one word; what holds for it holds for all.
module fifo_proof (
  input logic       clk_i,
  input logic       push_i,
  input logic       ready_i,
  input logic       watch_i,
  input logic [1:0] data_i
);
  localparam int Depth = 8;

  logic rst_nq = 1'b0;
  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  logic valid;
  logic [1:0] data;
  axnn_fifo #(.Width(2), .Depth(Depth)) dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .push_i(push_i), .data_i(data_i),
    .valid_o(valid), .ready_i(ready_i), .data_o(data)
  );

  logic [3:0] count_q = '0;       // words inside
  logic [3:0] ahead_q = '0;       // of them, before the watched one
  logic watching_q = 1'b0, pushed_q = 1'b0;
  logic [1:0] watched_q = '0;
  logic pop;
  assign pop = valid && ready_i;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      count_q <= count_q + 4'(push_i) - 4'(pop);
      pushed_q <= push_i;
      if (!watching_q && watch_i && push_i) begin
        watching_q <= 1'b1;
        watched_q  <= data_i;
        ahead_q    <= count_q - 4'(pop);
      end else if (watching_q && pop) begin
        if (ahead_q == '0) watching_q <= 1'b0;
        else ahead_q <= ahead_q - 1'b1;
      end
    end
  end

  always_comb begin
    if (rst_nq) begin
      assume (!(push_i && count_q == 4'(Depth)));
      // A word is offered from the second cycle on.
      assert (valid == (count_q != 4'(pushed_q)));
      assert (count_q <= 4'(Depth));
      if (watching_q) assert (count_q > ahead_q);
      if (watching_q && valid && ahead_q == '0) assert (data == watched_q);
    end else begin
      assume (!push_i);
    end
  end
endmodule
