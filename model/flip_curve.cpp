#include "model/flip_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "model/embed.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/text.h"

AXNN_EMBED(flip_paper, AXNN_BYTES("flip_paper.csv"));
AXNN_EMBED(flip_sharp, AXNN_BYTES("flip_sharp.csv"));

namespace axnn {
namespace {

constexpr std::array<std::string_view, 2> kNames{"paper", "sharp"};

std::string_view embedded(std::string_view name) {
  return name == "paper" ? axnn_flip_paper() : axnn_flip_sharp();
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

// Quantile of the normal distribution for 0 < p < 1/2, by bisection: normal_cdf rises.
double probit(double p) {
  double low = -40;
  double high = 0;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (normal_cdf(middle) < p ? low : high) = middle;
  }
  return low;
}

// Newton's divided differences through (x, y), at `at`.
double interpolate(std::vector<FlipPoint> points, double at) {
  const std::size_t n = points.size();
  for (FlipPoint& p : points) p.rate = std::log10(p.rate);
  for (std::size_t order = 1; order < n; ++order) {
    for (std::size_t i = n - 1; i >= order; --i) {
      points[i].rate =
          (points[i].rate - points[i - 1].rate) / (points[i].vdd - points[i - order].vdd);
    }
  }
  double value = points[n - 1].rate;
  for (std::size_t i = n - 1; i-- > 0;) value = value * (at - points[i].vdd) + points[i].rate;
  return std::pow(10, value);
}

// The line through the two points around `at`, or through the two nearest.
double probit_line(const std::vector<FlipPoint>& points, double at) {
  std::size_t i = 1;
  while (i + 1 < points.size() && at < points[i].vdd) ++i;
  const double z0 = probit(points[i - 1].rate);
  const double z1 = probit(points[i].rate);
  const double slope = (z1 - z0) / (points[i].vdd - points[i - 1].vdd);
  return normal_cdf(z0 + slope * (at - points[i - 1].vdd));
}

// Points with a rate above 0.
std::vector<FlipPoint> flipping(const FlipCurve& curve) {
  std::vector<FlipPoint> points;
  std::copy_if(curve.points.begin(), curve.points.end(), std::back_inserter(points),
               [](const FlipPoint& p) { return p.rate > 0; });
  return points;
}

// A lower voltage only adds flips (faults.h), so a law between and beyond the points must not fall
// either: a polynomial through few points may.
void check_rises(const FlipCurve& curve, const std::string& where) {
  constexpr int kSteps = 4000;
  double top = curve.lowest;
  for (const FlipPoint& p : curve.points) {
    if (p.rate == 0) top = std::max(curve.lowest, p.vdd);
  }
  std::vector<double> voltages;
  for (int i = 1; i <= kSteps; ++i) voltages.push_back(top + (curve.lowest - top) * i / kSteps);
  for (const FlipPoint& p : curve.points) {
    if (p.vdd > curve.lowest && p.vdd < top) voltages.push_back(p.vdd);
  }
  std::ranges::sort(voltages, std::ranges::greater());
  double before = 0;
  for (const double vdd : voltages) {
    const double rate = flip_rate(curve, vdd);
    if (!(rate >= before * (1 - 1e-9))) {
      throw Error(
          fmt::format("the rate falls to {:.3g} at {:.4g} V, from {:.3g} above", rate, vdd, before),
          where, "add points, take the other law, or begin at a higher voltage");
    }
    before = std::max(before, rate);
  }
}

}  // namespace

FlipCurve parse_flip_curve(std::string_view text, const std::string& where) {
  FlipCurve curve;
  int line_number = 0;
  bool has_law = false;
  bool has_lowest = false;
  bool in_table = false;
  const auto fail = [&](const std::string& what) {
    throw Error(what, where + ", line " + std::to_string(line_number),
                "model/flip_curve.h describes the format");
  };
  while (!text.empty()) {
    ++line_number;
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t comma = line.find(',');
    if (comma == line.npos) fail("no comma");
    const std::string_view key = line.substr(0, comma);
    const std::string_view value = line.substr(comma + 1);
    if (in_table) {
      const auto vdd = number(key);
      const auto rate = number(value);
      if (!vdd || !rate) fail("not two numbers");
      if (*vdd <= 0 || *rate < 0 || *rate >= 0.5) fail("voltage or rate out of range");
      if (curve.points.empty() ? *rate != 0 : *vdd >= curve.points.back().vdd) {
        fail("the voltages must fall, beginning with one of rate 0");
      }
      if (!curve.points.empty() && *rate != 0 && *rate <= curve.points.back().rate) {
        fail("the rates must rise");
      }
      if (*rate == 0 && !curve.points.empty() && curve.points.back().rate > 0) {
        fail("the rates must rise");
      }
      curve.points.push_back({*vdd, *rate});
    } else if (key == "law") {
      if (has_law) fail("a second law");
      has_law = true;
      if (value == "log-polynomial") {
        curve.law = FlipLaw::kLogPolynomial;
      } else if (value == "probit-linear") {
        curve.law = FlipLaw::kProbitLinear;
      } else {
        fail("unknown law '" + printable(value) + "'");
      }
    } else if (key == "lowest") {
      if (has_lowest) fail("a second lowest voltage");
      const auto vdd = number(value);
      if (!vdd || *vdd <= 0) fail("not a voltage");
      curve.lowest = *vdd;
      has_lowest = true;
    } else if (line == "vdd,rate") {
      in_table = true;
    } else {
      fail("unknown key '" + printable(key) + "'");
    }
  }
  if (!has_law || !has_lowest || flipping(curve).size() < 2) {
    fail("a curve needs a law, a lowest voltage, and two points with flips");
  }
  check_rises(curve, where);
  return curve;
}

void check_vdd(double vdd, const std::string& where) {
  if (vdd > 0.3 && vdd <= 1.32) return;
  throw Error(fmt::format("{} V is no supply voltage of a 65 nm memory", vdd), where,
              "give 0.40 to 1.10");
}

std::span<const std::string_view> flip_curve_names() { return kNames; }

FlipCurve load_flip_curve(const std::string& name_or_path) {
  const bool known = std::find(kNames.begin(), kNames.end(), name_or_path) != kNames.end();
  constexpr std::uintmax_t kLimit = 1 << 20;
  FlipCurve curve =
      known ? parse_flip_curve(embedded(name_or_path), "data/flip_" + name_or_path + ".csv")
            : parse_flip_curve(read_file(name_or_path, kLimit), name_or_path);
  curve.name = name_or_path;
  return curve;
}

double flip_rate(const FlipCurve& curve, double vdd) {
  if (!(vdd >= curve.lowest)) {
    throw Error(fmt::format("no flip rate at {} V", vdd), "curve " + curve.name,
                fmt::format("it begins at {} V", curve.lowest));
  }
  for (const FlipPoint& p : curve.points) {
    if (p.rate == 0 && vdd >= p.vdd) return 0;
  }
  const std::vector<FlipPoint> points = flipping(curve);
  const double rate =
      curve.law == FlipLaw::kLogPolynomial ? interpolate(points, vdd) : probit_line(points, vdd);
  return std::min(rate, 0.5);
}

}  // namespace axnn
