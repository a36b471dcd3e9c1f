// 10 x 10 bits, signed, with a mode: exact, the activation's or both operands' five low bits rounded
// away.
module modes10s (input signed [9:0] a, input signed [9:0] b, input [1:0] quality,
                 output signed [19:0] o);
  function signed [10:0] rounded(input signed [9:0] x);
    rounded = ((x + 11'sd16) >>> 5) <<< 5;
  endfunction
  wire signed [10:0] ar = (quality == 2'd0) ? a : rounded(a);
  wire signed [10:0] br = (quality < 2'd2) ? b : rounded(b);
  assign o = ar * br;
endmodule
