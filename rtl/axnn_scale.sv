// SPDX-License-Identifier: Apache-2.0
// Mode and voltage level in force, and the handshake by which an external clock generator and
// regulator follow them. All four phases: request with the new values, acknowledge, request down,
// acknowledge down. A request rises only while the acknowledge is low, so that a late answer is
// never taken for that of the next request.
//   rst_ni     with the generator's and the regulator's own reset only. A soft reset goes over want_*
//              and meets a handshake under way at its end
//   want_*     what is to be in force; it may change at any time, the last value counts
//   mode_o, level_o  change with the rise of scale_req_o and at no other time
//   settled_o  in force is what is wanted, and the handshake is over
module axnn_scale (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [1:0] want_mode_i,
  input  logic [1:0] want_level_i,
  output logic [1:0] mode_o,
  output logic [1:0] level_o,
  output logic       settled_o,
  output logic       scale_req_o,
  input  logic       scale_ack_i
);
  logic [1:0] mode_q, level_q;
  logic req_q, no_ack, ack, other;

  // Inverted, so that after a reset it counts as high until it was seen to be low.
  axnn_sync u_ack (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .d_i   (!scale_ack_i),
    .q_o   (no_ack)
  );
  assign ack = !no_ack;

  // One bit of state: no acknowledge, however late, leads anywhere else.
  //   req ack
  //    0   0   settled, or a request rises
  //    1   0   waits for clock and voltage
  //    1   1   the request falls
  //    0   1   waits for the acknowledge to fall
  assign other = ({want_mode_i, want_level_i} != {mode_q, level_q});
  assign settled_o = !req_q && !ack && !other;
  assign mode_o = mode_q;
  assign level_o = level_q;
  assign scale_req_o = req_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      req_q   <= 1'b0;
      mode_q  <= axnn_pkg::ModeM0;
      level_q <= '0;
    end else begin
      req_q <= req_q ? !ack : !ack && other;
      if (!req_q && !ack && other) begin
        mode_q  <= want_mode_i;
        level_q <= want_level_i;
      end
    end
  end
endmodule
