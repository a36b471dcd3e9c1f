// SPDX-License-Identifier: Apache-2.0
// Fills a neuron bank from the input stream, one neuron word a beat.
//   start_i   take len_i + 1 words into bank_i; only while ready_o
//   done_o    one cycle, with the last word's write
module axnn_receiver (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          start_i,
  input  logic [axnn_pkg::BankW-1:0]    bank_i,
  input  logic [axnn_pkg::NeuronAw-1:0] len_i,
  output logic                          ready_o,
  input  logic                          valid_i,
  output logic                          ready_in_o,
  output logic                          write_o,
  output logic [axnn_pkg::BankW-1:0]    bank_o,
  output logic [axnn_pkg::NeuronAw-1:0] addr_o,
  output logic                          done_o
);
  logic active_q;
  logic [axnn_pkg::BankW-1:0] bank_q;
  logic [axnn_pkg::NeuronAw-1:0] addr_q, len_q;

  assign ready_o = !active_q;
  assign ready_in_o = active_q;
  assign write_o = active_q && valid_i;
  assign bank_o = bank_q;
  assign addr_o = addr_q;
  assign done_o = write_o && (addr_q == len_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      bank_q   <= '0;
      addr_q   <= '0;
      len_q    <= '0;
    end else if (start_i) begin
      active_q <= 1'b1;
      bank_q   <= bank_i;
      addr_q   <= '0;
      len_q    <= len_i;
    end else if (write_o) begin
      active_q <= !done_o;
      addr_q   <= addr_q + 1'b1;
    end
  end
endmodule
