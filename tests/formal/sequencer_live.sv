// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_sequencer
// A layer or load that was taken ends, and makes each of its steps once: tile by tile, in a batch group
// of octets by group of octets, the last one of a tile and of the layer marked. A step waits no longer
// than a bound if the pipeline behind runs empty (idle), the banks' pending writes end and the output
// FIFO gets room, each within `Answer` cycles of waiting. Layers of up to 4 neuron words or 16 inputs
// and 4 tiles, loads of up to 4 words, one after the other, of either mapping, in any order.
module sequencer_live_proof (
  input logic                             clk_i,
  input logic                             layer_i,
  input logic                             batch_i,
  input logic                             load_i,
  input logic [3:0]                       in_i,
  input logic [1:0]                       out_tiles_i,
  input logic                             dst_out_i,
  input logic [axnn_pkg::BankW-1:0]       src_bank_i,
  input logic [axnn_pkg::BankW-1:0]       dst_bank_i,
  input logic [axnn_pkg::SplitW-1:0]      split_i,
  input logic [axnn_pkg::SplitW-1:0]      octets_i,
  input logic [1:0]                       load_len_i,
  input logic [axnn_pkg::NeuronBanks-1:0] pending_i,
  input logic                             credit_i,
  input logic                             idle_i
);
  localparam int Answer = 3;
  localparam int Settle = 3;   // cycles between a change of mapping and a step
  localparam int Bound = Answer + Settle;
  localparam logic [axnn_pkg::SplitW-1:0] Most = axnn_pkg::SplitW'(axnn_pkg::OctetW);

  logic rst_nq = 1'b0;
  always_ff @(posedge clk_i) rst_nq <= 1'b1;

  logic ready, busy, step, start, first, last, final_tile, load, batch;
  logic [axnn_pkg::NeuronAw-1:0] word;
  logic [axnn_pkg::ColW-1:0] sub;
  logic [axnn_pkg::TileW-1:0] tile;
  logic [axnn_pkg::OctetW-1:0] octet;
  axnn_sequencer dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .layer_i(layer_i), .batch_i(batch_i), .load_i(load_i), .loads_i(load_i),
    .ready_o(ready),
    .in_i(axnn_pkg::FanInW'(in_i)), .out_tiles_i(axnn_pkg::TileW'(out_tiles_i)), .weight_base_i('0),
    .weight_local_i(1'b0), .bias_base_i('0), .src_bank_i(src_bank_i), .dst_bank_i(dst_bank_i),
    .dst_out_i(dst_out_i), .act_i('0), .shift_i('0), .split_i(split_i), .octets_i(octets_i),
    .load_base_i('0), .load_dst_i('0), .load_len_i(axnn_pkg::LocalAw'(load_len_i)),
    .pending_i(pending_i), .credit_i(credit_i), .spend_o(), .idle_i(idle_i), .uses_o(), .busy_o(busy),
    .overrun_o(), .batch_o(batch), .step_o(step), .start_o(start), .first_o(first), .last_o(last),
    .keep_o(), .local_o(), .load_o(load), .word_o(word), .sub_o(sub), .weight_addr_o(),
    .local_addr_o(), .src_bank_o(), .dst_bank_o(), .dst_out_o(), .final_o(final_tile), .tile_o(tile),
    .bias_addr_o(), .act_o(), .shift_o(), .split_o(), .octet_o(octet), .octets_o()
  );

  // The layer under way, and the step that is due.
  logic taken, active_q = 1'b0, kind_q = 1'b0;
  logic [3:0] in_q = '0, pos_q = '0;
  logic [1:0] tiles_q = '0, tile_q = '0, octet_end_q = '0, octet_q = '0;
  logic [axnn_pkg::BankW-1:0] src_q, dst_q;
  logic [3:0] wait_q = '0;
  logic [2:0] loads_q = '0;
  logic pos_end, tile_end, octet_end, ends;
  assign taken = ready && (layer_i || load_i);
  assign pos_end = (pos_q == in_q);
  assign tile_end = (tile_q == tiles_q);
  assign octet_end = (octet_q == octet_end_q);
  assign ends = step && pos_end && tile_end && octet_end;

  always_ff @(posedge clk_i) begin
    if (rst_nq) begin
      wait_q <= (!active_q || step) ? '0 : (wait_q != '1) ? wait_q + 1'b1 : wait_q;
      if (loads_q != '0) loads_q <= loads_q - 1'b1;
      if (step) begin
        pos_q <= pos_end ? '0 : pos_q + 1'b1;
        if (pos_end) tile_q <= tile_end ? '0 : tile_q + 1'b1;
        if (pos_end && tile_end) octet_q <= octet_end ? '0 : octet_q + 1'b1;
      end
      if (ends) active_q <= 1'b0;
      if (taken && load_i) loads_q <= 3'(load_len_i) + 1'b1;
      if (taken && layer_i) begin
        active_q    <= 1'b1;
        kind_q      <= batch_i;
        in_q        <= in_i;
        tiles_q     <= out_tiles_i;
        octet_end_q <= batch_i ? 2'(((1 << octets_i) - 1) >> split_i) : '0;
        src_q       <= src_bank_i;
        dst_q       <= dst_bank_i;
      end
    end
  end

  always_comb begin
    assume (!(layer_i && load_i));
    if (layer_i) begin
      // What the decoder lets pass, in small.
      assume (batch_i ? (in_i >= 4'(axnn_pkg::Cols - 1)) : (in_i <= 4'd3));
      assume (octets_i <= Most && split_i <= Most && (split_i == '0 || octets_i == Most));
    end
    if (rst_nq) begin
      if (active_q && wait_q >= 4'(Answer)) begin
        assume (idle_i && credit_i);
        assume (!pending_i[src_q] && !pending_i[dst_q]);
      end
      if (step) begin
        assert (active_q);
        assert (4'(kind_q ? {word, sub} : {{axnn_pkg::ColW{1'b0}}, word}) == pos_q);
        assert (tile == axnn_pkg::TileW'(tile_q) && octet == octet_q);
        assert (first == (pos_q == '0) && last == pos_end);
        if (last) assert (final_tile == (tile_end && octet_end));
        assert (start == (pos_q == '0 && tile_q == '0 && octet_q == '0));
        assert (batch == kind_q);
      end
      assert (wait_q <= 4'(Bound));
      assert (load == (loads_q != '0));
      if (active_q || load) assert (busy);
      // Ready for the next one with the last step at the latest.
      if (ends) assert (ready);
      if (active_q && !ends) assert (!ready);
    end else begin
      assume (!layer_i && !load_i);
    end
  end
endmodule
