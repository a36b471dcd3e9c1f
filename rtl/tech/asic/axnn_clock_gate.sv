// SPDX-License-Identifier: Apache-2.0
// axnn_clock_gate for standard cells (ports: ../generic/axnn_clock_gate.sv): a black box. Put the library's
// integrated cell in its place, one with a test pin before the latch, e.g.
//   ICG u_icg (.CK(clk_i), .E(en_i), .TE(test_en_i), .Q(clk_o));
(* blackbox *)
module axnn_clock_gate (
  input  logic clk_i,
  input  logic en_i,
  input  logic test_en_i,
  output logic clk_o
);
endmodule
