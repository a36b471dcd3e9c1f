// SPDX-License-Identifier: Apache-2.0
// Fetches instructions and hands each to the unit that carries it out, in order. A layer or a
// receive runs on its own once handed over; a scoreboard of neuron banks keeps them apart.
// Two cycles an instruction at least: fetch, then decode until the unit takes it.
//   start_i    run the program from address 0 for samples_i >= 1 rounds; ignored while busy
//   scale_o    OpSetMode: its mode and voltage level are wanted (axnn_scale); the array is empty and
//              waits until scale_settled_i
//   done_o     high after the program's OpHalt until the next start
//   error_o    err_e; the machine has stopped at error_pc_o, the instruction at fault, until reset
module axnn_control (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             start_i,
  input  logic [axnn_pkg::SampleW-1:0]     samples_i,
  output logic                             busy_o,
  output logic                             done_o,
  output logic [2:0]                       error_o,
  output logic [axnn_pkg::ProgAw-1:0]      error_pc_o,
  output logic                             scale_o,
  input  logic                             scale_settled_i,
  // program memory and decoder
  output logic                             fetch_o,
  output logic [axnn_pkg::ProgAw-1:0]      fetch_addr_o,
  input  logic [axnn_pkg::OpW-1:0]         op_i,
  input  logic [2:0]                       op_err_i,
  input  logic [axnn_pkg::BankW-1:0]       recv_bank_i,
  input  logic                             next_i,
  input  logic [axnn_pkg::ProgAw-1:0]      loop_target_i,
  // units
  output logic                             layer_o,        // OpLayer or OpBatch
  output logic                             load_o,
  output logic                             recv_o,
  input  logic                             seq_ready_i,
  input  logic                             recv_ready_i,
  input  logic                             drained_i,      // nothing in sequencer or pipeline
  input  logic                             overrun_i,      // the layer taken last ran past its memory
  // scoreboard
  input  logic                             layer_start_i,  // a layer's first step: bank below
  input  logic                             layer_out_i,    // it writes the output stream
  input  logic [axnn_pkg::BankW-1:0]       layer_bank_i,
  // The last write into a bank is due in the next cycle, so that a layer that waits for it may know
  // a cycle before it can read.
  input  logic                             layer_end_i,    // of a layer: bank below
  input  logic [axnn_pkg::BankW-1:0]       layer_end_bank_i,
  input  logic                             recv_end_i,     // of a receive
  input  logic [axnn_pkg::BankW-1:0]       recv_end_bank_i,
  input  logic [axnn_pkg::NeuronBanks-1:0] uses_i,
  output logic [axnn_pkg::NeuronBanks-1:0] pending_o
);
  typedef enum logic [2:0] {StIdle, StFetch, StDecode, StScale, StError} state_e;

  logic [2:0] state_q, state_d;
  logic [axnn_pkg::ProgAw-1:0] pc_q, pc_d, layer_pc_q;
  logic [axnn_pkg::SampleW-1:0] samples_q, samples_d, less_q, fewer;
  logic [2:0] error_q, error_d;
  logic done_q, done_d, take, skip, more_q, again, borrows_q;
  logic [axnn_pkg::NeuronBanks-1:0] pending_q, pending_d;

  // The count changes before a fetch, and matters in the decode after it.
  assign skip = next_i && !more_q;
  assign fetch_o = (state_q == StFetch);
  assign fetch_addr_o = pc_q;
  assign busy_o = (state_q != StIdle) && (state_q != StError);
  assign done_o = done_q;
  assign error_o = error_q;
  assign error_pc_o = pc_q;
  assign scale_o = (state_q == StScale);
  assign pending_o = pending_q;

  // Whether the sequencer is ready comes last.
  logic valid, loops, halts, sets, takes, needs_seq;
  assign valid = (state_q == StDecode) && (op_err_i == axnn_pkg::ErrNone);
  always_comb begin
    layer_o = 1'b0;
    load_o = 1'b0;
    recv_o = 1'b0;
    loops = 1'b0;
    halts = 1'b0;
    sets = 1'b0;
    takes = 1'b0;
    if (valid) begin
      case (op_i)
        axnn_pkg::OpSetMode: sets = 1'b1;
        axnn_pkg::OpLoadW: load_o = 1'b1;
        axnn_pkg::OpLayer, axnn_pkg::OpBatch: begin
          layer_o = !skip;
          takes = skip;
        end
        axnn_pkg::OpRecv: begin
          recv_o = !skip && recv_ready_i && !pending_q[recv_bank_i] && !uses_i[recv_bank_i];
          takes = skip || recv_o;
        end
        axnn_pkg::OpLoop: loops = 1'b1;
        default: halts = 1'b1;
      endcase
    end
    if (loops || (sets && drained_i) || (halts && drained_i && recv_ready_i)) takes = 1'b1;
  end
  assign needs_seq = layer_o || load_o;
  assign take = takes || (needs_seq && seq_ready_i);

  // No part of the round count waits for a unit.
  assign again = loops && more_q;
  assign samples_d = (state_q == StIdle) ? (start_i ? samples_i : samples_q) :
                     again ? fewer : samples_q;

  // What follows the instruction, known before it is taken.
  logic [2:0] next_state, next_error;
  logic [axnn_pkg::ProgAw-1:0] next_pc;
  logic runs_out;
  assign runs_out = !halts && !again && (&pc_q);
  assign next_state = halts ? StIdle : runs_out ? StError : sets ? StScale : StFetch;
  assign next_error = runs_out ? axnn_pkg::ErrEnd : error_q;
  assign next_pc = again ? loop_target_i : runs_out ? pc_q : pc_q + 1'b1;
  always_comb begin
    state_d = state_q;
    pc_d = pc_q;
    error_d = error_q;
    done_d = done_q;
    case (state_q)
      StIdle: begin
        if (start_i) begin
          state_d = StFetch;
          pc_d = '0;
          done_d = 1'b0;
        end
      end
      StFetch: state_d = StDecode;
      StDecode: begin
        if (op_err_i != axnn_pkg::ErrNone) begin
          state_d = StError;
          error_d = op_err_i;
        end else if (take) begin
          state_d = next_state;
          pc_d = next_pc;
          error_d = next_error;
          done_d = halts;
        end
      end
      StScale: if (scale_settled_i) state_d = StFetch;
      default: begin
        // StError, or no state at all: a bit was upset.
        state_d = StError;
        error_d = (error_q == axnn_pkg::ErrNone) ? axnn_pkg::ErrOpcode : error_q;
      end
    endcase
    // Fetches go on while a layer runs.
    if (overrun_i && state_q != StError) begin
      state_d = StError;
      pc_d = layer_pc_q;
      error_d = axnn_pkg::ErrField;
      done_d = 1'b0;
    end
  end

  always_comb begin
    pending_d = pending_q;
    if (layer_end_i) pending_d[layer_end_bank_i] = 1'b0;
    if (recv_end_i) pending_d[recv_end_bank_i] = 1'b0;
    if (layer_start_i && !layer_out_i) pending_d[layer_bank_i] = 1'b1;
    if (recv_o) pending_d[recv_bank_i] = 1'b1;
  end

  // One less, half by half: the upper one borrows in the decode.
  localparam int Half = axnn_pkg::SampleW / 2;
  always_ff @(posedge clk_i) begin
    if (needs_seq && seq_ready_i) layer_pc_q <= pc_q;
    if (state_q == StFetch) begin
      less_q    <= {samples_q[axnn_pkg::SampleW-1:Half] - 1'b1, samples_q[Half-1:0] - 1'b1};
      borrows_q <= (samples_q[Half-1:0] == '0);
      more_q    <= (samples_q[axnn_pkg::SampleW-1:1] != '0);
    end
  end
  assign fewer = {borrows_q ? less_q[axnn_pkg::SampleW-1:Half] : samples_q[axnn_pkg::SampleW-1:Half],
                  less_q[Half-1:0]};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      pc_q      <= '0;
      samples_q <= '0;
      error_q   <= axnn_pkg::ErrNone;
      done_q    <= 1'b0;
      pending_q <= '0;
    end else begin
      state_q   <= state_d;
      pc_q      <= pc_d;
      samples_q <= samples_d;
      error_q   <= error_d;
      done_q    <= done_d;
      pending_q <= pending_d;
    end
  end
endmodule
