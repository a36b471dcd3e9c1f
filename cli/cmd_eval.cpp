// axnn eval: accuracy of a model on its test samples, float and golden.

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "model/model_file.h"
#include "train/calibrate.h"
#include "train/runs.h"
#include "train/test_set.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  std::string multiplier = "fig8";
  std::string mode = "all";
  int chips = 0;
  double flip_rate = 0;
  std::string weight_format = "sign-magnitude";
};

void run(const Options& o, const Common& common) {
  const std::vector<Multiplier> multipliers = parse_multipliers(o.multiplier, o.mode);
  const Model model = load_model(o.model);
  const TestSet test = load_test_set(model);
  Json json = {{"model", o.model},
               {"dataset", model.provenance.dataset},
               {"samples", test.rows()},
               {"accuracy_float", accuracy(float_net(model), test.scaled.x, test.labels)}};
  for (const Multiplier& m : multipliers) {
    json["results"].push_back({{"multiplier", kind_name(m.kind)},
                               {"mode", mode_name(m)},
                               {"accuracy", accuracy(GoldenModel(model.integer_net(), m), test)}});
    if (o.chips == 0) continue;
    const ChipOptions chips{o.chips, o.flip_rate, parse_format(o.weight_format)};
    const std::vector<double> all = chip_accuracies(model.integer_net(), m, chips, test);
    const MeanDeviation summary = mean_deviation(all);
    json["results"].back()["chips"] = {{"number", o.chips},
                                       {"flip_rate", o.flip_rate},
                                       {"format", o.weight_format},
                                       {"mean", summary.mean},
                                       {"deviation", summary.deviation},
                                       {"worst", *std::ranges::min_element(all)}};
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
      fmt::print("; {} chips {:6.2f} % +- {:.2f}, worst {:.2f}", o.chips,
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
  sub->add_option("--chips", o->chips,
                  "Chips with flipped weight bits to run it on, numbers 1 to N")
      ->check(CLI::Range(0, 100000));
  sub->add_option("--flip-rate", o->flip_rate, "Share of their stored bits that flip")
      ->check(CLI::Range(0.0, 1.0));
  sub->add_option("--weight-format", o->weight_format, "How the weight memory stores a weight")
      ->capture_default_str();
  add_common(*sub, common);
  sub->footer(
      "Example:\n  axnn eval breast.axnn --mode M0\n"
      "  axnn eval breast.axnn --multiplier booth --chips 50 --flip-rate 0.01");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
