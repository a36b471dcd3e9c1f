// SPDX-License-Identifier: Apache-2.0
// Counts cycles and memory accesses (axnn_pkg::counter_e): counter n grows by its amount_i each
// cycle, and wraps. Amounts come from registers, since carry chains start there, and are at most Pes; a
// clear is stronger.
module axnn_counters (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,
  input  logic [axnn_pkg::Counters*($clog2(axnn_pkg::Pes)+1)-1:0] amount_i,
  output logic [axnn_pkg::Counters*axnn_pkg::CounterW-1:0]        count_o
);
  localparam int AmountW = $clog2(axnn_pkg::Pes) + 1;
  localparam int W = axnn_pkg::CounterW;

  localparam int LowW = AmountW + 1;

  // High bits have an enable of their own, and rest most of the time.
  logic [axnn_pkg::Counters*W-1:0] count_q;

  for (genvar n = 0; n < axnn_pkg::Counters; n++) begin : g_counter
    logic [AmountW-1:0] amount;
    logic [LowW:0] low;
    assign amount = amount_i[n*AmountW +: AmountW];
    assign low = {1'b0, count_q[n*W +: LowW]} + (LowW+1)'(amount);
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) count_q[n*W +: LowW] <= '0;
      else if (clear_i) count_q[n*W +: LowW] <= '0;
      else if (amount != '0) count_q[n*W +: LowW] <= low[LowW-1:0];
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) count_q[n*W+LowW +: W-LowW] <= '0;
      else if (clear_i) count_q[n*W+LowW +: W-LowW] <= '0;
      else if (low[LowW]) count_q[n*W+LowW +: W-LowW] <= count_q[n*W+LowW +: W-LowW] + 1'b1;
    end
  end

  assign count_o = count_q;
endmodule
