// SPDX-License-Identifier: Apache-2.0
// engine: pdr
// rtl: axnn_scale axnn_sync
// Mode and level change a cycle before a request rises and at no other time, whatever the acknowledge
// does, at reset and afterwards, and whoever wants what when. A request rises only when the
// acknowledge has been low for the synchroniser's two cycles, and falls only when it has been high: so no
// acknowledge of an older request answers a newer one. What is settled is what was wanted.
module scale_proof (
  input logic       clk_i,
  input logic       want_i,
  input logic       home_i,
  input logic [1:0] mode_i,
  input logic [1:0] level_i,
  input logic       ack_i
);
  logic rst_nq = 1'b0, settled, req;
  logic [1:0] mode, level;
  axnn_scale dut (
    .clk_i(clk_i), .rst_ni(rst_nq), .want_i(want_i), .home_i(home_i), .mode_i(mode_i),
    .level_i(level_i), .settled_o(settled), .mode_o(mode), .level_o(level), .scale_req_o(req),
    .scale_ack_i(ack_i)
  );

  logic valid_q = 1'b0, req_q, changed_q = 1'b0, released_q = 1'b1;
  logic [3:0] levels_q;
  logic [2:0] acks_q = '0;  // of the last cycles, the latest in bit 0
  always_ff @(posedge clk_i) begin
    rst_nq    <= 1'b1;
    valid_q   <= rst_nq;
    req_q     <= req;
    levels_q  <= {mode, level};
    changed_q <= valid_q && ({mode, level} != levels_q);
    acks_q    <= {acks_q[1:0], ack_i && rst_nq};
    // The acknowledge was seen low since the request before: two cycles, which the synchroniser takes.
    released_q <= !req && (released_q || (valid_q && !acks_q[1]));
  end

  always_comb begin
    if (valid_q) begin
      if ({mode, level} != levels_q) assert (!req && !req_q && !acks_q[2]);
      if (changed_q) assert (req && !req_q);
      if (req && !req_q) assert (changed_q && released_q);
      if (!req && req_q) assert (acks_q[2]);
      if (settled && home_i) assert (mode == axnn_pkg::ModeM0 && level == '0 && !req);
      if (settled && want_i && !home_i) assert (mode == mode_i && level == level_i && !req);
    end
  end
endmodule
