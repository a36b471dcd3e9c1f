// SPDX-License-Identifier: Apache-2.0
// The multiplier mode and the voltage level in force, and the handshake by which an external clock
// generator and regulator follow them. They change in no other way: a reset of the machine alone
// (home_i) goes back to M0 and level 0 by a handshake, too.
//   want_i     mode_i and level_i are wanted; held until settled_o. The array is empty.
//   home_i     M0 and level 0 are wanted; goes before want_i
//   settled_o  what is wanted is in force and no handshake is under way
//   mode_o, level_o   in force. They change a cycle before scale_req_o rises, and stay while it is
//              high and until scale_ack_i has fallen again
//   scale_req_o  rises only while scale_ack_i is low, falls when it is high: four phases, so that no late
//              acknowledge answers another request. From a register.
//   scale_ack_i  from any clock domain
//   rst_ni     of the chip, with which the generator and the regulator start as well
module axnn_scale (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       want_i,
  input  logic       home_i,
  input  logic [1:0] mode_i,
  input  logic [1:0] level_i,
  output logic       settled_o,
  output logic [1:0] mode_o,
  output logic [1:0] level_o,
  output logic       scale_req_o,
  input  logic       scale_ack_i
);
  // One bit changes in a step, and each code is a state: no code to be stuck in.
  typedef enum logic [1:0] {StIdle = 2'b00, StSet = 2'b01, StRequest = 2'b11, StRelease = 2'b10} state_e;

  logic [1:0] state_q, state_d, mode_q, level_q, mode, level;
  logic ack, differs, sets;

  axnn_sync u_ack (
    .clk_i (clk_i),
    .rst_ni(rst_ni),
    .d_i   (scale_ack_i),
    .q_o   (ack)
  );

  assign mode = home_i ? axnn_pkg::ModeM0 : mode_i;
  assign level = home_i ? '0 : level_i;
  assign differs = (want_i || home_i) && ((mode != mode_q) || (level != level_q));
  assign sets = (state_q == StIdle) && differs && !ack;
  assign settled_o = (state_q == StIdle) && !differs;
  assign mode_o = mode_q;
  assign level_o = level_q;
  assign scale_req_o = state_q[1] && state_q[0];

  always_comb begin
    case (state_q)
      StIdle:    state_d = sets ? StSet : StIdle;
      StSet:     state_d = StRequest;
      StRequest: state_d = ack ? StRelease : StRequest;
      default:   state_d = ack ? StRelease : StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      mode_q  <= axnn_pkg::ModeM0;
      level_q <= '0;
    end else begin
      state_q <= state_d;
      if (sets) begin
        mode_q  <= mode;
        level_q <= level;
      end
    end
  end
endmodule
