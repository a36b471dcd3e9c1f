#include "power/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace axnn {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kEstimateShare = 0.05;  // modules below are not judged
constexpr double kEstimateError = 0.15;  // the aim

std::string design_of(const Workload& w) {
  return fmt::format("{}, {} mapping", kind_name(w.kind), mapping_name(w.mapping));
}

std::string mode_of(const PowerResult& r) { return mode_name({r.workload.kind, r.mode}); }

// Table IV's column of the paper: M1 Con, M1 Agg, M2 Con, M2 Agg.
std::size_t low_index(const LowRow& row) {
  return static_cast<std::size_t>(2 * (row.power.mode - kModeM1) + row.aggressive);
}

Json columns(const Columns& c) {
  return {{"raw", c.raw}, {"scaled", c.scaled}, {"calibrated", c.calibrated}};
}

Json power_json(const PowerResult& r) {
  Json row = {{"dataset", r.workload.net},
              {"multiplier", kind_name(r.workload.kind)},
              {"mapping", mapping_name(r.workload.mapping)},
              {"mode", mode_of(r)},
              {"vdd", r.vdd},
              {"power_mw", columns(r.power_mw)},
              {"pj_per_inference", columns(r.pj_per_inference)},
              {"gops", columns(r.gops)},
              {"gops_per_w", columns(r.gops_per_w)},
              {"clock_ns", columns(r.clock_ns)},
              {"cycles", r.workload.inference.cycles},
              {"calibrated_cycles", r.calibrated_cycles},
              {"weight_memory",
               {{"which", r.feed.local ? "local" : "buffer"},
                {"access_ns", r.feed.access_ns.scaled},
                {"clocks_a_read", r.feed.clocks_a_read},
                {"reuse_needed_scaled", r.feed.scaled_reuse},
                {"reuse_needed_calibrated", r.feed.calibrated_reuse}}}};
  for (const PowerPart& p : r.parts) row["parts_pj"][p.name] = columns(p.pj);
  return row;
}

// Per cent, or a dash.
std::string percent(const std::optional<double>& x) {
  return x ? fmt::format("{:.2f}", 100 * *x) : "-";
}

std::string nominal_table(const PowerModel& model, std::span<const NominalRow> rows,
                          bool breakdown) {
  std::string out;
  std::string design;
  for (const NominalRow& row : rows) {
    const PowerResult& r = row.power;
    if (design_of(r.workload) != design) {
      design = design_of(r.workload);
      out += fmt::format(
          "\nTable III, {}, {:.2f} V (calibrated to 65 nm; the paper's figures in brackets)\n"
          "{:<9} {:<4} {:>17} {:>17} {:>18} {:>7} {:>18} {:>7} {:>9} {:>9} {:>9}\n",
          design, r.vdd, "net", "mode", "AxTrain %", "without %", "mW", "mW fit", "GOPS", "GOPS/W",
          "pJ/infer.", "scaled pJ", "raw pJ");
    }
    const PaperNet* paper = model.technology().paper(r.workload.net);
    const auto mode = static_cast<std::size_t>(r.mode);
    const auto beside = [&](const std::string& ours, double printed) {
      return paper == nullptr ? ours : fmt::format("{} [{:6.2f}]", ours, printed);
    };
    out += fmt::format(
        "{:<9} {:<4} {:>17} {:>17} {:>18} {:>7.2f} {:>18} {:>7.0f} {:>9.0f} {:>9.0f} {:>9.0f}\n",
        r.workload.net.substr(0, 9), mode_of(r),
        beside(percent(row.accuracy), paper ? paper->accuracy[mode] : 0),
        beside(percent(row.accuracy_without), paper ? paper->accuracy_without[mode] : 0),
        beside(fmt::format("{:.2f}", r.power_mw.calibrated), paper ? paper->power[mode] : 0),
        row.fit_mw, beside(fmt::format("{:.2f}", r.gops.calibrated), paper ? paper->gops[mode] : 0),
        r.gops_per_w.calibrated, r.pj_per_inference.calibrated, r.pj_per_inference.scaled,
        r.pj_per_inference.raw);
    if (!breakdown) continue;
    for (const PowerPart& p : r.parts) {
      out += fmt::format("    {:<28}{:>12.1f}{:>12.1f}{:>12.1f} pJ{:>7.1f} %\n", p.name, p.pj.raw,
                         p.pj.scaled, p.pj.calibrated,
                         100 * p.pj.calibrated / r.pj_per_inference.calibrated);
    }
  }
  return out;
}

