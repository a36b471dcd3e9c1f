// 8 x 8 bits, two's complement behind ports without a sign: Baugh-Wooley with full adders of its own
// file, the carries of the four low columns cut.
module lower8s (input [7:0] a, input [7:0] b, output [15:0] y);
  wire [15:0] sum [0:8];
  wire [15:0] row [0:7];
  assign sum[0] = 16'h8100;  // Baugh-Wooley's constants: 2^8 and 2^15
  genvar i, j;
  generate
    for (i = 0; i < 8; i = i + 1) begin : g_row
      for (j = 0; j < 16; j = j + 1) begin : g_bit
        if (j < i || j >= i + 8) assign row[i][j] = 1'b0;
        else if ((i == 7) != (j - i == 7)) assign row[i][j] = ~(a[j-i] & b[i]);
        else assign row[i][j] = a[j-i] & b[i];
      end
      adder16 u_add (.x(sum[i]), .y(row[i]), .s(sum[i+1]));
    end
  endgenerate
  assign y = sum[8];
endmodule
