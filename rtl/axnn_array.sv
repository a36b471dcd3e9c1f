// SPDX-License-Identifier: Apache-2.0
// Rows x Cols PEs. PE (r, c) works on output r of the tile and on input c of the step; the
// activation bus is shared by a column, a row unit adds a row's accumulators and the bias.
//   Mult         MultFig8 or MultBooth: which PEs
//   Format       how weights are stored
//   step_i ... weight_addr_i  as in axnn_pe
//   row_en_i     enable of each stage of the rows
//   neuron_i     a neuron word: Cols activations, column 0 in the low bits
//   weight_i     a weight word: PE (r, c) at index r * Cols + c
//   bias_i       a bias word; MultFig8 takes it in the rows' last stage, MultBooth in stage 2
//   sum_o        Rows biased sums, row 0 in the low bits
module axnn_array #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int Format = axnn_pkg::FormatTwosComplement
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic [1:0]                       mode_i,
  input  logic                             step_i,
  input  logic                             first_i,
  input  logic                             keep_i,
  input  logic                             local_i,
  input  logic                             load_i,
  input  logic [axnn_pkg::LocalAw-1:0]     neuron_addr_i,
  input  logic [axnn_pkg::LocalAw-1:0]     weight_addr_i,
  input  logic [axnn_pkg::RowStages-1:0]   row_en_i,
  input  logic [axnn_pkg::NeuronWordW-1:0] neuron_i,
  input  logic [axnn_pkg::WeightWordW-1:0] weight_i,
  input  logic [axnn_pkg::BiasWordW-1:0]   bias_i,
  output logic [axnn_pkg::BiasWordW-1:0]   sum_o
);
  localparam bit Booth = (Mult == axnn_pkg::MultBooth);
  localparam int PeW = Booth ? axnn_pkg::BoothSumsW : axnn_pkg::AccW;
  localparam int W = axnn_pkg::DataW;
  localparam int Cols = axnn_pkg::Cols;

  logic [axnn_pkg::NeuronWordW-1:0] neuron_q;
  logic clk_low;

  // The mode changes only while nothing is in flight, so the low digits' clock starts and stops
  // between layers.
  if (Booth) begin : g_gate
    logic exact;
    assign exact = (mode_i == axnn_pkg::ModeM0);
    axnn_clock_gate u_gate (.clk_i(clk_i), .en_i(exact), .clk_o(clk_low));
  end else begin : g_no_gate
    assign clk_low = 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (step_i && keep_i) neuron_q <= neuron_i;
  end

  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_row
    logic [Cols*PeW-1:0] acc;

    for (genvar c = 0; c < Cols; c++) begin : g_col
      axnn_pe #(.Mult(Mult), .Format(Format)) u_pe (
        .clk_i        (clk_i),
        .clk_low_i    (clk_low),
        .rst_ni       (rst_ni),
        .mode_i       (mode_i),
        .step_i       (step_i),
        .first_i      (first_i),
        .keep_i       (keep_i),
        .local_i      (local_i),
        .load_i       (load_i),
        .neuron_addr_i(neuron_addr_i),
        .weight_addr_i(weight_addr_i),
        .neuron_i     (neuron_i[c*W +: W]),
        .neuron_q_i   (neuron_q[c*W +: W]),
        .weight_i     (weight_i[(r*Cols+c)*W +: W]),
        .acc_o        (acc[c*PeW +: PeW])
      );
    end

    if (Booth) begin : g_booth
      axnn_row_booth u_row (
        .clk_i  (clk_i),
        .exact_i(mode_i == axnn_pkg::ModeM0),
        .en_i   (row_en_i),
        .sums_i (acc),
        .bias_i (bias_i[r*axnn_pkg::AccW +: axnn_pkg::AccW]),
        .sum_o  (sum_o[r*axnn_pkg::AccW +: axnn_pkg::AccW])
      );
    end else begin : g_plain
      axnn_row_plain u_row (
        .clk_i (clk_i),
        .en_i  (row_en_i),
        .acc_i (acc),
        .bias_i(bias_i[r*axnn_pkg::AccW +: axnn_pkg::AccW]),
        .sum_o (sum_o[r*axnn_pkg::AccW +: axnn_pkg::AccW])
      );
    end
  end
endmodule
