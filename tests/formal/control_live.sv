// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_control
// Every accepted start ends in done or in an error. An instruction leaves within a bound if the units
// answer: from `Answer` cycles after its fetch on nothing is in flight, units are ready, banks are
// free and a new mode and level are in force (tests/formal/scale_live.sv). Between two fetches the program counter
// grows by one or the loop jumps, and it jumps less often than there are rounds: so there are at most
// ProgDepth fetches a round. Rounds are counted here up to 7, with arbitrary instructions.
module control_live_proof (
  input logic                             clk_i,
  input logic                             start_i,
  input logic [2:0]                       samples_i,
  input logic                             settled_i,
  input logic [axnn_pkg::OpW-1:0]         op_i,
  input logic [2:0]                       op_err_i,
  input logic [axnn_pkg::BankW-1:0]       bank_i,
  input logic                             next_i,
  input logic [axnn_pkg::ProgAw-1:0]      target_i,
  input logic                             seq_ready_i,
  input logic                             recv_ready_i,
  input logic                             drained_i,
  input logic                             overrun_i,
  input logic                             layer_start_i,
  input logic                             layer_out_i,
  input logic                             layer_end_i,
  input logic                             recv_end_i,
  input logic [axnn_pkg::BankW-1:0]       start_bank_i,
  input logic [axnn_pkg::BankW-1:0]       layer_end_bank_i,
  input logic [axnn_pkg::BankW-1:0]       recv_end_bank_i,
  input logic [axnn_pkg::NeuronBanks-1:0] uses_i
);
  localparam int Answer = 3;
  localparam int Bound = 2 * Answer + 2;

  logic rst_nq = 1'b0;
  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  logic busy, done, scale, fetch, layer, load, recv;
  logic [2:0] error;
  logic [axnn_pkg::ProgAw-1:0] error_pc, addr;
  logic [axnn_pkg::NeuronBanks-1:0] pending;
  axnn_control dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .start_i(start_i), .samples_i(axnn_pkg::SampleW'(samples_i)),
    .busy_o(busy), .done_o(done), .error_o(error), .error_pc_o(error_pc), .scale_o(scale),
    .scale_settled_i(settled_i), .fetch_o(fetch), .fetch_addr_o(addr), .op_i(op_i),
    .op_err_i(op_err_i), .recv_bank_i(bank_i), .next_i(next_i),
    .loop_target_i(target_i), .layer_o(layer), .load_o(load), .recv_o(recv), .seq_ready_i(seq_ready_i),
    .recv_ready_i(recv_ready_i), .drained_i(drained_i), .overrun_i(overrun_i),
    .layer_start_i(layer_start_i), .layer_out_i(layer_out_i), .layer_bank_i(start_bank_i),
    .layer_end_i(layer_end_i), .layer_end_bank_i(layer_end_bank_i), .recv_end_i(recv_end_i),
    .recv_end_bank_i(recv_end_bank_i), .uses_i(uses_i), .pending_o(pending)
  );

  localparam int FieldsW = axnn_pkg::OpW + 3 + axnn_pkg::BankW + 1 + axnn_pkg::ProgAw;
  logic [FieldsW-1:0] fields, fields_q;
  logic [3:0] age_q = '0;            // cycles since the last fetch, while busy
  logic [1:0] scale_wait_q = '0;     // cycles that a mode has been wanted
  logic fetched_q = 1'b0, fetch_q = 1'b0, started_q = 1'b0, scale_q = 1'b0, settled_q = 1'b0;
  logic [axnn_pkg::ProgAw-1:0] addr_q;
  logic [2:0] rounds_q = '0, jumps_q = '0;
  assign fields = {op_i, op_err_i, bank_i, next_i, target_i};

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      fields_q <= fields;
      fetch_q  <= fetch;
      age_q    <= (fetch || !busy) ? '0 : (age_q != '1) ? age_q + 1'b1 : age_q;
      scale_wait_q <= !scale ? '0 : (scale_wait_q != '1) ? scale_wait_q + 1'b1 : scale_wait_q;
      scale_q   <= scale;
      settled_q <= settled_i;
      if (start_i && !busy && error == axnn_pkg::ErrNone) begin
        started_q <= 1'b1;
        fetched_q <= 1'b0;
        rounds_q  <= samples_i;
        jumps_q   <= '0;
      end
      if (fetch) begin
        fetched_q <= 1'b1;
        addr_q    <= addr;
        if (fetched_q && addr != addr_q + 1'b1) jumps_q <= jumps_q + 1'b1;
      end
    end
  end

  always_comb begin
    if (rst_nq) begin
      assume (samples_i != '0);
      // The instruction comes from a memory: it stands still until the next fetch.
      if (!fetch_q) assume (fields == fields_q);
      if (age_q >= 4'(Answer)) begin
        assume (seq_ready_i && recv_ready_i && drained_i);
        assume (!pending[bank_i] && !uses_i[bank_i]);
      end
      if (scale_wait_q == 2'(Answer)) assume (settled_i);
      assert (age_q <= 4'(Bound));
      // What has been started and is not busy any more has ended.
      if (started_q && !busy) assert (done || error != axnn_pkg::ErrNone);
      if (busy) assert (!done);
      if (rounds_q != '0) assert (jumps_q < rounds_q);
      if (fetch && fetched_q && addr != addr_q + 1'b1) assert (jumps_q + 3'd1 < rounds_q);
      // A mode is wanted until it is in force or the machine stops; nothing is issued meanwhile.
      if (scale_q && !scale) assert (settled_q || error != axnn_pkg::ErrNone);
      if (scale) assert (!fetch && !layer && !load && !recv);
    end else begin
      assume (!start_i && !overrun_i);
    end
  end
endmodule
