// SPDX-License-Identifier: Apache-2.0
// Glitch-free clock gate: the enable is held while the clock is high. A latch, an OR and an AND for
// libraries without an integrated cell.
//   test_en_i   1: the clock passes whatever en_i is, so that a scan chain behind it shifts
module axnn_clock_gate (
  input  logic clk_i,
  input  logic en_i,
  input  logic test_en_i,
  output logic clk_o
);
  logic en_q;

  always_latch begin
    if (!clk_i) en_q = en_i || test_en_i;
  end

  assign clk_o = clk_i && en_q;
endmodule
