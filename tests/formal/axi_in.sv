// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_axi_in
// The input stream: a transfer takes as many beats as were announced, no more and no fewer, or
// reports it in the very cycle; a beat of samples goes to the machine exactly when both are ready;
// nothing is written but by a beat; a stopped transfer is discarded up to its TLAST and blocks nobody.
module axi_in_proof (
  input logic        clk_i,
  input logic        open_i,
  input logic [1:0]  target_i,
  input logic [31:0] addr_i,
  input logic [axnn_axi_pkg::BeatsW-1:0] beats_i,
  input logic        halt_i,
  input logic        abandon_i,
  input logic [axnn_pkg::Cols*axnn_axi_pkg::CodeLaneW/8-1:0] tkeep_i,
  input logic        tlast_i,
  input logic        tvalid_i,
  input logic        sample_ready_i,
  input logic [axnn_pkg::Cols*axnn_axi_pkg::CodeLaneW-1:0] tdata_i
);
  localparam int B = axnn_axi_pkg::BeatsW;

  logic rst_nq = 1'b0;
  logic in_range, open, samples, draining, finished, early, late, bad, tready;
  logic load_valid, sample_valid, stop;
  logic [B-1:0] count;
  logic [1:0] load_target;
  logic [axnn_pkg::WeightAw+$clog2(axnn_pkg::Rows)-1:0] load_addr;
  logic [axnn_pkg::BiasWordW-1:0] load_data;
  logic [axnn_pkg::NeuronWordW-1:0] sample;
  assign stop = halt_i || early || late || bad;  // as axnn_axi_run does
  axnn_axi_in dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .open_i(open_i), .target_i(target_i), .addr_i(addr_i),
    .beats_i(beats_i), .stop_i(stop), .abandon_i(abandon_i), .in_range_o(in_range), .open_o(open),
    .samples_o(samples), .draining_o(draining), .count_o(count), .finished_o(finished),
    .early_o(early), .late_o(late), .bad_o(bad), .tdata_i(tdata_i), .tkeep_i(tkeep_i), .tlast_i(tlast_i),
    .tvalid_i(tvalid_i), .tready_o(tready), .load_valid_o(load_valid), .load_target_o(load_target),
    .load_addr_o(load_addr), .load_data_o(load_data), .sample_valid_o(sample_valid),
    .sample_ready_i(sample_ready_i), .sample_o(sample)
  );

  logic was_open_q = 1'b0, was_end_q = 1'b0, was_stop_q = 1'b0;
  logic [3:0] announced_q = '0, taken_q = '0;
  logic beat;
  assign beat = open && tvalid_i && tready;

  always_ff @(posedge clk_i) begin
    rst_nq     <= 1'b1;
    was_open_q <= open;
    was_end_q  <= beat && tlast_i;
    was_stop_q <= stop && !abandon_i;
    if (open_i) begin
      announced_q <= beats_i[3:0];
      taken_q     <= '0;
    end else if (beat) begin
      taken_q <= taken_q + 1'b1;
    end
  end

  always_comb begin
    if (rst_nq) begin
      // axnn_axi_run opens only what fits, one at a time, and nothing in the cycle of a stop. Short
      // transfers suffice: the counter's width does not matter to the order of events.
      if (open_i) assume (in_range && !open && !draining && !halt_i && beats_i < B'(16));
      assert (!(open && draining));
      if (open) assert (taken_q < announced_q && count == B'(taken_q));
      if (beat && !early && !late) assert (tlast_i == (taken_q + 1'b1 == announced_q));
      if (early) assert (tlast_i && taken_q + 1'b1 != announced_q);
      if (late) assert (!tlast_i && taken_q + 1'b1 == announced_q);
      assert (sample_valid == (open && samples && tvalid_i && !bad) || !sample_ready_i);
      if (sample_valid && sample_ready_i) assert (beat);
      if (beat && samples && !bad) assert (sample_valid && sample_ready_i);
      if (finished) assert (beat && samples && taken_q + 1'b1 == announced_q);
      if (load_valid) assert (beat && !samples && !bad);
      // Never stuck: a load takes a beat in every cycle, and so does what discards.
      if (open && !samples || draining) assert (tready);
      if (was_stop_q && was_open_q && !was_end_q) assert (draining);
      if (!open && !draining) assert (!tready);
    end else begin
      assume (!open_i);
    end
  end
endmodule
