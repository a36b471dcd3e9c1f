#include "report/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "model/text.h"

namespace axnn {
namespace {

Json summary(const MeanDeviation& m) { return {{"mean", m.mean}, {"deviation", m.deviation}}; }

TrainingReport::Run row_of(const RunResult& run) {
  TrainingReport::Run row;
  row.seed = run.trained.model.provenance.seed;
  row.split = run.trained.model.provenance.split;
  row.float_train = run.trained.float_train;
  row.float_judged = run.trained.float_judged;
  row.epochs = run.trained.epochs;
  row.accuracy = run.golden;
  row.flipped = run.flipped;
  row.approximate = run.trained.approximate;
  if (!row.approximate.empty()) row.share = share_of(row.approximate, float_net(run.trained.model));
  return row;
}

// Mean and deviation of what `value` takes from each run.
template <typename Value>
MeanDeviation over(std::span<const RunResult> runs, Value value) {
  std::vector<double> all;
  std::ranges::transform(runs, std::back_inserter(all), value);
  return mean_deviation(all);
}

TrainingReport::Mode mode_of(std::span<const RunResult> runs, std::size_t m, Multiplier multiplier,
                             bool chips) {
  TrainingReport::Mode mode;
  mode.name = mode_name(multiplier);
  mode.accuracy = over(runs, [&](const RunResult& r) { return r.golden[m]; });
  mode.squared_error = over(runs, [&](const RunResult& r) { return r.errors[m]; });
  if (!chips) return mode;
  std::vector<double> flipped;
  for (const RunResult& r : runs) std::ranges::copy(r.flipped[m], std::back_inserter(flipped));
  mode.flipped = mean_deviation(flipped);
  mode.worst = std::ranges::min(flipped);
  return mode;
}

Json run_json(const TrainingReport& report, const TrainingReport::Run& run) {
  Json row = {{"seed", run.seed},
              {"split", run.split},
              {"accuracy_float_train", run.float_train},
              {"accuracy_float", run.float_judged},
              {"epochs", run.epochs}};
  if (!run.approximate.empty()) {
    row["approximate_neurons"] = run.share.neurons;
    row["approximate_products"] = run.share.products;
    for (const std::vector<char>& layer : run.approximate) {
      row["neuron_modes"].push_back(std::vector<int>(layer.begin(), layer.end()));
    }
  }
  for (std::size_t m = 0; m < report.modes.size(); ++m) {
    row["accuracy"][report.modes[m].name] = run.accuracy[m];
    if (report.chips.chips > 0) row["flipped"][report.modes[m].name] = run.flipped[m];
  }
  return row;
}

}  // namespace

TrainingReport training_report(const Dataset& data, const Recipe& recipe,
                               std::span<const RunResult> runs,
                               std::span<const Multiplier> multipliers, const ChipOptions& chips,
                               const std::string& model) {
  const TrainedModel& first = runs.front().trained;
  TrainingReport r;
  r.dataset = data.name;
  r.rows = data.rows();
  r.features = data.inputs();
  const std::vector<int> counts = data.class_counts();
  for (std::size_t c = 0; c < counts.size(); ++c)
    r.classes.emplace_back(data.classes[c], counts[c]);
  r.incomplete = data.incomplete;
  r.repeats = first.split.repeats;
  r.train = first.split.train.size();
  r.judged_on = recipe.judged_on;
  r.judged = first.judged(recipe.judged_on).size();
  r.method = first.model.provenance.training;
  r.multiplier = kind_name(multipliers.front().kind);
  r.chips = chips;
  r.model = model;
  std::ranges::transform(runs, std::back_inserter(r.runs), row_of);
  r.accuracy_float = over(runs, [](const RunResult& run) { return run.trained.float_judged; });
  r.exact_error = over(runs, [](const RunResult& run) { return run.exact_error; });
  for (std::size_t m = 0; m < multipliers.size(); ++m) {
    r.modes.push_back(mode_of(runs, m, multipliers[m], chips.chips > 0));
  }
  if (!first.approximate.empty()) {
    std::vector<double> neurons, products;
    for (const TrainingReport::Run& run : r.runs) {
      neurons.push_back(run.share.neurons);
      products.push_back(run.share.products);
    }
    r.neurons = mean_deviation(neurons);
    r.products = mean_deviation(products);
  }
  return r;
}

Json to_json(const TrainingReport& r) {
  Json json = {{"dataset", r.dataset}, {"rows", r.rows}, {"features", r.features}};
  for (const auto& [name, rows] : r.classes) {
    json["classes"].push_back({{"name", name}, {"rows", rows}});
  }
  json["incomplete_dropped"] = r.incomplete;
  json["repeats_dropped"] = r.repeats;
  json["train"] = r.train;
  json["judged_on"] = judged_on_name(r.judged_on);
  json["judged"] = r.judged;
  json["method"] = r.method;
  json["multiplier"] = r.multiplier;
  for (const TrainingReport::Run& run : r.runs) json["runs"].push_back(run_json(r, run));
  json["accuracy_float"] = summary(r.accuracy_float);
  json["squared_error"]["exact"] = summary(r.exact_error);
  if (r.neurons) json["approximate_neurons"] = summary(*r.neurons);
  if (r.products) json["approximate_products"] = summary(*r.products);
  for (const TrainingReport::Mode& mode : r.modes) {
    json["accuracy"][mode.name] = summary(mode.accuracy);
    json["squared_error"][mode.name] = summary(mode.squared_error);
    if (r.chips.chips == 0) continue;
    json["flipped"][mode.name] = summary(mode.flipped);
    json["flipped"][mode.name]["worst"] = mode.worst;
  }
  if (r.chips.chips > 0) {
    json["chips"] = {{"number", r.chips.chips},
                     {"flip_rate", r.chips.rate},
                     {"format", format_name(r.chips.format)}};
  }
  if (!r.model.empty()) json["model"] = r.model;
  return json;
}

std::string to_text(const TrainingReport& r) {
  std::string text;
  const auto print = [&text]<typename... Args>(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
  };
  print("data      {}: {} rows, {} features, {} classes (", printable(r.dataset, 200), r.rows,
        r.features, r.classes.size());
  constexpr std::size_t kClassesShown = 20;
  for (std::size_t c = 0; c < r.classes.size(); ++c) {
    if (c == kClassesShown) {
      print(", and {} more", r.classes.size() - c);
      break;
    }
    print("{}{} {}", c == 0 ? "" : ", ", printable(r.classes[c].first), r.classes[c].second);
  }
  print(")\nsplit     {} to train", r.train);
  if (r.judged_on == JudgedOn::kTest) print(", {} to test", r.judged);
  if (r.judged_on == JudgedOn::kValidation) print(", {} to validate", r.judged);
  print(", {} repeated rows dropped", r.repeats);
  if (r.incomplete > 0) print(", {} with missing values", r.incomplete);
  print("\n");
  if (r.runs.size() > 1) print("runs      {}\n", r.runs.size());
  print(
      "accuracy  on the {} part{}\n", judged_on_name(r.judged_on),
      r.judged_on == JudgedOn::kTraining ? ", which says nothing of other samples: axnn eval" : "");
  const auto line = [&](const std::string& name, const MeanDeviation& value) {
    print("{:<9} {:6.2f} %", name, 100 * value.mean);
    if (r.runs.size() > 1) print(" +- {:.2f}", 100 * value.deviation);
    print("\n");
  };
  line("float", r.accuracy_float);
  for (const TrainingReport::Mode& mode : r.modes) {
    line(r.multiplier + " " + mode.name, mode.accuracy);
  }
  if (r.neurons) line("neurons", *r.neurons);
  if (r.products) line("products", *r.products);
  if (r.chips.chips > 0) {
    print("chips     {} a run, {} of the bits flipped, {}\n", r.chips.chips, r.chips.rate,
          format_name(r.chips.format));
    for (const TrainingReport::Mode& mode : r.modes) {
      print("{:<9} {:6.2f} % +- {:.2f}, worst {:.2f}\n", r.multiplier + " " + mode.name,
            100 * mode.flipped.mean, 100 * mode.flipped.deviation, 100 * mode.worst);
    }
  }
  if (!r.model.empty()) print("model     {}\n", r.model);
  return text;
}

}  // namespace axnn
