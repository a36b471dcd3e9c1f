#include "power/power.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/error.h"
#include "model/flip_curve.h"
#include "model/paper.h"
#include "power/activity_estimate.h"
#include "power/logic_energy.h"
#include "sim/compiler.h"

namespace axnn {
namespace {

std::string text_of(MultiplierKind kind, int mode) { return mode_name({kind, mode}); }

const ModuleTiming& timing_of(const ModuleReport& module, MultiplierKind kind, int mode) {
  for (const ModuleTiming& t : module.timing) {
    if (t.mode == text_of(kind, mode)) return t;
  }
  throw Error("no critical path of " + module.name, text_of(kind, mode));
}

// Whether a path leaves or enters a memory: its end is a pin of a macro, not a register or a port.
bool at_memory(const TimingPath& path) {
  const auto is_pin = [](const std::string& point) {
    for (const char* pin : {"/rdata_o_", "/addr_i_", "/wdata_i_", "/we_i_", "/en_i"}) {
      if (point.find(pin) != std::string::npos) return true;
    }
    return false;
  };
  return is_pin(path.start) || is_pin(path.end);
}

// Where a module's gates stand in the table of parts.
const char* part_of(std::string_view module) {
  if (module == "axnn_array" || module == "axnn_column") return "operand lines";
  if (module == "axnn_clock_gate") return "clock gates";
  if (module.starts_with("axnn_row_")) return "row trees";
  if (module == "axnn_post" || module == "axnn_fifo") return "post unit, output FIFO";
  if (module.ends_with("_buffer")) return "buffers' logic";
  return "control";
}

}  // namespace

std::string_view limit_name(ClockLimit limit) {
  switch (limit) {
    case ClockLimit::kChip:
      return "chip";
    case ClockLimit::kMemory:
      return "memory";
    default:
      return "PE";
  }
}

std::vector<std::string> power_modules() {
  return {"axnn_mult_fig8", "axnn_pe",  "axnn_pe_booth", "axnn_top",
          "axnn_top_booth", "axnn_axi", "axnn_axi_booth"};
}

PowerModel::PowerModel(const SynthReport& synth, const Library& library,
                       const std::filesystem::path& source, const PowerOptions& options)
    : tech_(source), options_(options), library_name_(library.name), library_v_(library.voltage_v) {
  tech_.check_library(library.name, library.voltage_v);
  energy_scale_ = tech_.energy_scale(library.voltage_v);
  delay_scale_ = tech_.delay_scale(library.voltage_v);
  fig8_ = price_logic(synth, library, MultiplierKind::kFig8);
  booth_ = price_logic(synth, library, MultiplierKind::kBooth);
  for (const PaperNet& p : tech_.paper_nets()) {
    const IntegerNet net = p.net();
    for (const Mapping mapping : {Mapping::kLatency, Mapping::kThroughput}) {
      const Program program = compile(net, {MultiplierKind::kFig8, kModeM0}, {.mapping = mapping});
      const Inference n = inference_of(program, net);
      results_a_step_[{p.name, mapping}] = n.result_tiles / n.steps;
    }
  }
  calibrate();
}

PowerModel PowerModel::with(const PowerOptions& options) const {
  PowerModel other = *this;
  other.options_ = options;
  other.calibrate();
  return other;
}

PowerModel::Logic PowerModel::price_logic(const SynthReport& synth, const Library& library,
                                          MultiplierKind kind) const {
  const bool fused = kind == MultiplierKind::kBooth;
  const ModuleReport& pe = synth.module(fused ? "axnn_pe_booth" : "axnn_pe");
  const ModuleReport& top = synth.module(fused ? "axnn_top_booth" : "axnn_top");
  const ModuleReport& chip = synth.module(fused ? "axnn_axi_booth" : "axnn_axi");
  Logic out;
  if (!fused) {
    const Netlist multiplier = read_netlist(synth.module("axnn_mult_fig8").folder / "netlist.json");
    out.multiplier_pj = total_energy(multiplier, library, "axnn_mult_fig8").combinational_pj;
  }
  for (int m = 0; m < kPowerModes; ++m) {
    out.clock_ns[m] = timing_of(pe, kind, m).logic.ns;
    out.chip_path[m] = timing_of(chip, kind, m).whole;
  }
  const Netlist netlist = read_netlist(top.folder / "netlist.json");
  out.modules = energy_by_module(netlist, library, top.name);
  for (const auto& [name, e] : out.modules) out.leakage_mw += e.leakage_nw * 1e-6;
  for (const auto& [key, m] : netlist.modules) {
    if (m.name != "axnn_pe") continue;
    out.low_clock_pj = kPes * clock_domain_pj(netlist, library, key, "clk_low_i");
  }
  out.memories.assign(top.count.memories.begin(), top.count.memories.end());
  return out;
}

const PowerModel::Logic& PowerModel::logic(MultiplierKind kind) const {
  switch (kind) {
    case MultiplierKind::kFig8:
      return fig8_;
    case MultiplierKind::kBooth:
      return booth_;
    default:
      throw Error("no power of a PE with " + std::string(kind_name(kind)), "power model",
                  "use fig8 or booth");
  }
}

// The deepest of that width: it costs the most.
MemoryFigures PowerModel::memory(const Logic& logic, int width, bool weight_buffer) const {
  int depth = 0;
  for (const auto& [shape, count] : logic.memories) {
    if (shape.width != width || (shape.depth == kWeightDepth) != weight_buffer) continue;
    depth = std::max(depth, shape.depth);
  }
  if (depth == 0) throw Error(fmt::format("no memory of {} bits", width), "netlist of axnn_top");
  return tech_.memories.at(depth, width);
}

RunActivity PowerModel::activity(const Workload& w, int mode, bool isolated) const {
  if (!w.operand_toggles) return tech_.activity(w.net, w.kind, w.mapping, mode, isolated);
  const Mapping stream =
      w.mapping == Mapping::kThroughput ? Mapping::kThroughput : Mapping::kLatency;
  std::vector<MeasuredRun> measured;
  for (const auto& [net, a] : tech_.activities(w.kind, w.mapping, mode, isolated)) {
    const auto results = results_a_step_.find({net, stream});
    if (results != results_a_step_.end()) measured.push_back({a, results->second});
  }
  return estimate_activity(measured, {w.operand_toggles->at(std::size_t(mode)),
                                      w.inference.result_tiles / w.inference.steps});
}

const std::map<std::string, LogicEnergy>& PowerModel::netlist(MultiplierKind kind) const {
  return logic(kind).modules;
}

std::map<std::string, ModuleEnergy> PowerModel::modules(const Workload& w, int mode, double cycles,
                                                        const Lacking& lacking) const {
  const Logic& l = logic(w.kind);
  const Inference& n = w.inference;
  const bool fused = l.multiplier_pj == 0;
  const int worked = lacking.rounding ? kModeM0 : mode;
  const bool isolated = !lacking.isolation || !fused || worked == kModeM0;
  const RunActivity activity = this->activity(w, worked, isolated);
  std::map<std::string, ModuleEnergy> out;
  for (const auto& [name, e] : l.modules) {
    const ModuleActivity a = activity.module(name);
    ModuleEnergy& m = out[name];
    m.gates_pj = n.steps * a.combinational * e.combinational_pj;
    m.registers_pj = n.steps * a.registers * e.register_pj;
    m.clock_pj = cycles * a.clock * e.clock_pj;
    if (options_.gated && !lacking.gating) continue;
    // Every register's clock runs but that of the low digits, which the mode stops.
    const bool stands = name == "axnn_pe" && isolated && worked != kModeM0;
    m.clock_pj = cycles * (e.clock_pj - (stands ? l.low_clock_pj : 0));
    if (name == "axnn_clock_gate") m = {};
  }
  if (lacking.isolation && !fused) {
    out.at("axnn_pe").gates_pj +=
        kPes * n.steps * (activity.product_open - activity.product) * l.multiplier_pj;
  }
  return out;
}

std::vector<PowerModel::Share> PowerModel::shares(const Workload& w, double cycles, int mode,
                                                  double vdd, const Lacking& lacking) const {
  const Logic& l = logic(w.kind);
  const Inference& n = w.inference;
  const double dynamic = vdd * vdd / (tech_.nominal_v * tech_.nominal_v);
  const bool fused = l.multiplier_pj == 0;
  std::vector<Share> out;
  const auto gates = [&](const std::string& name, double pj) {
    const auto it = std::ranges::find(out, name, &Share::name);
    if (it == out.end()) {
      out.push_back({name, false, false, pj, 0});
    } else {
      it->dynamic_pj += pj;
    }
  };
  const std::map<std::string, ModuleEnergy> logic_pj = modules(w, mode, cycles, lacking);
  const ModuleEnergy& pe = logic_pj.at("axnn_pe");
  if (fused) {
    gates("fused multiply-accumulate", pe.gates_pj);
  } else {
    const RunActivity a = activity(w, lacking.rounding ? kModeM0 : mode);
    const double product_pj =
        kPes * n.steps * (lacking.isolation ? a.product_open : a.product) * l.multiplier_pj;
    gates("multipliers", std::min(product_pj, pe.gates_pj));
    gates("accumulators", std::max(0.0, pe.gates_pj - product_pj));
  }
  gates("PE registers", pe.registers_pj);
  for (const auto& [name, m] : logic_pj) {
    if (name != "axnn_pe") gates(part_of(name), m.gates_pj + m.registers_pj);
  }
  gates("clock pins, PEs", pe.clock_pj);
  for (const auto& [name, m] : logic_pj) {
    if (name != "axnn_pe") {
      const std::string_view part = part_of(name);
      gates(part == "clock gates"     ? "clock gates"
            : part == "operand lines" ? "clock pins, operand lines"
                                      : "clock pins, all else",
            m.clock_pj);
    }
  }
  out.push_back({"logic leakage", false, false, 0, l.leakage_mw});

  const MemoryFigures local = memory(l, kDataW, false), buffer = memory(l, kWeightRowW, true),
                      bias = memory(l, kBiasWordW, false), program = memory(l, kInstrW, false);
  // A neuron memory's two macros (axnn_neuron_buffer): rough modes read the high parts alone.
  const int unseen = fused ? kBoothUnseenW : kLowW;
  const int neuron_high_w = kCols * (kDataW - unseen), neuron_low_w = kCols * unseen;
  const MemoryFigures high = memory(l, neuron_high_w, false), low = memory(l, neuron_low_w, false);
  const bool exact = mode == kModeM0 || lacking.rounding || lacking.isolation;
  out.push_back({"local neuron memories", true, false,
                 n.neuron_local_reads * local.read_pj + n.neuron_local_writes * local.write_pj, 0});
  out.push_back(
      {"local weight memories", true, true, n.weight_local_reads * local.read_pj * dynamic, 0});
  out.push_back({"weight buffer", true, true, n.weight_buffer_reads * buffer.read_pj * dynamic, 0});
  out.push_back({"neuron buffer", true, false,
                 n.neuron_buffer_reads * (high.read_pj + (exact ? low.read_pj : 0)) +
                     n.neuron_buffer_writes * (high.write_pj + low.write_pj),
                 0});
  out.push_back({"bias and program memory", true, false,
                 n.bias_reads * bias.read_pj + n.program_reads * program.read_pj, 0});
  // Leakage of every macro there is. Half of the PEs' memories hold weights.
  Share* const memories = &out[out.size() - 5];
  for (const auto& [shape, count] : l.memories) {
    const double mw =
        static_cast<double>(count) * tech_.memories.at(shape.depth, shape.width).leakage_mw;
    if (shape.width == kDataW) {
      memories[0].leakage_mw += mw / 2;
      memories[1].leakage_mw += mw / 2;
    } else if (shape.depth == kWeightDepth) {
      memories[2].leakage_mw += mw;
    } else if (shape.width == neuron_high_w || shape.width == neuron_low_w) {
      memories[3].leakage_mw += mw;
    } else {
      memories[4].leakage_mw += mw;
    }
  }
  for (Share& s : out) {
    if (s.weight_memory) s.leakage_mw *= vdd / tech_.nominal_v;
  }
  return out;
}

double PowerModel::total_pj(const std::vector<Share>& list, double logic_scale, double ns) const {
  double sum = 0;
  for (const Share& s : list) {
    sum += s.dynamic_pj * (s.memory ? 1 : logic_scale) + s.leakage_mw * ns;  // mW ns = pJ
  }
  return sum;
}

std::vector<Workload> PowerModel::paper_workloads() const {
  std::vector<Workload> out;
  for (const PaperNet& net : tech_.paper_nets()) {
    const IntegerNet shape = net.net();
    out.push_back({net.name, MultiplierKind::kFig8, Mapping::kLatency,
                   inference_of(compile(shape, {MultiplierKind::kFig8, kModeM0}), shape)});
  }
  return out;
}

// One factor for all nets: the paper's M0 power over ours, summed over Table I; and its M0 clock
// over ours.
void PowerModel::calibrate() {
  clock_calibration_ = kPaperClockNs[kModeM0] / (fig8_.clock_ns[kModeM0] * delay_scale_);
  const bool paper = options_.weight_sram == WeightSram::kPaper;
  double target = 0, ours = 0;
  for (const Workload& w : paper_workloads()) {
    const Inference& n = w.inference;
    const double ns = n.steps * kPaperClockNs[kModeM0];
    std::vector<Share> list = shares(w, n.steps, kModeM0, tech_.nominal_v);
    if (paper) std::erase_if(list, [](const Share& s) { return s.weight_memory; });
    target += tech_.paper(w.net)->power[kModeM0];
    if (paper) target -= tech_.paper_sram_mw(tech_.nominal_v) * n.macs / (kPes * n.steps);
    ours += total_pj(list, energy_scale_, ns) / ns;
  }
  calibration_ = target / ours;
}

PowerResult PowerModel::price(const Workload& w, int mode, double vdd) const {
  return price(w, mode, vdd, {});
}

PowerResult PowerModel::price(const Workload& w, int mode, double vdd,
                              const Lacking& lacking) const {
  check_vdd(vdd, "vdd");
  const bool as_paper = w.kind == MultiplierKind::kFig8 && w.mapping == Mapping::kLatency;
  const bool paper_sram = options_.weight_sram == WeightSram::kPaper;
  const Inference& n = w.inference;
  PowerResult r;
  r.workload = w;
  r.mode = mode;
  r.vdd = vdd;
  r.calibrated_cycles = as_paper ? n.steps : n.cycles;
  const double ns = logic(w.kind).clock_ns[mode];
  r.clock_ns = {ns, ns * delay_scale_,
                as_paper ? kPaperClockNs[mode] : ns * delay_scale_ * clock_calibration_};
  const TimingPath& path = logic(w.kind).chip_path[mode];
  const double chip_ns = std::max(ns, path.ns);
  // What the weight memories answer later at this voltage is added to the chip's worst path: an
  // upper bound, since that may be another memory's or none's.
  const double later =
      std::max(weight_access_ns(w, vdd) - weight_access_ns(w, tech_.nominal_v), 0.0);
  r.chip_clock_ns = {chip_ns + later, chip_ns * delay_scale_ + later,
                     chip_ns * delay_scale_ * clock_calibration_ + later};
  r.limit = later > 0 || at_memory(path) ? ClockLimit::kMemory
            : path.ns > ns               ? ClockLimit::kChip
                                         : ClockLimit::kPe;
  if (options_.chip_clock) r.clock_ns = r.chip_clock_ns;

  const std::vector<Share> own = shares(w, n.cycles, mode, vdd, lacking);
  const std::vector<Share> calibrated = shares(w, r.calibrated_cycles, mode, vdd, lacking);
  const Columns time = {n.cycles * r.clock_ns.raw, n.cycles * r.clock_ns.scaled,
                        r.calibrated_cycles * r.clock_ns.calibrated};
  for (std::size_t i = 0; i < own.size(); ++i) {
    PowerPart part{own[i].name, {}};
    part.pj.raw = total_pj({own[i]}, 1, time.raw);
    part.pj.scaled = total_pj({own[i]}, energy_scale_, time.scaled);
    if (!paper_sram || !own[i].weight_memory) {
      part.pj.calibrated = calibration_ * total_pj({calibrated[i]}, energy_scale_, time.calibrated);
    }
    r.parts.push_back(part);
  }
  if (paper_sram) {
    // The fit is power while every PE reads a weight a clock.
    const double reads = n.weight_local_reads / kPes + n.weight_buffer_reads / kRows;
    const double mw = tech_.paper_sram_mw(vdd) * n.macs / (kPes * n.steps);
    r.parts.push_back({"weight memories, paper's fit", {0, 0, mw * reads * r.clock_ns.calibrated}});
  }
  for (const PowerPart& p : r.parts) {
    r.pj_per_inference.raw += p.pj.raw;
    r.pj_per_inference.scaled += p.pj.scaled;
    r.pj_per_inference.calibrated += p.pj.calibrated;
  }
  for (double Columns::*c : {&Columns::raw, &Columns::scaled, &Columns::calibrated}) {
    r.power_mw.*c = r.pj_per_inference.*c / (time.*c);
    r.gops.*c = 2 * n.macs / (time.*c);
    r.gops_per_w.*c = r.gops.*c / (r.power_mw.*c * 1e-3);
  }
  r.feed = feed(w, r);
  return r;
}

double PowerModel::weight_access_ns(const Workload& w, double vdd) const {
  const Logic& l = logic(w.kind);
  const bool local = w.inference.weight_buffer_reads == 0;
  return (local ? memory(l, kDataW, false) : memory(l, kWeightRowW, true)).access_ns *
         tech_.memory_slowdown(vdd);
}

WeightFeed PowerModel::feed(const Workload& w, const PowerResult& r) const {
  const Inference& n = w.inference;
  WeightFeed f;
  f.local = n.weight_buffer_reads == 0;
  const double ns = weight_access_ns(w, r.vdd);
  f.access_ns = {ns, ns, ns};
  const double reads = f.local ? n.weight_local_reads / kPes : n.weight_buffer_reads / kRows;
  f.clocks_a_read = r.calibrated_cycles / reads;
  f.reuse = n.steps / reads;
  const auto reuse = [&](double clock) {
    return std::isfinite(ns) ? static_cast<int>(std::ceil(ns / clock)) : 0;
  };
  const double pe = logic(w.kind).clock_ns[r.mode] * delay_scale_;
  f.scaled_reuse = reuse(pe);
  f.calibrated_reuse = reuse(pe * clock_calibration_);
  return f;
}

std::vector<std::string> PowerModel::notes() const {
  std::vector<std::string> out;
  out.push_back(fmt::format(
      "Logic: gates of the {} netlist x Liberty energy (internal power at {} ns slew, plus C V^2/2 "
      "on input pins; no wires) x activity of constraints/tech/activity.json, measured with "
      "glitches on the gates of the whole accelerator while they run plainly trained networks of "
      "the five data sets on their own samples; of other networks it is estimated.",
      library_name_, kTypicalSlewNs));
  out.push_back(fmt::format(
      "Clock: {} Not the clock tree's buffers.",
      options_.gated ? "the clock pins behind each clock gate when it was open, and the gates."
                     : "the clock pins of every register, every cycle, but of booth's low digits "
                       "in M0 only."));
  out.push_back(fmt::format(
      "Memories: accesses x 65 nm figures ({} cells, {} periphery; log-log interpolation in width "
      "and capacity, continued below the table's 512 bytes and 16 bits), the same in raw and "
      "scaled, plus their leakage.",
      tech_.cell, tech_.periphery));
  out.push_back("Logic leakage: the library's, not scaled; 65 nm logic leaks more.");
  out.push_back(fmt::format(
      "raw: {} V library, clock = critical path of the whole PE in that mode. scaled: energy x "
      "{:.4f}, delay x {:.3f} (Stillmaker and Baas), {} V.",
      library_v_, energy_scale_, delay_scale_, tech_.nominal_v));
  out.push_back(fmt::format(
      "calibrated: scaled, energy x {:.4f}, fitted on the paper's M0 power of the five nets on its "
      "own design, and time x {:.4f}, fitted on its M0 clock; M1, M2, the voltages and everything "
      "about booth are predictions. The paper's design runs at the paper's clock (0.60 / 0.41 / "
      "0.34 ns) and cycle count.",
      calibration_, clock_calibration_));
  out.push_back(
      "Weight memories' voltage: V^2 (energy) and V (leakage). Column \"mW fit\": calibrated, with "
      "49.5 (V/1.1)^4 mW x utilisation, the fit to the paper's Table IV, in their place, and a "
      "factor of its own.");
  const double local_ns = memory(booth_, kDataW, false).access_ns;
  const double buffer_ns = memory(booth_, kWeightRowW, true).access_ns;
  out.push_back(
      "GOPS and pJ at the chip's clock: calibrated, at the clock that this netlist's PE, any path "
      "of "
      "the whole accelerator (\"chip\") and the weight memory keep up with. GOPS without it are at "
      "the PE's clock, of the paper's design at the paper's, whatever the others do.");
  out.push_back(fmt::format(
      "Weight memories' access time: the 65 nm table's, {:.2f} ns of a PE's and {:.2f} ns of the "
      "buffer at {} V, over voltage by the alpha-power law (constraints/tech/scaling.json). The "
      "factor {:.3f} on logic's time is not applied to it; memories as much faster as the logic "
      "would take {:.2f} and {:.2f} ns. Reuse: steps that a word read would have to serve so that "
      "the memory does not slow the PE down. The RTL takes what was read in the next cycle, so "
      "the reuse that a mapping has saves energy, not time.",
      local_ns, buffer_ns, tech_.nominal_v, clock_calibration_, local_ns * clock_calibration_,
      buffer_ns * clock_calibration_));
  out.push_back("Not included: I/O, clock generator, regulator, loading of weights and program.");
  for (const auto& [l, kind] :
       {std::pair{&fig8_, MultiplierKind::kFig8}, std::pair{&booth_, MultiplierKind::kBooth}}) {
    for (int m = 0; m < kPowerModes; ++m) {
      if (l->chip_path[m].ns <= l->clock_ns[m] * 1.001) continue;
      out.push_back(
          fmt::format("Clock caveat: in {} {} the whole chip's path, memories included, is {:.2f} "
                      "ns ({} -> {}), "
                      "longer than the PE's {:.2f} ns (raw).",
                      kind_name(kind), text_of(kind, m), l->chip_path[m].ns, l->chip_path[m].start,
                      l->chip_path[m].end, l->clock_ns[m]));
    }
  }
  return out;
}

}  // namespace axnn
