// The Pareto front as a drawing.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "explore/explore.h"

namespace axnn {
namespace {

constexpr double kWidth = 640, kHeight = 420;
constexpr double kLeft = 70, kRight = 20, kTop = 40, kBottom = 55;

struct Axis {
  double low = 0, high = 1, from = 0, to = 1;  // values, then coordinates

  double at(double v) const { return from + (v - low) / (high - low) * (to - from); }
};

// Bounds a little wider than the values.
Axis axis(double low, double high, double from, double to) {
  const double margin = high > low ? 0.05 * (high - low) : std::max(0.05 * std::abs(high), 1e-3);
  return {low - margin, high + margin, from, to};
}

std::string text(double x, double y, const char* anchor, const std::string& what) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     what);
}

std::string escaped(const std::string& s) {
  std::string out;
  for (const char c : s) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

}  // namespace

std::string to_svg(const Exploration& e, const ExploreOptions& o, const std::string& title) {
  const auto energy = [](const ExplorePoint& p) { return p.pj() * 1e-3; };
  const auto percent = [](const ExplorePoint& p) { return 100 * p.mean; };
  const auto [low_e, high_e] = std::ranges::minmax(e.points, {}, energy);
  const auto [low_a, high_a] = std::ranges::minmax(e.points, {}, percent);
  const Axis x = axis(energy(low_e), energy(high_e), kLeft, kWidth - kRight);
  const Axis y = axis(percent(low_a), percent(high_a), kHeight - kBottom, kTop);

  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n"
      "<path d=\"M{2} {3}V{4}H{5}\" fill=\"none\" stroke=\"black\"/>\n",
      kWidth, kHeight, kLeft, kTop, kHeight - kBottom, kWidth - kRight);
  out += text(kWidth / 2, 22, "middle", escaped(title));
  out += text(kWidth / 2, kHeight - 12, "middle", "energy per inference, nJ (calibrated)");
  out += fmt::format(
      "<text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">"
      "accuracy, %</text>\n",
      kHeight / 2);
  constexpr int kTicks = 5;
  for (int t = 0; t <= kTicks; ++t) {
    const double ve = x.low + (x.high - x.low) * t / kTicks;
    const double va = y.low + (y.high - y.low) * t / kTicks;
    out += text(x.at(ve), kHeight - kBottom + 18, "middle", fmt::format("{:.3g}", ve));
    out += text(kLeft - 6, y.at(va) + 4, "end", fmt::format("{:.1f}", va));
  }
  const double bound = 100 * (e.base - o.loss);
  if (bound > y.low && bound < y.high) {
    out += fmt::format("<path d=\"M{} {:.1f}H{}\" stroke=\"gray\" stroke-dasharray=\"4 3\"/>\n",
                       kLeft, y.at(bound), kWidth - kRight);
  }
  std::vector<const ExplorePoint*> front;
  for (const ExplorePoint& p : e.points) {
    if (p.front) front.push_back(&p);
  }
  std::ranges::sort(front, {}, [](const ExplorePoint* p) { return p->pj(); });
  std::string line;
  for (const ExplorePoint* p : front) {
    line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", x.at(energy(*p)),
                        y.at(percent(*p)));
  }
  out += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#c33\"/>\n", line);
  for (std::size_t k = 0; k < e.points.size(); ++k) {
    const ExplorePoint& p = e.points[k];
    const bool best = static_cast<int>(k) == e.best;
    out += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" stroke=\"#c33\"><title>{} at "
        "{:.2f} V, {}: {:.2f} %, {:.2f} nJ</title></circle>\n",
        x.at(energy(p)), y.at(percent(p)), best ? 6 : 3.5,
        best      ? "#c33"
        : p.front ? "#fbb"
                  : "white",
        mode_name({o.kind, p.mode}), o.voltages[std::size_t(p.level)], mapping_name(p.mapping),
        percent(p), energy(p));
  }
  return out + "</svg>\n";
}

}  // namespace axnn
