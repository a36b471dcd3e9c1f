// SPDX-License-Identifier: Apache-2.0
// AXI4-Lite handshakes of a register block: one write and one read at a time, address and data in any
// order. No output depends on an input of the same cycle.
//   write_o   one cycle: write wdata_o to the register at waddr_o; strb_o: all four bytes are meant
//   waccept_i answers it in the same cycle; 0 becomes SLVERR
//   raddr_o   the register to show on rdata_i in the same cycle; rknown_i 0 becomes SLVERR
module axnn_axi_lite (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  logic [axnn_axi_pkg::RegAddrW-1:0] awaddr_i,
  input  logic                           awvalid_i,
  output logic                           awready_o,
  input  logic [31:0]                    wdata_i,
  input  logic [3:0]                     wstrb_i,
  input  logic                           wvalid_i,
  output logic                           wready_o,
  output logic [1:0]                     bresp_o,
  output logic                           bvalid_o,
  input  logic                           bready_i,
  input  logic [axnn_axi_pkg::RegAddrW-1:0] araddr_i,
  input  logic                           arvalid_i,
  output logic                           arready_o,
  output logic [31:0]                    rdata_o,
  output logic [1:0]                     rresp_o,
  output logic                           rvalid_o,
  input  logic                           rready_i,
  output logic                           write_o,
  output logic [axnn_axi_pkg::RegAddrW-1:0] waddr_o,
  output logic [31:0]                    wdata_o,
  output logic                           strb_o,
  input  logic                           waccept_i,
  output logic [axnn_axi_pkg::RegAddrW-1:0] raddr_o,
  input  logic [31:0]                    rdata_i,
  input  logic                           rknown_i
);
  localparam logic [1:0] Okay = 2'b00;
  localparam logic [1:0] SlvErr = 2'b10;

  logic aw_q, w_q, b_q, ar_q, r_q;
  logic [axnn_axi_pkg::RegAddrW-1:0] awaddr_q, araddr_q;
  logic [31:0] wdata_q, rdata_q;
  logic strb_q;
  logic [1:0] bresp_q, rresp_q;

  assign awready_o = !aw_q;
  assign wready_o = !w_q;
  assign bvalid_o = b_q;
  assign bresp_o = bresp_q;
  assign arready_o = !ar_q;
  assign rvalid_o = r_q;
  assign rdata_o = rdata_q;
  assign rresp_o = rresp_q;

  assign write_o = aw_q && w_q && !b_q;
  assign waddr_o = awaddr_q;
  assign wdata_o = wdata_q;
  assign strb_o = strb_q;
  assign raddr_o = araddr_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_q <= 1'b0;
      w_q  <= 1'b0;
      b_q  <= 1'b0;
      ar_q <= 1'b0;
      r_q  <= 1'b0;
    end else begin
      if (awvalid_i && awready_o) aw_q <= 1'b1;
      else if (write_o) aw_q <= 1'b0;
      if (wvalid_i && wready_o) w_q <= 1'b1;
      else if (write_o) w_q <= 1'b0;
      if (write_o) b_q <= 1'b1;
      else if (bready_i) b_q <= 1'b0;
      if (arvalid_i && arready_o) ar_q <= 1'b1;
      else if (!r_q) ar_q <= 1'b0;
      if (ar_q && !r_q) r_q <= 1'b1;
      else if (rready_i) r_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (awvalid_i && awready_o) awaddr_q <= awaddr_i;
    if (wvalid_i && wready_o) begin
      wdata_q <= wdata_i;
      strb_q  <= &wstrb_i;
    end
    if (write_o) bresp_q <= waccept_i ? Okay : SlvErr;
    if (arvalid_i && arready_o) araddr_q <= araddr_i;
    if (ar_q && !r_q) begin
      rdata_q <= rdata_i;
      rresp_q <= rknown_i ? Okay : SlvErr;
    end
  end
endmodule
