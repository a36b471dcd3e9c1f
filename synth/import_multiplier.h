// Any other multiplier as a table of products: simulates its Verilog (Icarus) over all operand
// pairs.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "model/lut.h"

namespace axnn {

struct ImportOptions {
  std::vector<std::filesystem::path> verilog;  ///< sources, packages first
  std::string top;           ///< module: combinational, kDataW x kDataW bits, signed
  std::string a_port = "a";  ///< activation
  std::string b_port = "b";  ///< weight
  std::string p_port = "p";  ///< product, up to kProdW bits; sign-extended
  std::vector<std::pair<std::string, int>> constants;  ///< other inputs and their values
  int timeout_s = 600;
};

/// The table of the module's products, named after it. Throws Error if Icarus is not installed,
/// rejects the sources, or does not end in time, if a port has another width, or if a product is
/// not a number.
ProductTable import_multiplier(const ImportOptions& options);

/// How far a table is from the exact product, over all operand pairs.
struct TableError {
  double mean = 0;  ///< of table minus exact
  double mean_absolute = 0;
  std::int64_t worst = 0;       ///< largest magnitude
  bool zero_stays_zero = true;  ///< a product with 0 is 0
};
TableError table_error(const ProductTable& table);

}  // namespace axnn
