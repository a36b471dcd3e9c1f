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
//   sel_i     axnn_booth_digit's selects, lowest digit first
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
  input  logic [6*Digits-1:0]     sel_i,
  input  logic                    ones_i,
  input  logic [Width-1:0]        b_i,
  input  logic [Width-1:0]        nb_i,
  output logic [WindowW-1:0]      sum_o,
  output logic [WindowW-1:0]      carry_o,
  output logic [SumW-WindowW-1:0] upper_o
);
  localparam int Inputs = Digits + 2;
  localparam int OverW = $clog2(Digits + 1);   // of a count up to Digits
  localparam int TreeW = WindowW + OverW;
  localparam int UpperW = SumW - WindowW;

  logic [WindowW-1:0] sum_q, carry_q;
  logic [TreeW-1:0] sum_d, carry_d;
  logic [Inputs*TreeW-1:0] in;
  logic [Digits-1:0] neg, sign;
  logic [OverW-1:0] signs, sum_over_q, carry_over_q;
  logic [Digits:0] signs_d, signs_q;   // bit k: Digits - k rows are negative
  logic [2*OverW+Digits:0] over_q;     // one register, for one clock gate
  logic [UpperW-1:0] upper_q;

  // A row's sign bit s at weight 2^n counts -s: s in all bits from there to the window's top, less s
  // above it. One's complement rows want 1 more when negative: 2^2i for row i, as ones in the bits
  // below the row and one more in a free place of the tree.
  for (genvar i = 0; i < Digits; i++) begin : g_row
    localparam int Lsb = 2 * i;
    localparam int Sign = Lsb + Width;
    logic [Width:0] row;
    logic [TreeW-1:0] placed;

    axnn_booth_row #(.Width(Width)) u_row (
      .sel_i(sel_i[6*i +: 6]), .ones_i(ones_i), .b_i(b_i), .nb_i(nb_i), .row_o(row)
    );
    assign neg[i] = sel_i[6*i+4] && ones_i;
    assign sign[i] = row[Width];
    assign placed[Sign-1:Lsb] = row[Width-1:0];
    if (i > 0) begin : g_below
      assign placed[Lsb-1:0] = {Lsb{neg[i]}};
    end
    if (Sign < WindowW) begin : g_sign
      assign placed[WindowW-1:Sign] = {(WindowW-Sign){row[Width]}};
    end
    assign placed[TreeW-1:WindowW] = '0;
    assign in[i*TreeW +: TreeW] = placed;
  end
  assign in[Digits*TreeW +: TreeW] = {{OverW{1'b0}}, sum_q & {WindowW{!first_i}}};
  // The saved carry's low bit is free too.
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
  always_comb begin
    signs = '0;
    for (int i = 0; i < Digits; i++) signs = signs + OverW'(sign[i]);
  end
  for (genvar k = 0; k <= Digits; k++) begin : g_signs
    assign signs_d[k] = (signs == OverW'(Digits - k));
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      sum_q[WindowW-1:Silent]   <= sum_d[WindowW-1:Silent];
      carry_q[WindowW-1:Silent] <= carry_d[WindowW-1:Silent];
      over_q <= {sum_d[TreeW-1:WindowW], carry_d[TreeW-1:WindowW], signs_d};
    end
  end
  assign {sum_over_q, carry_over_q, signs_q} = over_q;
  if (Silent > 0) begin : g_silent
    always_ff @(posedge clk_i) begin
      if (valid_i && (ones_i || first_i)) begin
        sum_q[Silent-1:0]   <= sum_d[Silent-1:0];
        carry_q[Silent-1:0] <= carry_d[Silent-1:0];
      end
    end
  end

  // What left the window: bit Most + n of `over` for n, from the signs on, moved up by each carry. One
  // bit a value, since additions would take longer than the tree.
  localparam int Values = 2 * Most + 1;
  localparam int Steps = Digits + Most + 1;
  logic [Values-1:0] over, up, down;
  for (genvar k = 0; k < 2 * OverW; k++) begin : g_over
    localparam int Move = 1 << (k / 2);
    logic [Steps-1:0] from, to;
    logic moves;
    if (k == 0) begin : g_first
      assign from = {{Most{1'b0}}, signs_q};
    end else begin : g_next
      assign from = g_over[k-1].to;
    end
    assign moves = (k % 2 == 0) ? sum_over_q[k/2] : carry_over_q[k/2];
    assign to = (from & {Steps{!moves}}) | ((from << Move) & {Steps{moves}});
  end
  if (Digits > Most) begin : g_never
    logic unused_least;
    assign unused_least = ^g_over[2*OverW-1].to[Digits-Most-1:0];
  end
  assign over = g_over[2*OverW-1].to[Digits-Most +: Values];

  // The lowest bits of the upper part take it; the others wait for no more than a carry or a borrow.
  logic [OverW-1:0] low, near;
  logic [UpperW-OverW-1:0] high, far;
  assign low = upper_q[OverW-1:0] & {OverW{!fresh_i}};
  assign high = upper_q[UpperW-1:OverW];
  for (genvar k = 0; k < Values; k++) begin : g_value
    if (k > Most) begin : g_up
      assign up[k] = over[k] && (32'(low) >= (1 << OverW) - (k - Most));
    end else begin : g_no_up
      assign up[k] = 1'b0;
    end
    if (k < Most) begin : g_down
      assign down[k] = over[k] && (32'(low) < Most - k);
    end else begin : g_no_down
      assign down[k] = 1'b0;
    end
  end
  always_comb begin
    near = '0;
    for (int k = 0; k < Values; k++) near |= (low + OverW'(k - Most)) & {OverW{over[k]}};
  end
  // A carry turns a bit if those below are 1, a borrow if they are 0, as all are when a sum starts.
  for (genvar k = 0; k < UpperW - OverW; k++) begin : g_far
    logic ones, zeros;
    if (k == 0) begin : g_lowest
      assign ones = 1'b1;
      assign zeros = 1'b1;
    end else begin : g_higher
      assign ones = (high[k-1:0] == '1);
      assign zeros = (high[k-1:0] == '0) || fresh_i;
    end
    assign far[k] = (high[k] && !fresh_i) ^ (((up != '0) && ones) || ((down != '0) && zeros));
  end
  always_ff @(posedge clk_i) begin
    if (settle_i && (fresh_i || !over[Most])) upper_q <= {far, near};
  end

  assign sum_o = sum_q;
  assign carry_o = carry_q;
  assign upper_o = upper_q;
endmodule
