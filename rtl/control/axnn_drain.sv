// SPDX-License-Identifier: Apache-2.0
// From a tile's last step to the tokens of its results. A sample's tile is one token, in the cycle
// of the step: the rows add their PEs. In a batch each PE has a result of its own; column c is
// complete c cycles after column 0, so the columns leave one a cycle, starting the cycle after the
// step, while the array works on the next tile.
//   push_i    last step of a tile; in a batch at most every Cols cycles
//   token_o   results of a tile (or of column col_o of it) are on their way
//   bias_o    with token_o: its bias word must be read; later columns use the same
module axnn_drain (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         batch_i,
  input  logic                         push_i,
  input  logic                         final_i,      // last tile of its layer
  input  logic [axnn_pkg::TileW-1:0]   tile_i,
  input  logic [axnn_pkg::BiasAw-1:0]  bias_addr_i,
  input  logic [axnn_pkg::BankW-1:0]   dst_bank_i,
  input  logic                         dst_out_i,
  input  logic [1:0]                   act_i,
  input  logic [axnn_pkg::ShiftW-1:0]  shift_i,
  input  logic [axnn_pkg::SplitW-1:0]  split_i,
  input  logic [axnn_pkg::OctetW-1:0]  octet_i,
  input  logic [axnn_pkg::SplitW-1:0]  octets_i,
  output logic                         busy_o,
  output logic                         token_o,
  output logic                         bias_o,
  output logic [axnn_pkg::ColW-1:0]    col_o,
  output logic                         final_o,      // last results of their layer
  output logic [axnn_pkg::TileW-1:0]   tile_o,
  output logic [axnn_pkg::BiasAw-1:0]  bias_addr_o,
  output logic [axnn_pkg::BankW-1:0]   dst_bank_o,
  output logic                         dst_out_o,
  output logic [1:0]                   act_o,
  output logic [axnn_pkg::ShiftW-1:0]  shift_o,
  output logic [axnn_pkg::SplitW-1:0]  split_o,
  output logic [axnn_pkg::OctetW-1:0]  octet_o,
  output logic [axnn_pkg::SplitW-1:0]  octets_o
);
  localparam int FieldsW = 4 + axnn_pkg::TileW + axnn_pkg::BiasAw + axnn_pkg::BankW +
                           axnn_pkg::ShiftW + 2 * axnn_pkg::SplitW + axnn_pkg::OctetW;

  logic active_q, final_field;
  logic [axnn_pkg::ColW-1:0] col_q;
  logic [FieldsW-1:0] fields, fields_q;

  assign fields = {final_i, dst_out_i, act_i, tile_i, bias_addr_i, dst_bank_i, shift_i, split_i,
                   octet_i, octets_i};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      col_q    <= '0;
    end else if (batch_i) begin
      if (push_i) active_q <= 1'b1;
      else if (col_q == '1) active_q <= 1'b0;
      if (active_q) col_q <= col_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i && batch_i) fields_q <= fields;
  end

  assign {final_field, dst_out_o, act_o, tile_o, bias_addr_o, dst_bank_o, shift_o, split_o, octet_o,
          octets_o} = batch_i ? fields_q : fields;
  assign token_o = batch_i ? active_q : push_i;
  assign bias_o = token_o && (col_q == '0);
  assign final_o = final_field && (!batch_i || (col_q == '1));
  assign col_o = col_q;
  assign busy_o = active_q;

`ifdef VERILATOR
  always_ff @(posedge clk_i) begin
    if (rst_ni && batch_i) begin
      assert (!(push_i && active_q && (col_q != '1))) else $error("tile of less than Cols steps");
    end
  end
`endif
endmodule
