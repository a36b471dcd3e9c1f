#include "report/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "eval/statistics.h"
#include "model/text.h"
#include "sim/program.h"

namespace axnn {
namespace {

using Json = nlohmann::ordered_json;

double share(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

double rtl_accuracy(const SimulationRow& row) {
  return share(row.result.correct_rtl, row.result.samples);
}

// A clock or what is counted by it, or a dash.
std::string known(double value, int decimals) {
  return value > 0 ? fmt::format("{:.{}f}", value, decimals) : "-";
}

}  // namespace

double SimulationRow::utilisation() const {
  return static_cast<double>(macs) / (kPes * result.cycles_per_sample);
}

double SimulationRow::gops() const {
  return clock_ns > 0 ? 2 * kPes * utilisation() / clock_ns : 0;
}

Json to_json(const SimulationRow& row) {
  const CosimResult& r = row.result;
  // A read of the weight buffer gives kCols weights. Copying them to the local memories counts.
  const double weight_reads = static_cast<double>(kCols * r.counters[kCountWeightReads] +
                                                  r.counters[kCountLocalWeightReads]) /
                              static_cast<double>(kPes * r.counters[kCountSteps]);
  Json json = {{"dataset", row.dataset},
               {"training", row.training},
               {"multiplier", kind_name(row.multiplier.kind)},
               {"mode", mode_name(row.multiplier)},
               {"mapping", mapping_name(row.mapping)},
               {"round", row.round},
               {"samples", r.samples},
               {"outputs", r.outputs},
               {"mismatches", r.mismatches},
               {"accuracy_golden", share(r.correct_golden, r.samples)},
               {"accuracy_rtl", rtl_accuracy(row)},
               {"cycles_per_sample", r.cycles_per_sample},
               {"cycles_lone_round", r.lone_cycles},
               {"utilisation", row.utilisation()},
               {"utilisation_lone_round", share(row.macs * row.round, kPes * r.lone_cycles)},
               {"weight_reads_per_mac", weight_reads},
               {"counters_agree", r.counters_agree},
               {"chip_clock_ns", nullptr},
               {"gops", nullptr}};
  if (row.clock_ns > 0) {
    json["chip_clock_ns"] = row.clock_ns;
    json["gops"] = row.gops();
  }
  if (row.plain) {
    json["plain"] = {{"accuracy_float", row.plain->real}, {"accuracy_golden", row.plain->golden}};
  }
  if (!row.accuracies.empty()) {
    const MeanDeviation summary = mean_deviation(row.accuracies);
    json["chips"] = {{"number", row.accuracies.size()},
                     {"flip_rate", row.flip_rate},
                     {"faults", row.transient ? "transient" : "persistent"},
                     {"mean", summary.mean},
                     {"deviation", summary.deviation},
                     {"worst", std::ranges::min(row.accuracies)},
                     {"accuracies", row.accuracies}};
  }
  for (int n = 0; n < kCounters; ++n) {
    json["counters"][std::string(counter_name(n))] = r.counters[std::size_t(n)];
  }
  if (r.first) json["first_difference"] = r.first->describe();
  return json;
}

std::string simulation_head(bool beside) {
  const std::string work = beside ? fmt::format("{:>8} {:>7} {:>9}", "BP float", "BP", "AxTrain")
                                  : fmt::format("{:<11} {:>7} {:>7}", "mapping", "samples", "right");
  const std::string units = beside ? fmt::format("{:>8} {:>7} {:>9}", "%", "%", "%")
                                   : fmt::format("{:<11} {:>7} {:>7}", "", "", "%");
  return fmt::format(
      "{:<10} {:<5} {:<4} {} {:>9} {:>7} {:>9} {:>6} {:>6} {:>6}\n"
      "{:<10} {:<5} {:<4} {} {:>9} {:>7} {:>9} {:>6} {:>6} {:>6}\n",
      "data set", "PE", "mode", work, "outputs", "differ", "cycles a", "util.", "clock", "GOPS", "", "",
      "", units, "compared", "", "sample", "", "ns", "");
}

std::string simulation_line(const SimulationRow& row, bool beside) {
  const CosimResult& r = row.result;
  const std::string work =
      beside ? fmt::format("{:>8.2f} {:>7.2f} {:>9.2f}", 100 * row.plain->real,
                           100 * row.plain->golden, 100 * rtl_accuracy(row))
             : fmt::format("{:<11} {:>7} {:>7.2f}", mapping_name(row.mapping), r.samples,
                           100 * rtl_accuracy(row));
  const std::string name = shortened(printable(row.dataset, 200), 10);  // a path may be long
  return fmt::format("{:<10} {:<5} {:<4} {} {:>9} {:>7} {:>9.1f} {:>6.3f} {:>6} {:>6}\n", name,
                     kind_name(row.multiplier.kind), mode_name(row.multiplier), work, r.outputs,
                     r.mismatches, r.cycles_per_sample, row.utilisation(), known(row.clock_ns, 2),
                     known(row.gops(), 0));
}

std::string simulation_sum(const std::vector<SimulationRow>& rows) {
  std::int64_t outputs = 0, mismatches = 0;
  std::set<std::string> sets;
  std::map<MultiplierKind, std::map<int, std::vector<double>>> won;
  for (const SimulationRow& row : rows) {
    outputs += row.result.outputs;
    mismatches += row.result.mismatches;
    sets.insert(row.dataset);
    if (!row.plain) continue;
    won[row.multiplier.kind][row.multiplier.mode].push_back(100 *
                                                            (rtl_accuracy(row) - row.plain->golden));
  }
  std::string text = fmt::format(
      "RTL against golden model: {} outputs of {} data set{} compared in {} run{}, {} differ.\n", outputs,
      sets.size(), sets.size() == 1 ? "" : "s", rows.size(), rows.size() == 1 ? "" : "s", mismatches);
  for (const auto& [kind, modes] : won) {
    text += fmt::format("AxTrain over BP, points, mean of the data sets, {}:", kind_name(kind));
    for (const auto& [mode, points] : modes) {
      text += fmt::format(" {} {:+.2f}", mode_name(Multiplier{kind, mode}),
                          mean_deviation(points).mean);
    }
    text += ".\n";
  }
  return text;
}

std::string simulation_notes() {
  std::string text = "\nWhat the columns are:\n";
  for (const char* note :
       {"differ: outputs of every layer where RTL and golden model are not equal; access counters "
        "are compared too.",
        "BP float, BP: the plainly trained network, as floats and by the golden model on the row's "
        "PE and mode.",
        "AxTrain, right: share of the test samples, by the RTL; one set of weights for all modes.",
        "cycles a sample: samples back to back; util.: multiply-accumulates / (64 x cycles a sample).",
        "clock: the whole chip's, memories included, scaled to 65 nm and calibrated to the paper's "
        "M0 PE (constraints/tech/clocks.json): the slowest of PE, what is around it and the "
        "memories. The paper's 0.60, 0.41, 0.34 ns are its PE's alone. axnn power has both.",
        "GOPS: 2 x 64 x util. / clock, a multiplication and an addition being two operations."}) {
    text += wrap(note, "  - ");
  }
  return text;
}

}  // namespace axnn
