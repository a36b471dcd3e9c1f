// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_axi_run
// In scan mode the machine's reset is the chip's, whatever the registers hold that a chain shifts through; else
// it changes with the clock only, and is low in the cycle after the chip's.
module scan_reset_proof (
  input logic clk_i,
  input logic rst_ni,
  input logic scan_mode_i,
  input logic start_cmd_i, open_cmd_i, reset_cmd_i, samples_set_i, load_set_i, misfit_i, samples_zero_i,
  input logic target_samples_i, in_range_i, settled_i, in_open_i, in_samples_i, in_draining_i, in_finished_i,
  input logic in_early_i, in_late_i, in_bad_i, out_idle_i, machine_done_i, machine_wants_i, machine_results_i,
  input logic [2:0] machine_error_i
);
  logic machine_rst_n, stop, was_reset_q = 1'b0;
  axnn_axi_run dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .scan_mode_i(scan_mode_i), .start_cmd_i(start_cmd_i),
    .open_cmd_i(open_cmd_i), .reset_cmd_i(reset_cmd_i), .samples_set_i(samples_set_i),
    .load_set_i(load_set_i), .misfit_i(misfit_i), .samples_zero_i(samples_zero_i),
    .target_samples_i(target_samples_i), .in_range_i(in_range_i), .refuse_o(), .start_o(), .open_o(),
    .stop_o(stop), .machine_rst_no(machine_rst_n), .machine_settled_i(settled_i), .in_open_i(in_open_i),
    .in_samples_i(in_samples_i), .in_draining_i(in_draining_i), .in_finished_i(in_finished_i),
    .in_early_i(in_early_i), .in_late_i(in_late_i), .in_bad_i(in_bad_i), .out_idle_i(out_idle_i),
    .machine_done_i(machine_done_i), .machine_error_i(machine_error_i),
    .machine_pc_i(axnn_pkg::ProgAw'(0)), .machine_wants_i(machine_wants_i),
    .machine_results_i(machine_results_i), .run_o(), .over_o(), .done_o(), .error_o(), .code_o(), .pc_o(),
    .done_event_o(), .error_event_o()
  );

  always_ff @(posedge clk_i) was_reset_q <= !rst_ni;

  always_comb begin
    if (scan_mode_i) assert (machine_rst_n == rst_ni);
    else if (was_reset_q) assert (!machine_rst_n);
  end
endmodule
