// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_axi_out
// The output stream: TVALID stays with its beat until TREADY, whatever the machine does; no result is
// lost, doubled or reordered unless the machine is stopped; TLAST ends exactly the last result of a
// run; a stopped packet is ended by one beat with TUSER and TLAST, and only such a packet; and nothing
// waits for ever.
module axi_out_proof (
  input logic                          clk_i,
  input logic                          run_over_i,
  input logic                          flush_i,
  input logic                          valid_i,
  input logic                          tready_i,
  input logic                          watch_i,
  input logic [axnn_pkg::OutWordW-1:0] data_i
);
  localparam int TW = axnn_pkg::Rows * axnn_axi_pkg::SumLaneW;

  logic rst_nq = 1'b0;
  logic ready, idle, tlast, tuser, tvalid;
  logic [TW-1:0] tdata;
  axnn_axi_out dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .run_over_i(run_over_i), .flush_i(flush_i), .idle_o(idle),
    .valid_i(valid_i), .ready_o(ready), .data_i(data_i), .tdata_o(tdata), .tlast_o(tlast),
    .tuser_o(tuser), .tvalid_o(tvalid), .tready_i(tready_i)
  );

  logic waiting_q = 1'b0, last_q, user_q;
  logic over_q = 1'b0;          // the run was over a cycle ago
  logic stalled_q = 1'b0;       // a result of the machine was not taken
  logic [1:0] inside_q = '0;    // results taken from the machine and not yet handed over
  logic [2:0] patience_q = '0;  // cycles a receiver that is always ready has waited for the end
  logic open_q = 1'b0;          // beats were handed over, no TLAST yet
  logic watching_q = 1'b0;
  logic [1:0] ahead_q;
  logic low_q;                  // of the watched result, a bit of one lane and its sign
  logic sign_q;
  logic take, give;
  assign take = valid_i && ready;
  assign give = tvalid && tready_i;

  always_ff @(posedge clk_i) begin
    rst_nq <= 1'b1;
    if (rst_nq) begin
      waiting_q <= tvalid && !tready_i;
      last_q    <= tlast;
      user_q    <= tuser;
      stalled_q <= valid_i && !ready && !flush_i;
      over_q    <= run_over_i && !valid_i && !flush_i;
      if (flush_i) inside_q <= 2'((tvalid && !tuser && !tready_i));
      else inside_q <= inside_q + 2'(take) - 2'(give && !tuser);
      if (give) open_q <= !tlast;
      if (flush_i) watching_q <= 1'b0;
      else if (!watching_q && watch_i && take) begin
        watching_q <= 1'b1;
        ahead_q    <= inside_q - 2'(give && !tuser);
        low_q      <= data_i[axnn_pkg::AccW];
        sign_q     <= data_i[2*axnn_pkg::AccW-1];
      end else if (watching_q && give && !tuser) begin
        if (ahead_q == '0) watching_q <= 1'b0;
        else ahead_q <= ahead_q - 1'b1;
      end
      if (run_over_i && !valid_i && !flush_i && tready_i && !idle) begin
        patience_q <= patience_q + 3'(patience_q != 3'd7);
      end else begin
        patience_q <= '0;
      end
    end
  end

  logic flushed_q = 1'b0;  // the beat in front is from before a flush
  always_ff @(posedge clk_i) begin
    if (flush_i && tvalid && !tready_i) flushed_q <= 1'b1;
    else if (give) flushed_q <= 1'b0;
  end

  always_comb begin
    if (rst_nq) begin
      // The machine: a result offered stays, and after the run's end none comes until the results
      // have been handed over (a run is done only then) or it is stopped.
      if (stalled_q) assume (valid_i);
      if (over_q) assume (!valid_i && run_over_i);
      if (waiting_q) assert (tvalid && tlast == last_q && tuser == user_q);
      if (watching_q && tvalid && !tuser && ahead_q == '0) begin
        assert (tdata[axnn_axi_pkg::SumLaneW] == low_q);
        assert (tdata[2*axnn_axi_pkg::SumLaneW-1] == sign_q);  // sign-extended
      end
      if (watching_q) assert (inside_q > ahead_q);
      assert (inside_q <= 2'd2);
      if (tvalid && tuser) assert (tlast);
      if (give && tuser) assert (open_q);                        // only a packet that had begun
      if (give && tlast && !tuser) assert (inside_q == 2'd1 || flush_i || flushed_q);
      if (give && !tuser && !flushed_q && run_over_i && !valid_i && inside_q == 2'd1) assert (tlast);
      // A beat from before a stop, the one that ends its packet, a result held back.
      assert (patience_q <= 3'd3);
    end else begin
      assume (!valid_i && !flush_i && !run_over_i);
    end
  end
endmodule
