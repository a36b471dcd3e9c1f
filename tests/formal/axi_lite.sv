// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_axi_lite
// AXI4-Lite: an answer for each write and each read, none without; valid stays with its payload until
// ready; a master that accepts answers is never left waiting; a write reaches the registers once.
module axi_lite_proof (
  input logic                           clk_i,
  input logic [axnn_axi_pkg::RegAddrW-1:0] awaddr_i, araddr_i,
  input logic                           awvalid_i, wvalid_i, bready_i, arvalid_i, rready_i,
  input logic [31:0]                    wdata_i, rdata_i,
  input logic [3:0]                     wstrb_i,
  input logic                           waccept_i, rknown_i
);
  logic rst_nq = 1'b0;
  logic awready, wready, bvalid, arready, rvalid, write, strb;
  logic [1:0] bresp, rresp;
  logic [31:0] rdata, wdata;
  logic [axnn_axi_pkg::RegAddrW-1:0] waddr, raddr;
  axnn_axi_lite dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .awaddr_i(awaddr_i), .awvalid_i(awvalid_i), .awready_o(awready),
    .wdata_i(wdata_i), .wstrb_i(wstrb_i), .wvalid_i(wvalid_i), .wready_o(wready), .bresp_o(bresp),
    .bvalid_o(bvalid), .bready_i(bready_i), .araddr_i(araddr_i), .arvalid_i(arvalid_i),
    .arready_o(arready), .rdata_o(rdata), .rresp_o(rresp), .rvalid_o(rvalid), .rready_i(rready_i),
    .write_o(write), .waddr_o(waddr), .wdata_o(wdata), .strb_o(strb), .waccept_i(waccept_i),
    .raddr_o(raddr), .rdata_i(rdata_i), .rknown_i(rknown_i)
  );

  logic [1:0] addresses_q = '0, words_q = '0, reads_q = '0;  // accepted, not answered
  logic [1:0] unwritten_q = '0;                              // accepted addresses not yet written
  logic [2:0] write_wait_q = '0, read_wait_q = '0;
  logic b_wait_q = 1'b0, r_wait_q = 1'b0, r_bit_q;
  logic [1:0] bresp_q, rresp_q;
  always_ff @(posedge clk_i) begin
    rst_nq <= 1'b1;
    if (rst_nq) begin
      addresses_q <= addresses_q + 2'(awvalid_i && awready) - 2'(bvalid && bready_i);
      words_q     <= words_q + 2'(wvalid_i && wready) - 2'(bvalid && bready_i);
      unwritten_q <= unwritten_q + 2'(awvalid_i && awready) - 2'(write);
      reads_q     <= reads_q + 2'(arvalid_i && arready) - 2'(rvalid && rready_i);
      b_wait_q    <= bvalid && !bready_i;
      bresp_q     <= bresp;
      r_wait_q    <= rvalid && !rready_i;
      rresp_q     <= rresp;
      r_bit_q     <= rdata[7];
      write_wait_q <= (addresses_q != '0 && words_q != '0 && bready_i && !bvalid) ?
                      write_wait_q + 3'(write_wait_q != 3'd7) : '0;
      read_wait_q <= (reads_q != '0 && rready_i && !rvalid) ?
                     read_wait_q + 3'(read_wait_q != 3'd7) : '0;
    end
  end

  always_comb begin
    if (rst_nq) begin
      if (bvalid) assert (addresses_q != '0 && words_q != '0);
      if (rvalid) assert (reads_q != '0);
      if (write) assert (unwritten_q != '0);
      assert (addresses_q <= 2'd2 && words_q <= 2'd2 && reads_q <= 2'd2 && unwritten_q <= 2'd1);
      if (b_wait_q) assert (bvalid && bresp == bresp_q);
      if (r_wait_q) assert (rvalid && rresp == rresp_q && rdata[7] == r_bit_q);
      assert (write_wait_q < 3'd3);
      assert (read_wait_q < 3'd3);
    end else begin
      assume (!awvalid_i && !wvalid_i && !arvalid_i);
    end
  end
endmodule
