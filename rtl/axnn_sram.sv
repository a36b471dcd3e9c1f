// SPDX-License-Identifier: Apache-2.0
// The one wrapper around every memory macro: single port, synchronous read, one access a cycle.
// Replace the behavioural array by a macro of the target technology; synthesis here leaves the
// module as a black box, since a standard-cell library has no memories.
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
`ifdef SYNTHESIS
  // Black box: the script marks the module, the macro's model supplies its timing and energy.
`else
  logic [Width-1:0] mem[Depth];
  logic [Width-1:0] read_q, flips;

  localparam int LaneW = Width / Lanes;
  always_ff @(posedge clk_i) begin
    if (en_i) begin
      if (we_i == '0) begin
        read_q <= mem[addr_i];
      end else begin : write
        // In here, so that a simulator has no mask to make while nothing is written.
        logic [Width-1:0] written;
        for (int l = 0; l < Lanes; l++) written[l*LaneW +: LaneW] = {LaneW{we_i[l]}};
        mem[addr_i] <= (mem[addr_i] & ~written) | (wdata_i & written);
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
