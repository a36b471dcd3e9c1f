// A multiplier as a table of products: any combinational 10 x 10 bit multiplier, made from its
// Verilog by simulation (synth/import_multiplier.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/fixed_point.h"

namespace axnn {

inline constexpr int kTableSide = 1 << kDataW;
inline constexpr int kTableSize = kTableSide * kTableSide;

/// Two functions of one operand whose product is a table: T(a, b) = f(a) g(b). Index: code -
/// kCodeMin.
struct Factors {
  std::vector<Code> f;  ///< kTableSide, of the activation
  std::vector<Code> g;  ///< kTableSide, of the weight
};

/// The product of every activation code with every weight code.
class ProductTable {
 public:
  /// `products` holds T(a, b) at (a - kCodeMin) * kTableSide + (b - kCodeMin). Throws Error if it
  /// has another size or a product needs more than kProdW bits, so that kMaxFanIn of them fit the
  /// accumulator.
  ProductTable(std::string name, std::vector<std::int32_t> products);

  std::int32_t product(Code a, Code b) const { return row(a)[std::size_t(b - kCodeMin)]; }
  /// Products of one activation code with all weight codes.
  const std::int32_t* row(Code a) const {
    return products_.data() + std::size_t(a - kCodeMin) * kTableSide;
  }
  const std::vector<std::int32_t>& products() const { return products_; }
  const std::string& name() const { return name_; }

  /// The factors, if the table has them (then matrix products need no table), found when it was
  /// made. fig8, booth and drum do, most others do not.
  const std::optional<Factors>& factors() const { return factors_; }

 private:
  std::string name_;
  std::vector<std::int32_t> products_;
  std::optional<Factors> factors_;
};

/// Matrix product through the table; shapes as int_gemm's, operands are codes.
void table_gemm(const ProductTable& table, const Code* w, const Code* x, int outputs, int inputs,
                int batch, std::int32_t* c);

/// The table file (extension .lut):
///   "AXNNLUT 1\n"        magic and format version
///   name, "\n"           of the multiplier: 1 to 64 letters, digits, _ . -
///   2^20 int32, little-endian, order as above
///   64 bytes             SHA-256 of all bytes before, in hexadecimal
std::string encode_table(const ProductTable& table);
/// Reads it back. Throws Error for a truncated, altered or inconsistent file, naming `where`.
ProductTable decode_table(std::string_view bytes, const std::string& where);

/// Throws Error as decode_table, or if the file cannot be read.
ProductTable load_table(const std::filesystem::path& path);
/// Writes the file whole or not at all. Throws Error.
void save_table(const ProductTable& table, const std::filesystem::path& path);

}  // namespace axnn
