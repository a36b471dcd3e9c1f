// SPDX-License-Identifier: Apache-2.0
// An operand of DRUM-K: K bits of the magnitude from its leading one on, the lowest of them set if
// any were dropped, which centres the error. |x| is approximately head_o * 2^shift_o. Combinational.
//   x_i      code, two's complement
//   neg_o    x_i is negative
//   head_o   K bits; the magnitude itself if it has no more
//   shift_o  bits dropped, 0 to DataW - K
module axnn_drum_operand #(
  parameter int K = 6,
  localparam int ShiftW = $clog2(axnn_pkg::DataW - K + 1)
) (
  input  logic signed [axnn_pkg::DataW-1:0] x_i,
  output logic                              neg_o,
  output logic [K-1:0]                      head_o,
  output logic [ShiftW-1:0]                 shift_o
);
  localparam int W = axnn_pkg::DataW;

  logic [W-1:0] magnitude;  // unsigned, so that of the most negative code fits

  assign neg_o = x_i[W-1];
  assign magnitude = (x_i ^ {W{neg_o}}) + W'(neg_o);
  assign head_o = K'(magnitude >> shift_o) | K'(shift_o != '0);

  always_comb begin
    shift_o = '0;
    for (int i = K; i < W; i++) begin
      if (magnitude[i]) shift_o = ShiftW'(i - K + 1);
    end
  end
endmodule
