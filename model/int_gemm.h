// Exact integer matrix product of codes: what an approximate matrix product is once its operands
// are transformed (multiplier.h).
//   O outputs, I inputs, B samples
//
//   std::vector<std::int32_t> c(O * B);
//   int_gemm(w.data(), x.data(), O, I, B, c.data());  // c[b * O + o] = sum over i of w(o,i) x(i,b)
#pragma once

#include <cstdint>

#include "model/fixed_point.h"

namespace axnn {

/// C = W X, exact.
///   w  O x I, row-major
///   x  I x B, one contiguous column a sample
///   c  out: O x B, one contiguous column a sample
/// I <= kMaxFanIn and |w * x| < 2^20, as for any two transformed codes (2^18) and the factors of a
/// product table (2^19), keep every sum inside 32 bits. Uses what the compiler was told the machine
/// has: AVX-512 VNNI, AVX2, or plain C++.
void int_gemm(const Code* w, const Code* x, int outputs, int inputs, int batch, std::int32_t* c);

}  // namespace axnn
