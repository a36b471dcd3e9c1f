// SPDX-License-Identifier: Apache-2.0
// Neighbouring Booth digits of a fused multiply-accumulate: their multiples of a weight and a pair of
// carry-save accumulators are one tree, without a carry chain. The tree and its pair are a window as
// wide as the multiples; what leaves it at the top, a carry or borrow or two a step, is added to an
// upper part a cycle later, so that the upper part needs no second register and rests when nothing
// leaves.
//   Digits    of the group
//   Silent    low bits that are 0 with ones_i = 0; their registers then load at first steps only
//   Width     bits of the weight
//   SumW      bits of the sum, in units of the lowest digit
//   Most      that leaves the window in a step, either way: up to Digits. One less if all products of
//             the first two rows have the window's top bit as their sign (tests/formal/booth_next): with
//             three digits, or two and a spare bit in the weight
//   valid_i   add this cycle; first_i starts a sum
//   settle_i  valid_i a cycle late, fresh_i first_i then
//   sel_i     {two, one} of axnn_booth_digit
//   ones_i    nb_i is ~b_i; else -b_i, and the low Silent bits of both are 0. Constant during a sum
//   b_i       weight, and nb_i: both from registers, with sel_i
//   sum_o + carry_o + 2^WindowW upper_o   the sum so far, modulo 2^SumW: sum_o and carry_o from the
//             next cycle on, upper_o from the one after
module axnn_booth_group #(
  parameter int Digits = 2,
  parameter int Silent = 0,
  parameter int Width = 11,
  parameter int SumW = 24,
  parameter int Most = Digits,
  localparam int WindowW = Width + 2 * (Digits - 1)
) (
  input  logic                    clk_i,
  input  logic                    valid_i,
  input  logic                    first_i,
  input  logic                    settle_i,
  input  logic                    fresh_i,
  input  logic [4*Digits-1:0]     sel_i,
  input  logic                    ones_i,
  input  logic [Width-1:0]        b_i,
  input  logic [Width-1:0]        nb_i,
  output logic [WindowW-1:0]      sum_o,
  output logic [WindowW-1:0]      carry_o,
  output logic [SumW-WindowW-1:0] upper_o
);
  localparam int Inputs = Digits + 2;
  localparam int OverW = $clog2(2 * Most + 1);   // -Most to Most
  localparam int TreeW = WindowW + OverW;
  localparam int UpperW = SumW - WindowW;

  logic [WindowW-1:0] sum_q, carry_q;
  logic [TreeW-1:0] sum_d, carry_d;
  logic [Inputs*TreeW-1:0] in;
  logic [Digits-1:0] neg;
  logic [2*OverW-1:0] over_q;   // one register, for one clock gate
  logic [UpperW-1:0] upper_q;

  // The tree is as wide as what leaves needs: modulo 2^TreeW the rows are signed numbers, the window
  // is not. One's complement rows want 1 more when negative: row 0 in the place of the saved carry's
  // low bit, which is free, the others in a free place of the tree.
  for (genvar i = 0; i < Digits; i++) begin : g_row
    axnn_booth_row #(.Width(Width), .Lsb(2 * i), .RowW(TreeW)) u_row (
      .one_i (sel_i[2*i +: 2]),
      .two_i (sel_i[2*(Digits+i) +: 2]),
      .ones_i(ones_i),
      .b_i   (b_i),
      .nb_i  (nb_i),
      .row_o (in[i*TreeW +: TreeW]),
      .neg_o (neg[i])
    );
  end
  assign in[Digits*TreeW +: TreeW] = {{OverW{1'b0}}, sum_q & {WindowW{!first_i}}};
  assign in[(Digits+1)*TreeW +: TreeW] =
      {{OverW{1'b0}}, carry_q[WindowW-1:1] & {(WindowW-1){!first_i}}, neg[0]};

  if (Digits > 1) begin : g_tree
    axnn_csa_tree #(.Width(TreeW), .N(Inputs)) u_tree (
      .in_i(in), .ones_i({1'b0, neg[Digits-1:1]}), .sum_o(sum_d), .carry_o(carry_d)
    );
  end else begin : g_single
    axnn_csa_tree #(.Width(TreeW), .N(Inputs)) u_tree (
      .in_i(in), .ones_i(1'b0), .sum_o(sum_d), .carry_o(carry_d)
    );
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      sum_q[WindowW-1:Silent]   <= sum_d[WindowW-1:Silent];
      carry_q[WindowW-1:Silent] <= carry_d[WindowW-1:Silent];
      over_q <= {sum_d[TreeW-1:WindowW], carry_d[TreeW-1:WindowW]};
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

  // What left the window. The lowest bits of the upper part take it; the others wait for no more than a
  // carry or a borrow, and know by then which of their bits either turns.
  localparam int NearW = OverW - 1;
  localparam int FarW = UpperW - NearW;
  logic [OverW-1:0] over;
  logic [NearW-1:0] low;
  logic [OverW:0] near;   // two's complement
  logic [FarW-1:0] high, if_carry, if_borrow, far;
  logic carry, borrow;

  assign over = over_q[OverW +: OverW] + over_q[0 +: OverW];
  assign low = upper_q[NearW-1:0] & {NearW{!fresh_i}};
  assign near = {2'b00, low} + {over[OverW-1], over};
  assign borrow = near[OverW];
  assign carry = !near[OverW] && near[NearW];

  assign high = upper_q[UpperW-1:NearW];
  assign if_carry = high ^ (high + 1'b1);
  assign if_borrow = high ^ (high - 1'b1);
  // A sum starts from 0, where a borrow turns all bits and nothing carries.
  assign far = (high & {FarW{!fresh_i}}) ^ ((if_carry & {FarW{carry}}) |
                                            ((if_borrow | {FarW{fresh_i}}) & {FarW{borrow}}));
  always_ff @(posedge clk_i) begin
    if (settle_i && (fresh_i || over != '0)) upper_q <= {far, near[NearW-1:0]};
  end

  assign sum_o = sum_q;
  assign carry_o = carry_q;
  assign upper_o = upper_q;
endmodule
