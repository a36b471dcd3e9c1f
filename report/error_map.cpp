#include "report/error_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace axnn {
namespace {

constexpr int kFields = 64;
constexpr int kPixels = 6;  // of a field
constexpr int kLeft = 70, kTop = 50;
constexpr int kSide = kFields * kPixels;
constexpr int kLevels = 8;  // of one sign; 0 is white

// Mean error of each field, [activation][weight].
std::vector<double> field_means(const ProductTable& table) {
  constexpr int kCodes = kTableSide / kFields;
  std::vector<double> means(std::size_t{kFields} * kFields);
  for (int a = kCodeMin; a <= kCodeMax; ++a) {
    for (int b = kCodeMin; b <= kCodeMax; ++b) {
      const std::int64_t error =
          table.product(static_cast<Code>(a), static_cast<Code>(b)) - std::int64_t{a} * b;
      const int field = (a - kCodeMin) / kCodes * kFields + (b - kCodeMin) / kCodes;
      means[std::size_t(field)] += static_cast<double>(error) / (kCodes * kCodes);
    }
  }
  return means;
}

std::string colour(int level) {
  const int faded = 255 - 255 * std::abs(level) / kLevels;
  return level > 0 ? fmt::format("#ff{0:02x}{0:02x}", faded)
                   : fmt::format("#{0:02x}{0:02x}ff", faded);
}

std::string escaped(const std::string& s) {
  std::string out;
  for (const char c : s) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string text(int x, int y, const char* anchor, const std::string& what) {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, what);
}

}  // namespace

std::string error_map_svg(const ProductTable& table, const std::string& title) {
  const std::vector<double> means = field_means(table);
  double largest = 0;
  for (const double m : means) largest = std::max(largest, std::abs(m));
  std::array<std::string, 2 * kLevels + 1> paths;
  for (int a = 0; a < kFields && largest > 0; ++a) {
    for (int b = 0; b < kFields; ++b) {
      const double share = means[std::size_t(a * kFields + b)] / largest;
      // An error is never white.
      const int level =
          static_cast<int>(std::copysign(std::ceil(std::abs(share) * kLevels), share));
      if (level == 0) continue;
      paths[std::size_t(level + kLevels)] +=
          fmt::format("M{} {}h{}v{}h-{}z", kLeft + a * kPixels, kTop + (kFields - 1 - b) * kPixels,
                      kPixels, kPixels, kPixels);
    }
  }
  constexpr int kWidth = kLeft + kSide + 110;
  constexpr int kHeight = kTop + kSide + 50;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
      kWidth, kHeight);
  out += text(kLeft + kSide / 2, 22, "middle", escaped(title));
  for (int level = -kLevels; level <= kLevels; ++level) {
    const std::string& path = paths[std::size_t(level + kLevels)];
    if (!path.empty()) out += fmt::format("<path fill=\"{}\" d=\"{}\"/>\n", colour(level), path);
  }
  out += fmt::format(
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"black\"/>\n",
      kLeft, kTop, kSide, kSide);
  out += text(kLeft, kTop + kSide + 18, "middle", std::to_string(kCodeMin));
  out += text(kLeft + kSide / 2, kTop + kSide + 18, "middle", "0");
  out += text(kLeft + kSide, kTop + kSide + 18, "middle", std::to_string(kCodeMax));
  out += text(kLeft + kSide / 2, kTop + kSide + 38, "middle", "activation code");
  out += text(kLeft - 6, kTop + kSide, "end", std::to_string(kCodeMin));
  out += text(kLeft - 6, kTop + kSide / 2 + 4, "end", "0");
  out += text(kLeft - 6, kTop + 8, "end", std::to_string(kCodeMax));
  out += fmt::format(
      "<text transform=\"translate(18 {}) rotate(-90)\" text-anchor=\"middle\">weight "
      "code</text>\n",
      kTop + kSide / 2);
  constexpr int kLegendX = kLeft + kSide + 16;
  constexpr int kStep = 16;
  for (int level = kLevels; level >= -kLevels; --level) {
    out += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"14\" height=\"{}\" fill=\"{}\" stroke=\"#ccc\"/>\n",
        kLegendX, kTop + (kLevels - level) * kStep, kStep, colour(level));
  }
  out += text(kLegendX + 20, kTop + 12, "start", fmt::format("{:+.3g}", largest));
  out += text(kLegendX + 20, kTop + kLevels * kStep + 12, "start", "0");
  out += text(kLegendX + 20, kTop + 2 * kLevels * kStep + 12, "start",
              fmt::format("{:+.3g}", -largest));
  out += text(kLegendX, kTop + (2 * kLevels + 2) * kStep + 8, "start", "mean error");
  return out + "</svg>\n";
}

}  // namespace axnn
