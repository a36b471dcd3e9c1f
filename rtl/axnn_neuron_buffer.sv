// SPDX-License-Identifier: Apache-2.0
// Neuron buffer: NeuronBanks single-port memories of neuron words. Three users, each on a bank of
// its own in any cycle (the decoder's scoreboard sees to that): the array reads, results are
// written, the input stream is written.
module axnn_neuron_buffer (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             read_i,
  input  logic [axnn_pkg::BankW-1:0]       read_bank_i,
  input  logic [axnn_pkg::NeuronAw-1:0]    read_addr_i,
  output logic [axnn_pkg::NeuronWordW-1:0] read_data_o,   // the cycle after read_i
  input  logic                             result_i,
  input  logic [axnn_pkg::BankW-1:0]       result_bank_i,
  input  logic [axnn_pkg::NeuronAw-1:0]    result_addr_i,
  input  logic [axnn_pkg::NeuronWordW-1:0] result_data_i,
  input  logic                             recv_i,
  input  logic [axnn_pkg::BankW-1:0]       recv_bank_i,
  input  logic [axnn_pkg::NeuronAw-1:0]    recv_addr_i,
  input  logic [axnn_pkg::NeuronWordW-1:0] recv_data_i
);
  localparam int Banks = axnn_pkg::NeuronBanks;

  logic [Banks*axnn_pkg::NeuronWordW-1:0] bank_data;
  logic [axnn_pkg::BankW-1:0] read_bank_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) read_bank_q <= '0;
    else if (read_i) read_bank_q <= read_bank_i;
  end

  for (genvar b = 0; b < Banks; b++) begin : g_bank
    logic reads, results, receives;
    assign reads = read_i && (read_bank_i == axnn_pkg::BankW'(b));
    assign results = result_i && (result_bank_i == axnn_pkg::BankW'(b));
    assign receives = recv_i && (recv_bank_i == axnn_pkg::BankW'(b));

    axnn_sram #(
      .Width(axnn_pkg::NeuronWordW),
      .Depth(axnn_pkg::NeuronDepth)
    ) u_mem (
      .clk_i  (clk_i),
      .en_i   (reads || results || receives),
      .we_i   (results || receives),
      .addr_i (results ? result_addr_i : receives ? recv_addr_i : read_addr_i),
      .wdata_i(results ? result_data_i : recv_data_i),
      .rdata_o(bank_data[b*axnn_pkg::NeuronWordW +: axnn_pkg::NeuronWordW])
    );

`ifdef VERILATOR
    always_ff @(posedge clk_i) begin
      if (rst_ni) begin
        assert (!(reads && results) && !(reads && receives) && !(results && receives))
        else $error("two users of neuron bank %0d", b);
      end
    end
`endif
  end

  assign read_data_o = bank_data[read_bank_q*axnn_pkg::NeuronWordW +: axnn_pkg::NeuronWordW];
endmodule
