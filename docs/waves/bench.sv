// SPDX-License-Identifier: Apache-2.0
// Runs a program on axnn_top in Icarus and prints the signals of the waveforms in docs/, a cycle a line
// (scripts/waves.py). Weight (r, c) of word w is 8 w + r - c, activation i of beat n is 10 n + i + 1.
//   +program=FILE  hexadecimal words, OpHalt last
module bench;
  localparam int Cols = axnn_pkg::Cols;
  localparam int D = axnn_pkg::DataW;
  localparam int Words = 6;  // of weights

  logic clk = 1'b0, rst_n = 1'b0, load_valid = 1'b0, start = 1'b0, in_ready, done, out_valid;
  logic [1:0] target = '0;
  logic [axnn_pkg::WeightAw+$clog2(axnn_pkg::Rows)-1:0] addr = '0;
  logic [axnn_pkg::BiasWordW-1:0] data = '0;
  logic [axnn_pkg::NeuronWordW-1:0] in_data;
  logic [axnn_pkg::OutWordW-1:0] out_data;
  logic [2:0] error;
  logic req;
  int beat = 0;

  axnn_top dut (
    .clk_i(clk), .rst_ni(rst_n), .test_en_i(1'b0), .scan_mode_i(1'b0), .load_valid_i(load_valid), .load_target_i(target), .load_addr_i(addr),
    .load_data_i(data), .start_i(start), .samples_i(16'd1), .busy_o(), .done_o(done), .error_o(error),
    .error_pc_o(), .freq_sel_o(), .vdd_sel_o(), .scale_rst_ni(rst_n), .scale_req_o(req),
    .scale_ack_i(req), .scale_settled_o(), .counters_o(),
    .in_valid_i(1'b1), .in_ready_o(in_ready), .in_data_i(in_data), .out_valid_o(out_valid),
    .out_ready_i(1'b1), .out_data_o(out_data), .issue_o(), .retire_valid_o(), .retire_final_o(),
    .retire_out_o(), .retire_bank_o(), .retire_tile_o(), .retire_batch_o(), .retire_col_o(),
    .retire_split_o(), .retire_octet_o(), .retire_data_o()
  );

  always #5 clk = !clk;
  for (genvar i = 0; i < Cols; i++) begin : g_input
    assign in_data[i*D +: D] = D'(10 * beat + i + 1);
  end

  task automatic load(input logic [1:0] to, input int at, input logic [axnn_pkg::BiasWordW-1:0] what);
    load_valid = 1'b1;
    target = to;
    addr = $bits(addr)'(at);
    data = what;
    @(negedge clk);
    load_valid = 1'b0;
  endtask

  logic [axnn_pkg::InstrW-1:0] program_words[axnn_pkg::ProgDepth];
  logic [axnn_pkg::BiasWordW-1:0] row;
  reg [8*256-1:0] file;

  initial begin
    if (!$value$plusargs("program=%s", file)) $fatal(1, "no +program=FILE");
    for (int i = 0; i < axnn_pkg::ProgDepth; i++) program_words[i] = '0;
    $readmemh(file, program_words);
    repeat (2) @(negedge clk);
    rst_n = 1'b1;
    for (int i = 0; i < 8; i++) load(axnn_pkg::LoadProgram, i, $bits(row)'(program_words[i]));
    for (int w = 0; w < Words; w++) begin
      for (int r = 0; r < axnn_pkg::Rows; r++) begin
        row = '0;
        for (int c = 0; c < Cols; c++) row[c*D +: D] = D'(8 * w + r - c);
        load(axnn_pkg::LoadWeight, w * axnn_pkg::Rows + r, row);
      end
    end
    for (int i = 0; i < 2; i++) load(axnn_pkg::LoadBias, i, '0);
    start = 1'b1;
    @(negedge clk);
    start = 1'b0;
    while (!done && error == '0) @(negedge clk);
    repeat (4) @(negedge clk);
    if (error != '0) $fatal(1, "the program stopped with error %0d", error);
    $finish;
  end

  // Sampled before the rising edge.
  always @(posedge clk) begin
    if (in_ready) beat <= beat + 1;
    if (rst_n) begin
      $display("CYCLE in_ready=%b step=%b tile=%0d word=%0d sub=%0d keep=%b last=%b batch=%b columns=%h bus=%0d weight=%0d operands=%b product=%b acc=%0d token=%b rows=%b bias=%b requant=%b write=%b write_tile=%0d write_col=%0d out_valid=%b result=%0d",
               in_ready, dut.step, dut.tile, dut.word, dut.sub, dut.keep, dut.last, dut.batch,
               dut.u_array.step_q, dut.u_array.g_row[0].g_col[0].u_pe.activation,
               dut.u_array.g_row[0].g_col[0].u_pe.operand,
               dut.u_array.valid_q[0],
               dut.u_array.valid_q[2],
               $signed(dut.u_array.g_row[0].g_col[0].u_pe.acc_o), dut.token, dut.row_en, dut.bias_read,
               dut.requant_en, dut.write, dut.write_tile, dut.write_col, out_valid,
               $signed(out_data[axnn_pkg::AccW-1:0]));
    end
  end
endmodule
