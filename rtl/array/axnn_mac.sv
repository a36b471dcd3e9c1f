// SPDX-License-Identifier: Apache-2.0
// Data path of a PE: operand registers, multiplier, product register, accumulator. One product a
// cycle; a register keeps its value when its stage has nothing to do, so idle stages do not toggle.
//   Mult     MultFig8, or MultDrum, which keeps DrumK bits and has no modes
//   mode_i   mode_e, constant while anything is in flight
//   valid_i  bit n: n cycles ago a_i and b_i were operands
//   fresh_i  with valid_i[2]: the first product of a sum
//   take_flow_i  the weight is flow_i, which axnn_weight_operand has made, not b_i
//   flow_o   the weight's register
//   acc_o    the sum so far, three cycles after its last operands
module axnn_mac #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int DrumK = axnn_pkg::DrumK
) (
  input  logic                              clk_i,
  input  logic        [1:0]                 mode_i,
  input  logic        [2:0]                 valid_i,
  input  logic                              fresh_i,
  input  logic signed [axnn_pkg::DataW-1:0] a_i,
  input  logic signed [axnn_pkg::DataW-1:0] b_i,
  input  logic                              take_flow_i,
  input  logic        [axnn_pkg::DataW-1:0] flow_i,
  output logic        [axnn_pkg::DataW-1:0] flow_o,
  output logic signed [axnn_pkg::AccW-1:0]  acc_o
);
  localparam bit Drum = (Mult == axnn_pkg::MultDrum);
  // DRUM's products are wider than exact ones if it keeps two bits.
  localparam int ProdW = axnn_pkg::ProdW + ((Drum && DrumK == 2) ? 1 : 0);

  logic signed [axnn_pkg::DataW-1:0] a_q, b_q;
  logic signed [ProdW-1:0] product_d, product_q;
  logic signed [axnn_pkg::AccW-1:0] acc_q;

  if (Drum) begin : g_drum
    logic [axnn_pkg::ProdW:0] product;
    logic unused_top;
    axnn_mult_drum #(.K(DrumK)) u_mult (
      .a_i(a_q),
      .b_i(b_q),
      .p_o(product)
    );
    assign product_d = product[ProdW-1:0];
    assign unused_top = product[axnn_pkg::ProdW];
  end else begin : g_fig8
    axnn_mult_fig8 u_mult (
      .a_i   (a_q),
      .b_i   (b_q),
      .mode_i(mode_i),
      .p_o   (product_d)
    );
  end

  // Operand isolation: a low part that the mode does not use enters as 0, so that its partial
  // products do not toggle.
  localparam int L = axnn_pkg::LowW;
  logic [L-1:0] a_low;
  logic [axnn_pkg::DataW-1:0] weight;
  assign a_low = a_i[L-1:0] & {L{Drum || mode_i == axnn_pkg::ModeM0}};
  axnn_weight_operand #(.Mult(Mult)) u_weight (.mode_i(mode_i), .b_i(b_i), .weight_o(weight));

  // Data registers need no reset: a valid bit or fresh_i always comes before their first use.
  always_ff @(posedge clk_i) begin
    if (valid_i[0]) begin
      a_q <= {a_i[axnn_pkg::DataW-1:L], a_low};
      b_q <= take_flow_i ? flow_i : weight;
    end
    if (valid_i[1]) product_q <= product_d;
    if (valid_i[2]) begin
      acc_q <= (fresh_i ? '0 : acc_q) + axnn_pkg::AccW'(product_q);
    end
  end

  assign acc_o = acc_q;
  assign flow_o = b_q;
endmodule
