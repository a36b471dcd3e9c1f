// SPDX-License-Identifier: Apache-2.0
// Rounds an accumulator to an activation code: shift right, halves up, saturate.
//   acc_i    bias already added, two's complement
//   shift_i  fractional bits to drop, 0..31
module axnn_requant (
  input  logic signed [axnn_pkg::AccW-1:0]   acc_i,
  input  logic        [axnn_pkg::ShiftW-1:0] shift_i,
  output logic signed [axnn_pkg::DataW-1:0]  code_o
);
  localparam int W = axnn_pkg::DataW;

  logic signed [axnn_pkg::AccW:0] shifted;  // one fractional bit kept below the code
  logic signed [axnn_pkg::AccW:0] rounded;
  logic fits;

  assign shifted = $signed({acc_i, 1'b0}) >>> shift_i;
  assign rounded = (shifted >>> 1) + $signed({{axnn_pkg::AccW{1'b0}}, shifted[0]});
  assign fits = (rounded[axnn_pkg::AccW:W-1] == '0) || (&rounded[axnn_pkg::AccW:W-1]);
  assign code_o = fits ? rounded[W-1:0] : {rounded[axnn_pkg::AccW], {(W-1){!rounded[axnn_pkg::AccW]}}};
endmodule
