#include "model/weight_format.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>

#include "model/error.h"

namespace axnn {
namespace {

constexpr std::uint32_t kSign = 1u << (kDataW - 1);
constexpr std::uint32_t kWord = (1u << kDataW) - 1;

std::uint32_t magnitude_of(Code code) {
  return static_cast<std::uint32_t>(std::min(std::abs(int{code}), kCodeMax));
}

// kGuarded: positions of its fields, and the magnitude bits the guards are for.
constexpr int kSigns = kDataW - 3;
constexpr int kGuardHalf = kDataW - 4;
constexpr int kGuardQuarter = kDataW - 5;
constexpr int kDropped = 4;
constexpr std::uint32_t kHalf = 1u << (kDataW - 2);  // of the magnitude's range
constexpr std::uint32_t kQuarter = kHalf / 2;

Code signed_code(bool negative, std::uint32_t magnitude) {
  const auto m = static_cast<int>(magnitude);
  return static_cast<Code>(negative ? -m : m);
}

}  // namespace

std::uint32_t encode_weight(WeightFormat format, Code code) {
  switch (format) {
    case WeightFormat::kTwosComplement:
      return static_cast<std::uint32_t>(code) & kWord;
    case WeightFormat::kSignMagnitude:
      return (code < 0 ? kSign : 0) | magnitude_of(code);
    case WeightFormat::kGuarded: {
      const std::uint32_t m = magnitude_of(code);
      return (code < 0 ? 7u << kSigns : 0) | std::uint32_t{m >= kHalf} << kGuardHalf |
             std::uint32_t{m >= kQuarter} << kGuardQuarter | m >> kDropped;
    }
  }
  return 0;
}

Code decode_weight(WeightFormat format, std::uint32_t bits) {
  switch (format) {
    case WeightFormat::kTwosComplement:
      return static_cast<Code>(static_cast<int>(bits & kWord) - (bits & kSign ? 1 << kDataW : 0));
    case WeightFormat::kSignMagnitude:
      return signed_code(bits & kSign, bits & (kSign - 1));
    case WeightFormat::kGuarded: {
      std::uint32_t m = (bits & ((1u << kGuardQuarter) - 1)) << kDropped;
      if (!(bits >> kGuardHalf & 1u)) m &= kHalf - 1;
      if (!(bits >> kGuardQuarter & 1u)) m &= kQuarter - 1;
      return signed_code(std::popcount(bits >> kSigns & 7u) >= 2, m + (1u << (kDropped - 1)));
    }
  }
  return 0;
}

std::string_view format_name(WeightFormat format) {
  switch (format) {
    case WeightFormat::kTwosComplement:
      return "twos-complement";
    case WeightFormat::kSignMagnitude:
      return "sign-magnitude";
    case WeightFormat::kGuarded:
      return "guarded";
  }
  return "";
}

WeightFormat parse_format(std::string_view name) {
  std::string known;
  for (const WeightFormat format : all_formats()) {
    if (name == format_name(format)) return format;
    known += (known.empty() ? "" : ", ") + std::string(format_name(format));
  }
  throw UsageError("unknown weight format '" + std::string(name) + "'", "", "known: " + known);
}

std::vector<WeightFormat> all_formats() {
  return {WeightFormat::kTwosComplement, WeightFormat::kSignMagnitude, WeightFormat::kGuarded};
}

}  // namespace axnn
