#include "explore/explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>

#include "eval/chips.h"
#include "eval/statistics.h"
#include "explore/workload.h"
#include "model/error.h"
#include "model/parallel.h"
#include "model/text.h"

namespace axnn {
namespace {

// Accuracies of one mode and voltage, whatever the mapping: flips sit with the weights, which both
// mappings read from the same memories.
struct Judged {
  int mode = 0;
  int level = 0;
  double rate = 0;
  std::vector<double> accuracies;
};

void judge(std::vector<Judged>& settings, const IntegerNet& net, const TestSet& samples,
           const ExploreOptions& o) {
  std::mutex mutex;
  int done = 0;
  parallel_for(settings.size(), o.threads, [&](std::size_t k) {
    Judged& s = settings[k];
    s.accuracies = chip_accuracies(net, {o.kind, s.mode},
                                   {s.rate > 0 ? o.chips : 1, s.rate, o.format}, samples);
    const std::lock_guard lock(mutex);
    if (o.progress) o.progress(++done, static_cast<int>(settings.size()));
  });
}

// A point is on the front unless another has its accuracy for less energy, or more for the same.
void mark_front(std::vector<ExplorePoint>& points) {
  for (ExplorePoint& p : points) {
    p.front = std::ranges::none_of(points, [&](const ExplorePoint& q) {
      return q.pj() <= p.pj() && q.mean >= p.mean && (q.pj() < p.pj() || q.mean > p.mean);
    });
  }
}

std::string describe_mode(const ExplorePoint& p, const ExploreOptions& o) {
  return mode_name({o.kind, p.mode});
}

}  // namespace

Exploration explore(const IntegerNet& net, const std::string& name, const TestSet& samples,
                    const TestSet& unseen, const FlipCurve& curve, const PowerModel& power,
                    const ExploreOptions& options) {
  std::vector<Judged> settings;
  for (int mode = kModeM0; mode <= kModeM2; ++mode) {
    for (std::size_t level = 0; level < options.voltages.size(); ++level) {
      settings.push_back(
          {mode, static_cast<int>(level), flip_rate(curve, options.voltages[level]), {}});
    }
  }
  judge(settings, net, samples, options);

  Exploration e;
  e.base = accuracy(GoldenModel(net, {options.kind, kModeM0}), samples);
  for (const Mapping mapping : options.mappings) {
    const Workload workload =
        make_workload(name, net, options.kind, mapping, power.technology(), samples.codes);
    for (const Judged& s : settings) {
      const MeanDeviation summary = mean_deviation(s.accuracies);
      ExplorePoint p;
      p.mode = s.mode;
      p.level = s.level;
      p.mapping = mapping;
      p.flip_rate = s.rate;
      p.mean = summary.mean;
      p.deviation = summary.deviation;
      p.worst = std::ranges::min(s.accuracies);
      p.power = power.price(workload, s.mode, options.voltages[std::size_t(s.level)]);
      // Means of equal accuracies may differ in the last bits.
      p.meets = p.mean >= e.base - options.loss - 1e-9;
      e.points.push_back(std::move(p));
    }
  }
  if (!power.technology().measured(name, net)) e.notes.push_back(estimate_note(name, net));
  mark_front(e.points);
  const auto cheaper = [](const ExplorePoint& a, const ExplorePoint& b) {
    return std::pair{!a.meets, a.pj()} < std::pair{!b.meets, b.pj()};
  };
  const auto best = std::ranges::min_element(e.points, cheaper);
  if (!best->meets) {
    const double most = std::ranges::max(e.points, {}, &ExplorePoint::mean).mean;
    throw Error(fmt::format("no setting keeps {:.2f} %; the best has {:.2f} %",
                            100 * (e.base - options.loss), 100 * most),
                name, "allow more loss, or another weight format");
  }
  e.best = static_cast<int>(best - e.points.begin());
  std::vector<Judged> chosen = {{best->mode, best->level, best->flip_rate, {}}};
  ExploreOptions quiet = options;
  quiet.progress = nullptr;
  judge(chosen, net, unseen, quiet);
  const MeanDeviation summary = mean_deviation(chosen.front().accuracies);
  e.unseen_base = accuracy(GoldenModel(net, {options.kind, kModeM0}), unseen);
  e.unseen_mean = summary.mean;
  e.unseen_deviation = summary.deviation;
  return e;
}

std::string to_json(const Exploration& e, const ExploreOptions& o) {
  using Json = nlohmann::ordered_json;
  Json root = {{"accuracy_base", e.base},
               {"loss_allowed", o.loss},
               {"multiplier", kind_name(o.kind)},
               {"weight_format", format_name(o.format)},
               {"best", e.best},
               {"unseen",
                {{"accuracy_base", e.unseen_base},
                 {"accuracy_mean", e.unseen_mean},
                 {"accuracy_deviation", e.unseen_deviation}}},
               {"points", Json::array()}};
  for (const ExplorePoint& p : e.points) {
    root["points"].push_back({{"mode", describe_mode(p, o)},
                              {"vdd", o.voltages[std::size_t(p.level)]},
                              {"level", p.level},
                              {"mapping", mapping_name(p.mapping)},
                              {"flip_rate", p.flip_rate},
                              {"accuracy_mean", p.mean},
                              {"accuracy_deviation", p.deviation},
                              {"accuracy_worst", p.worst},
                              {"pj_per_inference", p.pj()},
                              {"pj_per_inference_scaled", p.power.pj_per_inference.scaled},
                              {"power_mw", p.power.power_mw.calibrated},
                              {"clock_ns", p.power.clock_ns.calibrated},
                              {"clock_limit", limit_name(p.power.limit)},
                              {"chip_clock_ns", p.power.chip_clock_ns.calibrated},
                              {"ns_per_inference", p.ns()},
                              {"meets", p.meets},
                              {"front", p.front}});
  }
  root["notes"] = e.notes;
  return root.dump(2) + "\n";
}

std::string to_table(const Exploration& e, const ExploreOptions& o) {
  std::string out = fmt::format(
      "{:.2f} % in M0 at {:.2f} V; at most {:.2f} points less are allowed\n"
      "  {:<4} {:>5} {:<10} {:>8} {:>9} {:>7} {:>7} {:>6} {:>9} {:>6}  {}\n"
      "  {:<4} {:>5} {:<10} {:>8} {:>9} {:>7} {:>7} {:>6} {:>9} {:>6}  {}\n",
      100 * e.base, o.voltages.front(), 100 * o.loss, "mode", "level", "mapping", "accuracy",
      "deviation", "worst", "energy", "power", "time", "clock", "clock is", "", "V", "", "%", "%",
      "%", "nJ", "mW", "ns", "ns", "that of");
  std::vector<std::size_t> front;
  for (std::size_t k = 0; k < e.points.size(); ++k) {
    if (e.points[k].front || static_cast<int>(k) == e.best) front.push_back(k);
  }
  std::ranges::sort(front, {}, [&](std::size_t k) { return e.points[k].pj(); });
  for (const std::size_t k : front) {
    const ExplorePoint& p = e.points[k];
    out += fmt::format(
        "{} {:<4} {:>5.2f} {:<10} {:>8.2f} {:>9.2f} {:>7.2f} {:>7} {:>6.0f} {:>9.0f} {:>6.2f}  {}\n",
        static_cast<int>(k) == e.best ? '*' : ' ', describe_mode(p, o),
        o.voltages[std::size_t(p.level)], mapping_name(p.mapping), 100 * p.mean, 100 * p.deviation,
        100 * p.worst, significant(p.pj() * 1e-3), p.power.power_mw.calibrated, p.ns(),
        p.power.clock_ns.calibrated, limit_name(p.power.limit));
  }
  out += fmt::format(
      "* least energy within the loss; the other rows are the Pareto front\n"
      "on samples that the choice did not see: {:.2f} +- {:.2f} %, M0 at {:.2f} V "
      "{:.2f} %\n",
      100 * e.unseen_mean, 100 * e.unseen_deviation, o.voltages.front(), 100 * e.unseen_base);
  for (const std::string& note : e.notes) out += wrap(note, "note: ");
  return out;
}

}  // namespace axnn
