// SPDX-License-Identifier: Apache-2.0
// Registers and error codes of the host side (axnn_axi), defined once. cmake/pkg_to_cpp.cmake makes
// the C++ and the C header of it, scripts/registers.sh the tables of docs/registers.md: so a comment
// here is the documentation. Forms: RegName = byte address, its access first in the comment;
// RegisterFieldLsb below it, with RegisterFieldW if the field has more than one bit.

package axnn_axi_pkg;

  localparam int RegAddrW = 12;     // byte address of a register
  localparam int CodeLaneW = 16;    // a code or a quarter of an instruction on the input stream
  localparam int SumLaneW = 32;     // a bias on the input stream, a result on the output stream
  localparam int BeatsW = 24;       // counts the beats of a transfer

  localparam int IdValue = 'h41584E4E;
  localparam int VersionMajor = 0;
  localparam int VersionMinor = 1;
  localparam int VersionPatch = 0;

  localparam int RegId = 'h000;               // RO the letters AXNN
  localparam int RegVersion = 'h004;          // RO version of this design
  localparam int VersionPatchLsb = 0;         //   patch
  localparam int VersionPatchW = 8;
  localparam int VersionMinorLsb = 8;         //   minor
  localparam int VersionMinorW = 8;
  localparam int VersionMajorLsb = 16;        //   major
  localparam int VersionMajorW = 8;
  localparam int RegArray = 'h008;            // RO the array
  localparam int ArrayRowsLsb = 0;            //   rows of PEs: outputs of a tile
  localparam int ArrayRowsW = 8;
  localparam int ArrayColsLsb = 8;            //   columns of PEs: activations of a neuron word
  localparam int ArrayColsW = 8;
  localparam int ArrayMultLsb = 16;           //   multiplier: 0 `fig8`, 1 `booth`, 2 `drum`
  localparam int ArrayMultW = 8;
  localparam int ArrayFormatLsb = 24;         //   weights are stored as 0 two's complement, 1 sign-magnitude, 2 guarded
  localparam int ArrayFormatW = 8;
  localparam int RegWidths = 'h00C;           // RO numbers
  localparam int WidthsDataLsb = 0;           //   bits of an activation or weight code
  localparam int WidthsDataW = 8;
  localparam int WidthsLowLsb = 8;            //   low bits that a rough mode drops
  localparam int WidthsLowW = 8;
  localparam int WidthsBiasLsb = 16;          //   bits of a bias
  localparam int WidthsBiasW = 8;
  localparam int WidthsSumLsb = 24;           //   bits of an accumulator
  localparam int WidthsSumW = 8;
  localparam int RegImages = 'h010;           // RO capacities
  localparam int ImagesWeightLsb = 0;         //   words of the weight buffer
  localparam int ImagesWeightW = 16;
  localparam int ImagesBiasLsb = 16;          //   words of the bias memory
  localparam int ImagesBiasW = 16;
  localparam int RegPrograms = 'h014;         // RO capacities
  localparam int ProgramsWordsLsb = 0;        //   instructions of the program memory
  localparam int ProgramsWordsW = 16;
  localparam int ProgramsLocalLsb = 16;       //   words of each local memory
  localparam int ProgramsLocalW = 16;
  localparam int RegNeurons = 'h018;          // RO capacities
  localparam int NeuronsFanInLsb = 0;         //   largest fan-in of a neuron
  localparam int NeuronsFanInW = 16;
  localparam int NeuronsBanksLsb = 16;        //   neuron banks
  localparam int NeuronsBanksW = 16;

  localparam int RegControl = 'h020;          // WO commands; a bit of 1 gives it
  localparam int ControlStartLsb = 0;         //   run the program for `RegSamples` rounds
  localparam int ControlOpenLsb = 1;          //   open a transfer on the input stream
  localparam int ControlResetLsb = 2;         //   soft reset: ends run, transfer, error; memories keep, mode and level go back to 0
  localparam int ControlAbandonLsb = 3;       //   do not wait for the TLAST of a stopped transfer
  localparam int RegStatus = 'h024;           // RO what goes on
  localparam int StatusBusyLsb = 0;           //   a run is under way, or results of it wait
  localparam int StatusDoneLsb = 1;           //   the last run is over and all its results taken
  localparam int StatusErrorLsb = 2;          //   stopped; `RegError` says why
  localparam int StatusOpenLsb = 3;           //   a transfer is open
  localparam int StatusDrainingLsb = 4;       //   discards the rest of a transfer up to its TLAST
  localparam int StatusResultLsb = 5;         //   a result waits on the output stream
  localparam int StatusScalingLsb = 6;        //   waits for clock and voltage to follow; nothing starts until they have
  localparam int StatusModeLsb = 8;           //   multiplier mode in force
  localparam int StatusModeW = 2;
  localparam int StatusLevelLsb = 10;         //   voltage level of the weight memories in force
  localparam int StatusLevelW = 2;
  localparam int RegError = 'h028;            // RO first error since the last reset
  localparam int ErrorCodeLsb = 0;            //   0 none, else a code of the table below
  localparam int ErrorCodeW = 8;
  localparam int ErrorPcLsb = 16;             //   program word the machine was at
  localparam int ErrorPcW = 16;
  localparam int RegSamples = 'h02C;          // RW rounds of the next run, 1 to 65535: samples, or what the program takes a round
  localparam int RegLoadTarget = 'h030;       // RW what the next transfer is: a code of the table below
  localparam int RegLoadAddr = 'h034;         // RW first word it writes: instruction, weight row, bias word
  localparam int RegLoadBeats = 'h038;        // RW its beats; TLAST comes with the last one
  localparam int RegLoadCount = 'h03C;        // RO beats taken of the present or last transfer
  localparam int RegIrqEnable = 'h040;        // RW which events raise the interrupt
  localparam int IrqDoneLsb = 0;              //   a run is done
  localparam int IrqErrorLsb = 1;             //   stopped on an error
  localparam int RegIrqStatus = 'h044;        // W1C events since they were cleared; bits as above
  localparam int RegCycles = 'h050;           // RO clock cycles of the present or last run
  localparam int RegInStall = 'h054;          // RO of them, waited for a beat of samples
  localparam int RegOutStall = 'h058;         // RO of them, a result waited for the output stream
  localparam int RegResults = 'h05C;          // RO beats of results taken in this run

  localparam int RegCounters = 'h100;         // RO cycle and access counters of the run, 4 bytes each, in the order of the table below

  // What a transfer on the input stream is. The first three are axnn_pkg::load_e.
  typedef enum logic [1:0] {
    StreamProgram = 2'd0,   // instructions, one a beat in its low 64 bits, the rest 0
    StreamWeight = 2'd1,    // weight rows: one row's share of a weight word a beat
    StreamBias = 2'd2,      // biases: a bias word in two beats, low rows first
    StreamSample = 2'd3     // the samples of one run, one neuron word a beat
  } stream_e;

  // Why the host side stopped the machine. Lower codes are axnn_pkg::err_e.
  typedef enum logic [7:0] {
    StopEarly = 8'd16,   // TLAST before the last beat, or the run needs more samples than came
    StopLate = 8'd17,    // no TLAST with the last beat, or the run ended before its samples did
    StopRange = 8'd18,   // a transfer past the end of its memory or of no beats, a run of no samples
    StopBusy = 8'd19,    // a command or a setting while what it concerns was at work
    StopData = 8'd20     // a number on the input stream does not fit the hardware's word
  } stop_e;

endpackage
