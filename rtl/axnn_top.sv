// SPDX-License-Identifier: Apache-2.0
// The accelerator: program memory and control, weight, bias and neuron buffers, the PE array, the
// post unit, the output FIFO. docs/architecture.md has the picture and the pipeline.
//   load_*     the host writes program (64 bits a word), weights ({word, row} address, one row's
//              share) or biases (a word of Rows) while the machine is not busy
//   in_*       input, a neuron word a beat: Cols activations of a sample, sample by sample
//   out_*      results of layers that write the output stream, Rows lanes a beat
//   samples_i  rounds of the program's loop
//   freq_sel_o, vdd_sel_o  multiplier mode and voltage level of the weight memories in force, for an
//              external clock generator and regulator: they follow when scale_req_o rises, and
//              answer by scale_ack_i, four phases (axnn_scale; tie it to scale_req_o if both are
//              always good). The array stands still meanwhile
//   scale_rst_ni  reset of mode, level and their handshake. The same as rst_ni, or of the whole chip:
//              then rst_ni alone resets the machine, and mode and level go back to M0 and 0 by a
//              handshake; keep rst_ni low until scale_settled_o
//   counters_o counts since the start, axnn_pkg::counter_e
//   retire_*   every result as it is written, for observers; leave open in a design. In a batch a
//              beat is column retire_col_o: rows in groups of Rows >> retire_split_o, the group of
//              octet retire_octet_o first, the next groups of octets Lines / groups apart
//   test_en_i  every clock gate is open; scan_mode_i: what memories give depends on no memory's contents.
//              Both 0 outside production test (docs/architecture.md)
//   Mult       MultFig8, MultBooth or MultDrum: which PEs are built
//   DrumK      bits that MultDrum keeps
//   Format     how the weight memories store weights (axnn_weight_decode)
module axnn_top #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int DrumK = axnn_pkg::DrumK,
  parameter int Format = axnn_pkg::FormatTwosComplement
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             test_en_i,
  input  logic                             scan_mode_i,
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
  output logic [1:0]                       freq_sel_o,
  output logic [1:0]                       vdd_sel_o,
  input  logic                             scale_rst_ni,
  output logic                             scale_req_o,
  input  logic                             scale_ack_i,
  output logic                             scale_settled_o,
  output logic [axnn_pkg::Counters*axnn_pkg::CounterW-1:0] counters_o,
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
  output logic                             retire_batch_o,
  output logic [axnn_pkg::ColW-1:0]        retire_col_o,
  output logic [axnn_pkg::SplitW-1:0]      retire_split_o,
  output logic [axnn_pkg::OctetW-1:0]      retire_octet_o,
  output logic [axnn_pkg::OutWordW-1:0]    retire_data_o
);
  axnn_check_sizes #(.Mult(Mult), .DrumK(DrumK), .Format(Format)) u_check ();

  // Program memory, decoder, control.
  logic fetch, load_program, load_weight, load_bias;
  logic [axnn_pkg::ProgAw-1:0] fetch_addr, loop_target;
  logic [axnn_pkg::InstrW-1:0] instr;
  logic [axnn_pkg::OpW-1:0] op;
  logic [2:0] op_err;
  logic [1:0] mode, op_mode, op_level, op_act, act, seq_act;
  logic [axnn_pkg::ShiftW-1:0] op_shift, seq_shift;
  logic [axnn_pkg::WeightAw-1:0] load_base, weight_base, weight_addr;
  logic [axnn_pkg::LocalAw-1:0] load_dst, load_len, local_addr;
  logic [axnn_pkg::BankW-1:0] recv_bank, op_src, op_dst, seq_src, seq_dst;
  logic [axnn_pkg::NeuronAw-1:0] recv_len, word;
  logic [axnn_pkg::FanInW-1:0] op_in;
  logic [axnn_pkg::SplitW-1:0] op_split, op_octets, recv_octets, split, octets;
  logic [axnn_pkg::OctetW-1:0] octet;
  logic [axnn_pkg::ColW-1:0] sub;
  logic [axnn_pkg::TileW-1:0] out_tiles, tile;
  logic [axnn_pkg::BiasAw-1:0] bias_base, seq_bias, bias_addr;
  logic op_next, op_recv_batch, weight_local, op_out, batch;
  logic layer_issue, load_issue, recv_issue, seq_ready, recv_ready, seq_busy, retire_busy, drain_busy, overrun;
  logic [axnn_pkg::NeuronBanks-1:0] uses, pending;
  logic ends, scale;
  logic [axnn_pkg::BankW-1:0] ends_bank;

  assign load_program = load_valid_i && (load_target_i == axnn_pkg::LoadProgram);
  assign load_weight = load_valid_i && (load_target_i == axnn_pkg::LoadWeight);
  assign load_bias = load_valid_i && (load_target_i == axnn_pkg::LoadBias);

  axnn_sram #(.Width(axnn_pkg::InstrW), .Depth(axnn_pkg::ProgDepth)) u_program (
    .clk_i      (clk_i),
    .scan_mode_i(scan_mode_i),
    .en_i       (fetch || load_program),
    .we_i       (load_program),
    .addr_i     (load_program ? load_addr_i[axnn_pkg::ProgAw-1:0] : fetch_addr),
    .wdata_i    (load_data_i[axnn_pkg::InstrW-1:0]),
    .rdata_o    (instr)
  );

  axnn_decoder u_decoder (
    .instr_i       (instr),
    .op_o          (op),
    .err_o         (op_err),
    .mode_o        (op_mode),
    .level_o       (op_level),
    .load_base_o   (load_base),
    .load_dst_o    (load_dst),
    .load_len_o    (load_len),
    .recv_bank_o   (recv_bank),
    .recv_len_o    (recv_len),
    .recv_batch_o  (op_recv_batch),
    .recv_octets_o (recv_octets),
    .next_o        (op_next),
    .loop_target_o (loop_target),
    .in_o          (op_in),
    .out_tiles_o   (out_tiles),
    .weight_base_o (weight_base),
    .weight_local_o(weight_local),
    .bias_base_o   (bias_base),
    .src_bank_o    (op_src),
    .dst_bank_o    (op_dst),
    .dst_out_o     (op_out),
    .act_o         (op_act),
    .shift_o       (op_shift),
    .split_o       (op_split),
    .octets_o      (op_octets)
  );

  logic step, start, first, last, keep, local_weight, load_step, final_tile, seq_out;
  logic recv_write, recv_done, write, write_final, write_out;
  logic [axnn_pkg::BankW-1:0] recv_dst, write_bank;
  logic [axnn_pkg::NeuronAw-1:0] recv_word;
  logic [axnn_pkg::TileW-1:0] write_tile;
  logic credit, spend, idle_q, write_batch;
  logic [axnn_pkg::ColW-1:0] write_col;
  logic [axnn_pkg::SplitW-1:0] write_split, write_octets;
  logic [axnn_pkg::OctetW-1:0] write_octet;

  axnn_control u_control (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .start_i         (start_i),
    .samples_i       (samples_i),
    .busy_o          (busy_o),
    .done_o          (done_o),
    .error_o         (error_o),
    .error_pc_o      (error_pc_o),
    .scale_o         (scale),
    .scale_settled_i (scale_settled_o),
    .fetch_o         (fetch),
    .fetch_addr_o    (fetch_addr),
    .op_i            (op),
    .op_err_i        (op_err),
    .recv_bank_i     (recv_bank),
    .next_i          (op_next),
    .loop_target_i   (loop_target),
    .layer_o         (layer_issue),
    .load_o          (load_issue),
    .recv_o          (recv_issue),
    .seq_ready_i     (seq_ready),
    .recv_ready_i    (recv_ready),
    .drained_i       (!seq_busy && idle_q),
    .overrun_i       (overrun),
    .layer_start_i   (start),
    .layer_out_i     (seq_out),
    .layer_bank_i    (seq_dst),
    .layer_end_i     (ends),
    .layer_end_bank_i(ends_bank),
    .recv_end_i      (recv_done),
    .recv_end_bank_i (recv_dst),
    .uses_i          (uses),
    .pending_o       (pending)
  );

  axnn_scale u_scale (
    .clk_i      (clk_i),
    .rst_ni     (scale_rst_ni),
    .want_i     (scale),
    .home_i     (!rst_ni),
    .mode_i     (op_mode),
    .level_i    (op_level),
    .settled_o  (scale_settled_o),
    .mode_o     (mode),
    .level_o    (vdd_sel_o),
    .scale_req_o(scale_req_o),
    .scale_ack_i(scale_ack_i)
  );
  assign freq_sel_o = mode;

  // Nothing behind the sequencer, a cycle late but for the step that is issued now.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) idle_q <= 1'b1;
    else idle_q <= !(drain_busy || retire_busy || step);
  end

  axnn_sequencer u_sequencer (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .layer_i       (layer_issue),
    .batch_i       (op == axnn_pkg::OpBatch),
    .load_i        (load_issue),
    .loads_i       (op == axnn_pkg::OpLoadW),
    .ready_o       (seq_ready),
    .in_i          (op_in),
    .out_tiles_i   (out_tiles),
    .weight_base_i (weight_base),
    .weight_local_i(weight_local),
    .bias_base_i   (bias_base),
    .src_bank_i    (op_src),
    .dst_bank_i    (op_dst),
    .dst_out_i     (op_out),
    .act_i         (op_act),
    .shift_i       (op_shift),
    .split_i       (op_split),
    .octets_i      (op_octets),
    .load_base_i   (load_base),
    .load_dst_i    (load_dst),
    .load_len_i    (load_len),
    .pending_i     (pending),
    .credit_i      (credit),
    .spend_o       (spend),
    .idle_i        (idle_q),
    .uses_o        (uses),
    .busy_o        (seq_busy),
    .overrun_o     (overrun),
    .batch_o       (batch),
    .step_o        (step),
    .start_o       (start),
    .first_o       (first),
    .last_o        (last),
    .keep_o        (keep),
    .local_o       (local_weight),
    .load_o        (load_step),
    .word_o        (word),
    .sub_o         (sub),
    .weight_addr_o (weight_addr),
    .local_addr_o  (local_addr),
    .src_bank_o    (seq_src),
    .dst_bank_o    (seq_dst),
    .dst_out_o     (seq_out),
    .final_o       (final_tile),
    .tile_o        (tile),
    .bias_addr_o   (seq_bias),
    .act_o         (seq_act),
    .shift_o       (seq_shift),
    .split_o       (split),
    .octet_o       (octet),
    .octets_o      (octets)
  );
  assign issue_o = step;

  // Input stream and neuron buffer. A sample's words are read at stage 0, a batch's at stage 1: the
  // columns take their operands a cycle later.
  logic [axnn_pkg::Lines*axnn_pkg::NeuronWordW-1:0] neuron_words;
  logic [axnn_pkg::NeuronWordW-1:0] result_word, recv_data;
  logic step1_q, local1_q, load1_q, buffer_read;
  logic [axnn_pkg::NeuronAw-1:0] word1_q;
  logic [axnn_pkg::ColW-1:0] sub1_q, recv_col;
  logic [axnn_pkg::SplitW-1:0] split1_q, octets1_q, recv_octets_log;
  logic [axnn_pkg::OctetW-1:0] octet1_q, recv_octet;
  logic [axnn_pkg::BankW-1:0] src1_q;
  logic [axnn_pkg::Rows-1:0] weight_rows, weight_rows1_q;
  logic [axnn_pkg::WeightAw-1:0] weight_addr1_q;
  logic [axnn_pkg::LocalAw-1:0] local_addr1_q;
  logic recv_batch;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step1_q <= 1'b0;
      load1_q <= 1'b0;
    end else begin
      step1_q <= step;
      load1_q <= load_step;
    end
  end

  always_ff @(posedge clk_i) begin
    local1_q       <= local_weight;
    word1_q        <= word;
    sub1_q         <= sub;
    split1_q       <= split;
    octet1_q       <= octet;
    octets1_q      <= octets;
    src1_q         <= seq_src;
    weight_addr1_q <= weight_addr;
    local_addr1_q  <= local_addr;
    weight_rows1_q <= weight_rows;
  end

  axnn_receiver u_receiver (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .start_i   (recv_issue),
    .bank_i    (recv_bank),
    .len_i     (recv_len),
    .batch_i   (op_recv_batch),
    .octets_i  (recv_octets),
    .ready_o   (recv_ready),
    .valid_i   (in_valid_i),
    .ready_in_o(in_ready_o),
    .data_i    (in_data_i),
    .write_o   (recv_write),
    .data_o    (recv_data),
    .batch_o   (recv_batch),
    .bank_o    (recv_dst),
    .word_o    (recv_word),
    .col_o     (recv_col),
    .octet_o   (recv_octet),
    .octets_o  (recv_octets_log),
    .done_o    (recv_done)
  );

  assign buffer_read = batch ? step1_q : (step && keep);
  axnn_neuron_buffer #(
    .Unseen((Mult == axnn_pkg::MultBooth) ? axnn_pkg::BoothUnseenW : axnn_pkg::LowW)
  ) u_neuron_buffer (
    .clk_i          (clk_i),
    .rst_ni         (rst_ni),
    .scan_mode_i    (scan_mode_i),
    .exact_i        ((Mult == axnn_pkg::MultDrum) || (mode == axnn_pkg::ModeM0)),
    .read_i         (buffer_read),
    .read_batch_i   (batch),
    .read_bank_i    (batch ? src1_q : seq_src),
    .read_word_i    (batch ? word1_q : word),
    .read_sub_i     (sub1_q),
    .read_split_i   (split1_q),
    .read_octet_i   (octet1_q),
    .read_octets_i  (octets1_q),
    .read_data_o    (neuron_words),
    .result_i       (write && !write_out),
    .result_batch_i (write_batch),
    .result_bank_i  (write_bank),
    .result_tile_i  (write_tile),
    .result_col_i   (write_col),
    .result_split_i (write_split),
    .result_octet_i (write_octet),
    .result_octets_i(write_octets),
    .result_data_i  (result_word),
    .recv_i         (recv_write),
    .recv_batch_i   (recv_batch),
    .recv_bank_i    (recv_dst),
    .recv_word_i    (recv_word),
    .recv_col_i     (recv_col),
    .recv_octet_i   (recv_octet),
    .recv_octets_i  (recv_octets_log),
    .recv_data_i    (recv_data)
  );

  // Rows of the weight word that a tile uses: a tile of a batch may be a half or a quarter of them.
  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_weight_rows
    localparam int Half = r / (axnn_pkg::Rows / 2);
    localparam int Quarter = r / (axnn_pkg::Rows / 4);
    assign weight_rows[r] = !batch || (split == '0) ||
                            (split[1] ? (tile[1:0] == 2'(Quarter)) : (tile[0] == 1'(Half)));
  end

  // Stage 1: weights are read; a word of the buffer serves Cols steps of a batch.
  logic [axnn_pkg::WeightWordW-1:0] weight_word;
  logic [axnn_pkg::Rows-1:0] weight_read;
  logic [axnn_pkg::BiasWordW-1:0] bias_word, sums;
  logic [axnn_pkg::RowStages-1:0] row_en;
  logic [axnn_pkg::ColW-1:0] row_col;
  logic row_take, weight_step;

  assign weight_step = step1_q && !local1_q && (!batch || (sub1_q == '0));
  assign weight_read = load1_q ? '1 : weight_step ? weight_rows1_q : '0;

  axnn_weight_buffer u_weight_buffer (
    .clk_i       (clk_i),
    .scan_mode_i (scan_mode_i),
    .read_i      (weight_read),
    .read_addr_i (weight_addr1_q),
    .write_i     (load_weight),
    .write_addr_i(load_addr_i),
    .write_data_i(load_data_i[axnn_pkg::WeightRowW-1:0]),
    .data_o      (weight_word)
  );

  axnn_array #(.Mult(Mult), .DrumK(DrumK), .Format(Format)) u_array (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .test_en_i    (test_en_i),
    .scan_mode_i  (scan_mode_i),
    .mode_i       (mode),
    .batch_i      (batch),
    .step_i       (step),
    .first_i      (first),
    .keep_i       (keep),
    .local_i      (local_weight),
    .word_i       (word),
    .sub_i        (sub),
    .split_i      (split),
    .rows_i       (weight_rows),
    .weight_addr_i(weight_addr[axnn_pkg::LocalAw-1:0]),
    .load_i       (load1_q),
    .load_addr_i  (local_addr1_q),
    .row_en_i     (row_en),
    .row_take_i   (row_take),
    .row_col_i    (row_col),
    .neuron_i     (neuron_words),
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

  // Tokens of results, from the array's last steps to the write.
  logic token, token_bias, token_final, token_out;
  logic [axnn_pkg::TileW-1:0] token_tile;
  logic [axnn_pkg::BiasAw-1:0] token_bias_addr;
  logic [axnn_pkg::BankW-1:0] token_bank;
  logic [1:0] token_act;
  logic [axnn_pkg::ShiftW-1:0] token_shift;
  logic [axnn_pkg::ColW-1:0] token_col;
  logic [axnn_pkg::SplitW-1:0] token_split, token_octets;
  logic [axnn_pkg::OctetW-1:0] token_octet;

  axnn_drain u_drain (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .batch_i    (batch),
    .push_i     (step && last),
    .final_i    (final_tile),
    .tile_i     (tile),
    .bias_addr_i(seq_bias),
    .dst_bank_i (seq_dst),
    .dst_out_i  (seq_out),
    .act_i      (seq_act),
    .shift_i    (seq_shift),
    .split_i    (split),
    .octet_i    (octet),
    .octets_i   (octets),
    .busy_o     (drain_busy),
    .token_o    (token),
    .bias_o     (token_bias),
    .col_o      (token_col),
    .final_o    (token_final),
    .tile_o     (token_tile),
    .bias_addr_o(token_bias_addr),
    .dst_bank_o (token_bank),
    .dst_out_o  (token_out),
    .act_o      (token_act),
    .shift_o    (token_shift),
    .split_o    (token_split),
    .octet_o    (token_octet),
    .octets_o   (token_octets)
  );

  axnn_retire #(
    .BiasReadStage(axnn_pkg::RowStage + ((Mult == axnn_pkg::MultBooth) ? axnn_pkg::RowStages - 4
                                                                       : axnn_pkg::RowStages - 2)),
    .ColStage     (axnn_pkg::RowStage - ((Mult == axnn_pkg::MultBooth) ? 1 : 0))
  ) u_retire (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .push_i      (token),
    .bias_i      (token_bias),
    .final_i     (token_final),
    .tile_i      (token_tile),
    .col_i       (token_col),
    .bias_addr_i (token_bias_addr),
    .dst_bank_i  (token_bank),
    .dst_out_i   (token_out),
    .act_i       (token_act),
    .shift_i     (token_shift),
    .split_i     (token_split),
    .octet_i     (token_octet),
    .octets_i    (token_octets),
    .row_take_o  (row_take),
    .row_col_o   (row_col),
    .busy_o      (retire_busy),
    .ends_o      (ends),
    .ends_bank_o (ends_bank),
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
    .col_o       (write_col),
    .dst_bank_o  (write_bank),
    .dst_out_o   (write_out),
    .split_o     (write_split),
    .octet_o     (write_octet),
    .octets_o    (write_octets)
  );
  assign write_batch = batch;  // the mapping changes only while nothing is in flight

  axnn_sram #(.Width(axnn_pkg::BiasWordW), .Depth(axnn_pkg::BiasDepth)) u_bias (
    .clk_i      (clk_i),
    .scan_mode_i(scan_mode_i),
    .en_i       (bias_read || load_bias),
    .we_i       (load_bias),
    .addr_i     (load_bias ? load_addr_i[axnn_pkg::BiasAw-1:0] : bias_addr),
    .wdata_i    (load_data_i),
    .rdata_o    (bias_word)
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

  // Output FIFO. A tile spends credits when it starts, so its results always find room.
  localparam int CreditW = $clog2(axnn_pkg::OutDepth) + 1;
  logic [CreditW-1:0] credits_q, credits_d, price;
  logic [4*CreditW-1:0] left;   // credits for {spend, pop}, which are known late
  logic [3:0] enough;           // for one more tile
  logic [1:0] happens;
  logic credit_q;

  assign happens = {spend, out_valid_o && out_ready_i};
  assign price = batch ? CreditW'(axnn_pkg::Cols) : CreditW'(1);
  for (genvar n = 0; n < 4; n++) begin : g_credits
    logic [CreditW-1:0] of_this;
    assign of_this = credits_q + CreditW'(n % 2) - ((n / 2 == 1) ? price : '0);
    assign left[n*CreditW +: CreditW] = of_this;
    assign enough[n] = (of_this >= price);
  end
  assign credits_d = left[happens*CreditW +: CreditW];
  assign credit = credit_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      credits_q <= CreditW'(axnn_pkg::OutDepth);
      credit_q  <= 1'b1;
    end else begin
      credits_q <= credits_d;
      credit_q  <= enough[happens];
    end
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
  assign retire_batch_o = write_batch;
  assign retire_col_o = write_col;
  assign retire_split_o = write_split;
  assign retire_octet_o = write_octet;
  assign retire_data_o = results;

  // Counters, a cycle late. The amounts' registers are here, where synthesis sees which bits are constant.
  localparam int AmountW = $clog2(axnn_pkg::Pes) + 1;
  logic [axnn_pkg::Counters*AmountW-1:0] amounts, amounts_q;
  logic clear_q;
  logic local_step;

  assign local_step = step && local_weight;
  always_comb begin
    amounts = '0;
    amounts[axnn_pkg::CountCycles*AmountW +: AmountW] = AmountW'(busy_o);
    amounts[axnn_pkg::CountSteps*AmountW +: AmountW] = AmountW'(step);
    amounts[axnn_pkg::CountNeuronReads*AmountW +: AmountW] =
        !buffer_read ? '0 : batch ? AmountW'(1) << split1_q : AmountW'(1);
    amounts[axnn_pkg::CountNeuronWrites*AmountW +: AmountW] =
        ((write && !write_out) ? (batch ? AmountW'(axnn_pkg::NeuronSubs) : AmountW'(1)) : '0) +
        (recv_write ? (recv_batch ? AmountW'(axnn_pkg::NeuronSubs) : AmountW'(1)) : '0);
    amounts[axnn_pkg::CountLocalNeuronReads*AmountW +: AmountW] =
        (step && !batch && !keep) ? AmountW'(axnn_pkg::Pes) : '0;
    amounts[axnn_pkg::CountLocalNeuronWrites*AmountW +: AmountW] =
        (step && !batch && keep) ? AmountW'(axnn_pkg::Pes) : '0;
    amounts[axnn_pkg::CountWeightReads*AmountW +: AmountW] =
        load1_q ? AmountW'(axnn_pkg::Rows) :
        !weight_step ? '0 : batch ? AmountW'(axnn_pkg::Rows) >> split1_q : AmountW'(axnn_pkg::Rows);
    amounts[axnn_pkg::CountLocalWeightReads*AmountW +: AmountW] =
        !local_step ? '0 : batch ? AmountW'(axnn_pkg::Rows) >> split : AmountW'(axnn_pkg::Pes);
    amounts[axnn_pkg::CountLocalWeightWrites*AmountW +: AmountW] =
        load_step ? AmountW'(axnn_pkg::Pes) : '0;
    amounts[axnn_pkg::CountBiasReads*AmountW +: AmountW] = AmountW'(bias_read);
    amounts[axnn_pkg::CountProgramReads*AmountW +: AmountW] = AmountW'(fetch);
    amounts[axnn_pkg::CountResults*AmountW +: AmountW] = AmountW'(write && write_out);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      clear_q   <= 1'b0;
      amounts_q <= '0;
    end else begin
      clear_q   <= start_i && !busy_o;
      amounts_q <= amounts;
    end
  end

  axnn_counters u_counters (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .clear_i (clear_q),
    .amount_i(amounts_q),
    .count_o (counters_o)
  );

`ifdef VERILATOR
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!(busy_o && load_valid_i)) else $error("a memory is loaded while it may be read");
  end
`endif
endmodule
