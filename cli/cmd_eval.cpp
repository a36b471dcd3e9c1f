// axnn eval: accuracy of a model on its test samples, float and golden.

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "cli/commands.h"
#include "cli/voltage.h"
#include "eval/chips.h"
#include "eval/statistics.h"
#include "eval/test_set.h"
#include "model/model_file.h"
#include "train/calibrate.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  std::string multiplier = "fig8";
  std::string mode = "all";
  Voltage voltage;
};

constexpr int kHistogramBins = 10;

Json chips_json(const Voltage& v, WeightFormat format, std::span<const double> accuracies) {
  const MeanDeviation summary = mean_deviation(accuracies);
  const Histogram histogram = make_histogram(accuracies, kHistogramBins);
  Json json = {{"number", v.chips}, {"flip_rate", v.rate()}};
  if (v.vdd) json.update({{"vdd", *v.vdd}, {"curve", v.curve}});
  json.update(
      {{"format", format_name(format)},
       {"mean", summary.mean},
       {"deviation", summary.deviation},
       {"worst", *std::ranges::min_element(accuracies)},
       {"histogram",
        {{"from", histogram.from}, {"width", histogram.width}, {"chips", histogram.counts}}},
       {"accuracies", accuracies}});
  return json;
}

void run(const Options& o, const Common& common) {
  const std::vector<Multiplier> multipliers = parse_multipliers(o.multiplier, o.mode);
  const Model model = load_model(o.model);
  const WeightFormat format = o.voltage.format(model);
  const ChipOptions chips{o.voltage.chips, o.voltage.rate(), format};
  // Without flips weights stay as they are, unless a format asks for codes it can hold.
  const IntegerNet net = o.voltage.weight_format.empty()
                             ? model.integer_net()
                             : apply_faults(model.integer_net(), format, FaultMap(0, 0));
  const TestSet test = load_test_set(model, o.model);
  Json json = {{"model", o.model},
               {"dataset", model.provenance.dataset},
               {"samples", test.rows()},
               {"accuracy_float", accuracy(float_net(model), test.scaled.x, test.labels)}};
  for (const Multiplier& m : multipliers) {
    json["results"].push_back({{"multiplier", kind_name(m.kind)},
                               {"mode", mode_name(m)},
                               {"accuracy", accuracy(GoldenModel(net, m), test)}});
    if (chips.chips == 0) continue;
    json["results"].back()["chips"] =
        chips_json(o.voltage, format,
                   chip_accuracies(model.integer_net(), m, chips, test, {}, thread_count(common)));
  }
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("model     {}\ndata      {}, split {}, {} test samples\nfloat     {:6.2f} %\n",
             o.model, model.provenance.dataset, model.provenance.split, test.rows(),
             100 * json["accuracy_float"].get<double>());
  for (const Json& row : json["results"]) {
    fmt::print("{} {}   {:6.2f} %", row["multiplier"].get<std::string>(),
               row["mode"].get<std::string>(), 100 * row["accuracy"].get<double>());
    if (row.contains("chips")) {
      const Json& c = row["chips"];
      fmt::print("; {} chips {:6.2f} % +- {:.2f}, worst {:.2f}", chips.chips,
                 100 * c["mean"].get<double>(), 100 * c["deviation"].get<double>(),
                 100 * c["worst"].get<double>());
    }
    fmt::print("\n");
  }
}

}  // namespace

void add_eval(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("eval", "Accuracy of a model on its test samples");
  auto o = std::make_shared<Options>();
  sub->add_option("model", o->model, "Model file (axnn train)")->required();
  sub->add_option("--multiplier", o->multiplier, "fig8, booth, drum, drum:K or lut:FILE")
      ->capture_default_str();
  sub->add_option("--mode", o->mode,
                  "Of the multiplier: M0, M1, M2 (booth M3, drum K1 to K9) or all")
      ->capture_default_str();
  add_voltage(*sub, o->voltage);
  add_common(*sub, common);
  sub->footer(
      "Example:\n  axnn eval breast.axnn --mode M0\n"
      "  axnn eval breast.axnn --multiplier booth --vdd 0.66 --curve sharp --chips 50");
  sub->callback([o, &common] {
    check_voltage(o->voltage);
    run(*o, common);
  });
}

}  // namespace axnn::cli
