// The sum of two 16-bit numbers without carries out of the four low columns.
module adder16 (input [15:0] x, input [15:0] y, output [15:0] s);
  wire [16:0] carry;
  assign carry[0] = 1'b0;
  genvar k;
  generate
    for (k = 0; k < 16; k = k + 1) begin : g_bit
      wire sum, out;
      full_adder u_fa (.a(x[k]), .b(y[k]), .c(carry[k]), .s(sum), .co(out));
      assign s[k] = sum;
      assign carry[k+1] = (k < 4) ? 1'b0 : out;
    end
  endgenerate
endmodule

module full_adder (input a, input b, input c, output s, output co);
  assign s = a ^ b ^ c;
  assign co = (a & b) | (c & (a ^ b));
endmodule
