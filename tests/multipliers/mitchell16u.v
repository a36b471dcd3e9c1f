// Mitchell's logarithm (1962), 16 x 16 bits, unsigned: log2(2^k (1 + f)) taken as k + f, added, and
// taken back. Never more than the exact product, at most 1/9 less.
module mitchell16u (input [15:0] a, input [15:0] b, output [31:0] p);
  reg [3:0] ka, kb;
  reg [14:0] fa, fb;
  reg [15:0] sum;
  reg [4:0] k;
  reg [46:0] one;
  integer i;
  always @* begin
    ka = 0;
    kb = 0;
    for (i = 0; i < 16; i = i + 1) begin
      if (a[i]) ka = i;
      if (b[i]) kb = i;
    end
    fa = a << (15 - ka);  // without the leading one
    fb = b << (15 - kb);
    sum = fa + fb;
    k = ka + kb + sum[15];
    one = {31'd0, 1'b1, sum[14:0]};
    one = (one << k) >> 15;
  end
  assign p = (a == 0 || b == 0) ? 32'd0 : one[31:0];
endmodule
