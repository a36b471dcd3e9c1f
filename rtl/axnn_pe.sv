// SPDX-License-Identifier: Apache-2.0
// Processing element: local neuron memory, local weight memory, their control, and the MAC.
// A step enters with step_i; its operands reach the MAC one cycle later. In the first output tile
// of a layer the activation comes from the bus and is kept in the local memory, later tiles read
// it back; the weight comes from the bus (weight buffer) or from the local weight memory.
//   step_i       a multiply-accumulate step
//   first_i      with step_i: first product of a sum
//   keep_i       with step_i: activation from the bus; write it at neuron_addr_i
//   local_i      with step_i: weight from the local memory at weight_addr_i, not from the bus
//   load_i       write weight_i to the local weight memory at weight_addr_i; never with step_i
//   neuron_i     activation bus, in the cycle of step_i
//   neuron_q_i   the same one cycle later
//   weight_i     weight bus, one cycle after step_i, or in the cycle of load_i
module axnn_pe (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic        [1:0]                 mode_i,
  input  logic                              step_i,
  input  logic                              first_i,
  input  logic                              keep_i,
  input  logic                              local_i,
  input  logic                              load_i,
  input  logic        [axnn_pkg::LocalAw-1:0] neuron_addr_i,
  input  logic        [axnn_pkg::LocalAw-1:0] weight_addr_i,
  input  logic signed [axnn_pkg::DataW-1:0] neuron_i,
  input  logic signed [axnn_pkg::DataW-1:0] neuron_q_i,
  input  logic signed [axnn_pkg::DataW-1:0] weight_i,
  output logic signed [axnn_pkg::AccW-1:0]  acc_o
);
  logic step_q, first_q, keep_q, local_q;
  logic signed [axnn_pkg::DataW-1:0] neuron_local, weight_local;

  axnn_sram #(
    .Width(axnn_pkg::DataW),
    .Depth(axnn_pkg::LocalDepth)
  ) u_neuron_mem (
    .clk_i  (clk_i),
    .en_i   (step_i),
    .we_i   (keep_i),
    .addr_i (neuron_addr_i),
    .wdata_i(neuron_i),
    .rdata_o(neuron_local)
  );

  axnn_sram #(
    .Width(axnn_pkg::DataW),
    .Depth(axnn_pkg::LocalDepth)
  ) u_weight_mem (
    .clk_i  (clk_i),
    .en_i   (load_i || (step_i && local_i)),
    .we_i   (load_i),
    .addr_i (weight_addr_i),
    .wdata_i(weight_i),
    .rdata_o(weight_local)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step_q  <= 1'b0;
      first_q <= 1'b0;
      keep_q  <= 1'b0;
      local_q <= 1'b0;
    end else begin
      step_q  <= step_i;
      first_q <= first_i;
      keep_q  <= keep_i;
      local_q <= local_i;
    end
  end

  axnn_mac u_mac (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .mode_i (mode_i),
    .valid_i(step_q),
    .first_i(first_q),
    .a_i    (keep_q ? neuron_q_i : neuron_local),
    .b_i    (local_q ? weight_local : weight_i),
    .acc_o  (acc_o)
  );

`ifdef VERILATOR
  always_ff @(posedge clk_i) begin
    if (rst_ni) assert (!(load_i && step_i)) else $error("weight load during a step");
  end
`endif
endmodule
