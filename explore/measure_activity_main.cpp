// Measures the switching activity that constraints/tech/activity.json holds and prints it as JSON:
// the gates of the whole accelerator run real test samples of trained networks.
//   measure_activity SYNTH_OUT THREADS MODEL...
//   e.g. axnn synth --module axnn_mult_fig8 axnn_top axnn_top_booth
//        measure_activity build/synth 2 models/{breast,image,iono,satimage,mnist}.axnn
// SYNTH_OUT is what `axnn synth --out` wrote.

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "eval/test_set.h"
#include "explore/gate_accelerator.h"
#include "model/error.h"
#include "model/model_file.h"
#include "model/parallel.h"
#include "power/activity.h"
#include "power/activity_estimate.h"
#include "power/operands.h"
#include "sim/accesses.h"
#include "sim/compiler.h"
#include "synth/synth.h"

namespace {

using namespace axnn;
using Json = nlohmann::ordered_json;

// A run is counted from its first step to the end of the first sample (latency mapping) or batch
// that has so many steps behind it.
constexpr std::uint64_t kSteps = 800;

struct Subject {
  std::string name;
  IntegerNet net;
  TestSet test;
};

struct Case {
  const Subject* subject = nullptr;
  Multiplier multiplier;
  Mapping mapping = Mapping::kLatency;
  bool isolated = true;  // false: the low digits' clock never stops (booth)
};

// A round of batches with more steps than that (mnist's) is thinned out: every second, fourth or
// eighth neuron of the first hidden layer and as many fewer outputs, so that the layers keep their
// shares of the steps. Values that pass are the network's own, but for sums of the later layers.
constexpr double kMostSteps = 8000;
constexpr int kMostThin = 8;

int thinning(double steps) {
  int thin = 1;
  while (thin < kMostThin && steps / thin > kMostSteps) thin *= 2;
  return thin;
}

IntegerNet thinned(const IntegerNet& net, int thin) {
  IntegerNet out = net;
  IntegerLayer& first = out.layers.front();
  IntegerLayer& second = out.layers[1];
  const int kept = first.outputs / thin;
  const int results = std::max(2, out.layers.back().outputs / thin);
  const auto inputs = static_cast<std::size_t>(first.inputs);
  const IntegerLayer full = first, next = second;
  first.outputs = second.inputs = kept;
  first.weights.clear();
  first.bias.clear();
  second.weights.clear();
  for (int o = 0; o < kept; ++o) {
    const auto from = full.weights.begin() + std::ptrdiff_t(o * thin) * std::ptrdiff_t(inputs);
    first.weights.insert(first.weights.end(), from, from + std::ptrdiff_t(inputs));
    first.bias.push_back(full.bias[std::size_t(o * thin)]);
  }
  for (int o = 0; o < next.outputs; ++o) {
    for (int i = 0; i < kept; ++i) {
      second.weights.push_back(
          next.weights[std::size_t(o) * std::size_t(next.inputs) + std::size_t(i * thin)]);
    }
  }
  IntegerLayer& last = out.layers.back();
  last.outputs = results;
  last.weights.resize(std::size_t(results) * std::size_t(last.inputs));
  last.bias.resize(std::size_t(results));
  return out;
}

// A thinned network has more results a step; what moves with them is scaled back.
double results_a_step(const Program& program) {
  const auto n = accesses_per_sample(program);
  return n[kCountBiasReads] / n[kCountSteps];
}

constexpr char kAbout[] =
    "Switching of the synthesised accelerator (OSU 180 nm), module by module, counted by the gate "
    "simulator (synth/gate_sim.h: Liberty delays, so glitches count) while the whole netlist runs "
    "test samples of trained networks. modules: [energy of combinational outputs, of register "
    "outputs, each over what one transition of every output a step would take; share of the clock "
    "pins' energy that the gated clock reaches, a mean over cycles; energy over that without "
    "glitches]. "
    "product: the fig8 multiplier alone on operands of four PEs; product_open: without operand "
    "isolation. operand_toggles: bits of a PE's two operands that change a step, from the golden "
    "model. isolated false: the low digits' "
    "clock never stops. Throughput mapping: of mnist a quarter of the first hidden layer's neurons "
    "and "
    "of the outputs only (measure_activity_main.cpp, thinned).";

struct Done {};  // thrown out of the run when enough was counted

class Bench {
 public:
  explicit Bench(const std::filesystem::path& synth)
      : library_(make_library(read_liberty_files({kDefaultLiberty}))),
        multiplier_(read_netlist(synth / "axnn_mult_fig8" / "netlist.json")),
        plain_(read_netlist(synth / "axnn_top" / "netlist.json")),
        fused_(read_netlist(synth / "axnn_top_booth" / "netlist.json")) {}

