// axnn sim: runs the RTL on whole test sets and compares every output with the golden model.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/voltage.h"
#include "eval/test_set.h"
#include "model/error.h"
#include "model/model_file.h"
#include "power/clock_record.h"
#include "report/simulation.h"
#include "sim/accesses.h"
#include "sim/bundle.h"
#include "sim/compiler.h"
#include "sim/cosim.h"
#include "synth/synth.h"
#include "train/calibrate.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;
constexpr double kNominalV = 1.1;  // of the memories

struct Options {
  std::vector<std::string> models;
  std::string bundle;
  std::vector<std::string> plain;
  std::string multiplier = "own";
  std::string mode = "all";
  std::string mapping = "latency";
  std::string trace;
  int samples = 0;
  Voltage voltage;
  bool transient = false;
  bool notes = false;

  /// Of what is compiled here.
  WeightFormat format(const Model& model) const {
    const bool stored = !voltage.weight_format.empty() || voltage.chips > 0;
    return stored ? voltage.format(model) : WeightFormat::kTwosComplement;
  }
};

/// Plainly trained networks by data set, and what they make of their test samples.
class PlainNetworks {
 public:
  explicit PlainNetworks(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      Model model = load_model(path);
      if (model.provenance.training != "bp") {
        throw Error(fmt::format("trained by {}, not by bp", model.provenance.training), path,
                    "--plain takes networks of axnn train --method bp");
      }
      TestSet test = load_test_set(model, path);
      const double real = accuracy(float_net(model), test.scaled.x, test.labels);
      nets_.push_back({std::move(model), std::move(test), real});
    }
  }

  bool empty() const { return nets_.empty(); }

  /// Throws Error unless one of them was trained on the same part of the same data.
  PlainAccuracy accuracy_beside(const Model& model, const std::string& path, Multiplier m) const {
    const Provenance& p = model.provenance;
    const auto net = std::ranges::find_if(nets_, [&](const Net& n) {
      const Provenance& q = n.model.provenance;
      return q.dataset == p.dataset && q.data_sha256 == p.data_sha256 && q.split == p.split;
    });
    if (net == nets_.end()) {
      throw Error(fmt::format("no --plain network of {}, split {}", p.dataset, p.split), path,
                  "train one: axnn train --method bp");
    }
    return {net->real, accuracy(GoldenModel(net->model.integer_net(), m), net->test)};
  }

 private:
  struct Net {
    Model model;
    TestSet test;
    double real;
  };
  std::vector<Net> nets_;
};

/// The multiplier that a network was trained for; the paper's if for none.
std::string own_multiplier(const Model& model) {
  const std::string& kind = model.provenance.multiplier;
  return kind.empty() || kind == kind_name(MultiplierKind::kLut) ? "fig8" : kind;
}

/// One chip after the other; without chips one run without flips.
SimulationRow simulate(const Options& o, const Program& program, Mapping mapping, const Model& model,
             Multiplier m, const TestSet& test, int threads) {
  const int count = o.samples > 0 ? std::min(o.samples, test.rows()) : test.rows();
  const auto width = static_cast<std::size_t>(test.inputs);
  const IntegerNet net = model.integer_net();
  const FaultKind kind = o.transient ? FaultKind::kTransient : FaultKind::kPersistent;
  SimulationRow row;
  row.dataset = model.provenance.dataset;
  row.training = model.provenance.training;
  row.multiplier = m;
  row.mapping = mapping;
  row.round = program.round_samples;
  row.macs = net.macs();
  if (o.voltage.chips > 0) row.flip_rate = o.voltage.rate();
  row.transient = o.transient;
  for (int chip = 1; chip <= std::max(o.voltage.chips, 1); ++chip) {
    CosimOptions options;
    options.threads = threads;
    options.trace = o.trace;
    if (o.voltage.chips > 0) {
      options.faults = FaultMap(static_cast<std::uint64_t>(chip), o.voltage.rate(), kind);
    }
    options.progress = [&](std::int64_t done) {
      progress(fmt::format("{} {}: chip {}, {} of {} samples", row.dataset, mode_name(m), chip, done,
                           count));
    };
    const CosimResult r =
        cosimulate(program, net, m, std::span(test.codes).first(std::size_t(count) * width),
                   std::span(test.labels).first(std::size_t(count)), options);
    if (options.faults) {
      row.accuracies.push_back(static_cast<double>(r.correct_rtl) / static_cast<double>(r.samples));
    }
    row.result = chip == 1 ? r : row.result + r;
  }
  progress("");
  return row;
}

