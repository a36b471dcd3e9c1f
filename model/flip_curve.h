// How often a weight bit flips at a supply voltage: curves in data/flip_*.csv, part of the program.
//
//   # comment                        source and assumptions
//   law,log-polynomial               or probit-linear
//   lowest,0.40                      volts below which the curve says nothing
//   vdd,rate
//   1.10,0                           from the highest voltage down; rate 0 first
//   0.85,0.001
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace axnn {

enum class FlipLaw {
  kLogPolynomial,  ///< log10(rate) is the polynomial through all points with a rate above 0
  kProbitLinear,   ///< the normal quantile of the rate is linear between, and beyond, the points
};

struct FlipPoint {
  double vdd = 0;   ///< V
  double rate = 0;  ///< flips a bit
};

struct FlipCurve {
  std::string name;
  FlipLaw law = FlipLaw::kLogPolynomial;
  double lowest = 0;              ///< V
  std::vector<FlipPoint> points;  ///< falling voltage, rising rate; the first has rate 0
};

/// Reads a curve. Throws Error naming `where` and the line.
FlipCurve parse_flip_curve(std::string_view text, const std::string& where);

/// Throws Error, naming `where`, unless `vdd` is a supply voltage of a 65 nm memory: above 0.3, at
/// most 1.32 V.
void check_vdd(double vdd, const std::string& where);

/// Names of the curves that are part of the program: "paper", "sharp".
std::span<const std::string_view> flip_curve_names();

/// One of those, or a file. Throws Error.
FlipCurve load_flip_curve(const std::string& name_or_path);

/// Share of bits that flip at `vdd` volts: 0 from the voltage of the curve's last point with rate 0
/// on, at most 1/2. Throws Error below the curve's lowest voltage.
double flip_rate(const FlipCurve& curve, double vdd);

}  // namespace axnn
