// SPDX-License-Identifier: Apache-2.0
// Input stream of the host side: transfers of a stated number of beats into the program, weight or
// bias memory, or as a run's samples to the machine. A beat has Cols lanes of CodeLaneW bits; a bias
// takes two lanes. What does not fit the hardware's words, or a TLAST in a wrong place, is reported
// and the transfer ends.
//   open_i     open a transfer; target_i, addr_i, beats_i describe it. Only if openable_o and
//              in_range_o (of the same inputs)
//   stop_i     the machine stops: what is left of an open transfer is discarded up to its TLAST
//   abandon_i  it is not: the sender will never end it
//   finished_o one cycle: the last beat of a run's samples was taken
//   early_o, late_o, bad_o   one cycle: TLAST came early, did not come, a number does not fit or the
//              beat is not whole (tkeep_i)
module axnn_axi_in (
  input  logic                                      clk_i,
  input  logic                                      rst_ni,
  input  logic                                      open_i,
  input  logic [1:0]                                target_i,
  input  logic [31:0]                               addr_i,
  input  logic [axnn_axi_pkg::BeatsW-1:0]           beats_i,
  input  logic                                      stop_i,
  input  logic                                      abandon_i,
  output logic                                      in_range_o,
  output logic                                      open_o,
  output logic                                      samples_o,   // with open_o: of samples
  output logic                                      draining_o,
  output logic [axnn_axi_pkg::BeatsW-1:0]           count_o,
  output logic                                      finished_o,
  output logic                                      early_o,
  output logic                                      late_o,
  output logic                                      bad_o,
  // stream
  input  logic [axnn_pkg::Cols*axnn_axi_pkg::CodeLaneW-1:0] tdata_i,
  input  logic [axnn_pkg::Cols*axnn_axi_pkg::CodeLaneW/8-1:0] tkeep_i,
  input  logic                                      tlast_i,
  input  logic                                      tvalid_i,
  output logic                                      tready_o,
  // machine
  output logic                                      load_valid_o,
  output logic [1:0]                                load_target_o,
  output logic [axnn_pkg::WeightAw+$clog2(axnn_pkg::Rows)-1:0] load_addr_o,
  output logic [axnn_pkg::BiasWordW-1:0]            load_data_o,
  output logic                                      sample_valid_o,
  input  logic                                      sample_ready_i,
  output logic [axnn_pkg::NeuronWordW-1:0]          sample_o
);
  localparam int Cols = axnn_pkg::Cols;
  localparam int D = axnn_pkg::DataW;
  localparam int A = axnn_pkg::AccW;
  localparam int CodeLaneW = axnn_axi_pkg::CodeLaneW;
  localparam int SumLaneW = axnn_axi_pkg::SumLaneW;
  localparam int BeatsW = axnn_axi_pkg::BeatsW;
  localparam int LoadAw = axnn_pkg::WeightAw + $clog2(axnn_pkg::Rows);
  localparam int HalfRows = axnn_pkg::Rows / 2;  // biases of a beat

  logic open_q, drain_q, half_q;
  logic [1:0] target_q;
  logic [LoadAw-1:0] addr_q;
  logic [BeatsW-1:0] left_q, count_q;
  logic [HalfRows*A-1:0] low_q;
  logic [axnn_pkg::InstrW-1:0] instruction;
  logic beat, is_sample, is_bias, write;

  // Is there room? In words of the target; a bias word takes two beats.
  logic [31:0] depth;
  logic [32:0] words;
  always_comb begin
    case (target_i)
      axnn_axi_pkg::StreamProgram: depth = axnn_pkg::ProgDepth;
      axnn_axi_pkg::StreamWeight:  depth = axnn_pkg::WeightDepth * axnn_pkg::Rows;
      default:                     depth = axnn_pkg::BiasDepth;
    endcase
  end
  assign words = (target_i == axnn_axi_pkg::StreamBias) ? 33'(beats_i[BeatsW-1:1]) : 33'(beats_i);
  assign in_range_o = (beats_i != '0) &&
      ((target_i == axnn_axi_pkg::StreamSample) ||
       (({1'b0, addr_i} + words <= {1'b0, depth}) &&
        !((target_i == axnn_axi_pkg::StreamBias) && beats_i[0])));

  // Lanes to codes and biases; bits above a word must repeat its sign.
  logic [Cols*D-1:0] codes;
  logic [Cols-1:0] code_bad;
  logic [HalfRows*A-1:0] biases;
  logic [HalfRows-1:0] bias_bad;
  logic bad;
  for (genvar c = 0; c < Cols; c++) begin : g_code
    logic [CodeLaneW-1:0] lane;
    assign lane = tdata_i[c*CodeLaneW +: CodeLaneW];
    assign codes[c*D +: D] = lane[D-1:0];
    assign code_bad[c] = (lane[CodeLaneW-1:D-1] != {(CodeLaneW-D+1){lane[D-1]}});
  end
  for (genvar r = 0; r < HalfRows; r++) begin : g_bias
    logic [SumLaneW-1:0] lane;
    assign lane = tdata_i[r*SumLaneW +: SumLaneW];
    assign biases[r*A +: A] = lane[A-1:0];
    assign bias_bad[r] = (lane[SumLaneW-1:axnn_pkg::BiasW-1] !=
                          {(SumLaneW-axnn_pkg::BiasW+1){lane[axnn_pkg::BiasW-1]}});
  end
  always_comb begin
    case (target_q)
      axnn_axi_pkg::StreamProgram: bad = ((tdata_i >> axnn_pkg::InstrW) != '0);
      axnn_axi_pkg::StreamBias:    bad = (bias_bad != '0);
      default:                     bad = (code_bad != '0);
    endcase
    if (tkeep_i != '1) bad = 1'b1;
  end

  assign is_sample = (target_q == axnn_axi_pkg::StreamSample);
  assign is_bias = (target_q == axnn_axi_pkg::StreamBias);
  assign tready_o = drain_q || (open_q && (!is_sample || sample_ready_i));
  assign beat = open_q && tvalid_i && tready_o;
  assign early_o = beat && tlast_i && (left_q != BeatsW'(1));
  assign late_o = beat && !tlast_i && (left_q == BeatsW'(1));
  assign bad_o = beat && bad;
  assign finished_o = beat && is_sample && (left_q == BeatsW'(1));

  assign sample_valid_o = open_q && is_sample && tvalid_i && !bad;
  assign sample_o = codes;
  assign write = beat && !is_sample && !bad;
  assign load_valid_o = write && (!is_bias || half_q);
  assign load_target_o = target_q;
  assign load_addr_o = addr_q;
  assign instruction = tdata_i[axnn_pkg::InstrW-1:0];
  always_comb begin
    case (target_q)
      axnn_axi_pkg::StreamProgram: load_data_o = axnn_pkg::BiasWordW'(instruction);
      axnn_axi_pkg::StreamBias:    load_data_o = {biases, low_q};
      default:                     load_data_o = axnn_pkg::BiasWordW'(codes);
    endcase
  end

  assign open_o = open_q;
  assign samples_o = is_sample;
  assign draining_o = drain_q;
  assign count_o = count_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q   <= 1'b0;
      drain_q  <= 1'b0;
      half_q   <= 1'b0;
      target_q <= axnn_axi_pkg::StreamProgram;
      addr_q   <= '0;
      left_q   <= '0;
      count_q  <= '0;
    end else if (open_i) begin
      open_q   <= 1'b1;
      half_q   <= 1'b0;
      target_q <= target_i;
      addr_q   <= addr_i[LoadAw-1:0];
      left_q   <= beats_i;
      count_q  <= '0;
    end else begin
      if (beat) begin
        left_q  <= left_q - 1'b1;
        count_q <= count_q + 1'b1;
        half_q  <= is_bias && !half_q;
        if (!is_bias || half_q) addr_q <= addr_q + 1'b1;
        if (tlast_i) open_q <= 1'b0;
      end
      if (stop_i) open_q <= 1'b0;
      if (stop_i && open_q && !(beat && tlast_i)) drain_q <= 1'b1;
      else if (tvalid_i && tlast_i) drain_q <= 1'b0;
      if (abandon_i) drain_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (beat && !half_q) low_q <= biases;
  end
endmodule
