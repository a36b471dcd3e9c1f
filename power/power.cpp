#include "power/power.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "model/cycles.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/multiplier.h"
#include "model/paper.h"
#include "power/accesses.h"
#include "power/activity.h"
#include "power/logic_energy.h"
#include "power/memory.h"

namespace axnn {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr int kModes = 3;
constexpr double kMinVdd = 0.3;  // of a 65 nm memory
constexpr double kMaxVdd = 1.32;

std::string fig8_mode(int mode) { return mode_name({MultiplierKind::kFig8, mode}); }

json read_json(const fs::path& path) {
  try {
    return json::parse(read_file(path));
  } catch (const json::exception& e) {
    throw Error("damaged data file", path.string(), e.what());
  }
}

Activity activity_of(const json& j) {
  return {j.at("combinational").get<double>(), j.at("registers").get<double>()};
}

/// constraints/tech/activity.json.
struct ActivityTable {
  double multiplier[kModes];
  Activity mac[kModes];
  Activity result, control;

  explicit ActivityTable(const json& j) {
    for (int m = 0; m < kModes; ++m) {
      const std::string mode = fig8_mode(m);
      multiplier[m] = j.at("multiplier").at(mode);
      mac[m] = {j.at("mac").at("combinational").at(mode), j.at("mac").at("registers").at(mode)};
    }
    result = activity_of(j.at("assumed").at("result"));
    control = activity_of(j.at("assumed").at("control"));
  }
};

double polynomial(const json& coefficients, double x) {
  double sum = 0, power = 1;
  for (const json& c : coefficients) {
    sum += c.get<double>() * power;
    power *= x;
  }
  return sum;
}

/// Logic of the accelerator, energies in the library's technology.
struct Logic {
  double multiplier_pj[kModes];   ///< one PE, one operation
  double accumulator_pj[kModes];  ///< the rest of the PE's gates, operand selection included
  double registers_pj[kModes];    ///< data registers of one PE, without the clock
  double result_pj = 0;           ///< one result tile: row trees, post unit
  double output_pj = 0;           ///< one tile into the output FIFO
  double control_pj = 0;          ///< a cycle: decoder, control, sequencer, buffers' glue
  double clock_pj = 0;            ///< a cycle: clock pins of all registers
  double leakage_mw = 0;
  double clock_ns[kModes];  ///< critical path of the whole PE
};

double energy(const LogicEnergy& e, const Activity& a) {
  return a.combinational * e.combinational_pj + a.registers * e.register_pj;
}

LogicEnergy alone(const SynthReport& synth, const Library& library, const std::string& module) {
  const Netlist netlist = read_netlist(synth.module(module).folder / "netlist.json");
  return total_energy(netlist, library, module);
}

Logic price_logic(const SynthReport& synth, const Library& library, const ActivityTable& activity) {
  Logic logic;
  const LogicEnergy multiplier = alone(synth, library, "axnn_mult_fig8");
  const LogicEnergy pe = alone(synth, library, "axnn_pe");
  for (int m = 0; m < kModes; ++m) {
    logic.multiplier_pj[m] = activity.multiplier[m] * multiplier.combinational_pj;
    const double gates = activity.mac[m].combinational * pe.combinational_pj;
    logic.accumulator_pj[m] = std::max(0.0, gates - logic.multiplier_pj[m]);
    logic.registers_pj[m] = activity.mac[m].registers * pe.register_pj;
    const auto& timing = synth.module("axnn_pe").timing;
    const auto mode = std::find_if(timing.begin(), timing.end(),
                                   [&](const ModuleTiming& t) { return t.mode == fig8_mode(m); });
    if (mode == timing.end()) throw Error("no critical path of axnn_pe", fig8_mode(m));
    logic.clock_ns[m] = mode->critical_path_ns;
  }
  const Netlist top = read_netlist(synth.module("axnn_top").folder / "netlist.json");
  for (const auto& [name, e] : energy_by_module(top, library, "axnn_top")) {
    logic.clock_pj += e.clock_pj;
    logic.leakage_mw += e.leakage_nw * 1e-6;
    if (name.starts_with("axnn_row_") || name == "axnn_post") {
      logic.result_pj += energy(e, activity.result);
    } else if (name == "axnn_fifo") {
      // One of the FIFO's words is written.
      logic.output_pj += energy(e, activity.result) / kOutDepth;
    } else if (name != "axnn_pe") {
      logic.control_pj += energy(e, activity.control);
    }
  }
  return logic;
}

/// Memories of the accelerator at 65 nm, nominal voltage.
struct Memories {
  MemoryFigures local, weight_buffer_row, neuron_bank, bias, program;

