// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_clock_gate
// A clock gate, whenever its enable changes: the gated clock rises and falls with the clock only, so its pulses
// are whole ones; a pulse comes if it was enabled when the clock rose. With the test enable, from the first
// low phase of the clock on, the gated clock is the clock. A step of the proof is any change of the inputs.
module clock_gate_proof (
  input logic clk_i,
  input logic en_i,
  input logic test_en_i
);
  logic gated, first_q = 1'b1, clk_q = 1'b0, gated_q = 1'b0, enabled_q = 1'b0, open_q = 1'b0;
  axnn_clock_gate dut (.clk_i(clk_i), .en_i(en_i), .test_en_i(test_en_i), .clk_o(gated));

  always @($global_clock) begin
    first_q   <= 1'b0;
    clk_q     <= clk_i;
    gated_q   <= gated;
    enabled_q <= en_i || test_en_i;
    open_q    <= test_en_i && (!clk_i || open_q);
  end

  always_comb begin
    if (first_q) assume (!clk_i);
    if (gated && !gated_q) assert (clk_i && !clk_q);
    if (!gated && gated_q) assert (!clk_i && clk_q);
    if (clk_i && !clk_q) assert (gated == enabled_q);
    if (test_en_i && (open_q || !clk_i)) assert (gated == clk_i);
  end
endmodule
