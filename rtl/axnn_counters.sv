// SPDX-License-Identifier: Apache-2.0
// Counts cycles and memory accesses (axnn_pkg::counter_e): counter n grows by its amount_i each
// cycle, and wraps. Amounts are at most Pes, a clear is stronger.
module axnn_counters (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,
  input  logic [axnn_pkg::Counters*($clog2(axnn_pkg::Pes)+1)-1:0] amount_i,
  output logic [axnn_pkg::Counters*axnn_pkg::CounterW-1:0]        count_o
);
  localparam int AmountW = $clog2(axnn_pkg::Pes) + 1;
  localparam int W = axnn_pkg::CounterW;

  // The amounts are registered first, so that no counter's carry chain waits for its cause.
  logic [axnn_pkg::Counters*AmountW-1:0] amount_q;
  logic [axnn_pkg::Counters*W-1:0] count_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      amount_q <= '0;
      count_q  <= '0;
    end else begin
      amount_q <= clear_i ? '0 : amount_i;
      for (int n = 0; n < axnn_pkg::Counters; n++) begin
        if (clear_i) count_q[n*W +: W] <= '0;
        else if (amount_q[n*AmountW +: AmountW] != '0) begin
          count_q[n*W +: W] <= count_q[n*W +: W] + W'(amount_q[n*AmountW +: AmountW]);
        end
      end
    end
  end

  assign count_o = count_q;
endmodule
