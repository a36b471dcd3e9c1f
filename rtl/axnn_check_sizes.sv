// SPDX-License-Identifier: Apache-2.0
// Refuses sizes that the design does not have, when it is elaborated. What is wrong is the name of a
// module that does not exist: every tool says it, also those without elaboration system tasks.
module axnn_check_sizes #(
  parameter int Mult = axnn_pkg::MultFig8,
  parameter int DrumK = axnn_pkg::DrumK,
  parameter int Format = axnn_pkg::FormatTwosComplement
) ();
  // The first that does not hold. The sequencer sees the end of a weight memory by its last address.
  localparam int Side = axnn_pkg::Rows;
  localparam int Word = axnn_pkg::DataW;
  localparam int High = axnn_pkg::HighW;

  if (Side != 4 && Side != 8 && Side != 16) begin : g_side
    axnn_error_AXNN_SIDE_must_be_4_or_8_or_16 u_error ();
  end else if (Word != 8 && Word != 10 && Word != 12) begin : g_word
    axnn_error_AXNN_WORD_must_be_8_or_10_or_12 u_error ();
  end else if (High < 3 || High > 5) begin : g_high
    axnn_error_AXNN_HIGH_must_be_3_or_4_or_5 u_error ();
  end else if (axnn_pkg::AccW > 32) begin : g_accumulator
    axnn_error_AXNN_WORD_and_AXNN_FAN_IN_need_more_than_32_bits u_error ();
  end else if (axnn_pkg::MaxFanIn != (1 << axnn_pkg::FanInW) || axnn_pkg::MaxFanIn < 16 * Side) begin : g_fan_in
    axnn_error_AXNN_FAN_IN_must_be_a_power_of_two_of_16_words_at_least u_error ();
  end else if (axnn_pkg::WeightDepth != (1 << axnn_pkg::WeightAw) || axnn_pkg::WeightAw <= axnn_pkg::LocalAw) begin : g_weights
    axnn_error_AXNN_WEIGHTS_must_be_a_power_of_two_beyond_the_local_memories u_error ();
  end else if (axnn_pkg::OutDepth != (1 << $clog2(axnn_pkg::OutDepth)) ||
      axnn_pkg::OutDepth < 2 * axnn_pkg::Cols) begin : g_fifo
    axnn_error_OutDepth_must_be_a_power_of_two_of_two_batch_tiles_at_least u_error ();
  end else if (Mult != axnn_pkg::MultFig8 && Mult != axnn_pkg::MultBooth && Mult != axnn_pkg::MultDrum) begin : g_mult
    axnn_error_Mult_is_no_multiplier u_error ();
  end else if (DrumK < 1 || DrumK >= Word) begin : g_drum
    axnn_error_DrumK_must_be_1_to_word_less_1 u_error ();
  end else if (Format < axnn_pkg::FormatTwosComplement || Format > axnn_pkg::FormatSimulated) begin : g_format
    axnn_error_Format_is_no_storage_format u_error ();
  end
endmodule
