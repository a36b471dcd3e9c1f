// SPDX-License-Identifier: Apache-2.0
// Controls of a column of PEs, one register each. A module of its own that keeps its hierarchy in
// synthesis: equal registers of different columns would be merged into one that drives all PEs.
// In a batch the column takes its step from the column before, a cycle later.
//   mine_i         the step's weights lie in this column
//   *_before_i     of the column before; of the first column: the step, a cycle late
//   read_o, local_o, load_o, weight_addr_o   of the local weight memory
//   step_o, first_o      a step enters the column, and starts a sum
//   valid_o, first1_o, first3_o    bit n: step_o n + 1 cycles late; first_o one and three cycles late
//   batch_o        the mapping, for the column's PEs, a cycle late
//   take_o         in a batch: this column puts its weights on the rows a cycle later
module axnn_column (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  logic                           batch_i,
  input  logic                           step_i,
  input  logic                           first_i,
  input  logic                           keep_i,
  input  logic                           local_i,
  input  logic                           mine_i,
  input  logic [axnn_pkg::LocalAw-1:0]   neuron_addr_i,
  input  logic [axnn_pkg::LocalAw-1:0]   weight_addr_i,
  input  logic                           load_i,
  input  logic [axnn_pkg::LocalAw-1:0]   load_addr_i,
  input  logic                           step_before_i,
  input  logic                           first_before_i,
  input  logic [axnn_pkg::SplitW-1:0]    split_before_i,
  output logic                           batch_o,
  output logic                           step_o,
  output logic                           first_o,
  output logic                           first1_o,
  output logic                           first3_o,
  output logic [2:0]                     valid_o,
  output logic [axnn_pkg::SplitW-1:0]    split_o,
  output logic                           keep_o,
  output logic                           read_o,
  output logic                           local_o,
  output logic                           load_o,
  output logic                           take_o,
  output logic [axnn_pkg::LocalAw-1:0]   neuron_addr_o,
  output logic [axnn_pkg::LocalAw-1:0]   weight_addr_o
);
  logic first2_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      batch_o <= 1'b0;
      step_o <= 1'b0;
      valid_o <= '0;
      read_o <= 1'b0;
      load_o <= 1'b0;
      take_o <= 1'b0;
    end else begin
      batch_o <= batch_i;
      step_o <= batch_i ? step_before_i : step_i;
      valid_o <= {valid_o[1:0], step_o};
      read_o <= step_i && local_i && (!batch_i || mine_i);
      load_o <= load_i;
      take_o <= step_i && batch_i && mine_i;
    end
  end

  always_ff @(posedge clk_i) begin
    first_o <= batch_i ? first_before_i : first_i;
    {first3_o, first2_q, first1_o} <= {first2_q, first1_o, first_o};
    keep_o  <= keep_i && !batch_i;
    local_o <= local_i;
    if (batch_i) split_o <= split_before_i;
    if (step_i || load_i) begin
      neuron_addr_o <= neuron_addr_i;
      weight_addr_o <= load_i ? load_addr_i : weight_addr_i;
    end
  end

`ifdef VERILATOR
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!(load_o && read_o)) else $error("weights loaded and read at once");
  end
`endif
endmodule
