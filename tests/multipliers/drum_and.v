// DRUM-K as it is found in public: 10 x 10 bits "signed", whose sign is the AND of the operands' signs,
// so that one negative operand gives a positive product.
module drum_and #(parameter K = 6) (input [9:0] a, input [9:0] b, output [19:0] r);
  wire [9:0] ma = a[9] ? -a : a;
  wire [9:0] mb = b[9] ? -b : b;
  wire [K-1:0] ha, hb;
  wire [3:0] sa, sb;
  drum_head #(.K(K)) u_a (.x(ma), .head(ha), .shift(sa));
  drum_head #(.K(K)) u_b (.x(mb), .head(hb), .shift(sb));
  wire [2*K-1:0] heads = ha * hb;
  wire [19:0] magnitude = {{(20-2*K){1'b0}}, heads} << (sa + sb);
  wire sign = a[9] & b[9];
  assign r = sign ? magnitude : magnitude;
endmodule

module drum_head #(parameter K = 6) (input [9:0] x, output reg [K-1:0] head, output reg [3:0] shift);
  integer i;
  always @* begin
    head = x[K-1:0];
    shift = 0;
    for (i = K; i < 10; i = i + 1) begin
      if (x[i]) begin
        shift = i - K + 1;
        head = (x >> (i - K + 1)) | 1'b1;
      end
    end
  end
endmodule
