// SPDX-License-Identifier: Apache-2.0
// engine: sat
// rtl: axnn_decoder
// Every word of 64 bits that the decoder accepts names words that exist: each base, and each last word
// that follows from the instruction without a multiplication, against the memory it is of. The
// depths are those of the memories as axnn_top and axnn_neuron_buffer build them.
module decoder_ranges_proof (
  input logic [axnn_pkg::InstrW-1:0] instr_i
);
  logic [axnn_pkg::OpW-1:0] op;
  logic [2:0] err;
  logic [1:0] mode, level, act;
  logic [axnn_pkg::WeightAw-1:0] load_base, weight_base;
  logic [axnn_pkg::LocalAw-1:0] load_dst, load_len;
  logic [axnn_pkg::BankW-1:0] recv_bank, src, dst;
  logic [axnn_pkg::NeuronAw-1:0] recv_len;
  logic recv_batch, next, weight_local, dst_out;
  logic [axnn_pkg::SplitW-1:0] recv_octets, split, octets;
  logic [axnn_pkg::ProgAw-1:0] loop_target;
  logic [axnn_pkg::FanInW-1:0] in;
  logic [axnn_pkg::TileW-1:0] out_tiles;
  logic [axnn_pkg::BiasAw-1:0] bias_base;
  logic [axnn_pkg::ShiftW-1:0] shift;
  axnn_decoder dut (
    .instr_i(instr_i), .op_o(op), .err_o(err), .mode_o(mode), .level_o(level), .load_base_o(load_base),
    .load_dst_o(load_dst), .load_len_o(load_len), .recv_bank_o(recv_bank), .recv_len_o(recv_len),
    .recv_batch_o(recv_batch), .recv_octets_o(recv_octets), .next_o(next),
    .loop_target_o(loop_target), .in_o(in), .out_tiles_o(out_tiles), .weight_base_o(weight_base),
    .weight_local_o(weight_local), .bias_base_o(bias_base), .src_bank_o(src), .dst_bank_o(dst),
    .dst_out_o(dst_out), .act_o(act), .shift_o(shift), .split_o(split), .octets_o(octets)
  );

  // Words of each sub of a bank, and how many a batch takes.
  function automatic logic [31:0] depth(input logic [axnn_pkg::BankW-1:0] bank);
    depth = (32'(bank) < axnn_pkg::NeuronDeepBanks) ? axnn_pkg::NeuronDeepDepth
                                                    : axnn_pkg::NeuronShallowDepth;
  endfunction

  logic [31:0] tiles, inputs, rows;
  assign tiles = 32'(out_tiles) + 1;
  assign inputs = 32'(in) + 1;
  assign rows = (32'(out_tiles) >> split) + 1;   // neuron words of a batch's octet
  always_comb begin
    if (err == axnn_pkg::ErrNone) begin
      case (op)
        axnn_pkg::OpHalt: begin end
        axnn_pkg::OpSetMode: begin assert (mode <= 2'd2); end
        axnn_pkg::OpLoadW: begin
          assert (32'(load_base) + 32'(load_len) + 1 <= axnn_pkg::WeightDepth);
          assert (32'(load_dst) + 32'(load_len) + 1 <= axnn_pkg::LocalDepth);
        end
        axnn_pkg::OpRecv: begin
          assert (32'(recv_len) + 1 <= axnn_pkg::NeuronDepth);
          if (recv_batch) begin
            assert ((1 << recv_octets) <= axnn_pkg::Lines);
            assert (((32'(recv_len) + 1) << recv_octets) <= depth(recv_bank));
          end else begin
            assert (recv_octets == '0);
            assert (32'(recv_len) / axnn_pkg::NeuronSubs < depth(recv_bank));
          end
        end
        axnn_pkg::OpLayer, axnn_pkg::OpBatch: begin
          assert (32'(weight_base) < (weight_local ? axnn_pkg::LocalDepth : axnn_pkg::WeightDepth));
          assert (32'(bias_base) + tiles <= axnn_pkg::BiasDepth);
          assert (dst_out || src != dst);
          if (act == axnn_pkg::ActRaw) assert (dst_out && shift == '0);
          if (!dst_out) assert (rows <= axnn_pkg::NeuronDepth);
          if (op == axnn_pkg::OpLayer) begin
            // `in` counts neuron words here.
            assert (inputs <= axnn_pkg::NeuronDepth && inputs <= axnn_pkg::LocalDepth);
            assert ((inputs - 1) / axnn_pkg::NeuronSubs < depth(src));
            if (!dst_out) assert ((tiles - 1) / axnn_pkg::NeuronSubs < depth(dst));
            assert (split == '0 && octets == '0);
          end else begin
            assert (inputs >= axnn_pkg::Cols && (1 << octets) <= axnn_pkg::Lines);
            assert (split == '0 || ((1 << octets) == axnn_pkg::Lines && (1 << split) <= axnn_pkg::Lines));
            assert ((((inputs - 1) / axnn_pkg::Cols + 1) << octets) <= depth(src));
            if (!dst_out) assert ((rows << octets) <= depth(dst));
          end
        end
        axnn_pkg::OpLoop: begin assert (32'(loop_target) < axnn_pkg::ProgDepth); end
        default: begin assert (1'b0); end
      endcase
    end
  end
endmodule
