#include "model/product_error.h"

#include <cstdlib>

namespace axnn {

void ProductErrorSum::add(std::int64_t a, std::int64_t b, std::int64_t product) {
  const std::int64_t exact = a * b;
  const std::int64_t error = product - exact;
  const std::int64_t magnitude = std::abs(error);
  ++e_.pairs;
  if (exact != 0) ++nonzero_;
  if (error == 0) return;
  e_.mae += static_cast<double>(magnitude);
  if (exact != 0) {
    e_.mre += static_cast<double>(magnitude) / static_cast<double>(std::abs(exact));
  }
  e_.error_rate += 1;
  e_.bias += static_cast<double>(error);
  e_.mse += static_cast<double>(error) * static_cast<double>(error);
  if (magnitude > e_.wce) {
    e_.wce = magnitude;
    e_.worst_a = a;
    e_.worst_b = b;
  }
  if ((product < 0 && exact > 0) || (product > 0 && exact < 0)) {
    e_.sign_wrong[std::size_t((a < 0 ? 1 : 0) + (b < 0 ? 2 : 0))] += 1;
  }
  if (exact == 0) e_.zero_stays_zero = false;
}

ProductError ProductErrorSum::result() const {
  ProductError e = e_;
  if (e.pairs == 0) return e;
  const auto n = static_cast<double>(e.pairs);
  for (double* sum : {&e.mae, &e.error_rate, &e.bias, &e.mse}) *sum /= n;
  if (nonzero_ > 0) e.mre /= static_cast<double>(nonzero_);
  for (double& share : e.sign_wrong) share /= n;
  return e;
}

ProductError product_error(const ProductTable& table) {
  ProductErrorSum sum;
  for (int a = kCodeMin; a <= kCodeMax; ++a) {
    const std::int32_t* row = table.row(static_cast<Code>(a));
    for (int b = kCodeMin; b <= kCodeMax; ++b) sum.add(a, b, row[b - kCodeMin]);
  }
  return sum.result();
}

}  // namespace axnn
