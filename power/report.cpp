#include "power/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "model/text.h"

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
  row["activity"] = activity_name(r.workload);
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

// How often a weight word that is read must be used so that its memory keeps up at the PE's clock,
// and how often it is.
std::string reuse_text(const WeightFeed& f) {
  if (f.calibrated_reuse == 0) return "off";
  return fmt::format("{}/{:.0f}", f.calibrated_reuse, f.reuse);
}

std::string nano(double pj) { return significant(pj * 1e-3); }

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
          "\nTable III, {}, {:.2f} V{}{}\n"
          "{:<13} {:>14} {:>14} {:>15} {:>15} {:>27}\n"
          "{:<9} {:<3} {:>14} {:>14} {:>10} {:>4} {:>9} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6}\n",
          design, r.vdd,
          r.vdd == model.technology().nominal_v
              ? ""
              : fmt::format(" (the paper's figures: {:.2f} V)", model.technology().nominal_v),
          judged_on(row), "", "AxTrain, %", "without, %", "power, mW", "speed, GOPS",
          "nJ an inference", "net", "", "", "", "[paper]", "fit", "PE", "chip", "GOPS/W", "cal.",
          "scaled", "raw", "reuse");
    }
    const PaperNet* paper = model.technology().paper(r.workload.net);
    const auto mode = static_cast<std::size_t>(r.mode);
    const auto beside = [&](const std::string& ours, double printed, int decimals) {
      return paper == nullptr ? ours : fmt::format("{} [{:.{}f}]", ours, printed, decimals);
    };
    out += fmt::format(
        "{:<9} {:<3} {:>14} {:>14} {:>10} {:>4.0f} {:>9} {:>5.0f} {:>6.0f} {:>6} {:>6} {:>6} "
        "{:>6}\n",
        r.workload.net.substr(0, 9), mode_of(r),
        beside(percent(row.accuracy, &ChipAccuracy::mean), paper ? paper->accuracy[mode] : 0, 2),
        beside(percent(row.accuracy_without, &ChipAccuracy::mean),
               paper ? paper->accuracy_without[mode] : 0, 2),
        beside(fmt::format("{:.0f}", r.power_mw.calibrated), paper ? paper->power[mode] : 0, 0),
        row.fit_mw,
        beside(fmt::format("{:.0f}", r.gops.calibrated), paper ? paper->gops[mode] : 0, 0),
        row.chip.gops.calibrated, r.gops_per_w.calibrated, nano(r.pj_per_inference.calibrated),
        nano(r.pj_per_inference.scaled), nano(r.pj_per_inference.raw), reuse_text(r.feed));
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
          "\nTable IV, {}\n"
          "{:<9} {:<3} {:<3} {:>4} {:>14} {:>11} {:>6} {:>15} {:>10} {:>13} {:>6}\n"
          "{:<9} {:<3} {:<3} {:>4} {:>14} {:>11} {:>6} {:>4} {:>10} {:>4} {:>5} {:>6} {:>6} "
          "{:>6}\n",
          design, "", "", "", "", "accuracy, %", "deviation", "worst", "power, mW", "GOPS",
          "nJ an inf.", "", "net", "", "", "V", "[paper]", "[paper]", "", "", "fit [pap.]", "PE",
          "chip", "PE", "chip", "reuse");
    }
    const PaperNet* paper = model.technology().paper(r.workload.net);
    const auto beside = [&](const std::string& ours, double printed, int decimals) {
      return paper == nullptr ? ours : fmt::format("{} [{:.{}f}]", ours, printed, decimals);
    };
    const std::size_t i = low_index(row);
    out += fmt::format(
        "{:<9} {:<3} {:<3} {:>4.2f} {:>14} {:>11} {:>6} {:>4.0f} {:>10} {:>4.0f} {:>5.0f} {:>6} "
        "{:>6} {:>6}\n",
        r.workload.net.substr(0, 9), mode_of(r), row.aggressive ? "Agg" : "Con", r.vdd,
        beside(percent(row.accuracy, &ChipAccuracy::mean), paper ? paper->low_accuracy[i] : 0, 2),
        beside(percent(row.accuracy, &ChipAccuracy::deviation),
               paper ? paper->low_deviation[i] : 0, 2),
        percent(row.accuracy, &ChipAccuracy::worst), r.power_mw.calibrated,
        beside(fmt::format("{:.0f}", row.fit_mw), paper ? paper->low_power[i] : 0, 0),
        r.gops.calibrated, row.chip.gops.calibrated, nano(r.pj_per_inference.calibrated),
        nano(row.chip.pj_per_inference.calibrated), reuse_text(r.feed));
  }
  return out;
}

// What the columns are.
const char* const kColumns[] = {
    "AxTrain, without: share of the test samples that are right, of the network trained for the "
    "design and of the one trained by plain back-propagation. The paper's figures in brackets.",
    "power: of the whole chip but what is not included below; fit: the same with the weight memories' "
    "power by a fit to the paper's Table IV in place of the 65 nm table.",
    "GOPS, PE: at the clock of the PE alone; the paper's design has its own clock by calibration, so "
    "it agrees with the paper's by construction. chip: at the clock that everything keeps up with, "
    "memories too.",
    "nJ an inference: cal., calibrated to the paper (65 nm); scaled, by tables of technology alone; "
    "raw, the library's own (180 nm, 1.8 V).",
    "reuse: N/M: a weight word that is read must serve N steps so that its memory keeps up with the "
    "PE's clock, and serves M. off: the memory does not work at this voltage."};

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
  const Calibration& c = model.calibration();
  root["calibration"] = {{"logic", c.logic}, {"memory", c.memory}, {"time", c.time}};
  root["energy_scale"] = model.energy_scale();
  root["delay_scale"] = model.delay_scale();
  root["notes"] = all_notes(model, tables);
  return root.dump(2) + "\n";
}

std::string to_table(const PowerModel& model, const PowerTables& tables, TableParts parts) {
  std::string out = nominal_table(model, tables.nominal, parts.breakdown) +
                    ratio_table(tables.nominal) + low_table(model, tables.low);
  if (!parts.notes) {
    return out + "\nThe paper's figures in brackets. What columns and figures include: --notes.\n";
  }
  out += "\nWhat the columns are, and what these numbers include and assume:\n";
  for (const char* column : kColumns) out += wrap(column, "  - ");
  for (const std::string& note : all_notes(model, tables)) out += wrap(note, "  - ");
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
  for (const std::string& note : notes) out.append("\n").append(wrap(note, ""));
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
