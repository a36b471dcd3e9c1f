// axnn eval: accuracy of a model on its test samples, float and golden.

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "model/model_file.h"
#include "train/calibrate.h"
#include "train/test_set.h"

namespace axnn::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  std::string multiplier = "fig8";
  std::string mode = "all";
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
  }
  if (common.json) {
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("model     {}\ndata      {}, split {}, {} test samples\nfloat     {:6.2f} %\n",
             o.model, model.provenance.dataset, model.provenance.split, test.rows(),
             100 * json["accuracy_float"].get<double>());
  for (const Json& row : json["results"]) {
    fmt::print("{} {}   {:6.2f} %\n", row["multiplier"].get<std::string>(),
               row["mode"].get<std::string>(), 100 * row["accuracy"].get<double>());
  }
}

}  // namespace

void add_eval(CLI::App& app, Common& common) {
  CLI::App* sub = app.add_subcommand("eval", "Accuracy of a model on its test samples");
  auto o = std::make_shared<Options>();
  sub->add_option("model", o->model, "Model file (axnn train)")->required();
  sub->add_option("--multiplier", o->multiplier, "fig8, booth, drum or drum:K")
      ->capture_default_str();
  sub->add_option("--mode", o->mode,
                  "Of the multiplier: M0, M1, M2 (booth M3, drum K1 to K9) or all")
      ->capture_default_str();
  add_common(*sub, common);
  sub->footer("Example:\n  axnn eval breast.axnn --mode M0");
  sub->callback([o, &common] { run(*o, common); });
}

}  // namespace axnn::cli