  explicit Memories(const MemoryTable& table)
      : local(table.at(kLocalDepth, kDataW)),
        weight_buffer_row(table.at(kWeightDepth, kWeightRowW)),
        neuron_bank(table.at(kNeuronDepth, kNeuronWordW)),
        bias(table.at(kBiasDepth, kBiasWordW)),
        program(table.at(kProgDepth, kInstrW)) {}
};

/// Energy of an inference that does not depend on how long it takes, pJ, and power that does, mW.
struct Share {
  std::string name;
  bool memory = false;  ///< from the 65 nm table; otherwise library logic
  bool weight_memory = false;
  double dynamic_pj = 0;
  double leakage_mw = 0;
};

std::vector<Share> shares(const Logic& logic, const Memories& mem, const AccessCounts& n,
                          std::int64_t cycles, int mode, double weight_vdd, double nominal) {
  const auto count = [](std::int64_t x) { return static_cast<double>(x); };
  // PEs on a tile's padding multiply by zero weights or activations and hardly toggle.
  const double pe_operations = count(n.macs);
  const double dynamic_scale = weight_vdd * weight_vdd / (nominal * nominal);
  const double leakage_scale = weight_vdd / nominal;
  std::vector<Share> out;
  const auto gates = [&](const char* name, double pj) {
    out.push_back({name, false, false, pj, 0});
  };
  gates("multipliers", pe_operations * logic.multiplier_pj[mode]);
  gates("accumulators", pe_operations * logic.accumulator_pj[mode]);
  gates("PE registers", pe_operations * logic.registers_pj[mode]);
  gates("row trees, post unit",
        count(n.result_tiles) * logic.result_pj + count(n.output_tiles) * logic.output_pj);
  gates("control", count(cycles) * logic.control_pj);
  gates("clock pins", count(cycles) * logic.clock_pj);
  out.push_back({"logic leakage", false, false, 0, logic.leakage_mw});
  out.push_back({"local neuron memories", true, false,
                 count(n.neuron_local_reads) * mem.local.read_pj +
                     count(n.neuron_local_writes) * mem.local.write_pj,
                 kPes * mem.local.leakage_mw});
  out.push_back({"local weight memories", true, true,
                 count(n.weight_local_reads) * mem.local.read_pj * dynamic_scale,
                 kPes * mem.local.leakage_mw * leakage_scale});
  out.push_back(
      {"weight buffer", true, true,
       count(n.weight_buffer_reads) * kRows * mem.weight_buffer_row.read_pj * dynamic_scale,
       kRows * mem.weight_buffer_row.leakage_mw * leakage_scale});
  out.push_back({"neuron buffer", true, false,
                 count(n.neuron_buffer_reads) * mem.neuron_bank.read_pj +
                     count(n.neuron_buffer_writes) * mem.neuron_bank.write_pj,
                 kNeuronBanks * mem.neuron_bank.leakage_mw});
  out.push_back(
      {"bias and program memory", true, false,
       count(n.bias_reads) * mem.bias.read_pj + count(n.program_reads) * mem.program.read_pj,
       mem.bias.leakage_mw + mem.program.leakage_mw});
  return out;
}

/// The fit to the paper's weight memories.
struct PaperSram {
  double power_mw, voltage_v, exponent;

