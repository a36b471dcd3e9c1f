// SPDX-License-Identifier: Apache-2.0
// Turns a layer into multiply-accumulate steps, one a cycle, and an OpLoadW into weight loads. The
// next instruction is taken with the last step, so layers follow each other without a gap unless a
// bank is still being written, the output FIFO has no room or the mapping changes.
//   OpLayer  one sample: tile by tile (Rows outputs), a step for each neuron word
//   OpBatch  a batch: for each group of octets, tile by tile (Rows >> split outputs), a step for
//            each input. Tiles that share weight words read them again with another part of the rows.
//   pending_i   banks with writes outstanding; known a cycle before their end (axnn_control)
//   idle_i      nothing is in flight behind the sequencer
//   batch_o     the mapping of everything in flight; no step in the first two cycles after it changed:
//               it passes a register in each column (axnn_column) on its way to the PEs
//   step_o      a step is issued; the outputs below belong to it
//   start_o     with step_o: first step of a layer
//   load_o      a weight word is to be copied from weight_addr_o to local_addr_o
//   uses_o      banks that the current layer still reads or will write
//   overrun_o   the layer ran past the end of the weight memory, a cycle ago
module axnn_sequencer (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // from the decoder
  input  logic                             layer_i,
  input  logic                             batch_i,
  input  logic                             load_i,
  input  logic                             loads_i,       // the instruction at hand, taken or not, is a load
  output logic                             ready_o,
  input  logic [axnn_pkg::FanInW-1:0]      in_i,
  input  logic [axnn_pkg::TileW-1:0]       out_tiles_i,
  input  logic [axnn_pkg::WeightAw-1:0]    weight_base_i,
  input  logic                             weight_local_i,
  input  logic [axnn_pkg::BiasAw-1:0]      bias_base_i,
  input  logic [axnn_pkg::BankW-1:0]       src_bank_i,
  input  logic [axnn_pkg::BankW-1:0]       dst_bank_i,
  input  logic                             dst_out_i,
  input  logic [1:0]                       act_i,
  input  logic [axnn_pkg::ShiftW-1:0]      shift_i,
  input  logic [axnn_pkg::SplitW-1:0]      split_i,
  input  logic [axnn_pkg::SplitW-1:0]      octets_i,
  input  logic [axnn_pkg::WeightAw-1:0]    load_base_i,
  input  logic [axnn_pkg::LocalAw-1:0]     load_dst_i,
  input  logic [axnn_pkg::LocalAw-1:0]     load_len_i,
  // scoreboard and room in the output FIFO for a tile
  input  logic [axnn_pkg::NeuronBanks-1:0] pending_i,
  input  logic                             credit_i,
  output logic                             spend_o,
  input  logic                             idle_i,
  output logic [axnn_pkg::NeuronBanks-1:0] uses_o,
  output logic                             busy_o,
  output logic                             overrun_o,
  // to the array and the retirement pipeline
  output logic                             batch_o,
  output logic                             step_o,
  output logic                             start_o,
  output logic                             first_o,
  output logic                             last_o,
  output logic                             keep_o,
  output logic                             local_o,
  output logic                             load_o,
  output logic [axnn_pkg::NeuronAw-1:0]    word_o,
  output logic [axnn_pkg::ColW-1:0]        sub_o,        // OpBatch: input of the word
  output logic [axnn_pkg::WeightAw-1:0]    weight_addr_o,
  output logic [axnn_pkg::LocalAw-1:0]     local_addr_o,
  output logic [axnn_pkg::BankW-1:0]       src_bank_o,
  output logic [axnn_pkg::BankW-1:0]       dst_bank_o,
  output logic                             dst_out_o,
  output logic                             final_o,      // with last_o: last tile of the layer
  output logic [axnn_pkg::TileW-1:0]       tile_o,
  output logic [axnn_pkg::BiasAw-1:0]      bias_addr_o,
  output logic [1:0]                       act_o,
  output logic [axnn_pkg::ShiftW-1:0]      shift_o,
  output logic [axnn_pkg::SplitW-1:0]      split_o,
  output logic [axnn_pkg::OctetW-1:0]      octet_o,      // the group's first octet
  output logic [axnn_pkg::SplitW-1:0]      octets_o
);
  localparam int SubW = axnn_pkg::ColW;
  localparam int PosW = axnn_pkg::FanInW;
  // Cycles a local weight memory is still being written after the last load was issued.
  localparam int LoadTail = 2;

  logic layer_q, load_q, local_q, dst_out_q, kind_q, batch_q;
  logic [1:0] tail_q, act_q, settle_q;
  logic [PosW-1:0] pos_q;             // {word, input of the word}
  logic [PosW-1:0] end_q, left_q;     // steps of a tile and steps left, less one
  logic [axnn_pkg::TileW-1:0] tiles_q, tile_q, tiles_left_q;
  logic [axnn_pkg::OctetW-1:0] octet_q, octet_end_q;
  logic [axnn_pkg::WeightAw-1:0] weight_q, weight_tile_q, weight_base_q;
  logic [axnn_pkg::LocalAw-1:0] dst_q;
  logic [axnn_pkg::BiasAw-1:0] bias_q, bias_base_q;
  logic [axnn_pkg::BankW-1:0] src_bank_q, dst_bank_q;
  logic [axnn_pkg::ShiftW-1:0] shift_q;
  logic [axnn_pkg::SplitW-1:0] split_q, octets_q;
  logic fresh_q;   // no step of the layer was issued yet
  logic go_q;      // a step may be issued but for room in the output FIFO, which counts if waits_q
  logic waits_q;
  logic rests_q;   // no layer, no load, and none still being written
  logic pos_first_q, pos_last_q, tile_first_q, tile_last_q, group_last_q, last_step, done;
  logic clear_new, clear_wait, writes, overrun_q;
  logic [axnn_pkg::OctetW-1:0] octet_end;
  logic [axnn_pkg::NeuronBanks-1:0] src_mask_q, dst_mask_q;   // banks that are used, one bit each
  logic weight_end;
  logic [1:0] part_mask;
  logic part_last, advance, rewind;

  assign octet_end = !batch_i ? '0 : axnn_pkg::OctetW'(((1 << octets_i) - 1) >> split_i);
  // Whether a layer may start, known a cycle before: of the layer that is taken now, and of the one
  // that waits. What the layer before writes is pending for as long as it takes anyway.
  assign writes = layer_q && !dst_out_q;
  assign clear_new = (batch_i == batch_q) &&
      !pending_i[src_bank_i] && !(writes && (src_bank_i == dst_bank_q)) &&
      (dst_out_i || (!pending_i[dst_bank_i] && !(writes && (dst_bank_i == dst_bank_q))));
  assign clear_wait = (kind_q == batch_q) && !settle_q[1] &&
      !pending_i[src_bank_q] && (dst_out_q || !pending_i[dst_bank_q]);
  assign weight_end = local_q ? (&weight_q[axnn_pkg::LocalAw-1:0]) : (&weight_q);
  assign part_mask = {split_q[1], split_q[1] || split_q[0]};
  assign part_last = ((tile_q[1:0] & part_mask) == part_mask);

  // A weight word serves one step of a layer, Cols inputs of a batch tile.
  assign advance = !kind_q || (pos_last_q ? part_last : (pos_q[SubW-1:0] == '1));
  assign rewind = kind_q && pos_last_q && tile_last_q;

  assign step_o = go_q && (!waits_q || credit_i);
  assign load_o = load_q;
  assign start_o = step_o && fresh_q;
  assign first_o = pos_first_q;
  assign last_o = pos_last_q;
  assign final_o = tile_last_q && group_last_q;
  assign keep_o = tile_first_q;
  assign local_o = local_q;
  assign word_o = pos_q[SubW +: axnn_pkg::NeuronAw];
  assign sub_o = pos_q[SubW-1:0];
  assign weight_addr_o = weight_q;
  assign local_addr_o = dst_q;
  assign tile_o = tile_q;
  assign bias_addr_o = bias_q;
  assign src_bank_o = src_bank_q;
  assign dst_bank_o = dst_bank_q;
  assign dst_out_o = dst_out_q;
  assign act_o = act_q;
  assign shift_o = shift_q;
  assign split_o = split_q;
  assign octet_o = octet_q;
  assign octets_o = octets_q;
  assign batch_o = batch_q;

  assign spend_o = step_o && first_o && dst_out_q;
  assign last_step = step_o && pos_last_q && tile_last_q && group_last_q;
  assign done = last_step || (load_q && pos_last_q);
  assign overrun_o = overrun_q;
  assign ready_o = rests_q || last_step;
  assign busy_o = !rests_q;

  for (genvar b = 0; b < axnn_pkg::NeuronBanks; b++) begin : g_uses
    assign uses_o[b] = layer_q && (src_mask_q[b] || dst_mask_q[b]);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      layer_q <= 1'b0;
      load_q  <= 1'b0;
      fresh_q <= 1'b0;
      batch_q <= 1'b0;
      settle_q <= '0;
      go_q    <= 1'b0;
      rests_q <= 1'b1;
      overrun_q <= 1'b0;
      tail_q  <= '0;
      pos_q   <= '0;
      tile_q  <= '0;
      octet_q <= '0;
    end else begin
      if (tail_q != '0) tail_q <= tail_q - 1'b1;
      if (settle_q != '0) settle_q <= settle_q - 1'b1;
      if (layer_q && fresh_q && idle_i && (kind_q != batch_q)) begin
        batch_q  <= kind_q;
        settle_q <= 2'd2;
      end
      if (done) begin
        layer_q <= 1'b0;
        load_q  <= 1'b0;
        pos_q   <= '0;
        tile_q  <= '0;
        octet_q <= '0;
        if (load_q) tail_q <= 2'(LoadTail);
      end else if (step_o || load_q) begin
        pos_q <= pos_last_q ? '0 : pos_q + (kind_q ? PosW'(1) : PosW'(1 << SubW));
        if (pos_last_q) tile_q <= tile_last_q ? '0 : tile_q + 1'b1;
        if (pos_last_q && tile_last_q) octet_q <= octet_q + 1'b1;
      end
      go_q      <= ready_o ? layer_i && clear_new : layer_q && (!fresh_q || step_o || clear_wait);
      rests_q   <= ready_o ? !layer_i && !load_i : !layer_q && !load_q && !tail_q[1];
      overrun_q <= step_o && advance && !rewind && weight_end && !done;
      fresh_q   <= ready_o ? layer_i : fresh_q && !step_o;
      if (ready_o && layer_i) layer_q <= 1'b1;
      if (ready_o && load_i) load_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    // Of the instruction at hand, whether it is taken now or not: that is known later.
    if (ready_o) begin
      end_q         <= loads_i ? PosW'(load_len_i) : in_i;
      left_q        <= loads_i ? PosW'(load_len_i) : in_i;
      pos_first_q     <= 1'b1;
      pos_last_q      <= loads_i ? (load_len_i == '0) : (in_i == '0);
      tiles_q       <= loads_i ? '0 : out_tiles_i;
      tiles_left_q  <= loads_i ? '0 : out_tiles_i;
      tile_first_q    <= 1'b1;
      tile_last_q     <= loads_i || (out_tiles_i == '0);
      octet_end_q   <= octet_end;
      group_last_q  <= (octet_end == '0);
      waits_q       <= dst_out_i;
      src_mask_q    <= axnn_pkg::NeuronBanks'(1) << src_bank_i;
      dst_mask_q    <= dst_out_i ? '0 : axnn_pkg::NeuronBanks'(1) << dst_bank_i;
      kind_q        <= batch_i;
      weight_q      <= loads_i ? load_base_i : weight_base_i;
      weight_tile_q <= weight_base_i;
      weight_base_q <= weight_base_i;
      dst_q         <= load_dst_i;
      local_q       <= weight_local_i && !loads_i;
      bias_q        <= bias_base_i;
      bias_base_q   <= bias_base_i;
      src_bank_q    <= src_bank_i;
      dst_bank_q    <= dst_bank_i;
      dst_out_q     <= dst_out_i;
      act_q         <= act_i;
      shift_q       <= shift_i;
      split_q       <= split_i;
      octets_q      <= octets_i;
    end else if (step_o || load_q) begin
      // What the next step is, known a step before it.
      left_q    <= pos_last_q ? end_q : left_q - 1'b1;
      pos_first_q <= pos_last_q;
      waits_q     <= pos_last_q && dst_out_q;
      pos_last_q  <= pos_last_q ? (end_q == '0) : (left_q == PosW'(1));
      if (pos_last_q) begin
        tiles_left_q <= tile_last_q ? tiles_q : tiles_left_q - 1'b1;
        tile_first_q   <= tile_last_q;
        tile_last_q    <= tile_last_q ? (tiles_q == '0) : (tiles_left_q == axnn_pkg::TileW'(1));
        if (!kind_q) src_mask_q <= '0;   // a sample's inputs are in the local memories now
        if (tile_last_q) group_last_q <= (octet_q + 1'b1 == octet_end_q);
      end
      dst_q <= dst_q + 1'b1;
      if (rewind) weight_q <= weight_base_q;
      else if (advance) weight_q <= weight_q + 1'b1;
      else if (pos_last_q) weight_q <= weight_tile_q;
      if (pos_last_q) begin
        bias_q <= rewind ? bias_base_q : bias_q + 1'b1;
        if (rewind) weight_tile_q <= weight_base_q;
        else if (part_last) weight_tile_q <= weight_q + 1'b1;
      end
    end
  end
endmodule
