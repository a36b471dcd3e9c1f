#include "power/estimate.h"

#include <cmath>
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
      module == "axnn_row_leaf" || module == "axnn_clock_gate") {
    return module;
  }
  return module.starts_with("axnn_row_") ? "rows" : "control";
}

// What a module's activity is a sum of multiples of: operand bits that change a step where operands move;
// in latency mapping results a step of the rows, and of the plain PE's operand bits, since they see
// its sums grow; elsewhere it is constant.
struct Drivers {
  double one = 1, other = 0;
};
Drivers drivers(const std::string& module, const Workload& w, double operand_toggles) {
  if (module.starts_with("axnn_row_")) {
    if (w.mapping == Mapping::kThroughput) return {};
    const double results = w.inference.result_tiles / w.inference.steps;
    return {module == "axnn_row_plain" ? operand_toggles : 1, results};
  }
  const std::string what = class_of(module);
  const bool moves = what == "axnn_pe" || what == "axnn_array" || what == "axnn_neuron_buffer";
  return {1, moves ? operand_toggles : 0};
}

// The network on whose operand statistics the coefficients are fitted beside the first: the one that
// differs most from it. Empty if there is no other.
std::string second_network(const PowerModel& model, std::span<const Workload> workloads) {
  const auto toggles = [&](const Workload& w) {
    return model.technology().activity(w.net, w.kind, w.mapping, kModeM0).operand_toggles;
  };
  std::string out;
  double furthest = 0;
  for (const Workload& w : workloads) {
    const double distance = std::abs(toggles(w) - toggles(workloads.front()));
    const Workload& first = workloads.front();
    if (w.kind != first.kind || w.mapping != first.mapping || distance <= furthest) continue;
    furthest = distance;
    out = w.net;
  }
  return out;
}

// How often an inference makes a module work: clock gates each cycle, rows in a batch for each result,
// all else each step.
double events(const std::string& module, const Workload& w) {
  if (module == "axnn_clock_gate") return w.inference.cycles;
  const bool results = module.starts_with("axnn_row_") && w.mapping == Mapping::kThroughput;
  return results ? w.inference.result_tiles : w.inference.steps;
}

}  // namespace

std::vector<EstimateRow> estimate_errors(const PowerModel& model,
                                         std::span<const Workload> workloads) {
  struct Term {
    EstimateRow row;
    double gates = 0;  ///< pJ for an activity of 1
    double clock = 0;
    double measured = 0;  ///< of gates and registers
    Drivers drivers;
  };
  const std::string second = workloads.empty() ? "" : second_network(model, workloads);
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
        t.row = {w.net, name, w.kind, w.mapping, mode, 0, 0, 0,
                 w.net == workloads.front().net || w.net == second};
        t.row.toggles_pj = e.pj();
        t.row.share = e.pj() * model.energy_scale() / whole.pj_per_inference.scaled;
        t.measured = e.gates_pj + e.registers_pj;
        t.drivers = drivers(name, w, toggles);
        t.gates = events(name, w) *
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
  // Activities of a class on the networks of the fit: measured over predicted, and what they grow with.
  // A class has the same modules on every network.
  struct Point {
    double measured = 0, predicted = 0;
    Drivers drivers;
    double activity() const { return predicted > 0 ? measured / predicted : 0; }
  };
  using Key = std::tuple<std::string, MultiplierKind, Mapping, int>;
  std::map<Key, std::pair<Point, Point>> fits;  // the first network's, the second's
  const auto key = [](const EstimateRow& r) {
    return Key{class_of(r.module), r.kind, r.mapping, r.mode};
  };
  for (const Term& t : terms) {
    if (!t.row.fitted) continue;
    auto& [first, other] = fits[key(t.row)];
    Point& p = t.row.net == second ? other : first;
    p.measured += t.measured;
    p.predicted += t.gates;
    p.drivers = t.drivers;
  }
  std::vector<EstimateRow> rows;
  for (Term& t : terms) {
    const auto& [first, other] = fits[key(t.row)];
    const Drivers& x = first.drivers;
    const Drivers& y = other.drivers;
    const double determinant = x.one * y.other - y.one * x.other;
    double activity = 0;
    if (other.predicted > 0 && determinant != 0) {  // c and d that fit both
      const double c = (first.activity() * y.other - other.activity() * x.other) / determinant;
      const double d = (other.activity() * x.one - first.activity() * y.one) / determinant;
      activity = c * t.drivers.one + d * t.drivers.other;
    } else if (x.other > 0) {
      activity = first.activity() * t.drivers.other / x.other;
    } else {
      activity = first.activity();
    }
    t.row.estimate_pj = activity * t.gates + t.clock;
    rows.push_back(std::move(t.row));
  }
  return rows;
}

}  // namespace axnn