  explicit PaperSram(const json& j)
      : power_mw(j.at("power_mw")), voltage_v(j.at("voltage_v")), exponent(j.at("exponent")) {}
  double at(double vdd, double utilisation) const {
    return power_mw * std::pow(vdd / voltage_v, exponent) * utilisation;
  }
};

double total_pj(const std::vector<Share>& list, double logic_scale, double time_ns,
                bool without_weights) {
  double sum = 0;
  for (const Share& s : list) {
    if (without_weights && s.weight_memory) continue;
    sum += s.dynamic_pj * (s.memory ? 1 : logic_scale) + s.leakage_mw * time_ns;  // mW ns = pJ
  }
  return sum;
}

class Estimator {
 public:
  Estimator(const SynthReport& synth, const Library& library, const fs::path& source,
            const PowerOptions& options)
      : options_(options),
        tech_(source / "constraints" / "tech"),
        scaling_(read_json(tech_ / "scaling.json")),
        logic_(price_logic(synth, library, ActivityTable(read_json(tech_ / "activity.json")))),
        memories_(MemoryTable(tech_ / scaling_.at("sram").at("file").get<std::string>(),
                              scaling_.at("sram").at("cell"), scaling_.at("sram").at("periphery"))),
        nominal_(scaling_.at("sram").at("voltage_v")),
        paper_sram_(scaling_.at("paper_weight_sram")),
        paper_(read_json(tech_ / "paper.json")) {
    const json& from = scaling_.at("from");
    const json& to = scaling_.at("to");
    const double v = to.at("voltage_v");
    report_.energy_scale =
        polynomial(to.at("energy"), v) / polynomial(from.at("energy"), library.voltage_v);
    report_.delay_scale =
        polynomial(to.at("delay"), v) / polynomial(from.at("delay"), library.voltage_v);
    report_.weight_sram = options.weight_sram;
    report_.memory_access_ns = memories_.local.access_ns;
    calibrate(paper_nets(source));
    notes(synth, library);
  }

  PowerReport run(const std::vector<PowerNet>& nets) {
    for (const PowerNet& net : nets) {
      for (int mode = 0; mode < kModes; ++mode) report_.results.push_back(one(net, mode));
    }
    return std::move(report_);
  }

 private:
  static double utilisation(const AccessCounts& n) {
    return static_cast<double>(n.macs) / (static_cast<double>(n.steps) * kPes);
  }

  /// Scaled power of a net at the paper's clock and cycle count, before calibration, mW.
  double paper_clock_mw(const AccessCounts& n, int mode, double clock_ns, double vdd,
                        bool without_weights) const {
    const double time = static_cast<double>(n.steps) * clock_ns;
    return total_pj(shares(logic_, memories_, n, n.steps, mode, vdd, nominal_),
                    report_.energy_scale, time, without_weights) /
           time;
  }

  /// One factor for all nets: the paper's M0 power over ours, summed over Table I.
  void calibrate(const std::vector<PowerNet>& nets) {
    const bool paper = options_.weight_sram == WeightSram::kPaper;
    double target = 0, ours = 0;
    for (const PowerNet& net : nets) {
      const AccessCounts n = latency_accesses(net.net);
      target += printed_mw(net.name, kModeM0) -
                (paper ? paper_sram_.at(paper_sram_.voltage_v, utilisation(n)) : 0);
      ours += paper_clock_mw(n, kModeM0, kPaperClockNs[kModeM0], nominal_, paper);
    }
    report_.calibration = target / ours;
  }

  double printed_mw(const std::string& name, int mode) const {
    for (const json& net : paper_.at("nets")) {
      if (net.at("name") == name) return net.at("power_mw").at(static_cast<std::size_t>(mode));
    }
    return 0;
  }

