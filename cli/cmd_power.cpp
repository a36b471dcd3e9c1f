// axnn power: power, energy per inference and GOPS/W of networks on the synthesised accelerator,
// beside the paper's Tables III and IV.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <tuple>

#include "cli/commands.h"
#include "cli/progress.h"
#include "eval/chips.h"
#include "eval/statistics.h"
#include "eval/test_set.h"
#include "explore/workload.h"
#include "model/error.h"
#include "model/flip_curve.h"
#include "model/file_io.h"
#include "model/model_file.h"
#include "power/clock_record.h"
#include "power/report.h"

namespace axnn::cli {

namespace {

constexpr MultiplierKind kDesigns[] = {MultiplierKind::kFig8, MultiplierKind::kBooth};

struct Options {
  std::vector<std::filesystem::path> models;
  SynthOptions synth;
  double vdd = 1.1;
  bool ungated = false;
  std::string curve = "paper";
  std::string weight_format = "guarded";
  int chips = 50;
  bool breakdown = false;
  bool notes = false;
  bool waterfall = false;
  bool estimate = false;
  std::filesystem::path record_clocks;
};

/// A network that was read, with the test samples of its split.
struct Trained {
  Model model;
  TestSet test;
};

/// A data set's networks: one trained without approximation, others by what they were trained for.
struct Net {
  std::string name;
  IntegerNet shape;  // of all
  std::optional<Trained> plain;
  std::map<std::string, Trained> approximate;  // by Provenance::multiplier; "": for none in particular

  void add(Model model, const std::filesystem::path& path) {
    const std::string ran = model.provenance.training;
    const std::string multiplier = model.provenance.multiplier;
    const bool is_plain = ran == "bp";
    if (!is_plain && !ran.starts_with("act") && !ran.starts_with("pas") &&
        !ran.starts_with("axtrain")) {
      throw Error(fmt::format("a network trained by {} is of neither column", ran), path.string(),
                  "with AxTrain are act, pas and axtrain, without it is bp");
    }
    if (is_plain ? plain.has_value() : approximate.contains(multiplier)) {
      throw Error(fmt::format("a second network of {}, trained by {}{}{}", name, ran,
                              multiplier.empty() ? "" : " for ", multiplier),
                  path.string(), "give one for each multiplier, and one trained by bp");
    }
    shape = model.integer_net();
    TestSet test = load_test_set(model, path);
    Trained trained{std::move(model), std::move(test)};
    if (is_plain) {
      plain = std::move(trained);
    } else {
      approximate.emplace(multiplier, std::move(trained));
    }
  }

  /// The network trained for a design's multiplier, else one for none, else one for another; null
  /// without any.
  const Trained* with(MultiplierKind kind) const {
    for (const std::string& multiplier : {std::string(kind_name(kind)), std::string()}) {
      const auto it = approximate.find(multiplier);
      if (it != approximate.end()) return &it->second;
    }
    return approximate.empty() ? nullptr : &approximate.begin()->second;
  }
  /// What would be deployed on a design.
  const Trained* deployed(MultiplierKind kind) const {
    const Trained* trained = with(kind);
    return trained != nullptr || !plain ? trained : &*plain;
  }
  IntegerNet network(MultiplierKind kind) const {
    return deployed(kind) != nullptr ? deployed(kind)->model.integer_net() : shape;
  }
};

// What the accuracies are judged by, known before the work.
class Judge {
 public:
  Judge(const Options& o, const Technology& technology, const std::vector<Net>& nets)
      : curve_(load_flip_curve(o.curve)), format_(parse_format(o.weight_format)), chips_(o.chips) {
    if (o.models.empty()) return;
    flip_rate(curve_, o.vdd);  // complains of a voltage below the curve
    for (const Net& net : nets) {
      const PaperNet* p = technology.paper(net.name);
      if (p != nullptr) flip_rate(curve_, p->volt[1]);
    }
  }

