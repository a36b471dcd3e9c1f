#include "model/int_gemm.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
#define AXNN_GEMM_AVX512
#include <immintrin.h>
#elif defined(__AVX2__)
#define AXNN_GEMM_AVX2
#include <immintrin.h>
#endif

namespace axnn {
namespace {

// Both operands are contiguous along the sum, so a tile of kTileRows x kTileCols results keeps one
// vector of partial sums for each and reads both operands in place: nothing is packed, and a
// product with few samples pays nothing for it.
constexpr int kTileRows = 4;
// Weight rows that stay in the first-level cache while all samples pass.
constexpr std::size_t kPanelBytes = 24 * 1024;

#if defined(AXNN_GEMM_AVX512)

constexpr int kTileCols = 6;  // 24 sums, 4 + 1 operands: 29 of 32 registers

struct Lanes {
  using Vector = __m512i;
  static constexpr int kWidth = 32;
  static Vector zero() { return _mm512_setzero_si512(); }
  // kWidth codes, or the first `part` and zeros.
  static Vector load(const Code* p, int part) {
    if (part == 0) return _mm512_loadu_si512(p);
    return _mm512_maskz_loadu_epi16((std::uint32_t{1} << part) - 1, p);
  }
  // Adds both products of each pair; wraps only if a 32-bit sum does. The intrinsic makes GCC 12
  // copy the sum.
  static Vector accumulate(Vector sum, Vector a, Vector b) {
    asm("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
  }
  static __m128i sums(Vector a, Vector b, Vector c, Vector d) {
    const Vector ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    const Vector cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    const Vector abcd =
        _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    const __m256i half =
        _mm256_add_epi32(_mm512_castsi512_si256(abcd), _mm512_extracti64x4_epi64(abcd, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  }
};

#elif defined(AXNN_GEMM_AVX2)

constexpr int kTileCols = 2;  // 8 sums, 4 + 1 operands, 1 product: 14 of 16 registers

struct Lanes {
  using Vector = __m256i;
  static constexpr int kWidth = 16;
  static Vector zero() { return _mm256_setzero_si256(); }
  static Vector load(const Code* p, int part) {
    if (part == 0) return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    Code padded[kWidth] = {};
    std::copy_n(p, part, padded);
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(padded));
  }
  // vpmaddwd overflows for two products of -2^15 x -2^15 alone; codes stay within +-2^9.
  static Vector accumulate(Vector sum, Vector a, Vector b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  }
  static __m128i sums(Vector a, Vector b, Vector c, Vector d) {
    const Vector abcd = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    return _mm_add_epi32(_mm256_castsi256_si128(abcd), _mm256_extracti128_si256(abcd, 1));
  }
};

#endif

#if defined(AXNN_GEMM_AVX512) || defined(AXNN_GEMM_AVX2)

// Adds the products of kWidth inputs (of the first `part`, if that is not 0) to each sum. A lambda
// in place of this function, or loops that are not unrolled early, would keep `sum` in memory.
template <int Cols>
[[gnu::always_inline]] inline void step(const Code* const (&row)[kTileRows], const Code* x,
                                        std::ptrdiff_t stride, int part,
                                        Lanes::Vector (&sum)[Cols][kTileRows]) {
  Lanes::Vector a[kTileRows];
#pragma GCC unroll 8
  for (int r = 0; r < kTileRows; ++r) a[r] = Lanes::load(row[r], part);
#pragma GCC unroll 8
  for (int b = 0; b < Cols; ++b) {
    const Lanes::Vector operand = Lanes::load(x + b * stride, part);
#pragma GCC unroll 8
    for (int r = 0; r < kTileRows; ++r) sum[b][r] = Lanes::accumulate(sum[b][r], a[r], operand);
  }
}

// Results of `rows` (1 to kTileRows) weight rows from `w` and Cols samples from `x`, at `c`.
template <int Cols>
void tile(const Code* w, int rows, const Code* x, int outputs, int inputs, std::int32_t* c) {
  const std::ptrdiff_t stride = inputs;
  // A tile at the lower edge reads its last row again instead of the rows it lacks.
  const Code* row[kTileRows] = {w, w + std::min(1, rows - 1) * stride,
                                w + std::min(2, rows - 1) * stride,
                                w + std::min(3, rows - 1) * stride};
  Lanes::Vector sum[Cols][kTileRows];
#pragma GCC unroll 8
  for (int b = 0; b < Cols; ++b) {
#pragma GCC unroll 8
    for (int r = 0; r < kTileRows; ++r) sum[b][r] = Lanes::zero();
  }
  for (int i = inputs / Lanes::kWidth; i > 0; --i) {
    step<Cols>(row, x, stride, 0, sum);
#pragma GCC unroll 8
    for (int r = 0; r < kTileRows; ++r) row[r] += Lanes::kWidth;
    x += Lanes::kWidth;
  }
  if (inputs % Lanes::kWidth != 0) step<Cols>(row, x, stride, inputs % Lanes::kWidth, sum);
#pragma GCC unroll 8
  for (int b = 0; b < Cols; ++b) {
    const __m128i result = Lanes::sums(sum[b][0], sum[b][1], sum[b][2], sum[b][3]);
    std::int32_t* to = c + b * std::ptrdiff_t{outputs};
    if (rows == kTileRows) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), result);
    } else {
      alignas(16) std::int32_t part[kTileRows];
      _mm_store_si128(reinterpret_cast<__m128i*>(part), result);
      std::copy_n(part, rows, to);
    }
  }
}

// The tile with `cols` samples, 1 to Cols.
template <int Cols>
void tile_of(int cols, const Code* w, int rows, const Code* x, int outputs, int inputs,
             std::int32_t* c) {
  if constexpr (Cols > 1) {
    if (cols < Cols) return tile_of<Cols - 1>(cols, w, rows, x, outputs, inputs, c);
  }
  tile<Cols>(w, rows, x, outputs, inputs, c);
}

#endif

}  // namespace

