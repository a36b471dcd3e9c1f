// SPDX-License-Identifier: Apache-2.0
// axnn_sram for FPGAs (ports: ../generic/axnn_sram.sv): tools infer block RAM with a write enable a lane,
// without a port of its own for the scan mode, which an FPGA does not have.
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
  logic [Width-1:0] read_q;

  localparam int LaneW = Width / Lanes;
  always_ff @(posedge clk_i) begin
    if (en_i) begin
      for (int l = 0; l < Lanes; l++) begin
        if (we_i[l]) mem[addr_i][l*LaneW +: LaneW] <= wdata_i[l*LaneW +: LaneW];
      end
      if (we_i == '0) read_q <= mem[addr_i];
    end
  end

  assign rdata_o = read_q;

  logic unused;
  assign unused = scan_mode_i ^ (Weights != 0);
endmodule
