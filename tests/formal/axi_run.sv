// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_axi_run axnn_axi_in
// A run and a load of program, weights or biases never overlap, whatever commands come in whatever
// order or in one write, and whatever the machine and the sender do: while a run is under way no load
// is open and none begins, no word is written into a memory, and a run's samples are its only transfer.
// A start or an opening that is refused does nothing, and a reset leaves nothing of either.
module axi_run_proof (
  input logic        clk_i,
  input logic        start_i, open_i, reset_i, abandon_i, samples_set_i, load_set_i, misfit_i,
  input logic        samples_zero_i,
  input logic [1:0]  target_i,
  input logic [31:0] addr_i,
  input logic [axnn_axi_pkg::BeatsW-1:0] beats_i,
  input logic        tlast_i, tvalid_i, load_ready_i, sample_ready_i, out_idle_i,
  input logic        machine_done_i, machine_results_i,
  input logic [2:0]  machine_error_i,
  input logic [axnn_pkg::ProgAw-1:0] machine_pc_i,
  input logic [axnn_pkg::Cols*axnn_axi_pkg::CodeLaneW-1:0] tdata_i,
  input logic [axnn_pkg::Cols*axnn_axi_pkg::CodeLaneW/8-1:0] tkeep_i
);
  logic rst_nq = 1'b0;
  logic refuse, start, open, stop, machine_rst_n, in_range, in_open, in_samples, in_draining;
  logic finished, early, late, bad, run, over, done, error, done_event, error_event;
  logic [7:0] code;
  logic [axnn_pkg::ProgAw-1:0] pc;
  logic tready, load_valid, sample_valid;
  logic [axnn_axi_pkg::BeatsW-1:0] count;
  logic [1:0] load_target;
  logic [axnn_pkg::WeightAw+$clog2(axnn_pkg::Rows)-1:0] load_addr;
  logic [axnn_pkg::BiasWordW-1:0] load_data;
  logic [axnn_pkg::NeuronWordW-1:0] sample;

  // As axnn_axi connects them.
  axnn_axi_run u_run (
    .clk_i(clk_i), .rst_ni(rst_nq), .start_cmd_i(start_i && !reset_i), .open_cmd_i(open_i && !reset_i),
    .reset_cmd_i(reset_i), .samples_set_i(samples_set_i), .load_set_i(load_set_i),
    .misfit_i(misfit_i), .samples_zero_i(samples_zero_i),
    .target_samples_i(target_i == axnn_axi_pkg::StreamSample), .in_range_i(in_range),
    .refuse_o(refuse), .start_o(start), .open_o(open), .stop_o(stop), .machine_rst_no(machine_rst_n),
    .in_open_i(in_open), .in_samples_i(in_samples), .in_draining_i(in_draining),
    .in_finished_i(finished), .in_early_i(early), .in_late_i(late), .in_bad_i(bad),
    .out_idle_i(out_idle_i), .machine_done_i(machine_done_i), .machine_error_i(machine_error_i),
    .machine_pc_i(machine_pc_i), .machine_wants_i(sample_ready_i),
    .machine_results_i(machine_results_i), .run_o(run), .over_o(over), .done_o(done), .error_o(error),
    .code_o(code), .pc_o(pc), .done_event_o(done_event), .error_event_o(error_event)
  );
  axnn_axi_in u_in (
    .clk_i(clk_i), .rst_ni(rst_nq), .open_i(open), .target_i(target_i), .addr_i(addr_i),
    .beats_i(beats_i), .stop_i(stop), .abandon_i(abandon_i), .in_range_o(in_range), .open_o(in_open),
    .samples_o(in_samples), .draining_o(in_draining), .count_o(count), .finished_o(finished),
    .early_o(early), .late_o(late), .bad_o(bad), .tdata_i(tdata_i), .tkeep_i(tkeep_i),
    .tlast_i(tlast_i), .tvalid_i(tvalid_i), .tready_o(tready), .load_ready_i(load_ready_i),
    .load_valid_o(load_valid), .load_target_o(load_target), .load_addr_o(load_addr),
    .load_data_o(load_data), .sample_valid_o(sample_valid), .sample_ready_i(sample_ready_i),
    .sample_o(sample)
  );

  logic was_run_q = 1'b0, was_start_q = 1'b0, was_done_q = 1'b0, was_stop_q = 1'b0;
  always_ff @(posedge clk_i) begin
    rst_nq      <= 1'b1;
    was_run_q   <= run;
    was_start_q <= start;
    was_done_q  <= done_event;
    was_stop_q  <= stop;
  end

  always_comb begin
    if (rst_nq) begin
      if (run) assert (!(in_open && !in_samples) && !load_valid);
      if (start) assert (!run && !(in_open && !in_samples) && !in_draining && !reset_i);
      if (start && open) assert (target_i == axnn_axi_pkg::StreamSample);
      if (open) assert (!in_open && !in_draining && !reset_i);
      if (open && run) assert (target_i == axnn_axi_pkg::StreamSample);
      if (refuse) assert (!start && !open);
      // Only a start begins a run, only its end or a stop ends it, and a stop leaves no transfer open.
      if (run && !was_run_q) assert (was_start_q);
      if (!run && was_run_q) assert (was_done_q || was_stop_q);
      if (was_stop_q) assert (!run && !in_open && !machine_rst_n);
      if (error) assert (!run && !in_open && !start && !open);
    end
  end
endmodule
