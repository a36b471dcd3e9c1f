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
                {"reuse", r.feed.reuse},
                {"reuse_needed_scaled", r.feed.scaled_reuse},
                {"reuse_needed_calibrated", r.feed.calibrated_reuse}}}};
  row["activity"] = r.workload.operand_toggles ? "estimated" : "measured";
  if (r.workload.operand_toggles) {
    row["operand_toggles"] = r.workload.operand_toggles->at(std::size_t(r.mode));
  }
  for (const PowerPart& p : r.parts) row["parts_pj"][p.name] = columns(p.pj);
  return row;
}

// What all parts of the accelerator keep up with, the weight memory's voltage considered.
Json chip_json(const PowerResult& r) {
  return {{"clock_ns", r.clock_ns.calibrated},
          {"limit", limit_name(r.limit)},
          {"chip_clock_ns", r.chip_clock_ns.calibrated},
          {"gops", r.gops.calibrated},
          {"power_mw", r.power_mw.calibrated},
          {"pj_per_inference", r.pj_per_inference.calibrated}};
}

Json accuracy_json(const ChipAccuracy& a) {
  return {{"number", a.chips}, {"mean", a.mean}, {"deviation", a.deviation}, {"worst", a.worst}};
}

// GOPS at the chip's clock and what sets it.
std::string chip_text(const PowerResult& chip) {
  return fmt::format("{:>8.1f} {:<6}", chip.gops.calibrated, limit_name(chip.limit));
}

std::string feed_text(const WeightFeed& f) {
  const std::string read = fmt::format("{:.2f} ns, ", f.access_ns.calibrated);
  if (f.calibrated_reuse == 0) return read + "does not work";
  if (f.calibrated_reuse == 1) return read + "feeds the array";
  return read + fmt::format("too slow: needs reuse {}, has {:.1f}", f.calibrated_reuse, f.reuse);
}

// Per cent, or a dash.
std::string percent(const std::optional<ChipAccuracy>& a, double ChipAccuracy::*of) {
  return a ? fmt::format("{:.2f}", 100 * ((*a).*of)) : "-";
}

// What a table's accuracies are means over, if over anything.
std::string judged_on(const NominalRow& row) {
  const std::optional<ChipAccuracy>& a = row.accuracy ? row.accuracy : row.accuracy_without;
  return a && a->chips > 0 ? fmt::format("; accuracies: mean over {} chips", a->chips) : "";
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
          "\nTable III, {}, {:.2f} V (calibrated to 65 nm; the paper's figures{} in brackets{})\n"
          "{:<9} {:<4} {:>17} {:>17} {:>18} {:>7} {:>18} {:>15} {:>7} {:>9} {:>9} {:>9}  {}\n",
          design, r.vdd,
          r.vdd == model.technology().nominal_v
              ? ""
              : fmt::format(", of {:.2f} V,", model.technology().nominal_v),
          judged_on(row), "net", "mode", "AxTrain %", "without %", "mW", "mW fit", "GOPS",
          "GOPS chip, by", "GOPS/W", "pJ/infer.", "scaled pJ", "raw pJ", "weight memory");
    }
    const PaperNet* paper = model.technology().paper(r.workload.net);
    const auto mode = static_cast<std::size_t>(r.mode);
    const auto beside = [&](const std::string& ours, double printed) {
      return paper == nullptr ? ours : fmt::format("{} [{:6.2f}]", ours, printed);
    };
    out += fmt::format(
        "{:<9} {:<4} {:>17} {:>17} {:>18} {:>7.2f} {:>18} {:>15} {:>7.0f} {:>9.0f} {:>9.0f} "
        "{:>9.0f}  {}\n",
        r.workload.net.substr(0, 9), mode_of(r),
        beside(percent(row.accuracy, &ChipAccuracy::mean), paper ? paper->accuracy[mode] : 0),
        beside(percent(row.accuracy_without, &ChipAccuracy::mean),
               paper ? paper->accuracy_without[mode] : 0),
        beside(fmt::format("{:.2f}", r.power_mw.calibrated), paper ? paper->power[mode] : 0),
        row.fit_mw, beside(fmt::format("{:.2f}", r.gops.calibrated), paper ? paper->gops[mode] : 0),
        chip_text(row.chip), r.gops_per_w.calibrated, r.pj_per_inference.calibrated,
        r.pj_per_inference.scaled, r.pj_per_inference.raw, feed_text(r.feed));
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
          "{:<9} {:<4} {:<4} {:>5} {:>17} {:>15} {:>7} {:>8} {:>17} {:>10} {:>7} {:>15} {:>9}  "
          "{}\n",
          design, "net", "mode", "", "V", "mean %", "deviation", "worst", "mW", "mW fit",
          "pJ/infer.", "GOPS", "GOPS chip, by", "pJ chip", "weight memory");
    }
    const PaperNet* paper = model.technology().paper(r.workload.net);
    const auto beside = [&](const std::string& ours, double printed) {
      return paper == nullptr ? ours : fmt::format("{} [{:5.2f}]", ours, printed);
    };
    const std::size_t i = low_index(row);
    out += fmt::format(
        "{:<9} {:<4} {:<4} {:>5.2f} {:>17} {:>15} {:>7} {:>8.2f} {:>17} {:>10.0f} {:>7.1f} "
        "{:>15} {:>9.0f}  {}\n",
        r.workload.net.substr(0, 9), mode_of(r), row.aggressive ? "Agg" : "Con", r.vdd,
        beside(percent(row.accuracy, &ChipAccuracy::mean), paper ? paper->low_accuracy[i] : 0),
        beside(percent(row.accuracy, &ChipAccuracy::deviation),
               paper ? paper->low_deviation[i] : 0),
        percent(row.accuracy, &ChipAccuracy::worst), r.power_mw.calibrated,
        beside(fmt::format("{:.2f}", row.fit_mw), paper ? paper->low_power[i] : 0),
        r.pj_per_inference.calibrated, r.gops.calibrated, chip_text(row.chip),
        row.chip.pj_per_inference.calibrated, feed_text(r.feed));
  }
  return out;
}

