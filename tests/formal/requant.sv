// SPDX-License-Identifier: Apache-2.0
// engine: smt 6
// rtl: axnn_requant
// Requantisation is its definition, for every accumulator and every shift: add half, divide by
// 2^shift towards minus infinity, saturate. From any state of the pipeline.
module requant_proof (
  input logic                             clk_i,
  input logic signed [axnn_pkg::AccW-1:0] acc_i,
  input logic [axnn_pkg::ShiftW-1:0]      shift_i,
  input logic                             raw_i
);
  localparam int A = axnn_pkg::AccW;
  localparam int Max = (1 << (axnn_pkg::DataW - 1)) - 1;

  // Operands of the last three cycles.
  logic signed [A-1:0] acc1_q, acc2_q, acc3_q;
  logic [axnn_pkg::ShiftW-1:0] shift1_q, shift2_q, shift3_q;
  logic raw1_q, raw2_q, raw3_q;
  logic [2:0] age_q = '0;
  always_ff @(posedge clk_i) begin
    {acc3_q, acc2_q, acc1_q} <= {acc2_q, acc1_q, acc_i};
    {shift3_q, shift2_q, shift1_q} <= {shift2_q, shift1_q, shift_i};
    {raw3_q, raw2_q, raw1_q} <= {raw2_q, raw1_q, raw_i};
    if (age_q != 3'd3) age_q <= age_q + 1'b1;
  end

  logic signed [A-1:0] result;
  axnn_requant dut (
    .clk_i(clk_i), .en_i('1), .acc_i(acc_i), .eights_i(shift_i[axnn_pkg::ShiftW-1:3]),
    .rest_i(shift1_q[2:0]), .raw_i(raw2_q), .result_o(result)
  );

  // Wide enough for acc + half at any shift.
  localparam int Half = 1 << axnn_pkg::ShiftW;
  localparam int Wide = ((A > Half) ? A : Half) + 2;
  logic signed [Wide-1:0] half, rounded;
  always_comb begin
    half = '0;
    if (shift3_q != '0) half = Wide'(1) <<< (shift3_q - 1'b1);
    rounded = (Wide'(acc3_q) + half) >>> shift3_q;
    if (raw_i) assume (shift_i == '0);
    if (age_q == 3'd3) begin
      if (raw3_q) assert (result == acc3_q);
      else if (rounded > Max) assert (result == Max);
      else if (rounded < -Max - 1) assert (result == -Max - 1);
      else assert (result == A'(rounded));
    end
  end
endmodule
