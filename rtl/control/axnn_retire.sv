// SPDX-License-Identifier: Apache-2.0
// Follows results from their token (axnn_drain) to their write: a shift register of tokens whose
// stages enable the rows, the bias read, the post unit and the write. Stage n is n cycles after the
// step of a sample's tile was issued (axnn_pkg::FillCycles counts them all).
module axnn_retire #(
  parameter int BiasReadStage = 7,  // the stage before the one whose row stage takes the bias
  parameter int ColStage = 3        // the stage before the one in which the rows take a column
) (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic                            push_i,       // a token, this cycle
  input  logic                            bias_i,       // its bias is to be read
  input  logic                            final_i,      // last results of their layer
  input  logic [axnn_pkg::TileW-1:0]      tile_i,
  input  logic [axnn_pkg::ColW-1:0]       col_i,
  input  logic [axnn_pkg::BiasAw-1:0]     bias_addr_i,
  input  logic [axnn_pkg::BankW-1:0]      dst_bank_i,
  input  logic                            dst_out_i,
  input  logic [1:0]                      act_i,
  input  logic [axnn_pkg::ShiftW-1:0]     shift_i,
  input  logic [axnn_pkg::SplitW-1:0]     split_i,
  input  logic [axnn_pkg::OctetW-1:0]     octet_i,
  input  logic [axnn_pkg::SplitW-1:0]     octets_i,
  output logic                            busy_o,
  output logic                            ends_o,       // a layer's last results go into a bank in the next cycle
  output logic [axnn_pkg::BankW-1:0]      ends_bank_o,
  output logic                            row_take_o,   // the rows take results next cycle:
  output logic [axnn_pkg::ColW-1:0]       row_col_o,    // the column that the rows take next cycle
  output logic [axnn_pkg::RowStages-1:0]  row_en_o,
  output logic                            bias_read_o,
  output logic [axnn_pkg::BiasAw-1:0]     bias_addr_o,
  output logic [axnn_pkg::RequantStages-1:0] requant_en_o,
  output logic [axnn_pkg::ShiftW-4:0]     eights_o,     // of requant_en_o[0]
  output logic [2:0]                      rest_o,       // of requant_en_o[1]
  output logic                            raw_o,        // of requant_en_o[2]
  output logic                            write_o,      // results are on the post unit's output
  output logic [1:0]                      act_o,        // of write_o, as all below
  output logic                            final_o,
  output logic [axnn_pkg::TileW-1:0]      tile_o,
  output logic [axnn_pkg::ColW-1:0]       col_o,
  output logic [axnn_pkg::BankW-1:0]      dst_bank_o,
  output logic                            dst_out_o,
  output logic [axnn_pkg::SplitW-1:0]     split_o,
  output logic [axnn_pkg::OctetW-1:0]     octet_o,
  output logic [axnn_pkg::SplitW-1:0]     octets_o
);
  localparam int RequantStage = axnn_pkg::RequantStage;
  localparam int WriteStage = axnn_pkg::WriteStage;
  localparam int BiasAw = axnn_pkg::BiasAw;
  localparam int ShiftW = axnn_pkg::ShiftW;
  localparam int ColW = axnn_pkg::ColW;
  localparam int DestW = 4 + axnn_pkg::TileW + axnn_pkg::BankW + ColW + 2 * axnn_pkg::SplitW +
                         axnn_pkg::OctetW;

  // Each part of a token travels as far as it is needed, in a shift register of its own; stage s
  // is at [(s-1)*width +: width].
  logic [WriteStage:1] valid_q;
  logic [BiasReadStage:1] bias_read_q;
  logic [BiasReadStage*BiasAw-1:0] bias_q;
  logic [RequantStage*ShiftW-1:0] shift_q;
  logic [2:0] rest_q;
  logic [WriteStage*DestW-1:0] dest_q;
  logic [1:0] stage2_act;

  // What stage s takes is at the same place here: the token's own part, or the stage before's.
  logic [WriteStage:1] token;
  logic [BiasReadStage*BiasAw-1:0] bias;
  logic [RequantStage*ShiftW-1:0] shift;
  logic [WriteStage*DestW-1:0] dest;
  assign token = {valid_q[WriteStage-1:1], push_i};
  assign bias = {bias_q[(BiasReadStage-1)*BiasAw-1:0], bias_addr_i};
  assign shift = {shift_q[(RequantStage-1)*ShiftW-1:0], shift_i};
  assign dest = {dest_q[(WriteStage-1)*DestW-1:0], act_i, final_i, dst_out_i, tile_i, dst_bank_i,
                 split_i, octet_i, octets_i, col_i};

  // A stage moves only for a token, so that its clock may rest between them.
  for (genvar s = 1; s <= WriteStage; s++) begin : g_stage
    always_ff @(posedge clk_i) begin
      if (token[s]) dest_q[(s-1)*DestW +: DestW] <= dest[(s-1)*DestW +: DestW];
    end
    if (s <= BiasReadStage) begin : g_bias
      always_ff @(posedge clk_i) begin
        if (token[s]) bias_q[(s-1)*BiasAw +: BiasAw] <= bias[(s-1)*BiasAw +: BiasAw];
      end
    end
    if (s <= RequantStage) begin : g_shift
      always_ff @(posedge clk_i) begin
        if (token[s]) shift_q[(s-1)*ShiftW +: ShiftW] <= shift[(s-1)*ShiftW +: ShiftW];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rest_q      <= '0;
      valid_q     <= '0;
      bias_read_q <= '0;
    end else begin
      if (token[RequantStage+1]) rest_q <= shift_q[(RequantStage-1)*ShiftW +: 3];
      valid_q     <= token;
      bias_read_q <= {bias_read_q[BiasReadStage-1:1], bias_i};
    end
  end

  assign busy_o = (valid_q != '0);

  // The stage before the write: {act, final, dst_out, tile, dst_bank, ...} from the top.
  logic ends_final, ends_out;
  assign ends_final = dest_q[(WriteStage-1)*DestW-3];
  assign ends_out = dest_q[(WriteStage-1)*DestW-4];
  assign ends_o = valid_q[WriteStage-1] && ends_final && !ends_out;
  assign ends_bank_o = dest_q[(WriteStage-1)*DestW-5-axnn_pkg::TileW -: axnn_pkg::BankW];

  assign row_en_o = valid_q[axnn_pkg::RowStage +: axnn_pkg::RowStages];
  assign bias_read_o = bias_read_q[BiasReadStage];
  assign bias_addr_o = bias_q[(BiasReadStage-1)*BiasAw +: BiasAw];
  assign requant_en_o = valid_q[RequantStage +: axnn_pkg::RequantStages];
  assign eights_o = shift_q[RequantStage*ShiftW-1 -: ShiftW-3];
  assign rest_o = rest_q;
  assign stage2_act = dest_q[(RequantStage+2)*DestW-1 -: 2];
  assign raw_o = (stage2_act == axnn_pkg::ActRaw);
  assign write_o = valid_q[WriteStage];
  assign row_take_o = valid_q[ColStage];
  assign row_col_o = dest_q[(ColStage-1)*DestW +: ColW];
  assign {act_o, final_o, dst_out_o, tile_o, dst_bank_o, split_o, octet_o, octets_o, col_o} =
      dest_q[(WriteStage-1)*DestW +: DestW];
endmodule