std::vector<std::string> all_notes(const PowerModel& model, const PowerTables& tables) {
  std::vector<std::string> notes = model.notes();
  notes.insert(notes.end(), tables.notes.begin(), tables.notes.end());
  return notes;
}

}  // namespace

std::string to_json(const PowerModel& model, const PowerTables& tables) {
  Json root = {{"table3", Json::array()}, {"table4", Json::array()}};
  for (const NominalRow& row : tables.nominal) {
    Json j = power_json(row.power);
    j["pj_per_inference"]["calibrated_paper_sram"] = row.fit_pj;
    j["power_mw"]["calibrated_paper_sram"] = row.fit_mw;
    j["at_chip_clock"] = chip_json(row.chip);
    const auto judged = [&](const std::string& key, const std::optional<ChipAccuracy>& a) {
      if (!a) return;
      j[key] = a->mean;
      if (a->chips > 0) j[key + "_chips"] = accuracy_json(*a);
    };
    judged("accuracy", row.accuracy);
    judged("accuracy_without", row.accuracy_without);
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
    j["at_chip_clock"] = chip_json(row.chip);
    j["level"] = row.aggressive ? "Agg" : "Con";
    if (row.accuracy) j["chips"] = accuracy_json(*row.accuracy);
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
  root["notes"] = all_notes(model, tables);
  return root.dump(2) + "\n";
}

std::string to_table(const PowerModel& model, const PowerTables& tables, bool breakdown) {
  std::string out = nominal_table(model, tables.nominal, breakdown) + ratio_table(tables.nominal) +
                    low_table(model, tables.low);
  out += "\nWhat these numbers include and assume:\n";
  for (const std::string& note : all_notes(model, tables)) out += "  - " + note + "\n";
  return out;
}

std::string waterfall_table(std::span<const WaterfallRow> rows,
                            std::span<const std::string> notes) {
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
  for (const std::string& note : notes) out += "\n" + note + "\n";
  return out;
}

std::string waterfall_json(std::span<const WaterfallRow> rows, std::span<const std::string> notes) {
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
  return Json{{"waterfall", std::move(root)}, {"notes", notes}}.dump(2) + "\n";
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
  return out + fmt::format("{} of {} beyond {:.0f} %, worst {:.0f} %; coefficients fitted on {}\n",
                           misses, judged, 100 * kEstimateError, 100 * worst,
                           fmt::join(fitted, " and "));
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
