#include "train/recipe.h"

#include "train/calibrate.h"

namespace axnn {

Recipe default_recipe(std::string_view dataset) {
  Recipe r;
  if (dataset == "iono") {
    r.hidden = {50, 50};
    r.scaling = ScalingKind::kMinMax;
  } else if (dataset == "satimage") {
    r.options.batch = 64;
  } else if (dataset == "mnist") {
    r.hidden = {128, 128};
    r.scaling = ScalingKind::kByte;
    r.options.batch = 128;
    r.options.epochs = 20;
  }
  return r;
}

TrainedModel train_model(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                         std::uint64_t split,
                         const std::function<void(const EpochReport&)>& on_epoch) {
  TrainedModel result;
  result.split = make_split(data, split);
  const InputScaling scaling =
      fit_scaling(recipe.scaling, data, result.split.train, recipe.clip);
  const Samples training = scaled_samples(data, result.split.train, scaling);
  const Samples test = scaled_samples(data, result.split.test, scaling);

  std::vector<int> widths = {data.inputs()};
  widths.insert(widths.end(), recipe.hidden.begin(), recipe.hidden.end());
  widths.push_back(static_cast<int>(data.classes.size()));
  FloatNet net = make_net(widths, seed);
  TrainOptions options = recipe.options;
  options.seed = seed;
  train(net, training, options, bp_gradient(options.output), [&](const EpochReport& report) {
    result.final_loss = report.loss;
    if (on_epoch) on_epoch(report);
  });
  result.float_train = accuracy(net, training.x, training.labels);
  result.float_test = accuracy(net, test.x, test.labels);

  result.model = calibrate(net, scaling, training);
  result.model.classes = data.classes;
  result.model.provenance.dataset = data.name;
  result.model.provenance.label = data.label_column;
  result.model.provenance.data_sha256 = data.sha256;
  result.model.provenance.training = "bp";
  result.model.provenance.seed = seed;
  result.model.provenance.split = split;
  return result;
}

}  // namespace axnn
