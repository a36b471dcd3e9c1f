// SPDX-License-Identifier: Apache-2.0
// Global weight buffer: WeightDepth words of one weight for each PE, one memory a row of PEs.
//   scan_mode_i     of the memories (axnn_sram)
//   read_i          rows whose share of the word at read_addr_i is read; on data_o the cycle after
//   write_i         write one row's share, at {word, row} = write_addr_i; never with read_i
module axnn_weight_buffer (
  input  logic                                                clk_i,
  input  logic                                                scan_mode_i,
  input  logic [axnn_pkg::Rows-1:0]                           read_i,
  input  logic [axnn_pkg::WeightAw-1:0]                       read_addr_i,
  input  logic                                                write_i,
  input  logic [axnn_pkg::WeightAw+$clog2(axnn_pkg::Rows)-1:0] write_addr_i,
  input  logic [axnn_pkg::WeightRowW-1:0]                     write_data_i,
  output logic [axnn_pkg::WeightWordW-1:0]                    data_o
);
  localparam int RowAw = $clog2(axnn_pkg::Rows);

  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_row
    logic writes;
    assign writes = write_i && (write_addr_i[RowAw-1:0] == RowAw'(r));

    axnn_sram #(
      .Width(axnn_pkg::WeightRowW),
      .Depth(axnn_pkg::WeightDepth),
      .Weights(1)
    ) u_mem (
      .clk_i      (clk_i),
      .scan_mode_i(scan_mode_i),
      .en_i       (read_i[r] || writes),
      .we_i       (writes),
      .addr_i     (writes ? write_addr_i[RowAw +: axnn_pkg::WeightAw] : read_addr_i),
      .wdata_i    (write_data_i),
      .rdata_o    (data_o[r*axnn_pkg::WeightRowW +: axnn_pkg::WeightRowW])
    );
  end
endmodule
