#include "power/activity_estimate.h"

#include <algorithm>

#include "model/error.h"

namespace axnn {
namespace {

// A figure of all runs at once, at other drivers.
class Fit {
 public:
  Fit(std::span<const MeasuredRun> measured, const ActivityDrivers& of)
      : measured_(measured), of_(of) {
    for (const MeasuredRun& m : measured) {
      mean_toggles_ += m.activity.operand_toggles / static_cast<double>(measured.size());
      results_ += m.results_a_step;
    }
    for (const MeasuredRun& m : measured) {
      const double off = m.activity.operand_toggles - mean_toggles_;
      variance_ += off * off;
    }
    if (variance_ > 0 && results_ > 0) return;
    throw Error("too few measured networks to estimate another one's activity",
                "constraints/tech/activity.json");
  }

  template <typename Figure>
  double mean(Figure figure) const {
    double sum = 0;
    for (const MeasuredRun& m : measured_) sum += figure(m.activity);
    return sum / static_cast<double>(measured_.size());
  }

  template <typename Figure>
  double of_operands(Figure figure) const {
    const double middle = mean(figure);
    double slope = 0;
    for (const MeasuredRun& m : measured_) {
      slope += (m.activity.operand_toggles - mean_toggles_) * (figure(m.activity) - middle);
    }
    slope /= variance_;
    return std::max(0.0, middle + slope * (of_.operand_toggles - mean_toggles_));
  }

  template <typename Figure>
  double of_results(Figure figure) const {
    return mean(figure) * static_cast<double>(measured_.size()) / results_ * of_.results_a_step;
  }

 private:
  std::span<const MeasuredRun> measured_;
  const ActivityDrivers& of_;
  double mean_toggles_ = 0, variance_ = 0, results_ = 0;
};

}  // namespace

bool follows_results(std::string_view module) {
  return module.starts_with("axnn_row_") || module == "axnn_post" || module == "axnn_fifo" ||
         module == "axnn_drain" || module == "axnn_retire";
}

RunActivity estimate_activity(std::span<const MeasuredRun> measured, const ActivityDrivers& of) {
  const Fit fit(measured, of);
  RunActivity out;
  out.operand_toggles = of.operand_toggles;
  out.product = fit.of_operands([](const RunActivity& a) { return a.product; });
  out.product_open = fit.of_operands([](const RunActivity& a) { return a.product_open; });
  for (const auto& [name, unused] : measured.front().activity.modules) {
    const auto at = [&](double ModuleActivity::*f) {
      return [&name, f](const RunActivity& a) { return a.module(name).*f; };
    };
    const auto estimate = [&](double ModuleActivity::*f) {
      if (follows_results(name)) return fit.of_results(at(f));
      // Most of a PE's registers are always clocked, whatever their values do.
      const bool moves = name == "axnn_pe" && f != &ModuleActivity::clock;
      return moves ? fit.of_operands(at(f)) : fit.mean(at(f));
    };
    ModuleActivity& m = out.modules[name];
    m.combinational = estimate(&ModuleActivity::combinational);
    m.registers = estimate(&ModuleActivity::registers);
    m.clock = std::min(1.0, estimate(&ModuleActivity::clock));
  }
  return out;
}

}  // namespace axnn