#if defined(AXNN_GEMM_AVX512) || defined(AXNN_GEMM_AVX2)

void int_gemm(const Code* w, const Code* x, int outputs, int inputs, int batch, std::int32_t* c) {
  assert(inputs <= kMaxFanIn);
  const auto stride = static_cast<std::size_t>(inputs);
  const std::size_t rows = kPanelBytes / (sizeof(Code) * std::max<std::size_t>(stride, 1));
  const int panel =
      static_cast<int>(std::clamp<std::size_t>(rows, kTileRows, 1024)) / kTileRows * kTileRows;
  for (int first = 0; first < outputs; first += panel) {
    const int last = std::min(first + panel, outputs);
    for (int b = 0; b < batch; b += kTileCols) {
      const Code* column = x + std::size_t(b) * stride;
      for (int o = first; o < last; o += kTileRows) {
        tile_of<kTileCols>(std::min(kTileCols, batch - b), w + std::size_t(o) * stride,
                           std::min(kTileRows, last - o), column, outputs, inputs,
                           c + std::size_t(b) * std::size_t(outputs) + std::size_t(o));
      }
    }
  }
}

#else

void int_gemm(const Code* w, const Code* x, int outputs, int inputs, int batch, std::int32_t* c) {
  assert(inputs <= kMaxFanIn);
  const auto stride = static_cast<std::size_t>(inputs);
  for (std::size_t b = 0; b < std::size_t(batch); ++b) {
    for (std::size_t o = 0; o < std::size_t(outputs); ++o) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < stride; ++i) {
        sum += std::int32_t{w[o * stride + i]} * std::int32_t{x[b * stride + i]};
      }
      c[b * std::size_t(outputs) + o] = sum;
    }
  }
}

#endif

}  // namespace axnn
