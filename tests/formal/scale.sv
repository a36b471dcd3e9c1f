// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_scale axnn_sync
// Mode and level change only with the rise of a request, and a request rises only when the acknowledge
// was low, whatever the acknowledge does from the reset on and whatever is wanted meanwhile, a soft
// reset's M0 among it. With a generator that keeps to the protocol (no assumption about its state
// at the reset) a request never meets an acknowledge that is still up, so the one that ends it is
// its own; in force is then what was acknowledged last, or is being asked for.
module scale_proof (
  input logic       clk_i,
  input logic [1:0] want_mode_i,
  input logic [1:0] want_level_i,
  input logic       ack_i
);
  logic rst_nq = 1'b0;
  logic settled, req;
  logic [1:0] mode, level;
  axnn_scale dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .want_mode_i(want_mode_i), .want_level_i(want_level_i),
    .mode_o(mode), .level_o(level), .settled_o(settled), .scale_req_o(req), .scale_ack_i(ack_i)
  );

  logic obeys_q = 1'b1;              // the generator has kept to the protocol
  logic req_q = 1'b0, settled_q = 1'b0;
  logic seen_q = 1'b0, answered_q;   // an acknowledge of this request
  logic [2:0] ack_q = '1;            // the latest first
  logic [3:0] force_q = '0, acked_q = '0, want_q = '0;
  always_ff @(posedge clk_i) begin
    rst_nq    <= 1'b1;
    req_q     <= req;
    settled_q <= settled;
    ack_q     <= rst_nq ? {ack_q[1:0], ack_i} : '1;
    force_q   <= {mode, level};
    want_q    <= {want_mode_i, want_level_i};
    if (rst_nq) begin
      // It rises with a request only and falls without one only.
      if (ack_i && !ack_q[0] && !req_q) obeys_q <= 1'b0;
      if (!ack_i && ack_q[0] && req_q) obeys_q <= 1'b0;
      seen_q <= req && (seen_q || ack_i);
      if (req && ack_i) acked_q <= {mode, level};
    end
  end
  assign answered_q = seen_q;

  always_comb begin
    if (rst_nq) begin
      if ({mode, level} != force_q) assert (req && !req_q && !ack_q[2] && {mode, level} == want_q);
      if (req && !req_q) assert (!ack_q[2]);
      if (!req && req_q) assert (ack_q[2]);
      if (settled) assert (!req && {mode, level} == {want_mode_i, want_level_i});
      if (settled_q && req) assert (!req_q && want_q != force_q || {mode, level} != force_q);
      if (obeys_q) begin
        if (req && !req_q) assert (!ack_q[0] && !ack_q[1]);
        if (!req && req_q) assert (answered_q);
        if (!req) assert ({mode, level} == acked_q);
      end
    end
  end
endmodule
