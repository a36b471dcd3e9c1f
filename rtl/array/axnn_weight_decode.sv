// SPDX-License-Identifier: Apache-2.0
// From the bits a weight memory holds to the weight's code, two's complement. Flips act on the
// stored bits, so the format decides how much one hurts (model/weight_format.h).
//   Format  FormatTwosComplement  the code itself
//           FormatSignMagnitude   {sign, magnitude}
//           FormatGuarded         {sign three times, magnitude >= 256, >= 128, magnitude[8:4]}
//           FormatSimulated       one of these, chosen when a Verilator model is made
//   bits_i  stored bits, flipped or not
//   code_o  what they stand for
module axnn_weight_decode #(
  parameter int Format = axnn_pkg::FormatTwosComplement
) (
  input  logic [axnn_pkg::DataW-1:0] bits_i,
  output logic [axnn_pkg::DataW-1:0] code_o
);
  localparam int W = axnn_pkg::DataW;

  // No functions: Verilator would give their variables a name in each PE, and each PE code of its own.
  logic [W-1:0] sign_magnitude, guarded;
  logic sign;
  logic [W-6:0] m;
  int format;

  assign sign_magnitude = bits_i[W-1] ? -{1'b0, bits_i[W-2:0]} : {1'b0, bits_i[W-2:0]};

  // +-(16 m + 8), and -(16 m + 8) = 16 (~m) + 8: no carry chain. A guard that reads 0 clears the
  // magnitude's bits from its bound up.
  assign sign = (bits_i[W-1] & bits_i[W-2]) | (bits_i[W-1] & bits_i[W-3]) |
                (bits_i[W-2] & bits_i[W-3]);
  assign m = {bits_i[W-6] & bits_i[W-4] & bits_i[W-5], bits_i[W-7] & bits_i[W-5], bits_i[W-8:0]};
  assign guarded = {sign, m ^ {(W-5){sign}}, 4'b1000};

`ifdef VERILATOR
  if (Format == axnn_pkg::FormatSimulated) begin : g_simulated
    import "DPI-C" function int axnn_weight_format();
    initial format = axnn_weight_format();
  end else begin : g_fixed
    assign format = Format;
  end
`else
  assign format = Format;
`endif
  assign code_o = (format == axnn_pkg::FormatSignMagnitude) ? sign_magnitude :
                  (format == axnn_pkg::FormatGuarded) ? guarded : bits_i;
endmodule
