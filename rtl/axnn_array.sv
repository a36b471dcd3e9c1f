// SPDX-License-Identifier: Apache-2.0
// Rows x Cols PEs. PE (r, c) works on output r of the tile and on input c of the step; the
// activation bus is shared by a column, a row's accumulators are added by its tree.
//   step_i ... weight_addr_i  as in axnn_pe
//   tree_en_i    enable of each adder-tree level
//   neuron_i     a neuron word: Cols activations, column 0 in the low bits
//   weight_i     a weight word: PE (r, c) at index r * Cols + c
//   sum_o        Rows sums, row 0 in the low bits
module axnn_array (
  input  logic                                     clk_i,
  input  logic                                     rst_ni,
  input  logic [1:0]                               mode_i,
  input  logic                                     step_i,
  input  logic                                     first_i,
  input  logic                                     keep_i,
  input  logic                                     local_i,
  input  logic                                     load_i,
  input  logic [axnn_pkg::LocalAw-1:0]             neuron_addr_i,
  input  logic [axnn_pkg::LocalAw-1:0]             weight_addr_i,
  input  logic [axnn_pkg::TreeLevels-1:0]          tree_en_i,
  input  logic [axnn_pkg::NeuronWordW-1:0]         neuron_i,
  input  logic [axnn_pkg::WeightWordW-1:0]         weight_i,
  output logic [axnn_pkg::Rows*axnn_pkg::AccW-1:0] sum_o
);
  localparam int W = axnn_pkg::DataW;
  localparam int Cols = axnn_pkg::Cols;

  logic [axnn_pkg::NeuronWordW-1:0] neuron_q;

  always_ff @(posedge clk_i) begin
    if (step_i && keep_i) neuron_q <= neuron_i;
  end

  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_row
    logic [Cols*axnn_pkg::AccW-1:0] acc;

    for (genvar c = 0; c < Cols; c++) begin : g_col
      axnn_pe u_pe (
        .clk_i        (clk_i),
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
        .acc_o        (acc[c*axnn_pkg::AccW +: axnn_pkg::AccW])
      );
    end

    axnn_row_tree u_tree (
      .clk_i(clk_i),
      .en_i (tree_en_i),
      .acc_i(acc),
      .sum_o(sum_o[r*axnn_pkg::AccW +: axnn_pkg::AccW])
    );
  end
endmodule