  PowerResult one(const PowerNet& net, int mode) const {
    const AccessCounts n = latency_accesses(net.net);
    const LatencyCycles cycles = latency_cycles(net.net);
    const bool paper = options_.weight_sram == WeightSram::kPaper;
    PowerResult r;
    r.dataset = net.name;
    r.mode = fig8_mode(mode);
    r.vdd = options_.vdd;
    r.cycles = cycles.streaming;
    r.paper_cycles = n.steps;
    r.clock_ns = {logic_.clock_ns[mode], logic_.clock_ns[mode] * report_.delay_scale,
                  kPaperClockNs[mode]};
    if (options_.vdd == nominal_) r.paper_mw = printed_mw(net.name, mode);

    const std::vector<Share> own =
        shares(logic_, memories_, n, r.cycles, mode, options_.vdd, nominal_);
    const std::vector<Share> as_paper =
        shares(logic_, memories_, n, n.steps, mode, options_.vdd, nominal_);
    const double own_cycles = static_cast<double>(r.cycles);
    const double raw_ns = own_cycles * r.clock_ns.raw;
    const double scaled_ns = own_cycles * r.clock_ns.scaled;
    const double paper_ns = static_cast<double>(n.steps) * r.clock_ns.calibrated;
    const double fit_mw = paper ? paper_sram_.at(options_.vdd, utilisation(n)) : 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
      PowerPart part{own[i].name, {}};
      part.pj.raw = total_pj({own[i]}, 1, raw_ns, false);
      part.pj.scaled = total_pj({own[i]}, report_.energy_scale, scaled_ns, false);
      part.pj.calibrated =
          report_.calibration * total_pj({as_paper[i]}, report_.energy_scale, paper_ns, paper);
      r.parts.push_back(part);
    }
    if (paper) r.parts.push_back({"weight memories, paper's fit", {0, 0, fit_mw * paper_ns}});
    for (const PowerPart& p : r.parts) {
      r.pj_per_inference.raw += p.pj.raw;
      r.pj_per_inference.scaled += p.pj.scaled;
      r.pj_per_inference.calibrated += p.pj.calibrated;
    }
    const double operations = 2 * static_cast<double>(n.macs);
    const auto finish = [&](double Columns::*c, double ns) {
      r.power_mw.*c = r.pj_per_inference.*c / ns;
      r.gops.*c = operations / ns;
      r.gops_per_w.*c = r.gops.*c / (r.power_mw.*c * 1e-3);
    };
    finish(&Columns::raw, raw_ns);
    finish(&Columns::scaled, scaled_ns);
    finish(&Columns::calibrated, paper_ns);
    r.calibrated_m0_clock_mw =
        report_.calibration * paper_clock_mw(n, mode, kPaperClockNs[kModeM0], options_.vdd, paper) +
        fit_mw;
    return r;
  }

