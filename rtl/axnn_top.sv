// SPDX-License-Identifier: Apache-2.0
// The accelerator: program memory and control, weight, bias and neuron buffers, the PE array, the
// post unit, the output FIFO. docs/architecture.md has the picture and the pipeline.
//   load_*     the host writes program (64 bits a word), weights ({word, row} address, one row's
//              share) or biases (a word of Rows) while the machine is not busy
//   in_*       input samples, a neuron word a beat
//   out_*      results of layers that write the output stream, Rows lanes a beat
//   mode_o     multiplier mode in force, for an external clock generator
//   retire_*   every result as it is written, for observers; leave open in a design
//   Mult       MultFig8 or MultBooth: which PEs are built
//   Format     how the weight memories store weights (axnn_weight_decode)
module axnn_top #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int Format = axnn_pkg::FormatTwosComplement
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             load_valid_i,
  input  logic [1:0]                       load_target_i,
  input  logic [axnn_pkg::WeightAw+$clog2(axnn_pkg::Rows)-1:0] load_addr_i,
  input  logic [axnn_pkg::BiasWordW-1:0]   load_data_i,
  input  logic                             start_i,
  input  logic [axnn_pkg::SampleW-1:0]     samples_i,
  output logic                             busy_o,
  output logic                             done_o,
  output logic [2:0]                       error_o,
  output logic [axnn_pkg::ProgAw-1:0]      error_pc_o,
  output logic [1:0]                       mode_o,
  input  logic                             in_valid_i,
  output logic                             in_ready_o,
  input  logic [axnn_pkg::NeuronWordW-1:0] in_data_i,
  output logic                             out_valid_o,
  input  logic                             out_ready_i,
  output logic [axnn_pkg::OutWordW-1:0]    out_data_o,
  output logic                             issue_o,
  output logic                             retire_valid_o,
  output logic                             retire_final_o,
  output logic                             retire_out_o,
  output logic [axnn_pkg::BankW-1:0]       retire_bank_o,
  output logic [axnn_pkg::TileW-1:0]       retire_tile_o,
  output logic [axnn_pkg::OutWordW-1:0]    retire_data_o
);
  // Program memory, decoder, control.
  logic fetch, load_program, load_weight, load_bias;
  logic [axnn_pkg::ProgAw-1:0] fetch_addr, loop_target;
  logic [axnn_pkg::InstrW-1:0] instr;
  logic [axnn_pkg::OpW-1:0] op;
  logic [2:0] op_err;
  logic [1:0] mode, op_mode, op_act, act, seq_act;
  logic [axnn_pkg::ShiftW-1:0] op_shift, seq_shift;
  logic [axnn_pkg::WeightAw-1:0] load_base, weight_base, weight_addr;
  logic [axnn_pkg::LocalAw-1:0] load_dst, load_len, local_addr;
  logic [axnn_pkg::BankW-1:0] recv_bank, op_src, op_dst, seq_src, seq_dst;
  logic [axnn_pkg::NeuronAw-1:0] recv_len, in_words, word;
  logic [axnn_pkg::TileW-1:0] out_tiles, tile;
  logic [axnn_pkg::BiasAw-1:0] bias_base, seq_bias, bias_addr;
  logic recv_next, weight_local, op_out;
  logic layer_issue, load_issue, recv_issue, seq_ready, recv_ready, seq_busy, retire_busy, overrun;
  logic [axnn_pkg::NeuronBanks-1:0] uses, pending;

  assign load_program = load_valid_i && (load_target_i == axnn_pkg::LoadProgram);
  assign load_weight = load_valid_i && (load_target_i == axnn_pkg::LoadWeight);
  assign load_bias = load_valid_i && (load_target_i == axnn_pkg::LoadBias);

  axnn_sram #(.Width(axnn_pkg::InstrW), .Depth(axnn_pkg::ProgDepth)) u_program (
    .clk_i  (clk_i),
    .en_i   (fetch || load_program),
    .we_i   (load_program),
    .addr_i (load_program ? load_addr_i[axnn_pkg::ProgAw-1:0] : fetch_addr),
    .wdata_i(load_data_i[axnn_pkg::InstrW-1:0]),
    .rdata_o(instr)
  );

  axnn_decoder u_decoder (
    .instr_i       (instr),
    .op_o          (op),
    .err_o         (op_err),
    .mode_o        (op_mode),
    .load_base_o   (load_base),
    .load_dst_o    (load_dst),
    .load_len_o    (load_len),
    .recv_bank_o   (recv_bank),
    .recv_len_o    (recv_len),
    .recv_next_o   (recv_next),
    .loop_target_o (loop_target),
    .in_words_o    (in_words),
    .out_tiles_o   (out_tiles),
    .weight_base_o (weight_base),
    .weight_local_o(weight_local),
    .bias_base_o   (bias_base),
    .src_bank_o    (op_src),
    .dst_bank_o    (op_dst),
    .dst_out_o     (op_out),
    .act_o         (op_act),
    .shift_o       (op_shift)
  );

  logic step, start, first, last, keep, local_weight, load_step, final_tile, seq_out;
  logic recv_write, recv_done, write, write_final, write_out;
  logic [axnn_pkg::BankW-1:0] recv_dst, write_bank;
  logic [axnn_pkg::NeuronAw-1:0] recv_addr;
  logic [axnn_pkg::TileW-1:0] write_tile;
  logic credit, spend;

  axnn_control u_control (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .start_i         (start_i),
    .samples_i       (samples_i),
    .busy_o          (busy_o),
    .done_o          (done_o),
    .error_o         (error_o),
    .error_pc_o      (error_pc_o),
    .mode_o          (mode),
    .fetch_o         (fetch),
    .fetch_addr_o    (fetch_addr),
    .op_i            (op),
    .op_err_i        (op_err),
    .mode_i          (op_mode),
    .recv_bank_i     (recv_bank),
    .recv_next_i     (recv_next),
    .loop_target_i   (loop_target),
    .layer_o         (layer_issue),
    .load_o          (load_issue),
    .recv_o          (recv_issue),
    .seq_ready_i     (seq_ready),
    .recv_ready_i    (recv_ready),
    .drained_i       (!seq_busy && !retire_busy),
    .overrun_i       (overrun),
    .layer_start_i   (start),
    .layer_out_i     (seq_out),
    .layer_bank_i    (seq_dst),
    .layer_end_i     (write && write_final && !write_out),
    .layer_end_bank_i(write_bank),
    .recv_end_i      (recv_done),
    .recv_end_bank_i (recv_dst),
    .uses_i          (uses),
    .pending_o       (pending)
  );
  assign mode_o = mode;

  axnn_sequencer u_sequencer (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .layer_i       (layer_issue),
    .load_i        (load_issue),
    .ready_o       (seq_ready),
    .in_words_i    (in_words),
    .out_tiles_i   (out_tiles),
    .weight_base_i (weight_base),
    .weight_local_i(weight_local),
    .bias_base_i   (bias_base),
    .src_bank_i    (op_src),
    .dst_bank_i    (op_dst),
    .dst_out_i     (op_out),
    .act_i         (op_act),
    .shift_i       (op_shift),
    .load_base_i   (load_base),
    .load_dst_i    (load_dst),
    .load_len_i    (load_len),
    .pending_i     (pending),
    .credit_i      (credit),
    .spend_o       (spend),
    .uses_o        (uses),
    .busy_o        (seq_busy),
    .overrun_o     (overrun),
    .step_o        (step),
    .start_o       (start),
    .first_o       (first),
    .last_o        (last),
    .keep_o        (keep),
    .local_o       (local_weight),
    .load_o        (load_step),
    .neuron_addr_o (word),
    .weight_addr_o (weight_addr),
    .local_addr_o  (local_addr),
    .src_bank_o    (seq_src),
    .dst_bank_o    (seq_dst),
    .dst_out_o     (seq_out),
    .final_o       (final_tile),
    .tile_o        (tile),
    .bias_addr_o   (seq_bias),
    .act_o         (seq_act),
    .shift_o       (seq_shift)
  );
  assign issue_o = step;

  // Input stream and neuron buffer (stage 0 reads).
  logic [axnn_pkg::NeuronWordW-1:0] neuron_word, result_word;

  axnn_receiver u_receiver (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .start_i   (recv_issue),
    .bank_i    (recv_bank),
    .len_i     (recv_len),
    .ready_o   (recv_ready),
    .valid_i   (in_valid_i),
    .ready_in_o(in_ready_o),
    .write_o   (recv_write),
    .bank_o    (recv_dst),
    .addr_o    (recv_addr),
    .done_o    (recv_done)
  );

  axnn_neuron_buffer u_neuron_buffer (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .read_i       (step && keep),
    .read_bank_i  (seq_src),
    .read_addr_i  (word),
    .read_data_o  (neuron_word),
    .result_i     (write && !write_out),
    .result_bank_i(write_bank),
    .result_addr_i(axnn_pkg::NeuronAw'(write_tile)),
    .result_data_i(result_word),
    .recv_i       (recv_write),
    .recv_bank_i  (recv_dst),
    .recv_addr_i  (recv_addr),
    .recv_data_i  (in_data_i)
  );

  // Stage 1: local memories and weight buffer are read; stage 2: loads write the local memories.
  logic step1_q, first1_q, keep1_q, local1_q, load1_q, load2_q;
  logic [axnn_pkg::NeuronAw-1:0] word1_q;
  logic [axnn_pkg::WeightAw-1:0] weight_addr1_q;
  logic [axnn_pkg::LocalAw-1:0] local_addr1_q, local_addr2_q;
  logic [axnn_pkg::WeightWordW-1:0] weight_word;
  logic [axnn_pkg::BiasWordW-1:0] bias_word, sums;
  logic [axnn_pkg::RowStages-1:0] row_en;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step1_q <= 1'b0;
      load1_q <= 1'b0;
      load2_q <= 1'b0;
    end else begin
      step1_q <= step;
      load1_q <= load_step;
      load2_q <= load1_q;
    end
  end

  always_ff @(posedge clk_i) begin
    first1_q       <= first;
    keep1_q        <= keep;
    local1_q       <= local_weight;
    word1_q        <= word;
    weight_addr1_q <= weight_addr;
    local_addr1_q  <= local_addr;
    local_addr2_q  <= local_addr1_q;
  end

  axnn_weight_buffer u_weight_buffer (
    .clk_i       (clk_i),
    .read_i      ((step1_q && !local1_q) || load1_q),
    .read_addr_i (weight_addr1_q),
    .write_i     (load_weight),
    .write_addr_i(load_addr_i),
    .write_data_i(load_data_i[axnn_pkg::WeightRowW-1:0]),
    .data_o      (weight_word)
  );

  axnn_array #(.Mult(Mult), .Format(Format)) u_array (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .mode_i       (mode),
    .step_i       (step1_q),
    .first_i      (first1_q),
    .keep_i       (keep1_q),
    .local_i      (local1_q),
    .load_i       (load2_q),
    .neuron_addr_i(axnn_pkg::LocalAw'(word1_q)),
    .weight_addr_i(load2_q ? local_addr2_q : weight_addr1_q[axnn_pkg::LocalAw-1:0]),
    .row_en_i     (row_en),
    .neuron_i     (neuron_word),
    .weight_i     (weight_word),
    .bias_i       (bias_word),
    .sum_o        (sums)
  );

  // Results.
  logic bias_read, raw;
  logic [axnn_pkg::RequantStages-1:0] requant_en;
  logic [axnn_pkg::ShiftW-4:0] eights;
  logic [2:0] rest;
  logic [axnn_pkg::OutWordW-1:0] results;

  axnn_retire #(
    .BiasReadStage((Mult == axnn_pkg::MultBooth) ? 5 : 7)
  ) u_retire (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .push_i      (step && last),
    .final_i     (final_tile),
    .tile_i      (tile),
    .bias_addr_i (seq_bias),
    .dst_bank_i  (seq_dst),
    .dst_out_i   (seq_out),
    .act_i       (seq_act),
    .shift_i     (seq_shift),
    .busy_o      (retire_busy),
    .row_en_o    (row_en),
    .bias_read_o (bias_read),
    .bias_addr_o (bias_addr),
    .requant_en_o(requant_en),
    .eights_o    (eights),
    .rest_o      (rest),
    .raw_o       (raw),
    .write_o     (write),
    .act_o       (act),
    .final_o     (write_final),
    .tile_o      (write_tile),
    .dst_bank_o  (write_bank),
    .dst_out_o   (write_out)
  );

  axnn_sram #(.Width(axnn_pkg::BiasWordW), .Depth(axnn_pkg::BiasDepth)) u_bias (
    .clk_i  (clk_i),
    .en_i   (bias_read || load_bias),
    .we_i   (load_bias),
    .addr_i (load_bias ? load_addr_i[axnn_pkg::BiasAw-1:0] : bias_addr),
    .wdata_i(load_data_i),
    .rdata_o(bias_word)
  );

  axnn_post u_post (
    .clk_i       (clk_i),
    .requant_en_i(requant_en),
    .eights_i    (eights),
    .rest_i      (rest),
    .raw_i       (raw),
    .act_i       (act),
    .sum_i       (sums),
    .result_o    (results)
  );

  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_code
    assign result_word[r*axnn_pkg::DataW +: axnn_pkg::DataW] = results[r*axnn_pkg::AccW +: axnn_pkg::DataW];
  end

  // Output FIFO. A tile spends a credit when it starts, so its results always find room.
  logic [$clog2(axnn_pkg::OutDepth):0] credits_q;
  logic pop;

  assign pop = out_valid_o && out_ready_i;
  assign credit = (credits_q != '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) credits_q <= ($clog2(axnn_pkg::OutDepth)+1)'(axnn_pkg::OutDepth);
    else credits_q <= credits_q + {{$clog2(axnn_pkg::OutDepth){1'b0}}, pop} -
                      {{$clog2(axnn_pkg::OutDepth){1'b0}}, spend};
  end

  axnn_fifo #(.Width(axnn_pkg::OutWordW), .Depth(axnn_pkg::OutDepth)) u_out (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .push_i (write && write_out),
    .data_i (results),
    .valid_o(out_valid_o),
    .ready_i(out_ready_i),
    .data_o (out_data_o)
  );

  assign retire_valid_o = write;
  assign retire_final_o = write_final;
  assign retire_out_o = write_out;
  assign retire_bank_o = write_bank;
  assign retire_tile_o = write_tile;
  assign retire_data_o = results;
endmodule
