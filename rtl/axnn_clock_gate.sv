// SPDX-License-Identifier: Apache-2.0
// Glitch-free clock gate: the enable is held while the clock is high. Replace by the library's
// integrated cell if it has one.
module axnn_clock_gate (
  input  logic clk_i,
  input  logic en_i,
  output logic clk_o
);
  logic en_q;

  always_latch begin
    if (!clk_i) en_q = en_i;
  end

  assign clk_o = clk_i && en_q;
endmodule
