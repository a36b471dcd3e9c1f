// How far a multiplier is from the exact product: the measures of the field, as EvoApproxLib
// (Mrazek et al., DATE 2017) names them.
#pragma once

#include <array>
#include <cstdint>

#include "model/lut.h"

namespace axnn {

/// Over the operand pairs that were added; error = product - exact. In units of the product's last
/// bit.
struct ProductError {
  std::int64_t pairs = 0;
  double mae = 0;                         ///< mean absolute error
  std::int64_t wce = 0;                   ///< worst-case error, a magnitude
  std::int64_t worst_a = 0, worst_b = 0;  ///< the first operands that have it
  double mre = 0;         ///< mean of |error| / |exact| where the exact product is not 0
  double error_rate = 0;  ///< share of products that are not exact
  double bias = 0;        ///< mean error
  double mse = 0;         ///< mean squared error
  /// Share of all pairs whose product is not 0 and has the other sign than the exact one, by the
  /// operands' signs: a >= 0 and b >= 0, a < 0 only, b < 0 only, both.
  std::array<double, 4> sign_wrong = {};
  bool zero_stays_zero = true;  ///< a product with 0 is 0

  double sign_wrong_share() const {
    return sign_wrong[0] + sign_wrong[1] + sign_wrong[2] + sign_wrong[3];
  }
};

/// Adds pairs up.
class ProductErrorSum {
 public:
  void add(std::int64_t a, std::int64_t b, std::int64_t product);
  ProductError result() const;

 private:
  ProductError e_;  // counts and sums where the result has shares and means
  std::int64_t nonzero_ = 0;
};

/// Of a table, over all pairs of codes.
ProductError product_error(const ProductTable& table);

}  // namespace axnn
