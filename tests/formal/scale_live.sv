// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_scale axnn_sync
// What is wanted and stays wanted is in force within a bound, from any moment of any handshake before, if
// the acknowledge follows the request within `Answer` cycles; at reset it may be anything.
module scale_live_proof (
  input logic       clk_i,
  input logic       want_i,
  input logic       home_i,
  input logic [1:0] mode_i,
  input logic [1:0] level_i,
  input logic       ack_i
);
  localparam int Answer = 3;
  // The release of a handshake under way, then a whole one: in either phase the answer, two cycles of the
  // synchroniser and one of the state; an acknowledge that bounces holds up the next request a little.
  localparam int Bound = 4 * (Answer + 3) + 5;

  logic rst_nq = 1'b0, settled, req, valid_q = 1'b0;
  logic [1:0] mode, level;
  axnn_scale dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .want_i(want_i), .home_i(home_i), .mode_i(mode_i),
    .level_i(level_i), .settled_o(settled), .mode_o(mode), .level_o(level), .scale_req_o(req),
    .scale_ack_i(ack_i)
  );

  logic [5:0] age_q = '0;
  logic [1:0] wait_q = '0;
  logic [5:0] wants, wants_q;
  assign wants = home_i ? 6'b100000 : {1'b0, want_i, mode_i, level_i};
  always_ff @(posedge clk_i) begin
    rst_nq  <= 1'b1;
    valid_q <= rst_nq;
    wants_q <= wants;
    age_q   <= (!rst_nq || settled || wants != wants_q || !(want_i || home_i)) ? '0 : age_q + 1'b1;
    wait_q  <= (req == ack_i) ? '0 : (wait_q == 2'(Answer)) ? wait_q : wait_q + 1'b1;
  end
  always_comb begin
    if (wait_q == 2'(Answer)) assume (req == ack_i);
    if (valid_q) assert (age_q <= 6'(Bound));
  end
endmodule