  void notes(const SynthReport& synth, const Library& library) {
    auto& out = report_.notes;
    out.push_back(fmt::format(
        "Logic: gates of the {} netlist x Liberty energy (internal power at {} ns slew, plus "
        "C V^2/2 on input pins; no wires) x activity of constraints/tech/activity.json (PE "
        "measured with glitches on uniform random operands, which is more than real layers "
        "switch; PEs on padding count as still; the rest assumed).",
        library.name, kTypicalSlewNs));
    out.push_back(
        "Clock: the clock pins of every register, every cycle (no clock gating); not the clock "
        "tree's buffers.");
    out.push_back(fmt::format(
        "Memories: accesses x 65 nm figures ({} cells, {} periphery; log-log interpolation in "
        "width and capacity, continued below the table's 512 bytes and 16 bits), the same in "
        "raw and scaled, plus their leakage.",
        scaling_.at("sram").at("cell").get<std::string>(),
        scaling_.at("sram").at("periphery").get<std::string>()));
    out.push_back("Logic leakage: the library's, not scaled; 65 nm logic leaks more.");
    out.push_back(fmt::format(
        "raw: {} V library, clock = critical path of the whole PE in that mode. scaled: energy x "
        "{:.4f}, delay x {:.3f} (Stillmaker and Baas), {} V.",
        library.voltage_v, report_.energy_scale, report_.delay_scale, nominal_));
    out.push_back(fmt::format(
        "calibrated: scaled, at the paper's clock (0.60 / 0.41 / 0.34 ns) and its cycle count, x "
        "{:.4f}, fitted on the paper's M0 power of the five nets; M1 and M2 are predictions. The "
        "column \"at M0 clock\" keeps 0.60 ns in every mode.",
        report_.calibration));
    out.push_back(fmt::format(
        "Not included: I/O, clock generator, regulator, loading of weights and program. Weight "
        "memories at {} V by {}.",
        options_.vdd,
        options_.weight_sram == WeightSram::kPaper
            ? "the fit to the paper, 49.5 (V/1.1)^4 mW x utilisation, in the calibrated column "
              "only"
            : "V^2 (energy) and V (leakage)"));
    for (const ModuleTiming& t : synth.module("axnn_top").timing) {
      for (int m = 0; m < kModes; ++m) {
        if (t.mode == fig8_mode(m) && t.critical_path_ns > logic_.clock_ns[m] * 1.001) {
          out.push_back(fmt::format(
              "Clock caveat: in {} the whole design's path is {:.2f} ns ({} -> {}), longer than "
              "the PE's {:.2f} ns used here.",
              t.mode, t.critical_path_ns, t.start, t.end, logic_.clock_ns[m]));
        }
      }
    }
    for (int m = 0; m < kModes; ++m) {
      const double clock = logic_.clock_ns[m] * report_.delay_scale;
      if (memories_.local.access_ns > std::min(clock, kPaperClockNs[m])) {
        out.push_back(fmt::format(
            "Memory caveat: in {} a local memory's access ({:.2f} ns at {} V) is longer than the "
            "clock (scaled {:.2f} ns, paper {:.2f} ns).",
            fig8_mode(m), memories_.local.access_ns, nominal_, clock, kPaperClockNs[m]));
      }
    }
  }

  PowerOptions options_;
  fs::path tech_;
  json scaling_;
  Logic logic_;
  Memories memories_;
  double nominal_;
  PaperSram paper_sram_;
  json paper_;
  PowerReport report_;
};

ordered_json columns(const Columns& c) {
  return {{"raw", c.raw}, {"scaled", c.scaled}, {"calibrated", c.calibrated}};
}

}  // namespace

std::vector<std::string> power_modules() { return {"axnn_mult_fig8", "axnn_pe", "axnn_top"}; }

std::vector<PowerNet> paper_nets(const fs::path& source) {
  const fs::path path = source / "constraints" / "tech" / "paper.json";
  const json root = read_json(path);
  std::vector<PowerNet> nets;
  try {
    for (const json& n : root.at("nets")) {
      const auto shape = n.at("shape").get<std::vector<int>>();
      PowerNet net{n.at("name").get<std::string>(), {}};
      for (std::size_t l = 1; l < shape.size(); ++l) {
        IntegerLayer layer;
        layer.inputs = shape[l - 1];
        layer.outputs = shape[l];
        net.net.layers.push_back(std::move(layer));
      }
      nets.push_back(std::move(net));
    }
  } catch (const json::exception& e) {
    throw Error("damaged data file", path.string(), e.what());
  }
  return nets;
}

void check_power_options(const Library& library, const fs::path& source,
                         const PowerOptions& options) {
  if (!(options.vdd > kMinVdd && options.vdd <= kMaxVdd)) {
    throw Error(fmt::format("{} V is no supply voltage of a 65 nm memory", options.vdd), "vdd",
                "give 0.40 to 1.10");
  }
  const fs::path path = source / "constraints" / "tech" / "scaling.json";
  const json scaling = read_json(path);
  try {
    const json& from = scaling.at("from");
    if (library.voltage_v < from.at("min_v") || library.voltage_v > from.at("max_v")) {
      throw Error(fmt::format("the power model scales a {} nm library; this one works at {} V",
                              from.at("node_nm").get<int>(), library.voltage_v),
                  library.name, "axnn synth takes any library");
    }
  } catch (const json::exception& e) {
    throw Error("damaged data file", path.string(), e.what());
  }
}

