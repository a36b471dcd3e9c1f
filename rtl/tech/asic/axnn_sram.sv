// SPDX-License-Identifier: Apache-2.0
// axnn_sram for standard cells (ports: ../generic/axnn_sram.sv): a black box. Put one in its place that picks the
// compiler's macro by Depth, Width and Lanes (`generate if`; the shapes: `axnn synth` writes memories.txt).
// Under scan_mode_i rdata_o must not depend on the array: by the macro's own bypass, or by a register that
// catches wdata_i in its place, so that what is before and behind the memory is tested too.
(* blackbox *)
module axnn_sram #(
  parameter int Width = 8,
  parameter int Depth = 16,
  parameter int Lanes = 1,
  parameter int Weights = 0
) (
  input  logic                     clk_i,
  input  logic                     scan_mode_i,
  input  logic                     en_i,
  input  logic [Lanes-1:0]         we_i,
  input  logic [$clog2(Depth)-1:0] addr_i,
  input  logic [Width-1:0]         wdata_i,
  output logic [Width-1:0]         rdata_o
);
endmodule
