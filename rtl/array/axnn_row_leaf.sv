// SPDX-License-Identifier: Apache-2.0
// Sum of a field, or of neighbouring ones, of several columns of a row, as a carry-save pair: modulo
// 2^Width. Tree and register are one expression, so that a simulator has nothing to do while en_i is 0.
//   First, Count   columns that are added; Count * Fields >= 3
//   Stride         bits of a column in sums_i
//   Lsb, Field     of the first field; Fields of this width follow each other
//   Registered     pair_o in the cycle after en_i; else at once, and en_i is not used
//   column_i       columns that count, for each field, the lowest first
//   pair_o         {carry, sum}
module axnn_row_leaf #(
  parameter int Columns = 8,
  parameter int First = 0,
  parameter int Count = 4,
  parameter int Stride = 16,
  parameter int Lsb = 0,
  parameter int Field = 8,
  parameter int Fields = 2,
  parameter int Width = 11,
  parameter int Registered = 1
) (
  input  logic                      clk_i,
  input  logic                      en_i,
  input  logic [Fields*Columns-1:0] column_i,
  input  logic [Columns*Stride-1:0] sums_i,
  output logic [2*Width-1:0]        pair_o
);
  localparam int N = Count * Fields;

  function automatic logic [2*Width-1:0] reduce(input logic [Columns*Stride-1:0] sums,
                                                input logic [Fields*Columns-1:0] column);
    logic [(3*N-4)*Width-1:0] numbers;
    logic [Field-1:0] field;
    logic [Width-1:0] a, b, c;
    for (int k = 0; k < N; k++) begin
      field = sums[(First+k/Fields)*Stride+Lsb+(k%Fields)*Field +: Field] &
              {Field{column[(k%Fields)*Columns+First+k/Fields]}};
      numbers[k*Width +: Width] = Width'(field);
    end
    // First in, first out: three become two until two are left, log_1.5(N) levels.
    for (int k = 0; k < N - 2; k++) begin
      a = numbers[3*k*Width +: Width];
      b = numbers[(3*k+1)*Width +: Width];
      c = numbers[(3*k+2)*Width +: Width];
      numbers[(N+2*k)*Width +: Width] = a ^ b ^ c;
      numbers[(N+2*k+1)*Width +: Width] = ((a & b) | (c & (a ^ b))) << 1;
    end
    reduce = numbers[(3*N-6)*Width +: 2*Width];
  endfunction

  logic unused_others;
  assign unused_others = ^{sums_i, column_i};

  if (Registered != 0) begin : g_registered
    logic [2*Width-1:0] pair_q;
    always_ff @(posedge clk_i) begin
      if (en_i) pair_q <= reduce(sums_i, column_i);
    end
    assign pair_o = pair_q;
  end else begin : g_wire
    logic unused_clock;
    assign unused_clock = clk_i && en_i;
    assign pair_o = reduce(sums_i, column_i);
  end
endmodule
