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

  function automatic logic [W-1:0] sign_magnitude(input logic [W-1:0] bits);
    sign_magnitude = bits[W-1] ? -{1'b0, bits[W-2:0]} : {1'b0, bits[W-2:0]};
  endfunction

  // +-(16 m + 8), and -(16 m + 8) = 16 (~m) + 8: no carry chain. A guard that reads 0 clears the
  // magnitude's bits from its bound up.
  function automatic logic [W-1:0] guarded(input logic [W-1:0] bits);
    logic sign;
    logic [W-6:0] m;
    sign = (bits[W-1] & bits[W-2]) | (bits[W-1] & bits[W-3]) | (bits[W-2] & bits[W-3]);
    m = {bits[W-6] & bits[W-4] & bits[W-5], bits[W-7] & bits[W-5], bits[W-8:0]};
    guarded = {sign, m ^ {(W-5){sign}}, 4'b1000};
  endfunction

  if (Format == axnn_pkg::FormatTwosComplement) begin : g_twos_complement
    assign code_o = bits_i;
  end else if (Format == axnn_pkg::FormatSignMagnitude) begin : g_sign_magnitude
    assign code_o = sign_magnitude(bits_i);
  end else if (Format == axnn_pkg::FormatGuarded) begin : g_guarded
    assign code_o = guarded(bits_i);
  end
`ifdef VERILATOR
  else begin : g_simulated
    import "DPI-C" function int axnn_weight_format();
    int format;
    initial format = axnn_weight_format();

    always_comb begin
      case (format)
        axnn_pkg::FormatSignMagnitude: code_o = sign_magnitude(bits_i);
        axnn_pkg::FormatGuarded:       code_o = guarded(bits_i);
        default:                       code_o = bits_i;
      endcase
    end
  end
`endif
endmodule