  Json measure(const Case& c) const {
    const bool booth = c.multiplier.kind == MultiplierKind::kBooth;
    const Netlist& netlist = booth ? fused_ : plain_;
    const std::string top = booth ? "axnn_top_booth" : "axnn_top";
    GateSimulator gates(netlist, library_, top);
    EnergyMeter meter(gates, netlist, library_);
    if (!c.isolated) {
      const std::vector<int> enable = gates.signal("u_array.g_gate.u_gate", "en_q");
      if (enable.empty()) throw Error("no clock gate of the low digits", top);
      gates.force(enable.front(), true);
    }
    std::vector<Product> products;
    if (!booth) {
      for (const auto& [row, column] : kWatchedPes)
        products.emplace_back(*this, gates, row, column);
    }

    std::uint64_t steps = 0, cycles = 0;
    const auto observe = [&](const GateMoment& now) {
      if (!now.rising) return;
      if (steps == 0 && now.issues) {
        meter.start();
        for (Product& p : products) p.meter->start();
      }
      for (Product& p : products) p.follow(gates, c.multiplier.mode);
      steps += now.issues;
      cycles += steps > 0;
      if (now.finishes && steps >= kSteps) throw Done{};
    };
    Program program = compile(c.subject->net, c.multiplier, {.mapping = c.mapping});
    const double results = results_a_step(program);
    const double round = program.round_samples * accesses_per_sample(program)[kCountSteps];
    if (c.mapping == Mapping::kThroughput && thinning(round) > 1) {
      program =
          compile(thinned(c.subject->net, thinning(round)), c.multiplier, {.mapping = c.mapping});
    }
    const double rarer = results / results_a_step(program);
    const auto accelerator = make_gate_accelerator(gates, observe);
    accelerator->load(program);
    try {
      accelerator->run(samples(c, program), c.subject->net.inputs(), [](const Retirement&) {});
      throw Error("the run ended before enough was counted", c.subject->name);
    } catch (const Done&) {
    }
    meter.stop();

    const auto rounded = [](double x) { return std::round(x * 1e5) / 1e5; };
    Json row = {{"net", c.subject->name},
                {"multiplier", kind_name(c.multiplier.kind)},
                {"mapping", mapping_name(c.mapping)},
                {"mode", mode_name(c.multiplier)}};
    if (!c.isolated) row["isolated"] = false;
    row["steps"] = steps;
    row["cycles"] = cycles;
    row["operand_toggles"] = rounded(operand_toggles(streams(c), c.multiplier));
    const auto all = meter.energy(), settled = meter.energy(false);
    const auto over = [&](double a, double b) { return b > 0 ? rounded(a / b) : 0; };
    for (const auto& [name, full] : energy_by_module(netlist, library_, top)) {
      const LogicEnergy& e = all.at(name);
      const LogicEnergy& s = settled.at(name);
      const auto n = static_cast<double>(steps);
      const double share = follows_results(name) ? rarer : 1;
      row["modules"][name] = {
          over(share * e.combinational_pj, full.combinational_pj * n),
          over(share * e.register_pj, full.register_pj * n),
          over(e.clock_pj - (1 - share) * e.gated_clock_pj,
               full.clock_pj * static_cast<double>(cycles)),
          over(e.combinational_pj + e.register_pj, s.combinational_pj + s.register_pj)};
    }
    if (!booth) {
      const LogicEnergy full = total_energy(multiplier_, library_, "axnn_mult_fig8");
      double pj = 0;
      for (Product& p : products) {
        p.meter->stop();
        pj += p.meter->energy().at("axnn_mult_fig8").combinational_pj;
      }
      row["product"] =
          over(pj, full.combinational_pj * static_cast<double>(steps * products.size()));
      if (c.multiplier.mode != kModeM0) {
        row["product_open"] = over(open_product_pj(c), full.combinational_pj);
      }
    }
    return row;
  }

