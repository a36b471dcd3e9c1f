// SPDX-License-Identifier: Apache-2.0
// Fills a neuron bank from the input stream, one neuron word a beat: a sample, or the samples of a
// batch one after the other.
//   start_i   take len_i + 1 words a sample into bank_i; only while ready_o
//   batch_i   with start_i: Cols << octets_i samples
//   write_o   a word, the cycle after it was taken, so that no input of the design reaches a memory
//   done_o    one cycle, when the last word is taken: it is written in the next one
module axnn_receiver (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          start_i,
  input  logic [axnn_pkg::BankW-1:0]    bank_i,
  input  logic [axnn_pkg::NeuronAw-1:0] len_i,
  input  logic                          batch_i,
  input  logic [axnn_pkg::SplitW-1:0]   octets_i,
  output logic                          ready_o,
  input  logic                          valid_i,
  output logic                          ready_in_o,
  input  logic [axnn_pkg::NeuronWordW-1:0] data_i,
  output logic                          write_o,
  output logic [axnn_pkg::NeuronWordW-1:0] data_o,
  output logic                          batch_o,
  output logic [axnn_pkg::BankW-1:0]    bank_o,
  output logic [axnn_pkg::NeuronAw-1:0] word_o,
  output logic [axnn_pkg::ColW-1:0]     col_o,
  output logic [axnn_pkg::OctetW-1:0]   octet_o,
  output logic [axnn_pkg::SplitW-1:0]   octets_o,
  output logic                          done_o
);
  localparam int SampleW = axnn_pkg::OctetW + axnn_pkg::ColW;

  logic active_q, batch_q, take, last, write_q;
  logic [axnn_pkg::BankW-1:0] bank_q;
  logic [axnn_pkg::NeuronAw-1:0] word_q, len_q, write_word_q;
  logic [SampleW-1:0] sample_q, last_q, write_sample_q;
  logic [axnn_pkg::NeuronWordW-1:0] data_q;
  logic [axnn_pkg::SplitW-1:0] octets_q;

  assign ready_o = !active_q && !write_q;
  assign ready_in_o = active_q;
  assign take = active_q && valid_i;
  assign last = (word_q == len_q) && (sample_q == last_q);
  assign write_o = write_q;
  assign batch_o = batch_q;
  assign bank_o = bank_q;
  assign word_o = write_word_q;
  assign {octet_o, col_o} = write_sample_q;
  assign octets_o = octets_q;
  assign data_o = data_q;
  assign done_o = take && last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) write_q <= 1'b0;
    else write_q <= take;
  end

  always_ff @(posedge clk_i) begin
    if (take) begin
      data_q         <= data_i;
      write_word_q   <= word_q;
      write_sample_q <= sample_q;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      batch_q  <= 1'b0;
      bank_q   <= '0;
      word_q   <= '0;
      len_q    <= '0;
      sample_q <= '0;
      last_q   <= '0;
      octets_q <= '0;
    end else if (start_i) begin
      active_q <= 1'b1;
      batch_q  <= batch_i;
      bank_q   <= bank_i;
      word_q   <= '0;
      len_q    <= len_i;
      sample_q <= '0;
      last_q   <= batch_i ? SampleW'((axnn_pkg::Cols << octets_i) - 1) : '0;
      octets_q <= octets_i;
    end else if (take) begin
      active_q <= !last;
      word_q   <= (word_q == len_q) ? '0 : word_q + 1'b1;
      if (word_q == len_q) sample_q <= sample_q + 1'b1;
    end
  end
endmodule