// Energy per inference over that of fig8, latency mapping, in the same mode.
std::string ratio_table(std::span<const NominalRow> rows) {
  const auto base = [&](const NominalRow& row) {
    return std::ranges::find_if(rows, [&](const NominalRow& b) {
      const Workload& w = b.power.workload;
      return w.net == row.power.workload.net && b.power.mode == row.power.mode &&
             w.kind == MultiplierKind::kFig8 && w.mapping == Mapping::kLatency;
    });
  };
  std::string out = fmt::format(
      "\nEnergy per inference over that of fig8, latency mapping, same mode (weight memories by "
      "the table / by the fit)\n{:<9} {:<28} {:>13} {:>13} {:>13}\n",
      "net", "design", "M0", "M1", "M2");
  for (const NominalRow& row : rows) {
    const auto b = base(row);
    if (b == rows.end() || &*b == &row) continue;
    const PowerResult& r = row.power;
    if (r.mode == kModeM0) {
      out += fmt::format("{:<9} {:<28}", r.workload.net.substr(0, 9), design_of(r.workload));
    }
    out += fmt::format(
        " {:>13}", fmt::format("{:.2f} / {:.2f}",
                               r.pj_per_inference.calibrated / b->power.pj_per_inference.calibrated,
                               row.fit_pj / b->fit_pj));
    if (r.mode == kModeM2) out += '\n';
  }
  return out;
}

std::string low_table(const PowerModel& model, std::span<const LowRow> rows) {
  std::string out;
  std::string design;
  for (const LowRow& row : rows) {
    const PowerResult& r = row.power;
    if (design_of(r.workload) != design) {
      design = design_of(r.workload);
      out += fmt::format(
          "\nTable IV, {} (calibrated to 65 nm; the paper's figures in brackets)\n"
          "{:<9} {:<4} {:<4} {:>5} {:>17} {:>15} {:>7} {:>8} {:>17} {:>10} {:>7} {:>9} {:>10}  "
          "{}\n",
          design, "net", "mode", "", "V", "mean %", "deviation", "worst", "mW", "mW fit",
          "pJ/infer.", "GOPS", "GOPS slow", "pJ slow", "weight memory");
    }
    const PaperNet* paper = model.technology().paper(r.workload.net);
    const auto beside = [&](const std::string& ours, double printed) {
      return paper == nullptr ? ours : fmt::format("{} [{:5.2f}]", ours, printed);
    };
    const std::size_t i = low_index(row);
    const int reuse = r.feed.calibrated_reuse;
    out += fmt::format(
        "{:<9} {:<4} {:<4} {:>5.2f} {:>17} {:>15} {:>7} {:>8.2f} {:>17} {:>10.0f} {:>7.1f} "
        "{:>9.1f} "
        "{:>10.0f}  {:.2f} ns, {}\n",
        r.workload.net.substr(0, 9), mode_of(r), row.aggressive ? "Agg" : "Con", r.vdd,
        beside(percent(row.mean), paper ? paper->low_accuracy[i] : 0),
        beside(percent(row.deviation), paper ? paper->low_deviation[i] : 0), percent(row.worst),
        r.power_mw.calibrated,
        beside(fmt::format("{:.2f}", row.fit_mw), paper ? paper->low_power[i] : 0),
        r.pj_per_inference.calibrated, r.gops.calibrated, row.slow.gops.calibrated,
        row.slow.pj_per_inference.calibrated, r.feed.access_ns.calibrated,
        reuse == 1   ? "feeds the array"
        : reuse == 0 ? "does not work"
                     : fmt::format("too slow: a read takes {} clocks, one is due every {:.1f}",
                                   reuse, r.feed.clocks_a_read));
  }
  return out;
}

}  // namespace

std::string to_json(const PowerModel& model, const PowerTables& tables) {
  Json root = {{"table3", Json::array()}, {"table4", Json::array()}};
  for (const NominalRow& row : tables.nominal) {
    Json j = power_json(row.power);
    j["pj_per_inference"]["calibrated_paper_sram"] = row.fit_pj;
    j["power_mw"]["calibrated_paper_sram"] = row.fit_mw;
    if (row.accuracy) j["accuracy"] = *row.accuracy;
    if (row.accuracy_without) j["accuracy_without"] = *row.accuracy_without;
    if (const PaperNet* paper = model.technology().paper(row.power.workload.net)) {
      const auto m = static_cast<std::size_t>(row.power.mode);
      j["paper"] = {{"power_mw", paper->power[m]},
                    {"gops", paper->gops[m]},
                    {"accuracy", paper->accuracy[m] / 100},
                    {"accuracy_without", paper->accuracy_without[m] / 100}};
    }
    root["table3"].push_back(std::move(j));
  }
  for (const LowRow& row : tables.low) {
    Json j = power_json(row.power);
    j["power_mw"]["calibrated_paper_sram"] = row.fit_mw;
    j["at_memory_clock"] = {{"clock_ns", row.slow.clock_ns.calibrated},
                            {"gops", row.slow.gops.calibrated},
                            {"power_mw", row.slow.power_mw.calibrated},
                            {"pj_per_inference", row.slow.pj_per_inference.calibrated}};
    j["level"] = row.aggressive ? "Agg" : "Con";
    if (row.mean) {
      j["chips"] = {{"number", row.chips},
                    {"mean", *row.mean},
                    {"deviation", *row.deviation},
                    {"worst", *row.worst}};
    }
    if (const PaperNet* paper = model.technology().paper(row.power.workload.net)) {
      const std::size_t i = low_index(row);
      j["paper"] = {{"power_mw", paper->low_power[i]},
                    {"mean", paper->low_accuracy[i] / 100},
                    {"deviation", paper->low_deviation[i] / 100}};
    }
    root["table4"].push_back(std::move(j));
  }
  root["clock_gating"] = model.options().gated;
  root["calibration"] = model.calibration();
  root["clock_calibration"] = model.clock_calibration();
  root["energy_scale"] = model.energy_scale();
  root["delay_scale"] = model.delay_scale();
  root["notes"] = model.notes();
  return root.dump(2) + "\n";
}

