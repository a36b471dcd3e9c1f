// SPDX-License-Identifier: Apache-2.0
// axnn_weight_flips for a simulator with DPI (ports: ../generic/axnn_weight_flips.sv): what the C++ model's
// fault map says (sim/weight_reads.h). A module of its own, since a call of C++ would keep Verilator from
// making one piece of code for all PEs.
module axnn_weight_flips #(
  parameter int Width = 8,
  parameter int Depth = 16
) (
  input  logic                     clk_i,
  input  logic                     read_i,
  input  logic [$clog2(Depth)-1:0] addr_i,
  output logic [Width-1:0]         flips_o
);
  import "DPI-C" function int axnn_weight_memory(input string path);
  import "DPI-C" function void axnn_weight_read(input int memory, input int address);
  import "DPI-C" function int axnn_weight_flips(input int part);

  localparam int Parts = (Width + 31) / 32;
  int memory;  // its number; negative: nothing flips in this run
  logic [32*Parts-1:0] flips_q;
  initial begin
    memory  = axnn_weight_memory($sformatf("%m"));
    flips_q = '0;
  end

  always_ff @(posedge clk_i) begin
    if (memory >= 0 && read_i) begin
      axnn_weight_read(memory, int'(addr_i));
      for (int p = 0; p < Parts; p++) flips_q[32*p +: 32] <= axnn_weight_flips(p);
    end
  end

  assign flips_o = flips_q[Width-1:0];
  if (32 * Parts > Width) begin : g_above
    logic unused_above;
    assign unused_above = ^flips_q[32*Parts-1:Width];
  end
endmodule
