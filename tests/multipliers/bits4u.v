// 4 x 4 bits, unsigned, a port a bit, as logic synthesis writes netlists; exact.
module bits4u (a0, a1, a2, a3, b0, b1, b2, b3, s0, s1, s2, s3, s4, s5, s6, s7);
  input a0, a1, a2, a3, b0, b1, b2, b3;
  output s0, s1, s2, s3, s4, s5, s6, s7;
  wire [3:0] row0 = {a3 & b0, a2 & b0, a1 & b0, a0 & b0};
  wire [3:0] row1 = {a3 & b1, a2 & b1, a1 & b1, a0 & b1};
  wire [3:0] row2 = {a3 & b2, a2 & b2, a1 & b2, a0 & b2};
  wire [3:0] row3 = {a3 & b3, a2 & b3, a1 & b3, a0 & b3};
  assign {s7, s6, s5, s4, s3, s2, s1, s0} =
      {4'd0, row0} + {3'd0, row1, 1'd0} + {2'd0, row2, 2'd0} + {1'd0, row3, 3'd0};
endmodule