std::string to_table(const PowerModel& model, const PowerTables& tables, bool breakdown) {
  std::string out = nominal_table(model, tables.nominal, breakdown) + ratio_table(tables.nominal) +
                    low_table(model, tables.low);
  out += "\nWhat these numbers include and assume:\n";
  for (const std::string& note : model.notes()) out += "  - " + note + "\n";
  return out;
}

std::string waterfall_table(std::span<const WaterfallRow> rows) {
  std::string out =
      "Energy per inference, calibrated, nJ, at the nominal voltage (weight memories by the table "
      "/ "
      "by the fit), and over the paper's design\n";
  for (const WaterfallRow& row : rows) {
    const WaterfallStep& first = row.steps.front();
    out += fmt::format("\n{} M{}\n", row.net, row.mode);
    for (const WaterfallStep& s : row.steps) {
      out += fmt::format("  {:<24}{:>10.3f} / {:>8.3f}{:>9.2f} / {:.2f}\n", s.change, s.pj * 1e-3,
                         s.fit_pj * 1e-3, s.pj / first.pj, s.fit_pj / first.fit_pj);
    }
  }
  return out;
}

std::string waterfall_json(std::span<const WaterfallRow> rows) {
  Json root = Json::array();
  for (const WaterfallRow& row : rows) {
    Json steps = Json::array();
    for (const WaterfallStep& s : row.steps) {
      steps.push_back({{"change", s.change},
                       {"pj_per_inference", s.pj},
                       {"pj_per_inference_paper_sram", s.fit_pj}});
    }
    root.push_back({{"dataset", row.net}, {"mode", row.mode}, {"steps", std::move(steps)}});
  }
  return Json{{"waterfall", std::move(root)}}.dump(2) + "\n";
}

std::string estimate_table(std::span<const EstimateRow> rows) {
  std::string out = fmt::format(
      "Fast estimate against counted toggles, modules over {:.0f} % of an inference's energy; "
      "error "
      "in %\n{:<6} {:<11} {:<5} {:<19}",
      100 * kEstimateShare, "PE", "mapping", "mode", "module");
  std::vector<std::string> nets, fitted;
  for (const EstimateRow& r : rows) {
    if (std::ranges::find(nets, r.net) != nets.end()) continue;
    nets.push_back(r.net);
    if (r.fitted) fitted.push_back(r.net);
  }
  for (const std::string& n : nets) out += fmt::format("{:>10}", n.substr(0, 9));
  out += '\n';
  double worst = 0;
  int misses = 0, judged = 0;
  const auto same = [](const EstimateRow& a, const EstimateRow& b) {
    return a.kind == b.kind && a.mapping == b.mapping && a.mode == b.mode && a.module == b.module;
  };
  for (const EstimateRow& r : rows) {
    if (r.net != nets.front()) continue;
    std::string line;
    bool any = false;
    for (const std::string& n : nets) {
      const auto it = std::ranges::find_if(
          rows, [&](const EstimateRow& o) { return o.net == n && same(o, r); });
      if (it == rows.end() || it->share < kEstimateShare) {
        line += fmt::format("{:>10}", "-");
        continue;
      }
      any = true;
      line += fmt::format("{:>+10.1f}", 100 * it->error());
      ++judged;
      misses += std::abs(it->error()) > kEstimateError;
      worst = std::max(worst, std::abs(it->error()));
    }
    if (!any) continue;
    out += fmt::format("{:<6} {:<11} {:<5} {:<19}{}\n", kind_name(r.kind), mapping_name(r.mapping),
                       mode_name({r.kind, r.mode}), r.module, line);
  }
  return out +
         fmt::format("{} of {} beyond {:.0f} %, worst {:.0f} %; coefficients fitted on {}\n", misses,
                     judged, 100 * kEstimateError, 100 * worst, fmt::join(fitted, " and "));
}

std::string estimate_json(std::span<const EstimateRow> rows) {
  Json root = Json::array();
  for (const EstimateRow& r : rows) {
    root.push_back({{"dataset", r.net},
                    {"multiplier", kind_name(r.kind)},
                    {"mapping", mapping_name(r.mapping)},
                    {"mode", mode_name({r.kind, r.mode})},
                    {"module", r.module},
                    {"share", r.share},
                    {"toggles_pj", r.toggles_pj},
                    {"estimate_pj", r.estimate_pj},
                    {"fitted", r.fitted}});
  }
  return Json{{"estimate", std::move(root)}}.dump(2) + "\n";
}

}  // namespace axnn
