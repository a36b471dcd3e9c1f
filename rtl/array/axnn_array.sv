// SPDX-License-Identifier: Apache-2.0
// Rows x Cols PEs.
//   A sample: PE (r, c) works on output r of the tile and input c of the step; a column shares the
//   activation bus, a row unit adds a row's accumulators and the bias.
//   A batch: PE (r, c) works on output r % (Rows >> split) of the tile and sample c of its octet;
//   rows share octets in groups of Rows >> split. A weight is read in the PE where it lies, put on
//   its row (and on the rows of the other octets), and flows along the row, a column a cycle. Each
//   column is a cycle behind its neighbour, so that their results leave one after the other; the
//   activations of column c are held back c cycles.
// Stages count cycles after the sequencer's step. A sample's step is in its columns at stage 1; a
// batch's is in column c at stage 2 + c, and column 0 takes its operands at stage 3.
//   Mult           MultFig8, MultBooth or MultDrum: which PEs
//   DrumK          bits that MultDrum keeps
//   Format         how weights are stored
//   test_en_i      of the clock gates (axnn_clock_gate), scan_mode_i of the memories (axnn_sram)
//   batch_i        mapping; changes only while nothing is in flight
//   step_i ...     stage 0, as axnn_sequencer issues them
//   load_i         stage 1 of a load (weight_addr_i: local word); weight_i has the word a cycle later
//   row_en_i       enable of each stage of the rows
//   row_take_i     the rows take results next cycle, in a batch of column row_col_i
//   neuron_i       Lines neuron words, lane c in column c; a sample's on line 0 at stage 1, a batch's
//                  at stage 2
//   weight_i       stage 2, a weight word: PE (r, c) at index r * Cols + c
//   bias_i         a bias word; MultBooth takes it three stages before the rows' last, the others in that
//   sum_o          Rows biased sums, row 0 in the low bits
module axnn_array #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int DrumK = axnn_pkg::DrumK,
  parameter int Format = axnn_pkg::FormatTwosComplement
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             test_en_i,
  input  logic                             scan_mode_i,
  input  logic [1:0]                       mode_i,
  input  logic                             batch_i,
  input  logic                             step_i,
  input  logic                             first_i,
  input  logic                             keep_i,
  input  logic                             local_i,
  input  logic [axnn_pkg::NeuronAw-1:0]    word_i,
  input  logic [axnn_pkg::ColW-1:0]        sub_i,
  input  logic [axnn_pkg::SplitW-1:0]      split_i,
  input  logic [axnn_pkg::Rows-1:0]        rows_i,        // rows of the weight word that are used
  input  logic [axnn_pkg::LocalAw-1:0]     weight_addr_i,
  input  logic                             load_i,
  input  logic [axnn_pkg::LocalAw-1:0]     load_addr_i,
  input  logic [axnn_pkg::RowStages-1:0]   row_en_i,
  input  logic                             row_take_i,
  input  logic [axnn_pkg::ColW-1:0]        row_col_i,
  input  logic [axnn_pkg::Lines*axnn_pkg::NeuronWordW-1:0] neuron_i,
  input  logic [axnn_pkg::WeightWordW-1:0] weight_i,
  input  logic [axnn_pkg::BiasWordW-1:0]   bias_i,
  output logic [axnn_pkg::BiasWordW-1:0]   sum_o
);
  localparam bit Booth = (Mult == axnn_pkg::MultBooth);
  localparam int PeW = Booth ? axnn_pkg::BoothSumsW : axnn_pkg::AccW;
  localparam int FlowW = Booth ? axnn_pkg::BoothWeightOpW : axnn_pkg::DataW;
  localparam int W = axnn_pkg::DataW;
  localparam int Rows = axnn_pkg::Rows;
  localparam int Cols = axnn_pkg::Cols;
  localparam int Lines = axnn_pkg::Lines;
  localparam int NW = axnn_pkg::NeuronWordW;
  localparam int SplitW = axnn_pkg::SplitW;
  // Bit of `split` that is set when all lines are used, and rows that share a copy of the bus.
  localparam int All = axnn_pkg::OctetW - 1;
  localparam bit Modes = (Mult != axnn_pkg::MultDrum);
  // Low bits of an operand that no PE looks at in a mode that drops them.
  localparam int Unseen = Booth ? axnn_pkg::BoothUnseenW : axnn_pkg::LowW;
  localparam int Share = Rows / Lines;

  logic clk_low;
  logic see_activations, see_weights;   // all bits of them
  assign see_activations = !Modes || (mode_i == axnn_pkg::ModeM0);
  assign see_weights = !Modes || (mode_i != axnn_pkg::ModeM2);

  // The mode changes only while nothing is in flight, so the low digits' clock starts and stops
  // between layers.
  if (Booth) begin : g_gate
    logic exact;
    assign exact = (mode_i == axnn_pkg::ModeM0);
    axnn_clock_gate u_gate (.clk_i(clk_i), .en_i(exact), .test_en_i(test_en_i), .clk_o(clk_low));
  end else begin : g_no_gate
    // Synthesis makes gates of enables and needs the port, whatever the PEs.
    logic unused_test;
    assign unused_test = test_en_i;
    assign clk_low = 1'b0;
  end

  // Controls, a copy for each column (axnn_column). In a batch a step enters column 0 one cycle later than a
  // sample's does, and passes on.
  logic step1_q, first_step1_q;
  logic [SplitW-1:0] split1_q;
  logic [Cols-1:0] step_q, batch_q, first_q, first1_q, first3_q, keep_q, read_q, local_q, load_q, take_q, take2_q;
  logic [Cols*SplitW-1:0] split_q;
  logic [3*Cols-1:0] valid_q;
  logic [Cols*axnn_pkg::LocalAw-1:0] neuron_addr_q, weight_addr_q;
  logic [Rows-1:0] rows1_q, rows2_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step1_q <= 1'b0;
      take2_q <= '0;
    end else begin
      step1_q <= step_i && batch_i;
      take2_q <= take_q;
    end
  end

  always_ff @(posedge clk_i) begin
    first_step1_q <= first_i;
    split1_q <= split_i;
    rows1_q  <= rows_i;
    rows2_q  <= rows1_q;
  end

  logic unused_first;
  assign unused_first = first_q[Cols-1];  // no column follows

  for (genvar c = 0; c < Cols; c++) begin : g_column
    logic step_before, first_before;
    logic [SplitW-1:0] split_before;
    if (c == 0) begin : g_first
      assign {step_before, first_before, split_before} = {step1_q, first_step1_q, split1_q};
    end else begin : g_next
      assign {step_before, first_before, split_before} =
          {step_q[c-1], first_q[c-1], split_q[(c-1)*SplitW +: SplitW]};
    end

    axnn_column u_column (
      .clk_i         (clk_i),
      .rst_ni        (rst_ni),
      .batch_i       (batch_i),
      .step_i        (step_i),
      .first_i       (first_i),
      .keep_i        (keep_i),
      .local_i       (local_i),
      .mine_i        (sub_i == axnn_pkg::ColW'(c)),
      .neuron_addr_i (axnn_pkg::LocalAw'(word_i)),
      .weight_addr_i (weight_addr_i),
      .load_i        (load_i),
      .load_addr_i   (load_addr_i),
      .step_before_i (step_before),
      .first_before_i(first_before),
      .split_before_i(split_before),
      .batch_o       (batch_q[c]),
      .step_o        (step_q[c]),
      .first_o       (first_q[c]),
      .first1_o      (first1_q[c]),
      .first3_o      (first3_q[c]),
      .valid_o       (valid_q[3*c +: 3]),
      .split_o       (split_q[c*SplitW +: SplitW]),
      .keep_o        (keep_q[c]),
      .read_o        (read_q[c]),
      .local_o       (local_q[c]),
      .load_o        (load_q[c]),
      .take_o        (take_q[c]),
      .neuron_addr_o (neuron_addr_q[c*axnn_pkg::LocalAw +: axnn_pkg::LocalAw]),
      .weight_addr_o (weight_addr_q[c*axnn_pkg::LocalAw +: axnn_pkg::LocalAw])
    );
  end

  // Activations: lane c of each line through c registers, then the bus of the column, a copy for
  // each Share rows.
  for (genvar c = 0; c < Cols; c++) begin : g_lane
    for (genvar l = 0; l < Lines; l++) begin : g_line
      logic [W-1:0] arriving;
      if (c == 0) begin : g_now
        assign arriving = neuron_i[l*NW +: W];
      end else begin : g_later
        for (genvar d = 0; d < c; d++) begin : g_delay
          logic [W-1:0] wait_q, upstream;
          logic [SplitW-1:0] split;
          logic used;
          if (d == 0) begin : g_new
            assign upstream = neuron_i[l*NW+c*W +: W];
          end else begin : g_old
            assign upstream = g_delay[d-1].wait_q;
          end
          assign split = split_q[d*SplitW +: SplitW];
          assign used = (l == 0) || split[All] || ((l % 2 == 0) && (split != '0));
          always_ff @(posedge clk_i) begin
            if (batch_i && step_q[d] && used) begin
              wait_q[W-1:Unseen] <= upstream[W-1:Unseen];
              if (see_activations) wait_q[Unseen-1:0] <= upstream[Unseen-1:0];
            end
          end
        end
        assign arriving = g_delay[c-1].wait_q;
      end
    end
    for (genvar p = 0; p < Lines; p++) begin : g_copy
      logic [SplitW-1:0] split;
      logic [W-1:0] bus_d, bus_q;
      assign split = split_q[c*SplitW +: SplitW];
      assign bus_d = !batch_i ? neuron_i[c*W +: W] :
                     split[All] ? g_line[p].arriving :
                     (split != '0) ? g_line[p/2*2].arriving : g_line[0].arriving;
      always_ff @(posedge clk_i) begin
        if (step_q[c] && (batch_i || keep_q[c])) begin
          bus_q[W-1:Unseen] <= bus_d[W-1:Unseen];
          if (see_activations) bus_q[Unseen-1:0] <= bus_d[Unseen-1:0];
        end
      end
    end
  end

  // Weights of a batch: the column that holds the step's weights puts them on the rows; from there
  // they go through the PEs' operand registers.
  logic [Rows*W-1:0] read_weight, row_weight;
  logic [SplitW-1:0] split0;
  assign split0 = split_q[SplitW-1:0];
  for (genvar r = 0; r < Rows; r++) begin : g_weights
    localparam int Half = r % (Rows / 2);
    localparam int Quarter = r % (Rows / 4);
    assign row_weight[r*W +: W] =
        split0[1] ? (read_weight[Quarter*W +: W] | read_weight[(Quarter+Rows/4)*W +: W] |
                     read_weight[(Quarter+Rows/2)*W +: W] | read_weight[(Quarter+3*Rows/4)*W +: W]) :
        split0[0] ? (read_weight[Half*W +: W] | read_weight[(Half+Rows/2)*W +: W]) :
                    read_weight[r*W +: W];
    logic [W-1:0] weight_q;
    logic [FlowW-1:0] operand;
    always_ff @(posedge clk_i) begin
      if (batch_i && step_q[0]) begin
        weight_q[W-1:Unseen] <= row_weight[r*W+Unseen +: W-Unseen];
        if (see_weights) weight_q[Unseen-1:0] <= row_weight[r*W +: Unseen];
      end
    end
    axnn_weight_operand #(.Mult(Mult)) u_operand (
      .mode_i(mode_i), .b_i(weight_q), .weight_o(operand)
    );
  end

  // Columns that the rows add: all, or the one that leaves. The fused PE's rows see no others, so that
  // their trees rest while the accumulators work.
  logic [Cols-1:0] column;
  logic column_en;
  logic [1:0] taken_q;   // row_take_i, one and two cycles ago
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) taken_q <= '0;
    else taken_q <= {taken_q[0], row_take_i};
  end
  assign column_en = row_take_i || (taken_q != '0);
  assign column = (Booth && !row_take_i) ? '0 : batch_i ? (Cols'(1) << row_col_i) : '1;

  for (genvar r = 0; r < Rows; r++) begin : g_row
    logic [Cols*PeW-1:0] acc;
    logic [Cols*W-1:0] weight;
    logic [(Cols+1)*FlowW-1:0] flow;
    logic unused_flow;
    assign flow[0 +: FlowW] = g_weights[r].operand;
    assign unused_flow = ^flow[Cols*FlowW +: FlowW];  // no column follows

    for (genvar c = 0; c < Cols; c++) begin : g_col
      axnn_pe #(.Mult(Mult), .DrumK(DrumK), .Format(Format)) u_pe (
        .clk_i        (clk_i),
        .clk_low_i    (clk_low),
        .rst_ni       (rst_ni),
        .scan_mode_i  (scan_mode_i),
        .mode_i       (mode_i),
        .batch_i      (batch_q[c]),
        .step_i       (step_q[c]),
        .valid_i      (valid_q[3*c +: 3]),
        .first_i      (first1_q[c]),
        .fresh_i      (first3_q[c]),
        .keep_i       (keep_q[c]),
        .weight_read_i(read_q[c] && rows1_q[r]),
        .local_i      (local_q[c]),
        .load_i       (load_q[c]),
        .neuron_addr_i(neuron_addr_q[c*axnn_pkg::LocalAw +: axnn_pkg::LocalAw]),
        .weight_addr_i(weight_addr_q[c*axnn_pkg::LocalAw +: axnn_pkg::LocalAw]),
        .neuron_i     (neuron_i[c*W +: W]),
        .bus_i        (g_lane[c].g_copy[r/Share].bus_q),
        .weight_i     (weight_i[(r*Cols+c)*W +: W]),
        .flow_i       (flow[c*FlowW +: FlowW]),
        .flow_o       (flow[(c+1)*FlowW +: FlowW]),
        .weight_o     (weight[c*W +: W]),
        .acc_o        (acc[c*PeW +: PeW])
      );
    end

    logic [W-1:0] taken;
    always_comb begin
      taken = '0;
      for (int c = 0; c < Cols; c++) taken |= weight[c*W +: W] & {W{take2_q[c]}};
    end
    assign read_weight[r*W +: W] = taken & {W{rows2_q[r]}};

    if (Booth) begin : g_booth
      axnn_row_booth u_row (
        .clk_i      (clk_i),
        .exact_i    (mode_i == axnn_pkg::ModeM0),
        .en_i       (row_en_i),
        .column_en_i(column_en),
        .column_i   ({column, column}),
        .sums_i     (acc),
        .bias_i     (bias_i[r*axnn_pkg::AccW +: axnn_pkg::AccW]),
        .sum_o      (sum_o[r*axnn_pkg::AccW +: axnn_pkg::AccW])
      );
    end else begin : g_plain
      axnn_row_plain u_row (
        .clk_i      (clk_i),
        .en_i       (row_en_i),
        .column_en_i(column_en),
        .column_i   (column),
        .acc_i      (acc),
        .bias_i     (bias_i[r*axnn_pkg::AccW +: axnn_pkg::AccW]),
        .sum_o      (sum_o[r*axnn_pkg::AccW +: axnn_pkg::AccW])
      );
    end
  end
endmodule