 private:
  /// The paper's multiplier alone, on what a PE's operand registers hold.
  struct Product {
    Product(const Bench& bench, const GateSimulator& gates, int row, int column) {
      const std::string pe = fmt::format("u_array.g_row[{}].g_col[{}].u_pe", row, column);
      a = gates.signal(pe, "g_plain.u_mac.a_q");
      b = gates.signal(pe, "flow_o");  // the port that the weight's register drives
      if (a.size() != kDataW || b.size() != kDataW) throw Error("no operand registers", pe);
      alone = std::make_unique<GateSimulator>(bench.multiplier_, bench.library_, "axnn_mult_fig8");
      meter = std::make_unique<EnergyMeter>(*alone, bench.multiplier_, bench.library_);
    }
    void follow(const GateSimulator& gates, int mode) {
      alone->set(alone->port("mode_i"), static_cast<std::uint64_t>(mode));
      alone->set(alone->port("a_i"), gates.value(a));
      alone->set(alone->port("b_i"), gates.value(b));
      alone->settle();
    }
    std::vector<int> a, b;
    std::unique_ptr<GateSimulator> alone;
    std::unique_ptr<EnergyMeter> meter;
  };

  static std::vector<OperandStream> streams(const Case& c) {
    return watched_operands(c.subject->net, c.subject->test.codes, c.multiplier, c.mapping);
  }

  // pJ a step of the paper's multiplier if low parts that the mode does not use came in all the
  // same.
  double open_product_pj(const Case& c) const {
    GateSimulator alone(multiplier_, library_, "axnn_mult_fig8");
    EnergyMeter meter(alone, multiplier_, library_);
    alone.set(alone.port("mode_i"), static_cast<std::uint64_t>(c.multiplier.mode));
    alone.settle();
    meter.start();
    std::size_t steps = 0;
    for (const OperandStream& stream : streams(c)) {
      for (const OperandStep& step : stream) {
        alone.set(alone.port("a_i"), static_cast<std::uint64_t>(std::int64_t{step.activation}));
        alone.set(alone.port("b_i"), static_cast<std::uint64_t>(std::int64_t{step.weight}));
        alone.settle();
        ++steps;
      }
    }
    meter.stop();
    return meter.energy().at("axnn_mult_fig8").combinational_pj / static_cast<double>(steps);
  }

  // Whole rounds of test samples, from the start again if there are not enough.
  static std::vector<Code> samples(const Case& c, const Program& program) {
    const TestSet& test = c.subject->test;
    const int rounds = 1 + static_cast<int>(kSteps) / program.round_samples;
    std::vector<Code> out;
    for (int n = 0; n < rounds * program.round_samples; ++n) {
      const auto row = test.row(n % test.rows());
      out.insert(out.end(), row.begin(), row.end());
    }
    return out;
  }

  Library library_;
  Netlist multiplier_, plain_, fused_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: measure_activity SYNTH_OUT THREADS MODEL...\n";
    return 2;
  }
  try {
    const Bench bench(argv[1]);
    std::vector<Subject> subjects;
    for (int a = 3; a < argc; ++a) {
      const Model model = load_model(argv[a]);
      subjects.push_back(
          {model.provenance.dataset, model.integer_net(), load_test_set(model, argv[a])});
    }
    std::vector<Case> cases;
    for (const MultiplierKind kind : {MultiplierKind::kBooth, MultiplierKind::kFig8}) {
      for (int mode = kModeM0; mode <= kModeM2; ++mode) {
        for (const Subject& s : subjects) {
          for (const Mapping mapping : {Mapping::kLatency, Mapping::kThroughput}) {
            cases.push_back({&s, {kind, mode}, mapping, true});
            if (kind == MultiplierKind::kBooth && mapping == Mapping::kThroughput &&
                mode == kModeM2) {
              cases.push_back({&s, {kind, mode}, mapping, false});
            }
          }
        }
      }
    }
    std::vector<Json> rows(cases.size());
    std::mutex mutex;
    parallel_for(cases.size(), std::stoi(argv[2]), [&](std::size_t k) {
      rows[k] = bench.measure(cases[k]);
      const std::lock_guard lock(mutex);
      std::cerr << rows[k].dump() << '\n';
    });
    std::string command;
    for (int a = 0; a < argc; ++a) command += fmt::format("{}{}", a == 0 ? "" : " ", argv[a]);
    std::cout << "{\n  \"about\": " << Json(kAbout).dump()
              << ",\n  \"rtl_sha256\": " << Json(rtl_digest(default_source())).dump()
              << ",\n  \"command\": " << Json(command).dump() << ",\n  \"measured\": [\n";
    for (const Json& row : rows) {
      std::cout << "    " << row.dump() << (&row == &rows.back() ? "\n" : ",\n");
    }
    std::cout << "  ]\n}\n";
  } catch (const std::exception& e) {
    std::cerr << "measure_activity: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
