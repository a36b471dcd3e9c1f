// 12 x 12 bits, signed: the low four bits of each operand rounded away (a factor each).
module round12s (input signed [11:0] x, input signed [11:0] y, output signed [23:0] z);
  wire signed [8:0] xr = (x + 13'sd8) >>> 4;
  wire signed [8:0] yr = (y + 13'sd8) >>> 4;
  wire signed [23:0] p = xr * yr;
  assign z = p <<< 8;
endmodule
