// SPDX-License-Identifier: Apache-2.0
// Every width, depth, mode, opcode and instruction field of the accelerator, defined once.
// cmake/pkg_to_cpp.cmake turns this file into the C++ header axnn_pkg.h; it reads the forms used
// below, defaults of macros, `localparam int Name = expression;` and one-member-a-line enums, and no
// others.

// Sizes that a build may choose. Those in rtl/configs.txt are built and run by `make configs`.
`ifndef AXNN_SIDE
`define AXNN_SIDE 8           // PEs on a side of the array: 4, 8 or 16
`endif
`ifndef AXNN_WORD
`define AXNN_WORD 10          // bits of a code: 8, 10 or 12
`endif
`ifndef AXNN_HIGH
`define AXNN_HIGH 4           // its high part: 3, 4 or 5
`endif
`ifndef AXNN_FAN_IN
`define AXNN_FAN_IN 1024      // inputs of a neuron at most; 2 * word + log2(fan-in) <= 32
`endif
`ifndef AXNN_WEIGHTS
`define AXNN_WEIGHTS 131072   // weights of a network at most
`endif

package axnn_pkg;

  // Words (design, section 2).
  localparam int DataW = `AXNN_WORD;    // activation and weight codes, two's complement
  localparam int HighW = `AXNN_HIGH;    // high part of an operand, signed
  localparam int LowW = DataW - HighW;  // low part, which a rough mode drops
  localparam int ProdW = 2 * DataW;     // exact product, two's complement

  // Array: Rows outputs x Cols inputs a cycle in the latency mapping.
  localparam int Rows = `AXNN_SIDE;
  localparam int Cols = `AXNN_SIDE;
  localparam int Pes = Rows * Cols;

  // Capacities. A neuron word holds Cols activations, a weight word Pes weights, a bias word Rows
  // biases. By default the MNIST net (784-128-128-10) needs 1856 weight words.
  localparam int MaxFanIn = `AXNN_FAN_IN;
  localparam int NeuronBanks = 4;
  localparam int NeuronDepth = MaxFanIn / Cols;
  // A neuron bank is Cols memories (subs) of neuron words. The first two banks hold inputs: a sample
  // of any size in a batch of Cols, smaller ones in larger batches.
  localparam int NeuronSubs = Cols;
  localparam int NeuronDeepBanks = 2;
  localparam int NeuronDeepDepth = MaxFanIn / ((Cols < 8) ? Cols : 8);
  localparam int NeuronShallowDepth = NeuronDeepDepth / 2;
  localparam int WeightDepth = `AXNN_WEIGHTS / Pes;
  // Words of each PE's local neuron and weight memory.
  localparam int LocalDepth = (NeuronDepth > 128) ? NeuronDepth : 128;
  localparam int BiasDepth = 128;
  localparam int ProgDepth = 64;
  // Result tiles the output FIFO holds: two tiles of a batch, and as many as credits are under way for.
  localparam int OutDepth = (Cols > 8) ? 2 * Cols : 16;

  // Accumulator. |product| <= 2^(2*DataW-2), so MaxFanIn of them stay within 2^(AccW-2); with |bias|
  // below that the sum is inside AccW bits. The compiler checks the biases.
  localparam int AccW = 2 * DataW + $clog2(MaxFanIn);
  localparam int BiasW = AccW - 1;
  localparam int ShiftW = 5;

  localparam int NeuronAw = $clog2(NeuronDepth);
  localparam int BankW = $clog2(NeuronBanks);
  localparam int WeightAw = $clog2(WeightDepth);
  localparam int LocalAw = $clog2(LocalDepth);
  localparam int BiasAw = $clog2(BiasDepth);
  localparam int ProgAw = $clog2(ProgDepth);
  localparam int TileW = $clog2(BiasDepth);   // output tiles of a layer, minus one
  localparam int NeuronWordW = Cols * DataW;
  localparam int WeightRowW = Cols * DataW;   // one row's share of a weight word
  localparam int WeightWordW = Pes * DataW;
  localparam int BiasWordW = Rows * AccW;
  localparam int OutWordW = Rows * AccW;
  localparam int SampleW = 16;                // round counter of OpLoop
  localparam int FanInW = $clog2(MaxFanIn);
  localparam int ColW = $clog2(Cols);

  // Throughput mapping: a batch is 1, 2 or 4 octets (groups of Cols samples: eight by default). A
  // layer works on Rows >> s outputs of 1 << s octets at a time (s = 0, 1, 2); each octet's
  // activations arrive on a line of their own. An array of four rows has no s = 2.
  localparam int Lines = (Rows < 8) ? Rows / 2 : 4;
  localparam int OctetW = $clog2(Lines);
  localparam int SplitW = 2;                  // s, and log2 of the octets in a batch

  // Pipeline stages from the issue of a multiply-accumulate step to the write of its result:
  // buffer read, local read, operands, product, the row's stages (the plain PE's accumulator is the
  // first of them; the last one has the bias in), the requantisation stages, write. A dependent
  // layer's first step issues FillCycles after the last step of the layer it waits for.
  localparam int TreeLevels = $clog2(Cols);
  localparam int RowStages = TreeLevels + 2;
  localparam int RequantStages = 3;
  localparam int RowStage = 4;
  localparam int RequantStage = RowStage + RowStages;
  localparam int WriteStage = RequantStage + RequantStages;
  localparam int FillCycles = WriteStage + 1;

  // Which PE is built: the paper's multiplier and a carry-propagate accumulator, Booth digits fused
  // with a carry-save accumulator, or the former with DRUM, which has no modes, in the multiplier's
  // place. The fused PE's rough modes keep the Booth digits that reach into the high part; what is
  // below them has BoothLowW bits.
  localparam int MultFig8 = 0;
  localparam int MultBooth = 1;
  localparam int MultDrum = 2;
  localparam int DrumK = 6;             // bits that MultDrum keeps, unless a parameter says otherwise
  localparam int BoothHighDigits = (HighW + 1) / 2;
  localparam int BoothLowW = DataW - 2 * BoothHighDigits;
  // Its accumulators: a window in carry-save form and an upper part, of the high digits in units of
  // 2^BoothLowW and of the low ones (axnn_booth_group).
  localparam int BoothLowDigits = DataW / 2 - BoothHighDigits;
  localparam int BoothHighW = AccW - BoothLowW;
  localparam int BoothHighWindowW = DataW + 1 + 2 * (BoothHighDigits - 1);
  localparam int BoothLowWindowW = DataW + 2 * (BoothLowDigits - 1);
  localparam int BoothHighUpperW = BoothHighW - BoothHighWindowW;
  localparam int BoothLowUpperW = AccW - BoothLowWindowW;
  localparam int BoothHighSumsW = 2 * BoothHighWindowW + BoothHighUpperW;
  localparam int BoothLowSumsW = 2 * BoothLowWindowW + BoothLowUpperW;
  localparam int BoothSumsW = BoothHighSumsW + BoothLowSumsW;
  localparam int BoothUnseenW = BoothLowW - 1;         // low bits that the high digits do not look at
  localparam int BoothWeightOpW = 2 * (DataW + 1);   // a weight and its negative, rounded up at most

  // Multiplier modes, rough to the right.
  typedef enum logic [1:0] {
    ModeM0 = 2'd0,
    ModeM1 = 2'd1,
    ModeM2 = 2'd2
  } mode_e;

  // How the weight memories store a weight (axnn_weight_decode.sv, model/weight_format.h).
  localparam int FormatTwosComplement = 0;
  localparam int FormatSignMagnitude = 1;
  localparam int FormatGuarded = 2;
  localparam int FormatSimulated = 3;   // chosen when a Verilator model is made

  // What happens to an accumulator after the bias is added.
  typedef enum logic [1:0] {
    ActRaw = 2'd0,      // the accumulator itself (logits); only to the output stream
    ActLinear = 2'd1,   // shift, round, saturate
    ActRelu = 2'd2,     // as linear, negative codes become 0
    ActSigmoid = 2'd3   // as linear to SigmoidInF fractional bits, then the sigmoid unit
  } act_e;
  localparam int SigmoidInF = DataW - 4;   // input code of the sigmoid unit: value = code * 2^-SigmoidInF
  localparam int SigmoidOutF = DataW - 1;  // output code, saturated to 1 - 2^-SigmoidOutF

  // Instructions: 64 bits, opcode on top, fields below, all other bits zero.
  localparam int InstrW = 64;
  localparam int OpW = 4;
  typedef enum logic [3:0] {
    OpHalt = 4'd0,      // stop when everything in flight is done
    OpSetMode = 4'd1,   // drain, then set the multiplier mode
    OpLoadW = 4'd2,     // copy weight words from the weight buffer to the local weight memories
    OpRecv = 4'd3,      // fill a neuron bank from the input stream
    OpLayer = 4'd4,     // one layer of one sample (latency mapping)
    OpLoop = 4'd5,      // while rounds remain, continue at a program address
    OpBatch = 4'd6      // one layer of a batch (throughput mapping)
  } op_e;

  // Field positions, least significant bit first. A field's width is that of what it holds.
  localparam int FModeLsb = 0;                          // OpSetMode: multiplier mode
  localparam int FLevelLsb = 8;                         //   voltage level of the weight memories
  localparam int FLoadBaseLsb = 0;                      // OpLoadW: weight buffer word
  localparam int FLoadDstLsb = 16;                      //   local word
  localparam int FLoadLenLsb = 32;                      //   words - 1
  localparam int FRecvBankLsb = 0;                      // OpRecv: bank
  localparam int FRecvLenLsb = 16;                      //   words of a sample - 1
  localparam int FRecvNextLsb = 32;                     //   1: only if another round follows
  localparam int FRecvBatchLsb = 33;                    //   1: a batch, for OpBatch
  localparam int FRecvOctetsLsb = 34;                   //   log2 of its octets
  localparam int FLoopTargetLsb = 0;                    // OpLoop: program address
  localparam int FInLsb = 0;                                // OpLayer: neuron words - 1; OpBatch: inputs - 1
  localparam int FOutTilesLsb = FInLsb + FanInW;            //   output tiles - 1
  localparam int FWeightBaseLsb = FOutTilesLsb + TileW;     //   first weight word
  localparam int FWeightLocalLsb = FWeightBaseLsb + WeightAw;  //   1: from the local weight memories
  localparam int FBiasBaseLsb = FWeightLocalLsb + 1;        //   first bias word
  localparam int FSrcBankLsb = FBiasBaseLsb + BiasAw;       //   bank read
  localparam int FDstBankLsb = FSrcBankLsb + BankW;         //   bank written
  localparam int FDstOutLsb = FDstBankLsb + BankW;          //   1: to the output stream instead
  localparam int FActLsb = FDstOutLsb + 1;                  //   act_e
  localparam int FShiftLsb = FActLsb + 2;                   //   fractional bits to drop
  localparam int FNextLsb = FShiftLsb + ShiftW;             //   1: only if another round follows
  localparam int FSplitLsb = FNextLsb + 1;                  //   OpBatch: s
  localparam int FOctetsLsb = FSplitLsb + SplitW;           //   OpBatch: log2 of the batch's octets

  // What the host writes through the load port.
  typedef enum logic [1:0] {
    LoadProgram = 2'd0,
    LoadWeight = 2'd1,
    LoadBias = 2'd2
  } load_e;

  // Errors that stop the machine. The first one stays until reset.
  typedef enum logic [2:0] {
    ErrNone = 3'd0,
    ErrOpcode = 3'd1,   // no such opcode
    ErrField = 3'd2,    // a field out of range, or a bit set that must be zero
    ErrEnd = 3'd3       // the program ran past its last word
  } err_e;

  // Access and cycle counters, CounterW bits each, cleared by a start. A memory access is one of one
  // macro: a PE's local memory, a row's macro of the weight buffer, a sub of a neuron bank.
  localparam int CounterW = 32;
  typedef enum logic [3:0] {
    CountCycles = 4'd0,        // busy
    CountSteps = 4'd1,         // multiply-accumulate steps issued
    CountNeuronReads = 4'd2,   // neuron buffer
    CountNeuronWrites = 4'd3,
    CountLocalNeuronReads = 4'd4,
    CountLocalNeuronWrites = 4'd5,
    CountWeightReads = 4'd6,   // weight buffer
    CountLocalWeightReads = 4'd7,
    CountLocalWeightWrites = 4'd8,
    CountBiasReads = 4'd9,
    CountProgramReads = 4'd10,
    CountResults = 4'd11       // beats into the output FIFO
  } counter_e;
  localparam int Counters = 12;

endpackage