  bool flips(double vdd) const { return flip_rate(curve_, vdd) > 0; }

  /// Over chips, weights stored in the format.
  ChipAccuracy on_chips(const Trained& net, Multiplier m, double vdd) {
    const auto [it, fresh] = done_.try_emplace({&net, m.kind, m.mode, vdd});
    if (!fresh) return it->second;  // of another mapping
    progress(
        fmt::format("{} {}, {} V: {} chips", net.model.provenance.dataset, mode_name(m), vdd, chips_));
    const std::vector<double> all = chip_accuracies(
        net.model.integer_net(), m, {chips_, flip_rate(curve_, vdd), format_}, net.test);
    const MeanDeviation summary = mean_deviation(all);
    return it->second = {summary.mean, summary.deviation, std::ranges::min(all), chips_};
  }

  /// Of the network as it is where nothing flips, else over chips.
  ChipAccuracy at(const Trained& net, Multiplier m, double vdd) {
    if (flips(vdd)) return on_chips(net, m, vdd);
    const double share = accuracy(GoldenModel(net.model.integer_net(), m), net.test);
    return {share, 0, share, 0};
  }

  std::vector<std::string> notes(double vdd) const {
    const std::string stored =
        fmt::format("over {} chips, weights stored as {}, flip rate by the curve {}", chips_,
                    format_name(format_), curve_.name);
    return {
        flips(vdd)
            ? fmt::format("Accuracies of Table III are at its {:.2f} V: means {}, like Table IV's.",
                          vdd, stored)
            : fmt::format("Accuracies of Table III: weights are two's complement codes and none "
                          "flips at {:.2f} V. Table IV's: {}.",
                          vdd, stored)};
  }

