// SPDX-License-Identifier: Apache-2.0
// Processing element: local neuron memory, local weight memory, and the MAC. Its column drives the
// controls (axnn_array). A sample's activation comes from the column bus in a layer's first output
// tile, and is kept in the local memory for the later tiles; a batch's always comes from the bus.
// The weight of a sample comes from the local memory or from the weight buffer; in a batch the PE
// hands that weight out (weight_o) and uses the one that flows along its row, from operand register
// to operand register.
//   Mult           MultBooth: the fused MAC; else axnn_mac with this multiplier
//   DrumK          bits that MultDrum keeps
//   Format         how weights are stored (axnn_weight_decode)
//   clk_low_i      clock of the fused MAC's low digits: clk_i in M0, constant 0 otherwise
//   scan_mode_i    of the memories (axnn_sram)
//   batch_i        mapping; changes only while nothing is in flight
//   step_i         a multiply-accumulate step whose operands are there one cycle later
//   valid_i        bit n: step_i n + 1 cycles late
//   first_i        with valid_i[0]: first product of a sum; fresh_i the same with valid_i[2]
//   keep_i         with step_i: activation from the bus; a sample's is written to neuron_addr_i
//   weight_read_i  read the local weight memory at weight_addr_i
//   local_i        the weight read by now comes from the local memory, not from the buffer
//   load_i         write weight_i to the local weight memory at weight_addr_i
//   neuron_i       activation to keep, in the cycle of step_i
//   bus_i          activation bus, one cycle after step_i
//   weight_i       weight buffer, one cycle after the read, or in the cycle of load_i
//   flow_i         weight of a batch as the PE before it has it (axnn_weight_operand), one cycle after
//                  step_i; flow_o is this PE's, a cycle later
//   acc_o          the accumulator; MultBooth: axnn_mac_booth's sums
module axnn_pe #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int DrumK = axnn_pkg::DrumK,
  parameter int Format = axnn_pkg::FormatTwosComplement,
  localparam int OutW = (Mult == axnn_pkg::MultBooth) ? axnn_pkg::BoothSumsW : axnn_pkg::AccW,
  localparam int FlowW = (Mult == axnn_pkg::MultBooth) ? axnn_pkg::BoothWeightOpW : axnn_pkg::DataW
) (
  input  logic                              clk_i,
  input  logic                              clk_low_i,
  input  logic                              rst_ni,
  input  logic                              scan_mode_i,
  input  logic        [1:0]                 mode_i,
  input  logic                              batch_i,
  input  logic                              step_i,
  input  logic        [2:0]                 valid_i,
  input  logic                              first_i,
  input  logic                              fresh_i,
  input  logic                              keep_i,
  input  logic                              weight_read_i,
  input  logic                              local_i,
  input  logic                              load_i,
  input  logic        [axnn_pkg::LocalAw-1:0] neuron_addr_i,
  input  logic        [axnn_pkg::LocalAw-1:0] weight_addr_i,
  input  logic signed [axnn_pkg::DataW-1:0] neuron_i,
  input  logic signed [axnn_pkg::DataW-1:0] bus_i,
  input  logic signed [axnn_pkg::DataW-1:0] weight_i,
  input  logic [FlowW-1:0]                  flow_i,
  output logic [FlowW-1:0]                  flow_o,
  output logic signed [axnn_pkg::DataW-1:0] weight_o,
  output logic [OutW-1:0]                   acc_o
);
  logic signed [axnn_pkg::DataW-1:0] neuron_local, weight_local;

  axnn_sram #(
    .Width(axnn_pkg::DataW),
    .Depth(axnn_pkg::LocalDepth)
  ) u_neuron_mem (
    .clk_i      (clk_i),
    .scan_mode_i(scan_mode_i),
    .en_i       (step_i && !batch_i),
    .we_i       (keep_i),
    .addr_i     (neuron_addr_i),
    .wdata_i    (neuron_i),
    .rdata_o    (neuron_local)
  );

  axnn_sram #(
    .Width(axnn_pkg::DataW),
    .Depth(axnn_pkg::LocalDepth),
    .Weights(1)
  ) u_weight_mem (
    .clk_i      (clk_i),
    .scan_mode_i(scan_mode_i),
    .en_i       (load_i || weight_read_i),
    .we_i       (load_i),
    .addr_i     (weight_addr_i),
    .wdata_i    (weight_i),
    .rdata_o    (weight_local)
  );

  // Where the operands come from: one register, since it has one clock gate. It changes with layers
  // and with a sample's tiles only. Reset leaves what would be loaded without local_i, keep_i and batch_i.
  logic [4:0] source_d, source_q;
  logic local_q, keep_q, take_local_q, take_buffer_q, take_flow_q;
  assign source_d = {local_i, keep_i || batch_i, local_i && !batch_i, !local_i && !batch_i, batch_i};
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) source_q <= 5'b00010;
    else if (local_i != local_q || (keep_i || batch_i) != keep_q || batch_i != take_flow_q) begin
      source_q <= source_d;
    end
  end
  assign {local_q, keep_q, take_local_q, take_buffer_q, take_flow_q} = source_q;

  logic signed [axnn_pkg::DataW-1:0] activation, operand;
  assign activation = keep_q ? bus_i : neuron_local;
  // Each source is decoded on its own, so that only the choice between them comes after local_q.
  logic signed [axnn_pkg::DataW-1:0] code_local, code_buffer;
  axnn_weight_decode #(.Format(Format)) u_decode_local (.bits_i(weight_local), .code_o(code_local));
  axnn_weight_decode #(.Format(Format)) u_decode_buffer (.bits_i(weight_i), .code_o(code_buffer));
  assign weight_o = local_q ? code_local : code_buffer;
  assign operand = (code_local & {axnn_pkg::DataW{take_local_q}}) |
                   (code_buffer & {axnn_pkg::DataW{take_buffer_q}});

  if (Mult == axnn_pkg::MultBooth) begin : g_booth
    axnn_mac_booth u_mac (
      .clk_i      (clk_i),
      .clk_low_i  (clk_low_i),
      .mode_i     (mode_i),
      .valid_i    (valid_i),
      .first_i    (first_i),
      .fresh_i    (fresh_i),
      .a_i        (activation),
      .b_i        (operand),
      .take_flow_i(take_flow_q),
      .flow_i     (flow_i),
      .flow_o     (flow_o),
      .sums_o     (acc_o)
    );
  end else begin : g_plain
    logic unused_fused;
    assign unused_fused = clk_low_i ^ first_i;

    axnn_mac #(.Mult(Mult), .DrumK(DrumK)) u_mac (
      .clk_i      (clk_i),
      .mode_i     (mode_i),
      .valid_i    (valid_i),
      .fresh_i    (fresh_i),
      .a_i        (activation),
      .b_i        (operand),
      .take_flow_i(take_flow_q),
      .flow_i     (flow_i),
      .flow_o     (flow_o),
      .acc_o      (acc_o)
    );
  end
endmodule
