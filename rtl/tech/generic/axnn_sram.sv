// SPDX-License-Identifier: Apache-2.0
// The one wrapper around every memory macro: single port, synchronous read, one access a cycle.
// This one is for simulators and proofs. axnn_weight_flips, a cell of its own, says which bits flip.
//   Weights      1: part of the weight island, whose bits flip at low voltage
//   scan_mode_i  1: rdata_o depends on nothing that the array holds; here it is 0
//   en_i         access this cycle
//   we_i         write wdata_i, a bit for each of Lanes equal parts; rdata_o then keeps its value
//   rdata_o      word read by the last read access, from the next cycle on
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
  logic [Width-1:0] mem[Depth];
  logic [Width-1:0] read_q, flips;

  localparam int LaneW = Width / Lanes;
  always_ff @(posedge clk_i) begin
    if (en_i) begin
      for (int l = 0; l < Lanes; l++) begin
        if (we_i[l]) mem[addr_i][l*LaneW +: LaneW] <= wdata_i[l*LaneW +: LaneW];
      end
      if (we_i == '0) read_q <= mem[addr_i];
    end
  end

  if (Weights != 0) begin : g_weights
    axnn_weight_flips #(.Width(Width), .Depth(Depth)) u_flips (
      .clk_i  (clk_i),
      .read_i (en_i && we_i == '0),
      .addr_i (addr_i),
      .flips_o(flips)
    );
  end else begin : g_other
    assign flips = '0;
  end

  assign rdata_o = scan_mode_i ? '0 : read_q ^ flips;
endmodule
