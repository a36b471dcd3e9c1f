// SPDX-License-Identifier: Apache-2.0
// The one wrapper around every memory macro: single port, synchronous read, one access a cycle.
// The behavioural array infers block RAM in an FPGA; for an ASIC put a macro in its place. Synthesis by a
// standard-cell library, which has no memories, defines AXNN_SRAM_BLACKBOX and gets an empty module to be
// linked with the macro's model. SYNTHESIS, which every tool sets by itself, empties nothing.
//   Weights  1: part of the weight island, whose bits flip at low voltage (Verilator only, unless
//            AXNN_NOMINAL is defined: asking each memory takes a sixth of a simulation's time)
//   en_i     access this cycle
//   we_i     write wdata_i, a bit for each of Lanes equal parts; rdata_o then keeps its value
//   rdata_o  word read by the last read access, from the next cycle on
module axnn_sram #(
  parameter int Width = 8,
  parameter int Depth = 16,
  parameter int Lanes = 1,
  parameter int Weights = 0
) (
  input  logic                     clk_i,
  input  logic                     en_i,
  input  logic [Lanes-1:0]         we_i,
  input  logic [$clog2(Depth)-1:0] addr_i,
  input  logic [Width-1:0]         wdata_i,
  output logic [Width-1:0]         rdata_o
);
`ifdef AXNN_SRAM_BLACKBOX
  // The script marks the module a black box; the macro's model supplies its timing and energy.
`else
  logic [Width-1:0] mem[Depth];
  logic [Width-1:0] read_q, flips;

  // A write for each lane, none of what was there before: tools know this as a memory with write enables.
  localparam int LaneW = Width / Lanes;
  always_ff @(posedge clk_i) begin
    if (en_i) begin
      if (we_i == '0) read_q <= mem[addr_i];
      for (int l = 0; l < Lanes; l++) begin
        if (we_i[l]) mem[addr_i][l*LaneW +: LaneW] <= wdata_i[l*LaneW +: LaneW];
      end
    end
  end

  assign rdata_o = read_q ^ flips;

`ifdef VERILATOR
`ifdef AXNN_NOMINAL
  localparam bit Asks = 1'b0;
`else
  localparam bit Asks = 1'b1;
`endif
  if (Weights != 0 && Asks) begin : g_weights
    axnn_weight_flips #(.Width(Width), .Depth(Depth)) u_flips (
      .clk_i  (clk_i),
      .read_i (en_i && we_i == '0),
      .addr_i (addr_i),
      .flips_o(flips)
    );
  end else begin : g_other
    assign flips = '0;
  end
`else
  assign flips = '0;
`endif
`endif
endmodule
