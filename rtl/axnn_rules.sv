// SPDX-License-Identifier: Apache-2.0
// Refuses sizes and parameters that the design does not have, when it is elaborated: a rule that does
// not hold asks for a module that nobody wrote, whose name is the rule. (Icarus 11 has no $error among
// module items; no tool lets a missing module pass.) No ports, no logic.
module axnn_rules #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int DrumK = axnn_pkg::DrumK,
  parameter int Format = axnn_pkg::FormatTwosComplement
);
  localparam int Side = axnn_pkg::Rows;
  localparam int Word = axnn_pkg::DataW;

  if (!(Side == 4 || Side == 8 || Side == 16)) begin : g_side
    AXNN_SIDE_must_be_4_8_or_16 u_rule ();
  end
  if (!(Word == 8 || Word == 10 || Word == 12)) begin : g_word
    AXNN_WORD_must_be_8_10_or_12 u_rule ();
  end
  if (!(axnn_pkg::HighW >= 3 && axnn_pkg::HighW <= 5)) begin : g_high
    AXNN_HIGH_must_be_3_4_or_5 u_rule ();
  end
  // Addresses wrap where a memory ends. A layer's outputs, a word for each bias word, fit any bank.
  if ((1 << axnn_pkg::FanInW) != axnn_pkg::MaxFanIn) begin : g_fan_in
    AXNN_FAN_IN_must_be_a_power_of_two u_rule ();
  end
  if (axnn_pkg::NeuronShallowDepth * axnn_pkg::NeuronSubs < axnn_pkg::BiasDepth) begin : g_banks
    AXNN_FAN_IN_is_too_small_for_a_layer_of_all_biases u_rule ();
  end
  if (axnn_pkg::AccW > 32) begin : g_sum
    AXNN_FAN_IN_makes_sums_wider_than_32_bits u_rule ();
  end
  if ((1 << axnn_pkg::WeightAw) * axnn_pkg::Pes != `AXNN_WEIGHTS) begin : g_weights
    AXNN_WEIGHTS_must_be_a_power_of_two_of_weight_words u_rule ();
  end
  if (axnn_pkg::WeightDepth < axnn_pkg::LocalDepth) begin : g_local
    AXNN_WEIGHTS_must_fill_the_local_memories u_rule ();
  end
  if (axnn_pkg::FOctetsLsb + axnn_pkg::SplitW > axnn_pkg::InstrW - axnn_pkg::OpW) begin : g_instr
    AXNN_sizes_do_not_fit_an_instruction u_rule ();
  end
  // A tile of a batch is Cols results, and the next one starts while they leave.
  if (axnn_pkg::OutDepth < 2 * axnn_pkg::Cols) begin : g_out
    OutDepth_must_hold_two_tiles_of_a_batch u_rule ();
  end
  if (!(Mult == axnn_pkg::MultFig8 || Mult == axnn_pkg::MultBooth || Mult == axnn_pkg::MultDrum))
  begin : g_mult
    Mult_must_be_MultFig8_MultBooth_or_MultDrum u_rule ();
  end
  if (!(DrumK >= 1 && DrumK < Word)) begin : g_drum
    DrumK_must_be_less_than_a_word u_rule ();
  end
  if (!(Format >= axnn_pkg::FormatTwosComplement && Format <= axnn_pkg::FormatSimulated))
  begin : g_format
    Format_must_be_one_of_axnn_pkg u_rule ();
  end
endmodule
