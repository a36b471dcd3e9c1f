// SPDX-License-Identifier: Apache-2.0
// Turns an OpLayer into multiply-accumulate steps, one a cycle, and an OpLoadW into weight loads.
// A layer runs tile by tile (Rows outputs); a tile takes one step for each neuron word. The next
// instruction is taken with the last step, so layers follow each other without a gap unless the
// source bank is still being written or the output FIFO has no room.
//   pending_i   banks with writes outstanding
//   step_o      a step is issued; keep_o, first_o, last_o, addresses belong to it
//   start_o     with step_o: first step of a layer
//   load_o      a weight word is to be copied from weight_addr_o to local_addr_o
//   uses_o      banks that the current layer still reads or will write
//   overrun_o   the layer runs past the end of the weight memory
module axnn_sequencer (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // from the decoder
  input  logic                             layer_i,
  input  logic                             load_i,
  output logic                             ready_o,
  input  logic [axnn_pkg::NeuronAw-1:0]    in_words_i,
  input  logic [axnn_pkg::TileW-1:0]       out_tiles_i,
  input  logic [axnn_pkg::WeightAw-1:0]    weight_base_i,
  input  logic                             weight_local_i,
  input  logic [axnn_pkg::BiasAw-1:0]      bias_base_i,
  input  logic [axnn_pkg::BankW-1:0]       src_bank_i,
  input  logic [axnn_pkg::BankW-1:0]       dst_bank_i,
  input  logic                             dst_out_i,
  input  logic [1:0]                       act_i,
  input  logic [axnn_pkg::ShiftW-1:0]      shift_i,
  input  logic [axnn_pkg::WeightAw-1:0]    load_base_i,
  input  logic [axnn_pkg::LocalAw-1:0]     load_dst_i,
  input  logic [axnn_pkg::LocalAw-1:0]     load_len_i,
  // scoreboard and credits
  input  logic [axnn_pkg::NeuronBanks-1:0] pending_i,
  input  logic                             credit_i,
  output logic                             spend_o,
  output logic [axnn_pkg::NeuronBanks-1:0] uses_o,
  output logic                             busy_o,
  output logic                             overrun_o,
  // to the array and the retirement pipeline
  output logic                             step_o,
  output logic                             start_o,
  output logic                             first_o,
  output logic                             last_o,
  output logic                             keep_o,
  output logic                             local_o,
  output logic                             load_o,
  output logic [axnn_pkg::NeuronAw-1:0]    neuron_addr_o,
  output logic [axnn_pkg::WeightAw-1:0]    weight_addr_o,
  output logic [axnn_pkg::LocalAw-1:0]     local_addr_o,
  output logic [axnn_pkg::BankW-1:0]       src_bank_o,
  output logic [axnn_pkg::BankW-1:0]       dst_bank_o,
  output logic                             dst_out_o,
  output logic                             final_o,      // with last_o: last tile of the layer
  output logic [axnn_pkg::TileW-1:0]       tile_o,
  output logic [axnn_pkg::BiasAw-1:0]      bias_addr_o,
  output logic [1:0]                       act_o,
  output logic [axnn_pkg::ShiftW-1:0]      shift_o
);
  // Cycles a local weight memory is still being written after the last load was issued.
  localparam int LoadTail = 2;

  logic layer_q, load_q, local_q, dst_out_q;
  logic [1:0] tail_q, act_q;
  logic [axnn_pkg::NeuronAw-1:0] words_q, word_q;
  logic [axnn_pkg::TileW-1:0] tiles_q, tile_q;
  logic [axnn_pkg::WeightAw-1:0] weight_q;
  logic [axnn_pkg::LocalAw-1:0] dst_q;
  logic [axnn_pkg::BiasAw-1:0] bias_q;
  logic [axnn_pkg::BankW-1:0] src_bank_q, dst_bank_q;
  logic [axnn_pkg::ShiftW-1:0] shift_q;
  logic layer_first, word_last, tile_last, banks_ready, done, weight_end;

  assign layer_first = (tile_q == '0) && (word_q == '0);
  assign word_last = (word_q == words_q);
  assign tile_last = (tile_q == tiles_q);
  assign banks_ready = !pending_i[src_bank_q] && (dst_out_q || !pending_i[dst_bank_q]);
  assign weight_end = local_q ? (&weight_q[axnn_pkg::LocalAw-1:0]) : (&weight_q);

  assign step_o = layer_q && (!layer_first || banks_ready) &&
                  !((word_q == '0) && dst_out_q && !credit_i);
  assign load_o = load_q;
  assign start_o = step_o && layer_first;
  assign first_o = (word_q == '0);
  assign last_o = word_last;
  assign final_o = tile_last;
  assign keep_o = (tile_q == '0);
  assign local_o = local_q;
  assign neuron_addr_o = word_q;
  assign weight_addr_o = weight_q;
  assign local_addr_o = dst_q;
  assign tile_o = tile_q;
  assign bias_addr_o = bias_q;
  assign src_bank_o = src_bank_q;
  assign dst_bank_o = dst_bank_q;
  assign dst_out_o = dst_out_q;
  assign act_o = act_q;
  assign shift_o = shift_q;

  assign spend_o = step_o && first_o && dst_out_q;
  assign done = (step_o && word_last && tile_last) || (load_q && word_last);
  assign overrun_o = step_o && weight_end && !(word_last && tile_last);
  assign ready_o = (!(layer_q || load_q) && (tail_q == '0)) || (layer_q && done);
  assign busy_o = layer_q || load_q || (tail_q != '0);

  for (genvar b = 0; b < axnn_pkg::NeuronBanks; b++) begin : g_uses
    assign uses_o[b] = layer_q &&
        (((tile_q == '0) && (src_bank_q == axnn_pkg::BankW'(b))) ||
         (!dst_out_q && (dst_bank_q == axnn_pkg::BankW'(b))));
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      layer_q <= 1'b0;
      load_q  <= 1'b0;
      tail_q  <= '0;
      word_q  <= '0;
      tile_q  <= '0;
    end else begin
      if (tail_q != '0) tail_q <= tail_q - 1'b1;
      if (done) begin
        layer_q <= 1'b0;
        load_q  <= 1'b0;
        word_q  <= '0;
        tile_q  <= '0;
        if (load_q) tail_q <= 2'(LoadTail);
      end else if (step_o || load_q) begin
        word_q <= word_last ? '0 : word_q + 1'b1;
        if (word_last) tile_q <= tile_q + 1'b1;
      end
      if (ready_o && layer_i) layer_q <= 1'b1;
      if (ready_o && load_i) load_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (ready_o && (layer_i || load_i)) begin
      words_q    <= load_i ? axnn_pkg::NeuronAw'(load_len_i) : in_words_i;
      tiles_q    <= load_i ? '0 : out_tiles_i;
      weight_q   <= load_i ? load_base_i : weight_base_i;
      dst_q      <= load_dst_i;
      local_q    <= weight_local_i && !load_i;
      bias_q     <= bias_base_i;
      src_bank_q <= src_bank_i;
      dst_bank_q <= dst_bank_i;
      dst_out_q  <= dst_out_i;
      act_q      <= act_i;
      shift_q    <= shift_i;
    end else if (step_o || load_q) begin
      weight_q <= weight_q + 1'b1;
      dst_q    <= dst_q + 1'b1;
      if (word_last) bias_q <= bias_q + 1'b1;
    end
  end
endmodule
