// Keyed random numbers: a value depends on (seed, purpose, index) alone, never on how many were
// drawn before, so results are the same for any order and any number of threads. Philox4x32-10
// (Salmon et al., SC 2011) from Random123.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

namespace axnn {

/// What a random number is for; a new use takes a new name, values never change.
enum class Purpose : std::uint32_t {
  kSplit = 1,
  kWeightInit = 2,
  kShuffle = 3,
  kTestNetwork = 4,
  kPixelShift = 5,
  kCalibration = 6,
  kWeightFault = 16,
  kReadFault = 17,
  kFormatSearch = 32,
  kTrainingChip = 33,
  kTeacher = 34,
  kTaughtSample = 35,
  kSweep = 36,
  kOperands = 48,
};

/// A family of independent random numbers, addressed by two indices.
class Rng {
 public:
  Rng(std::uint64_t seed, Purpose purpose) : seed_(seed), purpose_(purpose) {}

  /// Four uniform 32-bit words, number (i, j).
  std::array<std::uint32_t, 4> block(std::uint64_t i, std::uint32_t j = 0) const {
    const r123::Philox4x32::ctr_type counter{{static_cast<std::uint32_t>(i),
                                              static_cast<std::uint32_t>(i >> 32), j,
                                              static_cast<std::uint32_t>(purpose_)}};
    const r123::Philox4x32::key_type key{
        {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}};
    const auto r = r123::Philox4x32()(counter, key);
    return {r[0], r[1], r[2], r[3]};
  }

  /// Uniform 64-bit word number (i, j): the first half of its block.
  std::uint64_t bits(std::uint64_t i, std::uint32_t j = 0) const {
    const auto r = block(i, j);
    return (std::uint64_t{r[1]} << 32) | r[0];
  }

  /// Uniform in [0, 1), 53 bits.
  double uniform(std::uint64_t i, std::uint32_t j = 0) const {
    return static_cast<double>(bits(i, j) >> 11) * 0x1p-53;
  }

  /// Standard normal (Box-Muller).
  double normal(std::uint64_t i, std::uint32_t j = 0) const {
    const double u = 1.0 - uniform(i, 2 * j);
    const double v = uniform(i, 2 * j + 1);
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
  }

  /// Uniform integer in [0, n), n > 0; the bias is below n / 2^64.
  std::uint64_t below(std::uint64_t n, std::uint64_t i, std::uint32_t j = 0) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{bits(i, j)} * n) >> 64);
  }

  /// Permutation of 0..n-1 (Fisher-Yates); `j` selects one of many.
  std::vector<int> permutation(int n, std::uint32_t j = 0) const {
    std::vector<int> p(static_cast<std::size_t>(n));
    std::iota(p.begin(), p.end(), 0);
    for (int k = n - 1; k > 0; --k) {
      std::swap(p[std::size_t(k)],
                p[std::size_t(below(std::uint64_t(k) + 1, std::uint64_t(k), j))]);
    }
    return p;
  }

 private:
  std::uint64_t seed_;
  Purpose purpose_;
};

}  // namespace axnn
