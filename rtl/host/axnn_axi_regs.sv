// SPDX-License-Identifier: Apache-2.0
// Registers of the host side (axnn_axi_pkg, docs/registers.md): decodes writes to commands and
// settings, answers reads, keeps the interrupt.
//   write_i ... rknown_o  of axnn_axi_lite
//   refuse_i      the command or setting of this cycle is not carried out: SLVERR
//   *_cmd_o       commands, one cycle; *_set_o a setting is being written; misfit_o a value too large
//   mult_i, format_i  which multiplier and weight storage format the design has
//   status_i      RegStatus; code_i, pc_i of RegError; count_i of RegLoadCount
//   counters_i    RegCycles, RegInStall, RegOutStall, RegResults; the first in the low bits
//   machine_counters_i  from RegCounters on
//   done_i, error_i  events, one cycle
module axnn_axi_regs (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  input  logic                            write_i,
  input  logic [axnn_axi_pkg::RegAddrW-1:0]  waddr_i,
  input  logic [31:0]                     wdata_i,
  input  logic                            strb_i,
  output logic                            waccept_o,
  input  logic [axnn_axi_pkg::RegAddrW-1:0]  raddr_i,
  output logic [31:0]                     rdata_o,
  output logic                            rknown_o,
  input  logic                            refuse_i,
  output logic                            start_cmd_o,
  output logic                            open_cmd_o,
  output logic                            reset_cmd_o,
  output logic                            abandon_cmd_o,
  output logic                            samples_set_o,
  output logic                            load_set_o,
  output logic                            misfit_o,
  output logic [axnn_pkg::SampleW-1:0]    samples_o,
  output logic [1:0]                      target_o,
  output logic [31:0]                     load_addr_o,
  output logic [axnn_axi_pkg::BeatsW-1:0] beats_o,
  input  logic [7:0]                      mult_i,
  input  logic [7:0]                      format_i,
  input  logic [31:0]                     status_i,
  input  logic [7:0]                      code_i,
  input  logic [axnn_pkg::ProgAw-1:0]     pc_i,
  input  logic [axnn_axi_pkg::BeatsW-1:0] count_i,
  input  logic [4*32-1:0]                 counters_i,
  input  logic [axnn_pkg::Counters*axnn_pkg::CounterW-1:0] machine_counters_i,
  input  logic                            done_i,
  input  logic                            error_i,
  output logic                            irq_o
);
  localparam int AddrW = axnn_axi_pkg::RegAddrW;
  localparam int BeatsW = axnn_axi_pkg::BeatsW;
  localparam int SampleW = axnn_pkg::SampleW;

  logic [SampleW-1:0] samples_q;
  logic [1:0] target_q, irq_enable_q, irq_status_q, events;
  logic [31:0] load_addr_q;
  logic [BeatsW-1:0] beats_q;
  logic control, samples, target, load_addr, beats, irq_enable, irq_status, known;

  // Writes.
  assign control = strb_i && (waddr_i == AddrW'(axnn_axi_pkg::RegControl));
  assign samples = strb_i && (waddr_i == AddrW'(axnn_axi_pkg::RegSamples));
  assign target = strb_i && (waddr_i == AddrW'(axnn_axi_pkg::RegLoadTarget));
  assign load_addr = strb_i && (waddr_i == AddrW'(axnn_axi_pkg::RegLoadAddr));
  assign beats = strb_i && (waddr_i == AddrW'(axnn_axi_pkg::RegLoadBeats));
  assign irq_enable = strb_i && (waddr_i == AddrW'(axnn_axi_pkg::RegIrqEnable));
  assign irq_status = strb_i && (waddr_i == AddrW'(axnn_axi_pkg::RegIrqStatus));
  assign known = control || samples || target || load_addr || beats || irq_enable || irq_status;
  assign waccept_o = known && !refuse_i;

  assign reset_cmd_o = write_i && control && wdata_i[axnn_axi_pkg::ControlResetLsb];
  assign abandon_cmd_o = write_i && control && wdata_i[axnn_axi_pkg::ControlAbandonLsb];
  // A reset in the same word leaves nothing to start or open.
  assign start_cmd_o = write_i && control && !reset_cmd_o && wdata_i[axnn_axi_pkg::ControlStartLsb];
  assign open_cmd_o = write_i && control && !reset_cmd_o && wdata_i[axnn_axi_pkg::ControlOpenLsb];
  assign samples_set_o = write_i && samples;
  assign load_set_o = write_i && (target || load_addr || beats);
  assign misfit_o = write_i && ((samples && wdata_i[31:SampleW] != '0) ||
                                (target && wdata_i[31:2] != '0) ||
                                (beats && wdata_i[31:BeatsW] != '0));

  assign events = {error_i, done_i};  // IrqErrorLsb, IrqDoneLsb

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      samples_q    <= '0;
      target_q     <= axnn_axi_pkg::StreamProgram;
      load_addr_q  <= '0;
      beats_q      <= '0;
      irq_enable_q <= '0;
      irq_status_q <= '0;
    end else begin
      if (write_i && !refuse_i) begin
        if (samples) samples_q <= wdata_i[SampleW-1:0];
        if (target) target_q <= wdata_i[1:0];
        if (load_addr) load_addr_q <= wdata_i;
        if (beats) beats_q <= wdata_i[BeatsW-1:0];
        if (irq_enable) irq_enable_q <= wdata_i[1:0];
      end
      irq_status_q <= (irq_status_q & ~((write_i && irq_status) ? wdata_i[1:0] : 2'b00)) | events;
    end
  end

  assign samples_o = samples_q;
  assign target_o = target_q;
  assign load_addr_o = load_addr_q;
  assign beats_o = beats_q;
  assign irq_o = ((irq_status_q & irq_enable_q) != '0);

  // Reads.
  localparam int CounterAw = $clog2(axnn_pkg::Counters);
  logic [AddrW-1:0] window;  // byte address behind RegCounters
  logic [CounterAw-1:0] counter;
  logic in_window;
  assign window = raddr_i - AddrW'(axnn_axi_pkg::RegCounters);
  assign counter = window[CounterAw+1:2];
  assign in_window = (window < AddrW'(4 * axnn_pkg::Counters)) && (window[1:0] == 2'b00);

  logic [31:0] cycles, in_stall, out_stall, results;
  assign {results, out_stall, in_stall, cycles} = counters_i;
  always_comb begin
    rknown_o = 1'b1;
    case (raddr_i)
      AddrW'(axnn_axi_pkg::RegId):      rdata_o = axnn_axi_pkg::IdValue;
      AddrW'(axnn_axi_pkg::RegVersion):
        rdata_o = (axnn_axi_pkg::VersionPatch << axnn_axi_pkg::VersionPatchLsb) |
                  (axnn_axi_pkg::VersionMinor << axnn_axi_pkg::VersionMinorLsb) |
                  (axnn_axi_pkg::VersionMajor << axnn_axi_pkg::VersionMajorLsb);
      AddrW'(axnn_axi_pkg::RegArray):
        rdata_o = (axnn_pkg::Rows << axnn_axi_pkg::ArrayRowsLsb) |
                  (axnn_pkg::Cols << axnn_axi_pkg::ArrayColsLsb) |
                  (32'(mult_i) << axnn_axi_pkg::ArrayMultLsb) |
                  (32'(format_i) << axnn_axi_pkg::ArrayFormatLsb);
      AddrW'(axnn_axi_pkg::RegWidths):
        rdata_o = (axnn_pkg::DataW << axnn_axi_pkg::WidthsDataLsb) |
                  (axnn_pkg::LowW << axnn_axi_pkg::WidthsLowLsb) |
                  (axnn_pkg::BiasW << axnn_axi_pkg::WidthsBiasLsb) |
                  (axnn_pkg::AccW << axnn_axi_pkg::WidthsSumLsb);
      AddrW'(axnn_axi_pkg::RegImages):
        rdata_o = (axnn_pkg::WeightDepth << axnn_axi_pkg::ImagesWeightLsb) |
                  (axnn_pkg::BiasDepth << axnn_axi_pkg::ImagesBiasLsb);
      AddrW'(axnn_axi_pkg::RegPrograms):
        rdata_o = (axnn_pkg::ProgDepth << axnn_axi_pkg::ProgramsWordsLsb) |
                  (axnn_pkg::LocalDepth << axnn_axi_pkg::ProgramsLocalLsb);
      AddrW'(axnn_axi_pkg::RegNeurons):
        rdata_o = (axnn_pkg::MaxFanIn << axnn_axi_pkg::NeuronsFanInLsb) |
                  (axnn_pkg::NeuronBanks << axnn_axi_pkg::NeuronsBanksLsb);
      AddrW'(axnn_axi_pkg::RegControl):    rdata_o = '0;
      AddrW'(axnn_axi_pkg::RegStatus):     rdata_o = status_i;
      AddrW'(axnn_axi_pkg::RegError):
        rdata_o = (32'(code_i) << axnn_axi_pkg::ErrorCodeLsb) |
                  (32'(pc_i) << axnn_axi_pkg::ErrorPcLsb);
      AddrW'(axnn_axi_pkg::RegSamples):    rdata_o = 32'(samples_q);
      AddrW'(axnn_axi_pkg::RegLoadTarget): rdata_o = 32'(target_q);
      AddrW'(axnn_axi_pkg::RegLoadAddr):   rdata_o = load_addr_q;
      AddrW'(axnn_axi_pkg::RegLoadBeats):  rdata_o = 32'(beats_q);
      AddrW'(axnn_axi_pkg::RegLoadCount):  rdata_o = 32'(count_i);
      AddrW'(axnn_axi_pkg::RegIrqEnable):  rdata_o = 32'(irq_enable_q);
      AddrW'(axnn_axi_pkg::RegIrqStatus):  rdata_o = 32'(irq_status_q);
      AddrW'(axnn_axi_pkg::RegCycles):     rdata_o = cycles;
      AddrW'(axnn_axi_pkg::RegInStall):    rdata_o = in_stall;
      AddrW'(axnn_axi_pkg::RegOutStall):   rdata_o = out_stall;
      AddrW'(axnn_axi_pkg::RegResults):    rdata_o = results;
      default: begin
        rdata_o = in_window ? machine_counters_i[counter*axnn_pkg::CounterW +: axnn_pkg::CounterW] : '0;
        rknown_o = in_window;
      end
    endcase
  end
endmodule
