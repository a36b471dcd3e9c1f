// SPDX-License-Identifier: Apache-2.0
// engine: sat
// rtl: axnn_booth_digit
// The Booth digits of an activation are the activation: sum of digit_i 4^i = a, and the high ones
// are the activation rounded to a multiple of 2^BoothLowW, halves up.
module booth_digits_proof (
  input logic signed [axnn_pkg::DataW-1:0] a_i
);
  localparam int D = axnn_pkg::DataW;
  localparam int N = D / 2;
  localparam int L = axnn_pkg::BoothLowW;
  localparam logic signed [15:0] Half = (L == 0) ? 16'sd0 : 16'sd1 <<< (L - 1);

  logic [D-1:0] one, two;
  logic signed [15:0] all, high;
  logic ok;
  axnn_booth_digit #(.Digits(N)) u_digits (.a_i(a_i), .one_o(one), .two_o(two));

  logic p1, n1, p2, n2;
  logic signed [15:0] digit;
  always_comb begin
    all = '0;
    high = '0;
    ok = 1'b1;
    for (int i = 0; i < N; i++) begin
      {n1, p1} = one[2*i +: 2];
      {n2, p2} = two[2*i +: 2];
      digit = 16'sd0;
      if (p1) digit = 16'sd1;
      if (n1) digit = -16'sd1;
      if (p2) digit = 16'sd2;
      if (n2) digit = -16'sd2;
      ok = ok && (3'(p1) + 3'(n1) + 3'(p2) + 3'(n2) <= 3'd1);
      all = all + (digit <<< (2 * i));
      if (2 * i >= L) high = high + (digit <<< (2 * i));
    end
    assert (ok);
    assert (all == 16'(a_i));
    assert (high == (((16'(a_i) + Half) >>> L) <<< L));
  end
endmodule
