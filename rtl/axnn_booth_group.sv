// SPDX-License-Identifier: Apache-2.0
// Neighbouring Booth digits of a fused multiply-accumulate: their multiples of a weight and a pair of
// carry-save accumulators are one tree, without a carry chain.
//   Digits   of the group
//   Silent   low bits that are 0 with ones_i = 0; their registers then load at first steps only
//   Width    bits of the weight
//   SumW     bits of the accumulators, which are in units of the lowest digit
//   valid_i  add this cycle; first_i starts a sum
//   sel_i    axnn_booth_digit's selects, lowest digit first
//   ones_i   nb_i is ~b_i; else -b_i, and the low Silent bits of both are 0. Constant during a sum
//   b_i      weight, and nb_i: both from registers, with sel_i
//   sum_o + carry_o   the sum so far, modulo 2^SumW, from the next cycle on
module axnn_booth_group #(
  parameter int Digits = 2,
  parameter int Silent = 0,
  parameter int Width = 11,
  parameter int SumW = 24
) (
  input  logic                clk_i,
  input  logic                valid_i,
  input  logic                first_i,
  input  logic [6*Digits-1:0] sel_i,
  input  logic                ones_i,
  input  logic [Width-1:0]    b_i,
  input  logic [Width-1:0]    nb_i,
  output logic [SumW-1:0]     sum_o,
  output logic [SumW-1:0]     carry_o
);
  localparam int Inputs = Digits + 2;

  logic [SumW-1:0] sum_q, carry_q, sum_d, carry_d;
  logic [Inputs*SumW-1:0] in;
  logic [Digits-1:0] neg;

  // A row's sign bit s at weight 2^n counts -s. Sign extension is cut short: the first row has
  // s 2^n + s 2^(n+1) + (1 - s) 2^(n+2), which is 2^(n+2) too much; each further row, two bits on, has
  // (1 - s) 2^n + 2^(n+1), and what is too much moves up with it, until the last row's ones take it
  // away. One's complement rows want 1 more when negative: 2^2i for row i, as ones in the bits below
  // the row and one more in a free place of the tree.
  for (genvar i = 0; i < Digits; i++) begin : g_row
    localparam int Lsb = 2 * i;
    localparam int Sign = Lsb + Width;
    logic [Width:0] row;
    logic s;
    logic [SumW-1:0] placed;

    axnn_booth_row #(.Width(Width)) u_row (
      .sel_i(sel_i[6*i +: 6]), .ones_i(ones_i), .b_i(b_i), .nb_i(nb_i), .row_o(row)
    );
    assign neg[i] = sel_i[6*i+4] && ones_i;
    assign s = row[Width];
    assign placed[Sign-1:Lsb] = row[Width-1:0];
    if (i > 0) begin : g_below
      assign placed[Lsb-1:0] = {Lsb{neg[i]}};
    end
    if (Digits == 1) begin : g_only
      assign placed[SumW-1:Sign] = {(SumW-Sign){s}};
    end else if (i == 0) begin : g_first
      assign placed[SumW-1:Sign] = {{(SumW-Sign-3){1'b0}}, !s, s, s};
    end else if (i < Digits - 1) begin : g_middle
      assign placed[SumW-1:Sign] = {{(SumW-Sign-2){1'b0}}, 1'b1, !s};
    end else begin : g_last
      assign placed[SumW-1:Sign] = {{(SumW-Sign-1){1'b1}}, !s};
    end
    assign in[i*SumW +: SumW] = placed;
  end
  assign in[Digits*SumW +: SumW] = sum_q & {SumW{!first_i}};
  // The saved carry's low bit is free too.
  assign in[(Digits+1)*SumW +: SumW] = {carry_q[SumW-1:1] & {(SumW-1){!first_i}}, neg[0]};

  if (Digits > 1) begin : g_tree
    axnn_csa_tree #(.Width(SumW), .N(Inputs)) u_tree (
      .in_i(in), .ones_i({1'b0, neg[Digits-1:1]}), .sum_o(sum_d), .carry_o(carry_d)
    );
  end else begin : g_single
    axnn_csa_tree #(.Width(SumW), .N(Inputs)) u_tree (
      .in_i(in), .ones_i(1'b0), .sum_o(sum_d), .carry_o(carry_d)
    );
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      sum_q[SumW-1:Silent]   <= sum_d[SumW-1:Silent];
      carry_q[SumW-1:Silent] <= carry_d[SumW-1:Silent];
    end
  end
  if (Silent > 0) begin : g_silent
    always_ff @(posedge clk_i) begin
      if (valid_i && (ones_i || first_i)) begin
        sum_q[Silent-1:0]   <= sum_d[Silent-1:0];
        carry_q[Silent-1:0] <= carry_d[Silent-1:0];
      end
    end
  end

  assign sum_o = sum_q;
  assign carry_o = carry_q;
endmodule