void run(const Options& o, const Common& common) {
  struct Job {
    std::string path;
    Model model;
    std::vector<Multiplier> multipliers;
    std::vector<Mapping> mappings;
  };
  std::vector<Job> jobs;
  std::optional<Bundle> bundle;
  if (!o.bundle.empty()) {
    bundle = load_bundle(o.bundle);
    jobs.push_back(
        {o.bundle + "/model.axnn", bundle->model, {bundle->multiplier}, {bundle->mapping}});
  }
  const auto modes_of = [&](const Model& model) {
    std::vector<Multiplier> modes =
        parse_multipliers(o.multiplier == "own" ? own_multiplier(model) : o.multiplier, o.mode);
    // "all" is all that the hardware has; a mode it lacks is refused by the compiler if named.
    if (std::ranges::any_of(modes, in_hardware)) {
      std::erase_if(modes, [](const Multiplier& m) { return !in_hardware(m); });
    }
    return modes;
  };
  std::vector<Mapping> mappings = {Mapping::kLatency, Mapping::kPipelined, Mapping::kThroughput};
  if (o.mapping != "all") mappings = {parse_mapping(o.mapping)};
  for (const std::string& path : o.models) {
    Model model = load_model(path);
    std::vector<Multiplier> modes = modes_of(model);
    jobs.push_back({path, std::move(model), std::move(modes), mappings});
  }
  const PlainNetworks plain(o.plain);
  const ClockRecord clocks(default_source());
  const double vdd = o.voltage.vdd.value_or(bundle ? bundle->vdd : kNominalV);
  if (!o.trace.empty() && (jobs.size() != 1 || jobs[0].multipliers.size() != 1 ||
                           jobs[0].mappings.size() != 1 || o.voltage.chips > 1)) {
    throw UsageError("a trace is of one run", "--trace",
                     "give one model, one --mode, one --mapping and at most one chip");
  }

  const auto start = std::chrono::steady_clock::now();
  std::vector<SimulationRow> rows;
  std::uint64_t cycles = 0;
  std::string difference;
  for (const auto& [path, model, multipliers, job_mappings] : jobs) {
    const TestSet test = load_test_set(model, path);
    std::vector<std::pair<Mapping, Multiplier>> pairs;
    for (Mapping mapping : job_mappings) {
      for (const Multiplier& m : multipliers) pairs.emplace_back(mapping, m);
    }
    for (const auto& [mapping, m] : pairs) {
      const Program program =
          bundle ? bundle->program
                 : compile(model.integer_net(), m, {.mapping = mapping, .format = o.format(model)});
      SimulationRow row = simulate(o, program, mapping, model, m, test, thread_count(common));
      if (m.kind != MultiplierKind::kDrum) {
        const bool local = accesses_per_sample(program)[kCountWeightReads] == 0;
        row.clock_ns = clocks.chip_ns(m, local, vdd);
      }
      if (!plain.empty()) row.plain = plain.accuracy_beside(model, path, m);
      cycles += row.result.cycles;
      if (!common.json) {
        fmt::print("{}{}", rows.empty() ? simulation_head(!plain.empty()) : "",
                   simulation_line(row, !plain.empty()));
        std::fflush(stdout);
      }
      if (row.result.first && difference.empty()) {
        difference = fmt::format("{} {}: {}", row.dataset, mode_name(m), row.result.first->describe());
      }
      if (!row.result.counters_agree && difference.empty()) {
        difference = fmt::format("{} {}: access counters", row.dataset, mode_name(m));
      }
      rows.push_back(std::move(row));
    }
  }
  if (common.json) {
    Json results = Json::array();
    for (const SimulationRow& row : rows) results.push_back(to_json(row));
    fmt::print("{}\n", Json{{"results", results}}.dump(2));
  } else {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print("{}{:.1f} million clock cycles in {:.1f} s.{}\n", simulation_sum(rows),
               static_cast<double>(cycles) * 1e-6, seconds.count(),
               o.notes ? "" : " What the columns mean: --notes.");
    if (o.notes) fmt::print("{}", simulation_notes());
  }
  if (!difference.empty()) throw Error("RTL and golden model differ", difference);
}

}  // namespace

void add_sim(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand(
      "sim", "Run the RTL on a model's test samples and compare every layer's every output");
  auto o = std::make_shared<Options>();
  CLI::Option* models = sub->add_option("models", o->models, "Model files (axnn train)");
  CLI::Option* bundle =
      sub->add_option("--bundle", o->bundle, "Run a bundle's program and images (axnn export)")
          ->excludes(models);
  sub->add_option("--plain", o->plain,
                  "Networks of the same data sets trained by bp: their accuracies stand beside")
      ->excludes(bundle);
  sub->add_option("--multiplier", o->multiplier,
                  "fig8, booth, drum:6, or own: what a network was trained for (bp: fig8)")
      ->excludes(bundle)
      ->capture_default_str();
  sub->add_option("--mode", o->mode, "Of the multiplier: M0, M1, M2 (drum: its K) or all")
      ->excludes(bundle)
      ->capture_default_str();
  sub->add_option("--mapping", o->mapping, "latency, pipelined, throughput or all")
      ->excludes(bundle)
      ->capture_default_str();
  sub->add_option("--samples", o->samples, "Only the first so many; 0 takes the whole test set")
      ->check(CLI::Range(0, 1 << 30))
      ->capture_default_str();
  sub->add_option("--trace", o->trace, "Write an FST trace of the run (one model, one mode)");
  add_voltage(*sub, o->voltage);
  sub->add_flag("--transient", o->transient, "Draw the flips anew at every read of a word");
  sub->get_option("--weight-format")->excludes(bundle);
  sub->add_flag("--notes", o->notes, "Say under the table what its columns mean");
  add_common(*sub, common);
  sub->footer(
      "Exit code 1 if one value differs.\nWith chips: accuracies are over all "
      "of them. Without, weights are stored in two's "
      "complement\nunless --weight-format says otherwise; a bundle has its own format and "
      "voltage.\n"
      "Example:\n  axnn sim booth/breast.axnn --plain breast.axnn\n"
      "  axnn sim breast.axnn --mode M1 --samples 4 --trace breast.fst\n"
      "  axnn sim breast.axnn --multiplier booth --mapping throughput\n"
      "  axnn sim breast.axnn --multiplier drum:6\n"
      "  axnn sim breast.axnn --multiplier booth --vdd 0.66 --chips 5 --transient");
  sub->callback([o, &common] {
    if (!o->bundle.empty() && o->voltage.chips > 0 && !o->voltage.lowered()) {
      o->voltage.vdd = load_bundle(o->bundle).vdd;
    }
    check_voltage(o->voltage);
    if (o->models.empty() && o->bundle.empty()) {
      throw CLI::RequiredError("a model file, or --bundle");
    }
    run(*o, common);
  });
}

}  // namespace axnn::cli
