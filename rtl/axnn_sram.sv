// SPDX-License-Identifier: Apache-2.0
// The one wrapper around every memory macro: single port, synchronous read, one access a cycle.
// Replace the behavioural array by a macro of the target technology; synthesis here leaves the
// module as a black box, since a standard-cell library has no memories.
//   en_i     access this cycle
//   we_i     write wdata_i; rdata_o then keeps its value
//   rdata_o  word read by the last read access, from the next cycle on
module axnn_sram #(
  parameter int Width = 8,
  parameter int Depth = 16
) (
  input  logic                     clk_i,
  input  logic                     en_i,
  input  logic                     we_i,
  input  logic [$clog2(Depth)-1:0] addr_i,
  input  logic [Width-1:0]         wdata_i,
  output logic [Width-1:0]         rdata_o
);
`ifdef SYNTHESIS
  // Black box: the script marks the module, the macro's model supplies its timing and energy.
`else
  logic [Width-1:0] mem[Depth];

  always_ff @(posedge clk_i) begin
    if (en_i) begin
      if (we_i) mem[addr_i] <= wdata_i;
      else rdata_o <= mem[addr_i];
    end
  end
`endif
endmodule
