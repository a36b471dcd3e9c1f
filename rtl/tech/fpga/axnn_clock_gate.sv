// SPDX-License-Identifier: Apache-2.0
// axnn_clock_gate for FPGAs (ports: ../generic/axnn_clock_gate.sv): no gate. Gating saves energy only; the
// results are the same (tests/test_rtl.cpp), and all registers stay on one clock net. To save the energy,
// put the family's gated clock buffer here, e.g. BUFGCE with CE = en_i.
module axnn_clock_gate (
  input  logic clk_i,
  input  logic en_i,
  input  logic test_en_i,
  output logic clk_o
);
  logic unused;
  assign unused = en_i ^ test_en_i;
  assign clk_o = clk_i;
endmodule
