// axnn sim: runs the RTL on whole test sets and compares every output with the golden model.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/voltage.h"
#include "eval/statistics.h"
#include "eval/test_set.h"
#include "model/error.h"
#include "model/model_file.h"
#include "model/paper.h"
#include "sim/bundle.h"
#include "sim/compiler.h"
#include "sim/cosim.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> models;
  std::string bundle;
  std::string multiplier = "fig8";
  std::string mode = "all";
  std::string mapping = "latency";
  std::string trace;
  int samples = 0;
  Voltage voltage;
  bool transient = false;

  /// Of what is compiled here.
  WeightFormat format(const Model& model) const {
    const bool stored = !voltage.weight_format.empty() || voltage.chips > 0;
    return stored ? voltage.format(model) : WeightFormat::kTwosComplement;
  }
};

struct Row {
  std::string name;
  Multiplier multiplier;
  Mapping mapping;
  int round;
  std::int64_t macs;
  CosimResult result;              // of all chips
  std::vector<double> accuracies;  // RTL, per chip; empty without chips
};

Json to_json(const Row& row, const Provenance& from, const Options& o) {
  const CosimResult& r = row.result;
  const auto samples = static_cast<double>(r.samples);
  const double utilisation = static_cast<double>(row.macs) / (kPes * r.cycles_per_sample);
  const double lone_utilisation =
      static_cast<double>(row.macs * row.round) / static_cast<double>(kPes * r.lone_cycles);
  // A read of the weight buffer gives kCols weights. Copying them to the local memories counts.
  const double weight_reads = static_cast<double>(kCols * r.counters[kCountWeightReads] +
                                                  r.counters[kCountLocalWeightReads]) /
                              static_cast<double>(kPes * r.counters[kCountSteps]);
  Json json = {{"dataset", row.name},
               {"training", from.training},
               {"multiplier", kind_name(row.multiplier.kind)},
               {"mode", mode_name(row.multiplier)},
               {"mapping", mapping_name(row.mapping)},
               {"round", row.round},
               {"samples", r.samples},
               {"outputs", r.outputs},
               {"mismatches", r.mismatches},
               {"accuracy_golden", static_cast<double>(r.correct_golden) / samples},
               {"accuracy_rtl", static_cast<double>(r.correct_rtl) / samples},
               {"cycles_per_sample", r.cycles_per_sample},
               {"cycles_lone_round", r.lone_cycles},
               {"utilisation", utilisation},
               {"utilisation_lone_round", lone_utilisation},
               {"weight_reads_per_mac", weight_reads},
               {"counters_agree", r.counters_agree},
               {"gops", nullptr}};
  // The paper says no clock for DRUM.
  if (row.multiplier.kind != MultiplierKind::kDrum) {
    json["gops"] = 2 * kPes * utilisation / kPaperClockNs[row.multiplier.mode];
  }
  if (!row.accuracies.empty()) {
    const MeanDeviation summary = mean_deviation(row.accuracies);
    json["chips"] = {{"number", o.voltage.chips},
                     {"flip_rate", o.voltage.rate()},
                     {"faults", o.transient ? "transient" : "persistent"},
                     {"mean", summary.mean},
                     {"deviation", summary.deviation},
                     {"worst", std::ranges::min(row.accuracies)},
                     {"accuracies", row.accuracies}};
  }
  for (int n = 0; n < kCounters; ++n) {
    json["counters"][std::string(counter_name(n))] = r.counters[std::size_t(n)];
  }
  if (r.first) json["first_difference"] = r.first->describe();
  return json;
}

void print_header() {
  fmt::print(
      "{:<9} {:<4} {:<5} {:<4} {:<10} {:>7} {:>10} {:>10} {:>7} {:>7} {:>9} {:>6} {:>6} {:>7}\n",
      "dataset", "by", "mult", "mode", "mapping", "samples", "compared", "mismatches", "golden",
      "RTL", "cyc/smpl", "alone", "util", "GOPS");
}

