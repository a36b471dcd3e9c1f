// SPDX-License-Identifier: Apache-2.0
// The accelerator for a system: axnn_top behind AXI4-Lite registers (docs/registers.md), an AXI4-Stream
// for program, weights, biases and samples, one for results, and an interrupt. One clock. All of AXI's
// outputs but the input stream's TREADY come from registers, and TREADY from no input but its own side's.
//   test_en_i  every clock gate is open; scan_mode_i: every flip-flop's reset is rst_ni, and what memories give
//              depends on no memory's contents. Both 0 outside production test (docs/architecture.md)
//   Mult       MultFig8, MultBooth or MultDrum: which PEs are built
//   DrumK      bits that MultDrum keeps
//   Format     how the weight memories store weights (axnn_weight_decode)
//   s_axil_*   registers; s_axis_* input stream (tie TKEEP to ones if there is none); m_axis_* output
//              stream of whole beats, TUSER: ends a stopped run
//   irq_o      level: an enabled event has not been cleared
//   freq_sel_o, vdd_sel_o, scale_req_o, scale_ack_i  as in axnn_top, for an external clock generator
//              and the weight memories' regulator
module axnn_axi #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int DrumK = axnn_pkg::DrumK,
  parameter int Format = axnn_pkg::FormatTwosComplement
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  logic                           test_en_i,
  input  logic                           scan_mode_i,
  input  logic [axnn_axi_pkg::RegAddrW-1:0] s_axil_awaddr_i,
  input  logic [2:0]                     s_axil_awprot_i,
  input  logic                           s_axil_awvalid_i,
  output logic                           s_axil_awready_o,
  input  logic [31:0]                    s_axil_wdata_i,
  input  logic [3:0]                     s_axil_wstrb_i,
  input  logic                           s_axil_wvalid_i,
  output logic                           s_axil_wready_o,
  output logic [1:0]                     s_axil_bresp_o,
  output logic                           s_axil_bvalid_o,
  input  logic                           s_axil_bready_i,
  input  logic [axnn_axi_pkg::RegAddrW-1:0] s_axil_araddr_i,
  input  logic [2:0]                     s_axil_arprot_i,
  input  logic                           s_axil_arvalid_i,
  output logic                           s_axil_arready_o,
  output logic [31:0]                    s_axil_rdata_o,
  output logic [1:0]                     s_axil_rresp_o,
  output logic                           s_axil_rvalid_o,
  input  logic                           s_axil_rready_i,
  input  logic [axnn_pkg::Cols*axnn_axi_pkg::CodeLaneW-1:0] s_axis_tdata_i,
  input  logic [axnn_pkg::Cols*axnn_axi_pkg::CodeLaneW/8-1:0] s_axis_tkeep_i,
  input  logic                           s_axis_tlast_i,
  input  logic                           s_axis_tvalid_i,
  output logic                           s_axis_tready_o,
  output logic [axnn_pkg::Rows*axnn_axi_pkg::SumLaneW-1:0] m_axis_tdata_o,
  output logic                           m_axis_tlast_o,
  output logic                           m_axis_tuser_o,
  output logic                           m_axis_tvalid_o,
  input  logic                           m_axis_tready_i,
  output logic                           irq_o,
  output logic [1:0]                     freq_sel_o,
  output logic [1:0]                     vdd_sel_o,
  output logic                           scale_req_o,
  input  logic                           scale_ack_i
);
  localparam int BeatsW = axnn_axi_pkg::BeatsW;

  // Registers.
  logic write, strb, waccept, rknown, refuse;
  logic [axnn_axi_pkg::RegAddrW-1:0] waddr, raddr;
  logic [31:0] wdata, rdata, status, load_addr;
  logic start_cmd, open_cmd, reset_cmd, abandon_cmd, samples_set, load_set, misfit;
  logic [axnn_pkg::SampleW-1:0] samples;
  logic [1:0] target;
  logic [BeatsW-1:0] beats, count;
  logic [7:0] code;
  logic [axnn_pkg::ProgAw-1:0] pc;
  logic done_event, error_event;
  logic [axnn_pkg::Counters*axnn_pkg::CounterW-1:0] counters;
  logic [31:0] cycles_q, in_stall_q, out_stall_q, results_q;
  logic [5:0] unused_prot;

  assign unused_prot = {s_axil_awprot_i, s_axil_arprot_i};

  axnn_axi_lite u_lite (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .awaddr_i (s_axil_awaddr_i),
    .awvalid_i(s_axil_awvalid_i),
    .awready_o(s_axil_awready_o),
    .wdata_i  (s_axil_wdata_i),
    .wstrb_i  (s_axil_wstrb_i),
    .wvalid_i (s_axil_wvalid_i),
    .wready_o (s_axil_wready_o),
    .bresp_o  (s_axil_bresp_o),
    .bvalid_o (s_axil_bvalid_o),
    .bready_i (s_axil_bready_i),
    .araddr_i (s_axil_araddr_i),
    .arvalid_i(s_axil_arvalid_i),
    .arready_o(s_axil_arready_o),
    .rdata_o  (s_axil_rdata_o),
    .rresp_o  (s_axil_rresp_o),
    .rvalid_o (s_axil_rvalid_o),
    .rready_i (s_axil_rready_i),
    .write_o  (write),
    .waddr_o  (waddr),
    .wdata_o  (wdata),
    .strb_o   (strb),
    .waccept_i(waccept),
    .raddr_o  (raddr),
    .rdata_i  (rdata),
    .rknown_i (rknown)
  );

  axnn_axi_regs u_regs (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .write_i      (write),
    .waddr_i      (waddr),
    .wdata_i      (wdata),
    .strb_i       (strb),
    .waccept_o    (waccept),
    .raddr_i      (raddr),
    .rdata_o      (rdata),
    .rknown_o     (rknown),
    .refuse_i     (refuse),
    .start_cmd_o  (start_cmd),
    .open_cmd_o   (open_cmd),
    .reset_cmd_o  (reset_cmd),
    .abandon_cmd_o(abandon_cmd),
    .samples_set_o(samples_set),
    .load_set_o   (load_set),
    .misfit_o     (misfit),
    .samples_o    (samples),
    .target_o     (target),
    .load_addr_o  (load_addr),
    .beats_o      (beats),
    .mult_i       (8'(Mult)),
    .format_i     (8'(Format)),
    .status_i     (status),
    .code_i       (code),
    .pc_i         (pc),
    .count_i      (count),
    .counters_i   ({results_q, out_stall_q, in_stall_q, cycles_q}),
    .machine_counters_i(counters),
    .done_i       (done_event),
    .error_i      (error_event),
    .irq_o        (irq_o)
  );

  // Runs, transfers, results.
  logic start, open, stop, in_range, in_open, in_samples, in_draining, in_finished;
  logic in_early, in_late, in_bad, out_idle, run, over, done, error, machine_rst_n;
  logic machine_settled, machine_done, sample_valid, sample_ready, result_valid, result_ready, load_valid;
  logic [2:0] machine_error;
  logic [axnn_pkg::ProgAw-1:0] machine_pc;
  logic [1:0] load_target;
  logic [axnn_pkg::WeightAw+$clog2(axnn_pkg::Rows)-1:0] machine_addr;
  logic [axnn_pkg::BiasWordW-1:0] load_data;
  logic [axnn_pkg::NeuronWordW-1:0] sample;
  logic [axnn_pkg::OutWordW-1:0] result;

  axnn_axi_run u_run (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .scan_mode_i      (scan_mode_i),
    .start_cmd_i      (start_cmd),
    .open_cmd_i       (open_cmd),
    .reset_cmd_i      (reset_cmd),
    .samples_set_i    (samples_set),
    .load_set_i       (load_set),
    .misfit_i         (misfit),
    .samples_zero_i   (samples == '0),
    .target_samples_i (target == axnn_axi_pkg::StreamSample),
    .in_range_i       (in_range),
    .refuse_o         (refuse),
    .start_o          (start),
    .open_o           (open),
    .stop_o           (stop),
    .machine_rst_no   (machine_rst_n),
    .machine_settled_i(machine_settled),
    .in_open_i        (in_open),
    .in_samples_i     (in_samples),
    .in_draining_i    (in_draining),
    .in_finished_i    (in_finished),
    .in_early_i       (in_early),
    .in_late_i        (in_late),
    .in_bad_i         (in_bad),
    .out_idle_i       (out_idle),
    .machine_done_i   (machine_done),
    .machine_error_i  (machine_error),
    .machine_pc_i     (machine_pc),
    .machine_wants_i  (sample_ready),
    .machine_results_i(result_valid),
    .run_o            (run),
    .over_o           (over),
    .done_o           (done),
    .error_o          (error),
    .code_o           (code),
    .pc_o             (pc),
    .done_event_o     (done_event),
    .error_event_o    (error_event)
  );

  axnn_axi_in u_in (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .open_i        (open),
    .target_i      (target),
    .addr_i        (load_addr),
    .beats_i       (beats),
    .stop_i        (stop),
    .abandon_i     (abandon_cmd),
    .in_range_o    (in_range),
    .open_o        (in_open),
    .samples_o     (in_samples),
    .draining_o    (in_draining),
    .count_o       (count),
    .finished_o    (in_finished),
    .early_o       (in_early),
    .late_o        (in_late),
    .bad_o         (in_bad),
    .tdata_i       (s_axis_tdata_i),
    .tkeep_i       (s_axis_tkeep_i),
    .tlast_i       (s_axis_tlast_i),
    .tvalid_i      (s_axis_tvalid_i),
    .tready_o      (s_axis_tready_o),
    .load_valid_o  (load_valid),
    .load_target_o (load_target),
    .load_addr_o   (machine_addr),
    .load_data_o   (load_data),
    .sample_valid_o(sample_valid),
    .sample_ready_i(sample_ready),
    .sample_o      (sample)
  );

  axnn_axi_out u_out (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .run_over_i(over),
    .flush_i   (stop),
    .idle_o    (out_idle),
    .valid_i   (result_valid),
    .ready_o   (result_ready),
    .data_i    (result),
    .tdata_o   (m_axis_tdata_o),
    .tlast_o   (m_axis_tlast_o),
    .tuser_o   (m_axis_tuser_o),
    .tvalid_o  (m_axis_tvalid_o),
    .tready_i  (m_axis_tready_i)
  );

  // The machine. Its observer ports are for simulation.
  logic machine_busy, issue, retire_valid, retire_final, retire_out, retire_batch, unused_machine;
  logic [axnn_pkg::ColW-1:0] retire_col;
  logic [axnn_pkg::SplitW-1:0] retire_split;
  logic [axnn_pkg::OctetW-1:0] retire_octet;
  logic [axnn_pkg::BankW-1:0] retire_bank;
  logic [axnn_pkg::TileW-1:0] retire_tile;
  logic [axnn_pkg::OutWordW-1:0] retire_data;

  assign unused_machine = ^{machine_busy, issue, retire_valid, retire_final, retire_out, retire_bank,
                            retire_tile, retire_data, retire_batch, retire_col, retire_split,
                            retire_octet};

  axnn_top #(.Mult(Mult), .DrumK(DrumK), .Format(Format)) u_machine (
    .clk_i         (clk_i),
    .rst_ni        (machine_rst_n),
    .test_en_i     (test_en_i),
    .scan_mode_i   (scan_mode_i),
    .load_valid_i  (load_valid),
    .load_target_i (load_target),
    .load_addr_i   (machine_addr),
    .load_data_i   (load_data),
    .start_i       (start),
    .samples_i     (samples),
    .busy_o        (machine_busy),
    .done_o        (machine_done),
    .error_o       (machine_error),
    .error_pc_o    (machine_pc),
    .freq_sel_o    (freq_sel_o),
    .vdd_sel_o     (vdd_sel_o),
    .scale_rst_ni  (rst_ni),
    .scale_req_o   (scale_req_o),
    .scale_ack_i   (scale_ack_i),
    .scale_settled_o(machine_settled),
    .counters_o    (counters),
    .in_valid_i    (sample_valid),
    .in_ready_o    (sample_ready),
    .in_data_i     (sample),
    .out_valid_o   (result_valid),
    .out_ready_i   (result_ready),
    .out_data_o    (result),
    .issue_o       (issue),
    .retire_valid_o(retire_valid),
    .retire_final_o(retire_final),
    .retire_out_o  (retire_out),
    .retire_bank_o (retire_bank),
    .retire_tile_o (retire_tile),
    .retire_batch_o(retire_batch),
    .retire_col_o  (retire_col),
    .retire_split_o(retire_split),
    .retire_octet_o(retire_octet),
    .retire_data_o (retire_data)
  );

  assign status = (32'(run) << axnn_axi_pkg::StatusBusyLsb) |
                  (32'(done) << axnn_axi_pkg::StatusDoneLsb) |
                  (32'(error) << axnn_axi_pkg::StatusErrorLsb) |
                  (32'(in_open) << axnn_axi_pkg::StatusOpenLsb) |
                  (32'(in_draining) << axnn_axi_pkg::StatusDrainingLsb) |
                  (32'(m_axis_tvalid_o) << axnn_axi_pkg::StatusResultLsb) |
                  (32'(!machine_settled) << axnn_axi_pkg::StatusScalingLsb) |
                  (32'(vdd_sel_o) << axnn_axi_pkg::StatusLevelLsb) |
                  (32'(freq_sel_o) << axnn_axi_pkg::StatusModeLsb);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cycles_q    <= '0;
      in_stall_q  <= '0;
      out_stall_q <= '0;
      results_q   <= '0;
    end else if (start) begin
      cycles_q    <= '0;
      in_stall_q  <= '0;
      out_stall_q <= '0;
      results_q   <= '0;
    end else if (run) begin
      cycles_q    <= cycles_q + 32'(!over);
      in_stall_q  <= in_stall_q + 32'(sample_ready && !sample_valid);
      out_stall_q <= out_stall_q + 32'(m_axis_tvalid_o && !m_axis_tready_i);
      results_q   <= results_q + 32'(m_axis_tvalid_o && m_axis_tready_i && !m_axis_tuser_o);
    end
  end
endmodule
