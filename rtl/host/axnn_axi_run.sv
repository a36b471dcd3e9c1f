// SPDX-License-Identifier: Apache-2.0
// Runs and stops of the host side: which commands may be carried out, when a run is done, what went
// wrong first. An error stops everything at once: the machine is held in reset, transfers and results
// end, until the host gives a soft reset.
//   *_cmd_i, *_set_i, misfit_i   of axnn_axi_regs; refuse_o answers them
//   target_samples_i, in_range_i the transfer that open_cmd_i would open
//   in_* , out_*                 of axnn_axi_in and axnn_axi_out
//   machine_*                    of axnn_top; machine_results_i: results wait in it
//   stop_o                       level, from the first cycle on; also one cycle at a soft reset
//   machine_rst_no               registered; low until machine_settled_i, when mode and voltage are back at
//                                M0 and level 0. Nothing starts or opens meanwhile
//   scan_mode_i                  machine_rst_no is rst_ni, since a reset that a scanned register drives would
//                                come and go as the chain shifts
module axnn_axi_run (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         scan_mode_i,
  input  logic                         start_cmd_i,
  input  logic                         open_cmd_i,
  input  logic                         reset_cmd_i,
  input  logic                         samples_set_i,
  input  logic                         load_set_i,
  input  logic                         misfit_i,
  input  logic                         samples_zero_i,
  input  logic                         target_samples_i,
  input  logic                         in_range_i,
  output logic                         refuse_o,
  output logic                         start_o,
  output logic                         open_o,
  output logic                         stop_o,
  output logic                         machine_rst_no,
  input  logic                         machine_settled_i,
  input  logic                         in_open_i,
  input  logic                         in_samples_i,
  input  logic                         in_draining_i,
  input  logic                         in_finished_i,
  input  logic                         in_early_i,
  input  logic                         in_late_i,
  input  logic                         in_bad_i,
  input  logic                         out_idle_i,
  input  logic                         machine_done_i,
  input  logic [2:0]                   machine_error_i,
  input  logic [axnn_pkg::ProgAw-1:0]  machine_pc_i,
  input  logic                         machine_wants_i,   // ready for a beat of samples
  input  logic                         machine_results_i,
  output logic                         run_o,
  output logic                         over_o,            // no further result comes
  output logic                         done_o,
  output logic                         error_o,
  output logic [7:0]                   code_o,
  output logic [axnn_pkg::ProgAw-1:0]  pc_o,
  output logic                         done_event_o,
  output logic                         error_event_o
);
  logic run_q, done_q, stopped_q, fed_q, machine_rst_nq;
  logic [7:0] code_q, code;
  logic [axnn_pkg::ProgAw-1:0] pc_q;
  logic busy, range, starved, unused_samples, event_now;

  assign over_o = run_q && machine_done_i;
  // A run has one transfer of samples; fed_q: it has ended.
  assign starved = run_q && fed_q && machine_wants_i;
  assign unused_samples = over_o && in_open_i && in_samples_i;
  // A word that starts a run may open its samples, but no load beside it.
  assign busy = ((start_cmd_i || open_cmd_i) && !machine_rst_nq) ||
                (start_cmd_i && open_cmd_i && !target_samples_i) ||
                (start_cmd_i && (run_q || in_draining_i || (in_open_i && !in_samples_i))) ||
                (open_cmd_i && (in_open_i || in_draining_i ||
                                (run_q && (fed_q || !target_samples_i)))) ||
                (samples_set_i && run_q) || (load_set_i && in_open_i);
  assign range = (start_cmd_i && samples_zero_i) || (open_cmd_i && !in_range_i) || misfit_i;

  always_comb begin
    code = '0;
    if (run_q && machine_error_i != axnn_pkg::ErrNone) code = 8'(machine_error_i);
    else if (in_bad_i) code = axnn_axi_pkg::StopData;
    else if (in_early_i || starved) code = axnn_axi_pkg::StopEarly;
    else if (in_late_i || unused_samples) code = axnn_axi_pkg::StopLate;
    else if (busy) code = axnn_axi_pkg::StopBusy;
    else if (range) code = axnn_axi_pkg::StopRange;
  end

  assign event_now = !stopped_q && !reset_cmd_i && (code != '0);
  assign refuse_o = busy || range || ((stopped_q || event_now) && (start_cmd_i || open_cmd_i));
  assign start_o = start_cmd_i && !refuse_o;
  assign open_o = open_cmd_i && !refuse_o;
  assign stop_o = stopped_q || event_now || reset_cmd_i;
  assign machine_rst_no = scan_mode_i ? rst_ni : machine_rst_nq;
  assign run_o = run_q;
  assign done_o = done_q;
  assign error_o = stopped_q;
  assign code_o = code_q;
  assign pc_o = pc_q;
  assign done_event_o = over_o && !machine_results_i && out_idle_i && !stop_o;
  assign error_event_o = event_now;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q          <= 1'b0;
      done_q         <= 1'b0;
      stopped_q      <= 1'b0;
      fed_q          <= 1'b0;
      machine_rst_nq <= 1'b0;
      code_q         <= '0;
      pc_q           <= '0;
    end else begin
      machine_rst_nq <= !stop_o && (machine_rst_nq || machine_settled_i);
      if (reset_cmd_i) begin
        run_q     <= 1'b0;
        done_q    <= 1'b0;
        stopped_q <= 1'b0;
        code_q    <= '0;
        pc_q      <= '0;
      end else if (event_now) begin
        run_q     <= 1'b0;
        stopped_q <= 1'b1;
        code_q    <= code;
        pc_q      <= machine_pc_i;
      end else if (start_o) begin
        run_q  <= 1'b1;
        done_q <= 1'b0;
        fed_q  <= 1'b0;
      end else begin
        if (done_event_o) begin
          run_q  <= 1'b0;
          done_q <= 1'b1;
        end
        if (in_finished_i) fed_q <= 1'b1;
      end
    end
  end
endmodule
