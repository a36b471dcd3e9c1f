#include "report/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace axnn {
namespace {

// Mean and deviation over splits of what `value` takes from each.
template <typename Value>
MeanDeviation over(const SweepReport& report, Value value) {
  std::vector<double> all;
  std::ranges::transform(report.splits, std::back_inserter(all), value);
  return mean_deviation(all);
}

struct Row {
  std::string name;
  MeanDeviation value;
};

// Test accuracies of the winners. They have the same number of modes, if grids do not change it.
std::vector<Row> tests(const SweepReport& report) {
  std::vector<Row> rows = {
      {"float", over(report, [](const SweepSplit& s) { return s.test_float; })}};
  const std::vector<Multiplier> modes = judged_modes(report.candidates.front().recipe);
  const bool chips = std::ranges::all_of(
      report.splits, [&](const SweepSplit& s) { return s.test_chips.size() == modes.size(); });
  for (std::size_t m = 0; m < modes.size(); ++m) {
    const std::string name = fmt::format("{} {}", kind_name(modes[m].kind), mode_name(modes[m]));
    const auto of = [m](const std::vector<double>& all) { return m < all.size() ? all[m] : 0; };
    rows.push_back({name, over(report, [&](const SweepSplit& s) { return of(s.test); })});
    if (!chips) continue;
    rows.push_back(
        {name + " flipped", over(report, [&](const SweepSplit& s) { return of(s.test_chips); })});
  }
  return rows;
}

MeanDeviation errors_of(const SweepReport& report, std::size_t candidate) {
  return over(report, [&](const SweepSplit& s) { return s.errors[candidate]; });
}

MeanDeviation validation(const SweepReport& report, std::size_t candidate) {
  return over(report, [&](const SweepSplit& s) { return s.accuracies[candidate]; });
}

std::string words(const Json& settings) {
  std::string text;
  for (const auto& [name, value] : settings.items()) {
    if (!text.empty()) text += ' ';
    text += fmt::format("--{} ", name);
    for (const char c : value.dump()) {
      if (c != '"' && c != '[' && c != ']') text += c;
    }
  }
  return text.empty() ? "(what they share)" : text;
}

}  // namespace

std::size_t SweepReport::best() const {
  std::size_t best = 0;
  for (std::size_t c = 1; c < candidates.size(); ++c) {
    if (errors_of(*this, c).mean < errors_of(*this, best).mean) best = c;
  }
  return best;
}

MeanDeviation SweepReport::gain(std::size_t candidate) const {
  MeanDeviation gain =
      over(*this, [&](const SweepSplit& s) { return s.errors[0] - s.errors[candidate]; });
  gain.deviation /= std::sqrt(static_cast<double>(splits.size()));
  return gain;
}

Json to_json(const SweepReport& report) {
  Json json = {
      {"dataset", report.dataset}, {"folds", report.options.folds}, {"seed", report.options.seed}};
  for (std::size_t c = 0; c < report.candidates.size(); ++c) {
    const MeanDeviation v = validation(report, c);
    json["candidates"].push_back(
        {{"settings", report.candidates[c].settings},
         {"error", errors_of(report, c).mean},
         {"gain", {{"mean", report.gain(c).mean}, {"standard_error", report.gain(c).deviation}}},
         {"validation", {{"mean", v.mean}, {"deviation", v.deviation}}}});
  }
  for (const SweepSplit& s : report.splits) {
    json["splits"].push_back({{"split", s.split},
                              {"winner", s.winner},
                              {"errors", s.errors},
                              {"accuracies", s.accuracies},
                              {"test_float", s.test_float},
                              {"test", s.test},
                              {"test_chips", s.test_chips}});
  }
  for (const Row& row : tests(report)) {
    json["test"][row.name] = {{"mean", row.value.mean}, {"deviation", row.value.deviation}};
  }
  json["best"] = report.best();
  return json;
}

std::string to_text(const SweepReport& report) {
  std::string text = fmt::format("data      {}: {} candidates, {} validation parts a split\n",
                                 report.dataset, report.candidates.size(), report.options.folds);
  for (const SweepSplit& s : report.splits) {
    text += fmt::format("split {:3}  validation {:6.2f} %  test", s.split,
                        100 * s.accuracies[s.winner]);
    for (const double t : s.test) text += fmt::format(" {:6.2f}", 100 * t);
    text += fmt::format(" %  {}\n", words(report.candidates[s.winner].settings));
  }
  text += "test      of the winners, which no test row chose\n";
  for (const Row& row : tests(report)) {
    text += fmt::format("{:<17} {:6.2f} %", row.name, 100 * row.value.mean);
    if (report.splits.size() > 1) text += fmt::format(" +- {:.2f}", 100 * row.value.deviation);
    text += '\n';
  }
  std::vector<std::size_t> order(report.candidates.size());
  for (std::size_t c = 0; c < order.size(); ++c) order[c] = c;
  std::ranges::stable_sort(order, {}, [&](std::size_t c) { return errors_of(report, c).mean; });
  text += "validation over all splits, best five and what they share\n";
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i >= 5 && order[i] != 0) continue;
    const std::size_t c = order[i];
    const MeanDeviation gain = report.gain(c);
    text += fmt::format("{:>3}. {:6.2f} %  error less by {:.4f} +- {:.4f}  {}\n", i + 1,
                        100 * validation(report, c).mean, gain.mean, gain.deviation,
                        words(report.candidates[c].settings));
  }
  return text;
}

}  // namespace axnn
