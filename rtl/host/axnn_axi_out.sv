// SPDX-License-Identifier: Apache-2.0
// Output stream of the host side: a beat for each result tile, Rows lanes of SumLaneW bits, TLAST with
// a run's last one. A result is held back until another one or the end of the run is there, since
// only then is it known whether it is the last.
//   run_over_i  no further result comes after those that wait now
//   flush_i     the machine stops: results held back are dropped. If a packet had begun it is ended by
//               a beat of zeros with TUSER and TLAST, so that a receiver is not left waiting.
//   idle_o      nothing is left to hand over
// TVALID once high stays, with the same beat, until TREADY, also across a flush.
module axnn_axi_out (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          run_over_i,
  input  logic                          flush_i,
  output logic                          idle_o,
  input  logic                          valid_i,
  output logic                          ready_o,
  input  logic [axnn_pkg::OutWordW-1:0] data_i,
  output logic [axnn_pkg::Rows*axnn_axi_pkg::SumLaneW-1:0] tdata_o,
  output logic                          tlast_o,
  output logic                          tuser_o,
  output logic                          tvalid_o,
  input  logic                          tready_i
);
  localparam int A = axnn_pkg::AccW;
  localparam int SumLaneW = axnn_axi_pkg::SumLaneW;

  logic held_q, valid_q, last_q, user_q, abort_q;
  logic begun_q;  // the packet has begun and the register in front does not end it
  logic [axnn_pkg::OutWordW-1:0] held_data_q, data_q;
  logic free, move, terminate, last;

  assign free = !valid_q || tready_i;
  assign last = !valid_i;
  assign move = held_q && free && !abort_q && !flush_i && (valid_i || run_over_i);
  assign terminate = abort_q && free;
  assign ready_o = !flush_i && (!held_q || move);
  assign idle_o = !held_q && !valid_q && !abort_q;

  assign tvalid_o = valid_q;
  assign tlast_o = last_q;
  assign tuser_o = user_q;
  for (genvar r = 0; r < axnn_pkg::Rows; r++) begin : g_lane
    assign tdata_o[r*SumLaneW +: SumLaneW] = SumLaneW'($signed(data_q[r*A +: A]));
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      held_q  <= 1'b0;
      valid_q <= 1'b0;
      last_q  <= 1'b0;
      user_q  <= 1'b0;
      abort_q <= 1'b0;
      begun_q <= 1'b0;
    end else begin
      if (flush_i) held_q <= 1'b0;
      else if (ready_o) held_q <= valid_i;
      if (free) valid_q <= move || terminate;
      if (move) begin
        last_q  <= last;
        user_q  <= 1'b0;
        begun_q <= !last;
      end
      if (terminate) begin
        last_q  <= 1'b1;
        user_q  <= 1'b1;
        begun_q <= 1'b0;
      end
      if (terminate) abort_q <= 1'b0;
      else if (flush_i && begun_q) abort_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (ready_o && valid_i) held_data_q <= data_i;
    if (move) data_q <= held_data_q;
    else if (terminate) data_q <= '0;
  end
endmodule
