// SPDX-License-Identifier: Apache-2.0
// Neuron buffer: NeuronBanks banks, each of NeuronSubs single-port memories (subs) of neuron words.
// Three users, each on a bank of its own in any cycle (the scoreboard sees to that): the array
// reads, results are written, the input stream is written.
//   A sample (latency mapping): word w, Cols of its activations, is word w / NeuronSubs of sub
//   w % NeuronSubs.
//   A batch: lane c of a word is sample c of an octet. Activation n of octet h is in sub (n + Step h)
//   % NeuronSubs at word (n / Cols) * octets + h. So a read gives one activation of all samples of an
//   octet, several octets side by side come from different subs, and Cols activations of one sample
//   are written in one cycle, one to each sub, into the sample's lane.
// In a batch each of the Lines read ports has an octet of its own: octet + line.
// A sub is two macros, one of the activations' low bits, which modes that drop them do not read.
//   Unseen   low bits of an activation that these modes do not look at
//   exact_i  a mode that does; else low bits of read_data_o are old ones
module axnn_neuron_buffer #(
  parameter int Unseen = axnn_pkg::LowW
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             scan_mode_i,    // of the memories (axnn_sram)
  // the array; data the cycle after
  input  logic                             exact_i,
  input  logic                             read_i,
  input  logic                             read_batch_i,
  input  logic [axnn_pkg::BankW-1:0]       read_bank_i,
  input  logic [axnn_pkg::NeuronAw-1:0]    read_word_i,
  input  logic [axnn_pkg::ColW-1:0]        read_sub_i,     // activation of the word
  input  logic [axnn_pkg::SplitW-1:0]      read_split_i,   // lines used: all, even ones, the first
  input  logic [axnn_pkg::OctetW-1:0]      read_octet_i,
  input  logic [axnn_pkg::SplitW-1:0]      read_octets_i,  // log2 of the batch's octets
  output logic [axnn_pkg::Lines*axnn_pkg::NeuronWordW-1:0] read_data_o,  // a sample's: line 0
  // results: Rows outputs of a sample, or of column result_col_i of the octets side by side
  input  logic                             result_i,
  input  logic                             result_batch_i,
  input  logic [axnn_pkg::BankW-1:0]       result_bank_i,
  input  logic [axnn_pkg::TileW-1:0]       result_tile_i,
  input  logic [axnn_pkg::ColW-1:0]        result_col_i,
  input  logic [axnn_pkg::SplitW-1:0]      result_split_i,
  input  logic [axnn_pkg::OctetW-1:0]      result_octet_i,
  input  logic [axnn_pkg::SplitW-1:0]      result_octets_i,
  input  logic [axnn_pkg::NeuronWordW-1:0] result_data_i,
  // input stream: Cols activations of a sample
  input  logic                             recv_i,
  input  logic                             recv_batch_i,
  input  logic [axnn_pkg::BankW-1:0]       recv_bank_i,
  input  logic [axnn_pkg::NeuronAw-1:0]    recv_word_i,
  input  logic [axnn_pkg::ColW-1:0]        recv_col_i,
  input  logic [axnn_pkg::OctetW-1:0]      recv_octet_i,
  input  logic [axnn_pkg::SplitW-1:0]      recv_octets_i,
  input  logic [axnn_pkg::NeuronWordW-1:0] recv_data_i
);
  localparam int Banks = axnn_pkg::NeuronBanks;
  localparam int Subs = axnn_pkg::NeuronSubs;
  localparam int W = axnn_pkg::NeuronWordW;
  localparam int D = axnn_pkg::DataW;
  localparam int Cols = axnn_pkg::Cols;
  localparam int SubW = $clog2(Subs);
  localparam int Octets = axnn_pkg::Lines;
  localparam int OctetW = axnn_pkg::OctetW;
  localparam int Step = Subs / Octets;   // subs from an octet to the next
  localparam int StepW = $clog2(Step);
  localparam int Aw = $clog2(axnn_pkg::NeuronDeepDepth);
  localparam int WordW = axnn_pkg::NeuronAw;

  localparam int Lines = axnn_pkg::Lines;
  // Words are two in here, the high parts of all lanes and their low bits: what a simulator holds in a
  // machine word each.
  localparam int HighD = D - Unseen;
  localparam int LowAll = Cols * Unseen;
  localparam int HighAll = Cols * HighD;

  logic [HighAll-1:0] result_high_parts, recv_high_parts;
  logic [LowAll-1:0] result_low_parts, recv_low_parts;
  logic [Cols-1:0] result_lanes, recv_lanes;
  logic [WordW-1:0] result_word;
  logic [SubW-1:0] result_turn;
  logic [Lines-1:0] used;              // lines that the read uses
  logic [Lines*Subs-1:0] serves, serves_q;   // the sub that serves each line, one bit each

  assign result_word = result_batch_i ? WordW'(result_tile_i >> result_split_i) :
                       WordW'(result_tile_i);
  // Row r holds output r of the tile's first octet; where octets share the rows, the next octet's
  // subs are as far on as its rows.
  assign result_turn = {result_octet_i, {StepW{1'b0}}} +
      ((result_split_i == '0) ? '0 :
       result_split_i[OctetW-1] ? {result_tile_i[OctetW-1:0], {StepW{1'b0}}} :
                                  {result_tile_i[0], {(SubW-1){1'b0}}});
  // A line that is not used has no sub, and rests. Without read_i, which comes late: what is read counts
  // in the cycle after it. From registers and not from a decoder, since they
  // drive a word's gates each.
  for (genvar l = 0; l < Lines; l++) begin : g_serve
    assign used[l] = (l == 0) ||
        (read_batch_i && (read_split_i[OctetW-1] || ((l % 2 == 0) && (read_split_i != '0))));
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) serves_q[l*Subs +: Subs] <= '0;
      else if (used[l] || (serves_q[l*Subs +: Subs] != '0)) begin
        serves_q[l*Subs +: Subs] <= serves[l*Subs +: Subs];
      end
    end
  end

  for (genvar k = 0; k < Cols; k++) begin : g_parts
    assign {result_high_parts[k*HighD +: HighD], result_low_parts[k*Unseen +: Unseen]} =
        result_data_i[k*D +: D];
    assign {recv_high_parts[k*HighD +: HighD], recv_low_parts[k*Unseen +: Unseen]} =
        recv_data_i[k*D +: D];
  end
  assign result_lanes = result_batch_i ? (Cols'(1) << result_col_i) : '1;
  assign recv_lanes = recv_batch_i ? (Cols'(1) << recv_col_i) : '1;

  for (genvar s = 0; s < Subs; s++) begin : g_sub
    // What this sub does for each user; its banks pick.
    logic [SubW-1:0] line, row, lane;
    logic [Lines-1:0] serving;
    logic [OctetW-1:0] read_octet, row_octet;
    logic [Banks-1:0] from, from_q;    // the bank of a read, and of the last one (or of one that waits)
    logic [HighAll-1:0] read_high;     // what it read last
    logic [LowAll-1:0] read_low;
    logic read_en, result_en, recv_en;
    logic [Aw-1:0] read_addr, result_addr, recv_addr;
    logic [D-1:0] result_one, recv_one;   // of a batch, in all lanes
    logic [HighAll-1:0] result_high, recv_high;
    logic [LowAll-1:0] result_low, recv_low;

    // Step times the line that this sub serves, if a multiple of it.
    assign line = SubW'(s) - read_sub_i - {read_octet_i, {StepW{1'b0}}};
    for (genvar l = 0; l < Lines; l++) begin : g_line
      assign serving[l] = used[l] && (read_batch_i ? (line == SubW'(Step * l)) :
                                                     (read_word_i[SubW-1:0] == SubW'(s)));
      assign serves[l*Subs+s] = serving[l];
    end
    assign read_en = read_i && (serving != '0);
    // Of one octet the address rests while the subs take turns.
    assign read_octet = (read_split_i == '0) ? read_octet_i : read_octet_i + line[SubW-1:StepW];
    assign read_addr = read_batch_i
        ? (Aw'(read_word_i) << read_octets_i) | Aw'(read_octet)
        : Aw'(WordW'(read_word_i >> SubW));

    assign row = SubW'(s) - result_turn;
    if (OctetW == 1) begin : g_two
      assign row_octet = result_split_i[0] ? row[SubW-1] : result_octet_i;
    end else begin : g_four
      assign row_octet = result_split_i[1] ? row[SubW-1:StepW] :
                         result_split_i[0] ? {row[SubW-1], result_octet_i[0]} : result_octet_i;
    end
    assign result_en = result_i && (result_batch_i || (result_word[SubW-1:0] == SubW'(s)));
    assign result_addr = result_batch_i
        ? (Aw'(result_word) << result_octets_i) | Aw'(row_octet)
        : Aw'(WordW'(result_word >> SubW));
    assign result_one = result_data_i[row*D +: D];
    assign result_high = result_batch_i ? {Cols{result_one[D-1:Unseen]}} : result_high_parts;
    assign result_low = result_batch_i ? {Cols{result_one[Unseen-1:0]}} : result_low_parts;

    assign lane = SubW'(s) - {recv_octet_i, {StepW{1'b0}}};
    assign recv_en = recv_i && (recv_batch_i || (recv_word_i[SubW-1:0] == SubW'(s)));
    assign recv_addr = recv_batch_i
        ? (Aw'(recv_word_i) << recv_octets_i) | Aw'(recv_octet_i)
        : Aw'(WordW'(recv_word_i >> SubW));
    assign recv_one = recv_data_i[lane*D +: D];
    assign recv_high = recv_batch_i ? {Cols{recv_one[D-1:Unseen]}} : recv_high_parts;
    assign recv_low = recv_batch_i ? {Cols{recv_one[Unseen-1:0]}} : recv_low_parts;

    for (genvar b = 0; b < Banks; b++) begin : g_bank
      localparam int Depth = (b < axnn_pkg::NeuronDeepBanks) ? axnn_pkg::NeuronDeepDepth
                                                             : axnn_pkg::NeuronShallowDepth;
      localparam int BankAw = $clog2(Depth);
      logic reads, results, receives, takes_result, takes_recv;
      logic [Cols-1:0] write;
      logic [BankAw-1:0] addr, read_at, result_at, recv_at;
      logic [HighAll-1:0] high;
      logic [LowAll-1:0] low;

      assign reads = read_en && (read_bank_i == axnn_pkg::BankW'(b));
      assign results = result_en && (result_bank_i == axnn_pkg::BankW'(b));
      assign receives = recv_en && (recv_bank_i == axnn_pkg::BankW'(b));

      assign read_at = read_addr[BankAw-1:0];
      assign result_at = result_addr[BankAw-1:0];
      assign recv_at = recv_addr[BankAw-1:0];
      always_comb begin
        write = '0;
        addr = read_at;
        if (results) begin
          write = result_lanes;
          addr = result_at;
        end else if (receives) begin
          write = recv_lanes;
          addr = recv_at;
        end
      end
      // The user whose bank this is, also between its writes: others' data do not reach the memory.
      assign takes_result = (result_bank_i == axnn_pkg::BankW'(b)) && !receives;
      assign takes_recv = (recv_bank_i == axnn_pkg::BankW'(b)) && !takes_result;

      axnn_sram #(
        .Width(HighAll),
        .Depth(Depth),
        .Lanes(Cols)
      ) u_high_mem (
        .clk_i      (clk_i),
        .scan_mode_i(scan_mode_i),
        .en_i       (reads || results || receives),
        .we_i       (write),
        .addr_i     (addr),
        .wdata_i    ((result_high & {HighAll{takes_result}}) | (recv_high & {HighAll{takes_recv}})),
        .rdata_o    (high)
      );
      axnn_sram #(
        .Width(LowAll),
        .Depth(Depth),
        .Lanes(Cols)
      ) u_low_mem (
        .clk_i      (clk_i),
        .scan_mode_i(scan_mode_i),
        .en_i       ((reads && exact_i) || results || receives),
        .we_i       (write),
        .addr_i     (addr),
        .wdata_i    ((result_low & {LowAll{takes_result}}) | (recv_low & {LowAll{takes_recv}})),
        .rdata_o    (low)
      );
      assign from[b] = (read_bank_i == axnn_pkg::BankW'(b));
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) from_q <= '0;
      else if (serving != '0) from_q <= from;
    end

    for (genvar b = 0; b < Banks; b++) begin : g_data
      logic [HighAll-1:0] high;   // of this bank or a lower one
      logic [LowAll-1:0] low;
      if (b == 0) begin : g_first
        assign high = g_bank[0].high & {HighAll{from_q[0]}};
        assign low = g_bank[0].low & {LowAll{from_q[0]}};
      end else begin : g_next
        assign high = g_data[b-1].high | (g_bank[b].high & {HighAll{from_q[b]}});
        assign low = g_data[b-1].low | (g_bank[b].low & {LowAll{from_q[b]}});
      end
    end
    assign read_high = g_data[Banks-1].high;
    assign read_low = g_data[Banks-1].low;
  end

  for (genvar l = 0; l < Lines; l++) begin : g_out
    for (genvar s = 0; s < Subs; s++) begin : g_or
      logic [HighAll-1:0] high;   // of this sub or a lower one
      logic [LowAll-1:0] low;
      if (s == 0) begin : g_first
        assign high = g_sub[0].read_high & {HighAll{serves_q[l*Subs]}};
        assign low = g_sub[0].read_low & {LowAll{serves_q[l*Subs]}};
      end else begin : g_next
        assign high = g_or[s-1].high | (g_sub[s].read_high & {HighAll{serves_q[l*Subs+s]}});
        assign low = g_or[s-1].low | (g_sub[s].read_low & {LowAll{serves_q[l*Subs+s]}});
      end
    end
    for (genvar k = 0; k < Cols; k++) begin : g_lane
      assign read_data_o[l*W+k*D +: D] =
          {g_or[Subs-1].high[k*HighD +: HighD], g_or[Subs-1].low[k*Unseen +: Unseen]};
    end
  end

`ifdef VERILATOR
  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!(read_i && result_i && (read_bank_i == result_bank_i)) &&
              !(read_i && recv_i && (read_bank_i == recv_bank_i)) &&
              !(result_i && recv_i && (result_bank_i == recv_bank_i)))
      else $error("two users of a neuron bank: %0d, %0d, %0d", read_bank_i, result_bank_i, recv_bank_i);
    end
  end
`endif
endmodule
