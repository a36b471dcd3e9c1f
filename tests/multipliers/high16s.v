// 16 x 16 bits, signed, the upper half of the product only (a fixed-width multiplier).
module high16s (input signed [15:0] multiplicand, input signed [15:0] multiplier,
                output signed [15:0] product);
  wire signed [31:0] full = multiplicand * multiplier;
  assign product = full[31:16];
endmodule