 private:
  FlipCurve curve_;
  WeightFormat format_;
  int chips_;
  std::map<std::tuple<const Trained*, MultiplierKind, int, double>, ChipAccuracy> done_;
};

std::vector<Net> load_nets(const std::vector<std::filesystem::path>& models,
                           const Technology& technology) {
  std::vector<Net> nets;
  for (const auto& path : models) {
    Model model = load_model(path);
    const std::string name = model.provenance.dataset;
    auto it = std::ranges::find(nets, name, &Net::name);
    if (it == nets.end()) it = nets.insert(it, Net{name, {}, {}, {}});
    it->add(std::move(model), path);
  }
  // In the paper's order, others behind.
  std::ranges::stable_sort(nets, {}, [&](const Net& net) {
    const auto& paper = technology.paper_nets();
    return std::ranges::find(paper, net.name, &PaperNet::name) - paper.begin();
  });
  if (models.empty()) {
    for (const PaperNet& p : technology.paper_nets()) {
      nets.push_back(Net{p.name, p.net(), {}, {}});
    }
  }
  return nets;
}

Workload workload(const PowerModel& power, const Net& net, MultiplierKind kind, Mapping mapping) {
  const Trained* trained = net.deployed(kind);
  if (trained == nullptr) return make_workload(net.name, net.shape, kind, mapping);
  return make_workload(net.name, trained->model.integer_net(), kind, mapping, power.technology(),
                       trained->test.codes);
}

std::vector<std::string> activity_notes(const PowerModel& power, const std::vector<Net>& nets) {
  std::vector<std::string> notes;
  for (const Net& net : nets) {
    for (const MultiplierKind kind : kDesigns) {
      const IntegerNet network = net.network(kind);
      if (power.technology().measured(net.name, network)) continue;
      std::string note = estimate_note(net.name, network);
      if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
    }
  }
  return notes;
}

// A design whose networks were trained for another one's multiplier does worse than it could.
std::vector<std::string> foreign_notes(const std::vector<Net>& nets) {
  std::vector<std::string> notes;
  for (const Net& net : nets) {
    for (const MultiplierKind kind : kDesigns) {
      const Trained* trained = net.with(kind);
      if (trained == nullptr) continue;
      const std::string& multiplier = trained->model.provenance.multiplier;
      if (multiplier.empty() || multiplier == kind_name(kind)) continue;
      notes.push_back(fmt::format("{} on {}: no network trained for it was given; this one is trained for {}.",
                                  net.name, kind_name(kind), multiplier));
    }
  }
  return notes;
}

PowerTables price_all(const Options& o, const PowerModel& power, const std::vector<Net>& nets,
                      Judge& judge) {
  std::vector<std::pair<MultiplierKind, Mapping>> designs = {
      {MultiplierKind::kFig8, Mapping::kLatency}};
  for (const Mapping m : {Mapping::kLatency, Mapping::kThroughput}) {
    designs.emplace_back(MultiplierKind::kBooth, m);
  }
  const PowerModel fit = power.with({WeightSram::kPaper, power.options().gated});
  const PowerModel chip = power.with({WeightSram::kPhysical, power.options().gated, true});
  PowerTables tables;
  for (const auto& [kind, mapping] : designs) {
    for (const Net& net : nets) {
      const Workload work = workload(power, net, kind, mapping);
      for (int mode = kModeM0; mode <= kModeM2; ++mode) {
        const PowerResult by_fit = fit.price(work, mode, o.vdd);
        NominalRow row{power.price(work, mode, o.vdd),
                       by_fit.power_mw.calibrated,
                       by_fit.pj_per_inference.calibrated,
                       chip.price(work, mode, o.vdd),
                       {},
                       {}};
        const Multiplier m{kind, mode};
        if (const Trained* t = net.with(kind)) row.accuracy = judge.at(*t, m, o.vdd);
        if (net.plain) row.accuracy_without = judge.at(*net.plain, m, o.vdd);
        tables.nominal.push_back(std::move(row));
      }
      const PaperNet* paper = power.technology().paper(net.name);
      if (paper == nullptr) continue;
      for (int mode = kModeM1; mode <= kModeM2; ++mode) {
        for (const bool aggressive : {false, true}) {
          const double vdd = paper->volt[aggressive];
          LowRow row{power.price(work, mode, vdd),
                     fit.price(work, mode, vdd).power_mw.calibrated,
                     chip.price(work, mode, vdd),
                     aggressive,
                     {}};
          if (const Trained* t = net.deployed(kind)) {
            row.accuracy = judge.on_chips(*t, {kind, mode}, vdd);
          }
          tables.low.push_back(std::move(row));
        }
      }
    }
  }
  progress("");
  tables.notes = activity_notes(power, nets);
  std::ranges::copy(foreign_notes(nets), std::back_inserter(tables.notes));
  if (!o.models.empty()) std::ranges::copy(judge.notes(o.vdd), std::back_inserter(tables.notes));
  return tables;
}

std::vector<WaterfallRow> waterfalls(const PowerModel& power, const std::vector<Net>& nets) {
  const PowerModel fit = power.with({WeightSram::kPaper, power.options().gated});
  std::vector<WaterfallRow> rows;
  for (const Net& net : nets) {
    const WaterfallInput input = {
        workload(power, net, MultiplierKind::kFig8, Mapping::kLatency),
        workload(power, net, MultiplierKind::kFig8, Mapping::kThroughput),
        workload(power, net, MultiplierKind::kBooth, Mapping::kThroughput)};
    for (const int mode : {kModeM0, kModeM2}) {
      rows.push_back({net.name, mode, waterfall(power, fit, input, mode)});
    }
  }
  return rows;
}

std::vector<EstimateRow> estimates(const PowerModel& power, const std::vector<Net>& nets) {
  std::vector<Workload> workloads;
  for (const MultiplierKind kind : kDesigns) {
    for (const Mapping mapping : {Mapping::kLatency, Mapping::kThroughput}) {
      for (const Net& net : nets) workloads.push_back(workload(power, net, kind, mapping));
    }
  }
  return estimate_errors(power, workloads);
}

void run(const Options& o, const Common& common) {
  SynthOptions synth = o.synth;
  synth.modules = power_modules();
  synth.threads = thread_count(common);
  synth.progress = synth_progress;
  const std::filesystem::path source = synth.source.empty() ? default_source() : synth.source;
  const Library library = make_library(read_liberty_files(synth.liberty));
  const Technology technology(source);  // complains before the synthesis
  technology.check_library(library.name, library.voltage_v);
  check_vdd(o.vdd, "--vdd");
  const std::vector<Net> nets = load_nets(o.models, technology);
  Judge judge(o, technology, nets);
  for (const Net& net : nets) {
    const auto measured = [&](MultiplierKind kind) {
      return technology.measured(net.name, net.network(kind));
    };
    if (!o.estimate || std::ranges::all_of(kDesigns, measured)) continue;
    throw Error("activity was not measured: there is nothing to hold the estimate against",
                net.name, "leave out --estimate; without it the energies are estimated");
  }
  const PowerModel power(run_synth(synth), library, source, {WeightSram::kPhysical, !o.ungated});
  if (!o.record_clocks.empty()) {
    write_file(o.record_clocks, clock_record(power, "axnn power --record-clocks FILE"));
    return;
  }
  if (o.waterfall) {
    const std::vector<WaterfallRow> rows = waterfalls(power, nets);
    const std::vector<std::string> notes = activity_notes(power, nets);
    std::cout << (common.json ? waterfall_json(rows, notes) : waterfall_table(rows, notes));
    return;
  }
  if (o.estimate) {
    const std::vector<EstimateRow> rows = estimates(power, nets);
    std::cout << (common.json ? estimate_json(rows) : estimate_table(rows));
    return;
  }
  const PowerTables tables = price_all(o, power, nets, judge);
  std::cout << (common.json ? to_json(power, tables) : to_table(power, tables, {o.breakdown, o.notes}));
}

}  // namespace

void add_power(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("power", "Power, energy per inference and GOPS/W per mode");
  auto o = std::make_shared<Options>();
  add_common(*sub, common);
  sub->add_option("model", o->models,
                  "Model files; of a data set one trained by bp and one by AxTrain for each multiplier: "
                  "each design gets its own (default: the paper's networks, without accuracies)");
  sub->add_option(
         "--vdd", o->vdd,
         "Voltage of the weight memories in Table III, V; below 1.10 its accuracies are means "
         "over chips")
      ->capture_default_str();
  sub->add_flag("--ungated", o->ungated, "Count the clock of every register in every cycle");
  sub->add_option("--curve", o->curve, "Flip rate over voltage: paper, sharp, or a file")
      ->capture_default_str();
  sub->add_option("--weight-format", o->weight_format,
                  "How the chips store weights: twos-complement, sign-magnitude, guarded")
      ->capture_default_str();
  sub->add_option("--chips", o->chips, "Chips with flipped bits, numbers 1 to N")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  sub->add_flag("--breakdown", o->breakdown, "Energy of every part");
  sub->add_flag("--notes", o->notes, "Say under the tables what columns and figures include");
  CLI::Option* waterfall =
      sub->add_flag("--waterfall", o->waterfall,
                    "Instead: from the paper's design to booth in throughput mapping, change by "
                    "change, M0 and M2");
  sub->add_flag("--estimate", o->estimate,
                "Instead: error of the fast estimate (gates x mean energy x mean activity)")
      ->excludes(waterfall);
  sub->add_option("--record-clocks", o->record_clocks,
                  "Instead: write the chips' clocks to a file (constraints/tech/clocks.json)");
  sub->add_option("--liberty", o->synth.liberty,
                  "Standard-cell library, one file or several (.lib, .lib.gz)")
      ->capture_default_str();
  sub->add_option("--out", o->synth.out, "Folder of `axnn synth` results")->capture_default_str();
  sub->footer("Example:\n  axnn power --breakdown\n  axnn power models/*.axnn --chips 50 --json");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
