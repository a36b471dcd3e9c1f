// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_axi_run
// A run is never under way while program, weights or biases are being loaded, and nothing starts or opens
// while the machine is in reset, whatever is commanded when. A transfer opens when it is allowed to,
// and closes at a stop or whenever it likes, as axnn_axi_in does.
module axi_run_proof (
  input logic       clk_i,
  input logic       start_cmd_i,
  input logic       open_cmd_i,
  input logic       reset_cmd_i,
  input logic       samples_set_i,
  input logic       load_set_i,
  input logic       misfit_i,
  input logic       samples_zero_i,
  input logic       target_samples_i,
  input logic       in_range_i,
  input logic       settled_i,
  input logic       closes_i,
  input logic       drains_i,
  input logic       in_finished_i,
  input logic       in_early_i,
  input logic       in_late_i,
  input logic       in_bad_i,
  input logic       out_idle_i,
  input logic       machine_done_i,
  input logic [2:0] machine_error_i,
  input logic       machine_wants_i,
  input logic       machine_results_i
);
  logic rst_nq = 1'b0, open_q = 1'b0, samples_q = 1'b0, drain_q = 1'b0;
  logic refuse, start, open, stop, machine_rst_n, run, over, done, error, done_event, error_event;
  logic [7:0] code;
  logic [axnn_pkg::ProgAw-1:0] pc;
  axnn_axi_run dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .scan_mode_i(1'b0), .start_cmd_i(start_cmd_i), .open_cmd_i(open_cmd_i),
    .reset_cmd_i(reset_cmd_i), .samples_set_i(samples_set_i), .load_set_i(load_set_i),
    .misfit_i(misfit_i), .samples_zero_i(samples_zero_i), .target_samples_i(target_samples_i),
    .in_range_i(in_range_i), .refuse_o(refuse), .start_o(start), .open_o(open), .stop_o(stop),
    .machine_rst_no(machine_rst_n), .machine_settled_i(settled_i), .in_open_i(open_q),
    .in_samples_i(samples_q), .in_draining_i(drain_q), .in_finished_i(in_finished_i),
    .in_early_i(in_early_i), .in_late_i(in_late_i), .in_bad_i(in_bad_i), .out_idle_i(out_idle_i),
    .machine_done_i(machine_done_i), .machine_error_i(machine_error_i),
    .machine_pc_i(axnn_pkg::ProgAw'(0)), .machine_wants_i(machine_wants_i),
    .machine_results_i(machine_results_i), .run_o(run), .over_o(over), .done_o(done),
    .error_o(error), .code_o(code), .pc_o(pc), .done_event_o(done_event),
    .error_event_o(error_event)
  );

  always_ff @(posedge clk_i) begin
    rst_nq <= 1'b1;
    if (rst_nq) begin
      if (open) begin
        open_q    <= 1'b1;
        samples_q <= target_samples_i;
      end else if (closes_i || stop) begin
        open_q  <= 1'b0;
        drain_q <= (drain_q || open_q) && stop && drains_i;
      end
    end
  end

  always_comb begin
    if (rst_nq) begin
      // As axnn_axi_regs gives them.
      if (reset_cmd_i) assume (!start_cmd_i && !open_cmd_i);
      if (load_set_i || samples_set_i || misfit_i) assume (!start_cmd_i && !open_cmd_i && !reset_cmd_i);
      assert (!(run && open_q && !samples_q));
      if (!machine_rst_n) assert (!start && !open);
      if (start) assert (!run && !error);
      if (error) assert (!run);
    end else begin
      assume (!start_cmd_i && !open_cmd_i);
    end
  end
endmodule
