// 8 x 8 bits, unsigned: an array of AND gates whose six low columns are left out. Ports and bodies as
// circuits of public libraries have them: no signs, one assign a gate.
module trunc8u (A, B, O);
  input [7:0] A;
  input [7:0] B;
  output [15:0] O;
  localparam DROP = 6;
  wire [15:0] rows [0:8];
  assign rows[0] = 16'd0;
  genvar i, j;
  generate
    for (i = 0; i < 8; i = i + 1) begin : g_row
      wire [15:0] row;
      for (j = 0; j < 16; j = j + 1) begin : g_bit
        if (j >= i && j < i + 8 && j >= DROP) assign row[j] = A[j-i] & B[i];
        else assign row[j] = 1'b0;
      end
      assign rows[i+1] = rows[i] + row;
    end
  endgenerate
  assign O = rows[8];
endmodule
