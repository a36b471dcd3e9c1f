#include "train/recipe.h"

#include "train/calibrate.h"

namespace axnn {

// How they were chosen and what they reach: train/README.md.
Recipe default_recipe(std::string_view dataset, Method method, MultiplierKind kind) {
  const bool pas =
      has_pas(method) && (kind == MultiplierKind::kFig8 || kind == MultiplierKind::kBooth);
  Recipe r;
  r.ax.method = method;
  if (dataset == "breast") {
    r.clip = 3;
    r.options.learning_rate = 1e-3;
    r.options.weight_decay = 6;
    r.ax.search_folds = 5;
  } else if (dataset == "image") {
    if (pas) {
      r.clip = 1;
      r.ax.pas_epochs = 300;
    }
    r.options.learning_rate = 1e-2;
    r.ax.search.candidates = 60;
    r.ax.search_folds = 5;
  } else if (dataset == "iono") {
    r.hidden = {50, 50};
    r.scaling = ScalingKind::kMinMax;
    r.options.weight_decay = 0;
    if (has_pas(method)) r.ax.teachers = {20, 0.5};
    r.ax.centre = has_pas(method);  // half of the codes would be unused under any multiplier
    r.ax.search_folds = 5;
  } else if (dataset == "satimage") {
    if (pas) r.clip = 2;
    r.options.batch = 64;
    r.options.epochs = 60;
    r.ax.search = {60, 2, 3, 3};
    r.ax.search_folds = 5;
  } else if (dataset == "optdigits") {
    r.scaling = ScalingKind::kMinMax;
    r.options.learning_rate = 1e-2;
    r.options.weight_decay = 0;
    r.options.batch = 64;
    r.options.epochs = 60;
    r.ax.search_folds = 2;
  } else if (dataset == "mnist") {
    r.hidden = {128, 128};
    r.scaling = ScalingKind::kByte;
    r.options.learning_rate = 2e-3;
    r.options.batch = 128;
    r.options.epochs = 12;
    r.ax.search = {12, 2, 1, 2};
    r.ax.search_folds = 1;
  }
  return r;
}

TrainedModel train_model(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                         std::uint64_t split,
                         const std::function<void(const EpochReport&)>& on_epoch,
                         const Session& session) {
  TrainedModel result;
  result.split = make_split(data, split);
  if (recipe.validation) result.split = carve_validation(data, result.split.train, kFolds, split);
  const double limit = recipe.scaling == ScalingKind::kSpan ? recipe.trim : recipe.clip;
  InputScaling scaling = fit_scaling(recipe.scaling, data, result.split.train, limit);
  Samples training = scaled_samples(data, result.split.train, scaling);

  Job job;
  job.widths = {data.inputs()};
  job.widths.insert(job.widths.end(), recipe.hidden.begin(), recipe.hidden.end());
  job.widths.push_back(static_cast<int>(data.classes.size()));
  job.options = recipe.options;
  job.options.seed = seed;
  job.ax = recipe.ax;
  job.ax.flips.seed = seed;
  job.training = &training;
  std::vector<Fold> folds;
  if (needs_folds(recipe.ax)) {
    for (int f = 0; f < recipe.ax.search_folds; ++f) {
      const Split inner =
          carve_validation(data, result.split.train, kFolds, seed * 1000003 + std::uint64_t(f) + 1);
      folds.push_back(
          {scaled_samples(data, inner.train, scaling), scaled_samples(data, inner.test, scaling)});
    }
  }
  job.folds = folds;
  const bool centre = recipe.ax.centre && has_pas(recipe.ax.method);
  if (centre) job.centre = middle_of(scaling);
  const TrainedNet trained = train_network(
      job,
      [&](const EpochReport& report) {
        result.final_loss = report.loss;
        if (on_epoch) on_epoch(report);
      },
      session);
  if (centre) {
    scaling = centred(scaling);
    training = scaled_samples(data, result.split.train, scaling);
  }
  const Samples test = scaled_samples(data, result.split.test, scaling);
  result.approximate = trained.approximate;
  result.float_train = accuracy(trained.net, training.x, training.labels);
  result.float_test = accuracy(trained.net, test.x, test.labels);

  result.model = make_model(trained.net, scaling, trained.formats);
  result.model.classes = data.classes;
  if (has_pas(recipe.ax.method)) result.model.weight_format = recipe.ax.flips.format;
  result.model.provenance.dataset = data.name;
  result.model.provenance.table = data.table;
  result.model.provenance.data_sha256 = data.sha256;
  result.model.provenance.training = method_name(recipe.ax.method);
  result.model.provenance.seed = seed;
  result.model.provenance.split = split;
  return result;
}

}  // namespace axnn