void print_row(const Json& j) {
  fmt::print(
      "{:<9} {:<4} {:<5} {:<4} {:<10} {:>7} {:>10} {:>10} {:>6.2f}% {:>6.2f}% {:>9.1f} {:>6} "
      "{:>6.3f} {:>7}\n",
      j["dataset"].get<std::string>(), j["training"].get<std::string>(),
      j["multiplier"].get<std::string>(), j["mode"].get<std::string>(),
      j["mapping"].get<std::string>(), j["samples"].get<int>(), j["outputs"].get<long>(),
      j["mismatches"].get<long>(), 100 * j["accuracy_golden"].get<double>(),
      100 * j["accuracy_rtl"].get<double>(), j["cycles_per_sample"].get<double>(),
      j["cycles_lone_round"].get<long>(), j["utilisation"].get<double>(),
      j["gops"].is_null() ? "-" : fmt::format("{:.2f}", j["gops"].get<double>()));
  std::fflush(stdout);
}

/// One chip after the other; without chips one run without flips.
Row simulate(const Options& o, const Program& program, Mapping mapping, const Model& model,
             Multiplier m, const TestSet& test, int threads) {
  const int count = o.samples > 0 ? std::min(o.samples, test.rows()) : test.rows();
  const auto width = static_cast<std::size_t>(test.inputs);
  const IntegerNet net = model.integer_net();
  const FaultKind kind = o.transient ? FaultKind::kTransient : FaultKind::kPersistent;
  Row row{model.provenance.dataset, m, mapping, program.round_samples, net.macs(), {}, {}};
  for (int chip = 1; chip <= std::max(o.voltage.chips, 1); ++chip) {
    CosimOptions options;
    options.threads = threads;
    options.trace = o.trace;
    if (o.voltage.chips > 0) {
      options.faults = FaultMap(static_cast<std::uint64_t>(chip), o.voltage.rate(), kind);
    }
    options.progress = [&](std::int64_t done) {
      progress(fmt::format("{} {}: chip {}, {} of {} samples", row.name, mode_name(m), chip, done,
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
  std::vector<Multiplier> modes = parse_multipliers(o.multiplier, o.mode);
  // "all" is all that the hardware has; a mode it lacks is refused by the compiler if named.
  if (std::ranges::any_of(modes, in_hardware)) {
    std::erase_if(modes, [](const Multiplier& m) { return !in_hardware(m); });
  }
  std::vector<Mapping> mappings = {Mapping::kLatency, Mapping::kPipelined, Mapping::kThroughput};
  if (o.mapping != "all") mappings = {parse_mapping(o.mapping)};
  for (const std::string& path : o.models)
    jobs.push_back({path, load_model(path), modes, mappings});
  if (!o.trace.empty() && (jobs.size() != 1 || jobs[0].multipliers.size() != 1 ||
                           jobs[0].mappings.size() != 1 || o.voltage.chips > 1)) {
    throw UsageError("a trace is of one run", "--trace",
                     "give one model, one --mode, one --mapping and at most one chip");
  }

  const auto start = std::chrono::steady_clock::now();
  Json results = Json::array();
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
      const Row row = simulate(o, program, mapping, model, m, test, thread_count(common));
      cycles += row.result.cycles;
      results.push_back(to_json(row, model.provenance, o));
      if (!common.json) {
        if (results.size() == 1) print_header();
        print_row(results.back());
      }
      if (row.result.first && difference.empty()) {
        difference = fmt::format("{} {}: {}", row.name, mode_name(m), row.result.first->describe());
      }
      if (!row.result.counters_agree && difference.empty()) {
        difference = fmt::format("{} {}: access counters", row.name, mode_name(m));
      }
    }
  }
  if (common.json) {
    fmt::print("{}\n", Json{{"results", results}}.dump(2));
  } else {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print("{:.1f} million clock cycles in {:.1f} s\n", static_cast<double>(cycles) * 1e-6,
               seconds.count());
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
  sub->add_option("--multiplier", o->multiplier, "fig8, booth or drum:6")
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
  add_common(*sub, common);
  sub->footer(
      "Utilisation is multiply-accumulates / (64 x cycles per sample), samples back to back; GOPS "
      "is at\nthe paper's clock of the mode (0.60, 0.41, 0.34 ns); `alone` is the first round (a "
      "sample, two samples,\ntwo batches) from its first step to its last result. Access counters "
      "are compared too. Exit code 1 if\none value differs.\nWith chips: accuracies are over all "
      "of them. Without, weights are stored in two's "
      "complement\nunless --weight-format says otherwise; a bundle has its own format and "
      "voltage.\n"
      "Example:\n  axnn sim breast.axnn --mode M1 --samples 4 --trace breast.fst\n"
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