PowerReport estimate_power(const std::vector<PowerNet>& nets, const SynthReport& synth,
                           const Library& library, const fs::path& source,
                           const PowerOptions& options) {
  check_power_options(library, source, options);
  try {
    return Estimator(synth, library, source, options).run(nets);
  } catch (const json::exception& e) {
    throw Error("damaged data file", (source / "constraints" / "tech").string(), e.what());
  }
}

std::string to_json(const PowerReport& report) {
  ordered_json root;
  root["results"] = ordered_json::array();
  for (const PowerResult& r : report.results) {
    ordered_json row;
    row["dataset"] = r.dataset;
    row["multiplier"] = r.multiplier;
    row["mapping"] = r.mapping;
    row["mode"] = r.mode;
    row["vdd"] = r.vdd;
    row["power_mw"] = columns(r.power_mw);
    row["power_mw"]["calibrated_at_m0_clock"] = r.calibrated_m0_clock_mw;
    if (r.paper_mw > 0) row["power_mw"]["paper"] = r.paper_mw;
    row["pj_per_inference"] = columns(r.pj_per_inference);
    row["gops"] = columns(r.gops);
    row["gops_per_w"] = columns(r.gops_per_w);
    row["clock_ns"] = columns(r.clock_ns);
    row["cycles"] = r.cycles;
    row["paper_cycles"] = r.paper_cycles;
    row["parts_pj"] = ordered_json::object();
    for (const PowerPart& p : r.parts) row["parts_pj"][p.name] = columns(p.pj);
    root["results"].push_back(std::move(row));
  }
  root["weight_sram"] = report.weight_sram == WeightSram::kPaper ? "paper" : "physical";
  root["calibration"] = report.calibration;
  root["energy_scale"] = report.energy_scale;
  root["delay_scale"] = report.delay_scale;
  root["notes"] = report.notes;
  return root.dump(2) + "\n";
}

std::string to_table(const PowerReport& report, bool breakdown) {
  std::string out = fmt::format(
      "{:<10}{:<5}{:>7} |{:>8}{:>8}{:>8}{:>8}{:>8} |{:>10}{:>10}{:>10} |{:>7}{:>8}{:>8}\n", "", "",
      "", "mW", "", "", "", "", "pJ an", "inference", "", "GOPS/W", "", "");
  out += fmt::format(
      "{:<10}{:<5}{:>7} |{:>8}{:>8}{:>8}{:>8}{:>8} |{:>10}{:>10}{:>10} |{:>7}{:>8}{:>8}\n", "net",
      "mode", "cycles", "raw", "scaled", "calib.", "M0 clk", "paper", "raw", "scaled", "calib.",
      "raw", "scaled", "calib.");
  for (const PowerResult& r : report.results) {
    out += fmt::format(
        "{:<10}{:<5}{:>7} |{:>8.0f}{:>8.1f}{:>8.2f}{:>8.2f}{:>8} |{:>10.0f}{:>10.0f}{:>10.0f} "
        "|{:>7.1f}{:>8.0f}{:>8.0f}\n",
        r.dataset.substr(0, 9), r.mode, r.cycles, r.power_mw.raw, r.power_mw.scaled,
        r.power_mw.calibrated, r.calibrated_m0_clock_mw,
        r.paper_mw > 0 ? fmt::format("{:.2f}", r.paper_mw) : "-", r.pj_per_inference.raw,
        r.pj_per_inference.scaled, r.pj_per_inference.calibrated, r.gops_per_w.raw,
        r.gops_per_w.scaled, r.gops_per_w.calibrated);
    if (!breakdown) continue;
    for (const PowerPart& p : r.parts) {
      out += fmt::format("    {:<28}{:>12.1f}{:>12.1f}{:>12.1f} pJ{:>7.1f} %\n", p.name, p.pj.raw,
                         p.pj.scaled, p.pj.calibrated,
                         100 * p.pj.calibrated / r.pj_per_inference.calibrated);
    }
  }
  out += "\nWhat these numbers include and assume:\n";
  for (const std::string& note : report.notes) out += "  - " + note + "\n";
  return out;
}

}  // namespace axnn
