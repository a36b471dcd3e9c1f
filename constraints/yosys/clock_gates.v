// Registers with an enable, word by word, to registers on a gated clock (rtl/tech/generic/axnn_clock_gate.sv). A gate
// costs about two registers' clock pins, so narrow ones keep their enable.
(* techmap_celltype = "$dffe" *)
module gated_dffe (CLK, EN, D, Q);
  parameter WIDTH = 1;
  parameter CLK_POLARITY = 1;
  parameter EN_POLARITY = 1;
  input CLK, EN;
  input [WIDTH-1:0] D;
  output [WIDTH-1:0] Q;

  wire _TECHMAP_FAIL_ = WIDTH < 4 || !CLK_POLARITY;
  wire gated;
  axnn_clock_gate gate (.clk_i(CLK), .en_i(EN_POLARITY ? EN : !EN), .clk_o(gated));
  \$dff #(.WIDTH(WIDTH), .CLK_POLARITY(1'b1)) _TECHMAP_REPLACE_ (.CLK(gated), .D(D), .Q(Q));
endmodule

(* techmap_celltype = "$adffe" *)
module gated_adffe (CLK, ARST, EN, D, Q);
  parameter WIDTH = 1;
  parameter CLK_POLARITY = 1;
  parameter EN_POLARITY = 1;
  parameter ARST_POLARITY = 1;
  parameter ARST_VALUE = 0;
  input CLK, ARST, EN;
  input [WIDTH-1:0] D;
  output [WIDTH-1:0] Q;

  wire _TECHMAP_FAIL_ = WIDTH < 4 || !CLK_POLARITY;
  wire gated;
  axnn_clock_gate gate (.clk_i(CLK), .en_i(EN_POLARITY ? EN : !EN), .clk_o(gated));
  \$adff #(.WIDTH(WIDTH), .CLK_POLARITY(1'b1), .ARST_POLARITY(ARST_POLARITY), .ARST_VALUE(ARST_VALUE))
    _TECHMAP_REPLACE_ (.CLK(gated), .ARST(ARST), .D(D), .Q(Q));
endmodule
