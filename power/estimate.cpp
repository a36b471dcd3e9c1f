#include "power/estimate.h"

#include <map>
#include <tuple>

namespace axnn {
namespace {

/// Means over a design.
struct MeanGate {
  double gate_pj = 0, register_pj = 0, clock_pj = 0;

  explicit MeanGate(const std::map<std::string, LogicEnergy>& modules) {
    LogicEnergy all;
    for (const auto& [name, e] : modules) all += e;
    gate_pj = all.combinational_pj / static_cast<double>(all.combinational_outputs);
    register_pj = all.register_pj / static_cast<double>(all.register_outputs);
    clock_pj = all.clock_pj / static_cast<double>(all.register_outputs);
  }
};

std::string class_of(const std::string& module) {
  if (module == "axnn_pe" || module == "axnn_array" || module == "axnn_neuron_buffer" ||
      module == "axnn_clock_gate") {
    return module;
  }
  return module.starts_with("axnn_row_") ? "rows" : "control";
}

// Modules that move with the operands. In a batch the rows take finished sums only.
bool follows_operands(const std::string& module, Mapping mapping) {
  const std::string what = class_of(module);
  return what == "axnn_pe" || (what == "rows" && mapping != Mapping::kThroughput);
}

// How often an inference makes a module work: clock gates each cycle, rows in a batch for each result,
// all else each step.
double events(const std::string& module, const Workload& w) {
  if (module == "axnn_clock_gate") return w.inference.cycles;
  const bool results = class_of(module) == "rows" && w.mapping == Mapping::kThroughput;
  return results ? w.inference.result_tiles : w.inference.steps;
}

}  // namespace

std::vector<EstimateRow> estimate_errors(const PowerModel& model,
                                         std::span<const Workload> workloads) {
  struct Term {
    EstimateRow row;
    double gates = 0;  ///< pJ for a coefficient of 1
    double clock = 0;
    double measured = 0;  ///< of gates and registers
  };
  std::vector<Term> terms;
  for (const Workload& w : workloads) {
    const auto& netlist = model.netlist(w.kind);
    const MeanGate mean(netlist);
    for (int mode = kModeM0; mode < kPowerModes; ++mode) {
      const PowerResult whole = model.price(w, mode, model.technology().nominal_v);
      const double toggles =
          model.technology().activity(w.net, w.kind, w.mapping, mode).operand_toggles;
      for (const auto& [name, e] : model.modules(w, mode, w.inference.cycles)) {
        const LogicEnergy& gates = netlist.at(name);
        const auto registers = static_cast<double>(gates.register_outputs);
        Term t;
        t.row = {w.net, name, w.kind, w.mapping, mode, 0, 0, 0, w.net == workloads.front().net};
        t.row.toggles_pj = e.pj();
        t.row.share = e.pj() * model.energy_scale() / whole.pj_per_inference.scaled;
        t.measured = e.gates_pj + e.registers_pj;
        t.gates = events(name, w) * (follows_operands(name, w.mapping) ? toggles : 1) *
                  (static_cast<double>(gates.combinational_outputs) * mean.gate_pj +
                   registers * mean.register_pj);
        t.clock = gates.clock_pj > 0 ? e.clock_pj / gates.clock_pj * registers * mean.clock_pj : 0;
        if (name == "axnn_clock_gate") {  // all of it is clock, none of it a register's
          t.measured = e.pj();
          t.clock = 0;
        }
        terms.push_back(std::move(t));
      }
    }
  }
  // Coefficients: measured over predicted, summed over the first network.
  using Key = std::tuple<std::string, MultiplierKind, Mapping, int>;
  std::map<Key, std::pair<double, double>> sums;
  const auto key = [](const EstimateRow& r) {
    return Key{class_of(r.module), r.kind, r.mapping, r.mode};
  };
  for (const Term& t : terms) {
    if (!t.row.fitted) continue;
    sums[key(t.row)].first += t.measured;
    sums[key(t.row)].second += t.gates;
  }
  std::vector<EstimateRow> rows;
  for (Term& t : terms) {
    const auto& [measured, predicted] = sums[key(t.row)];
    t.row.estimate_pj = (predicted > 0 ? measured / predicted : 0) * t.gates + t.clock;
    rows.push_back(std::move(t.row));
  }
  return rows;
}

}  // namespace axnn
