#include "train/recipe.h"

#include <algorithm>
#include <utility>

#include "model/error.h"
#include "model/file_io.h"
#include "model/network.h"
#include "train/adopt.h"
#include "train/calibrate.h"

namespace axnn {

std::string_view judged_on_name(JudgedOn on) {
  switch (on) {
    case JudgedOn::kTest:
      return "test";
    case JudgedOn::kValidation:
      return "validation";
    case JudgedOn::kTraining:
      return "training";
  }
  return "";
}

namespace {

void check_start(const Model& start, const Dataset& data, const AxOptions& ax) {
  if (start.scaling.offset.size() != std::size_t(data.inputs()) || start.classes != data.classes) {
    throw Error("the network to go on from is not for this data set", data.name,
                "take the data it was made for");
  }
  const bool only_relu = has_act(ax) || chooses_neurons(ax.method);
  if (only_relu && !all_relu(float_net(start))) {
    throw UsageError("act, axtrain, approxann and axnn train ReLU layers only", "--from",
                     "this network has others; take --method bp, sam or pas");
  }
}

}  // namespace

TrainedModel train_model(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                         std::uint64_t split,
                         const std::function<void(const EpochReport&)>& on_epoch,
                         const Session& session, int threads) {
  Split rows = make_split(data, split);
  if (recipe.judged_on == JudgedOn::kValidation) {
    const int repeats = rows.repeats;
    rows = carve_validation(data, rows.train, kFolds, split);
    rows.repeats = repeats;
  }
  TrainedModel result = train_on(data, recipe, seed, std::move(rows), on_epoch, session, threads);
  result.model.provenance.split = split;
  return result;
}

TrainedModel train_on(const Dataset& data, const Recipe& recipe, std::uint64_t seed, Split split,
                      const std::function<void(const EpochReport&)>& on_epoch,
                      const Session& session, int threads) {
  TrainedModel result;
  result.split = std::move(split);
  const double limit = recipe.scaling == ScalingKind::kSpan ? recipe.trim : recipe.clip;
  if (recipe.start) check_start(*recipe.start, data, recipe.ax);
  InputScaling scaling = fit_scaling(recipe.scaling, data, result.split.train, limit);
  Samples training = scaled_samples(data, result.split.train, scaling);

  if (recipe.hidden.size() >= kMaxLayers) {
    throw UsageError(std::to_string(recipe.hidden.size()) + " hidden layers", "--layers",
                     "at most " + std::to_string(kMaxLayers - 1));
  }
  Job job;
  job.widths = {data.inputs()};
  if (recipe.start) {
    job.start = with_scaling(float_net(*recipe.start), recipe.start->scaling, scaling);
    for (const ModelLayer& layer : recipe.start->layers) job.widths.push_back(layer.outputs);
  } else {
    job.widths.insert(job.widths.end(), recipe.hidden.begin(), recipe.hidden.end());
    job.widths.push_back(static_cast<int>(data.classes.size()));
  }
  job.options = recipe.options;
  job.options.seed = seed;
  job.ax = recipe.ax;
  job.ax.flips.seed = seed;
  job.training = &training;
  job.threads = threads;
  const int search = needs_folds(recipe.ax) ? recipe.ax.search_folds : 0;
  const int stopping = recipe.ax.stopping.folds;
  std::vector<Fold> folds;
  for (int f = 0; f < std::max(search, stopping); ++f) {
    const Split inner =
        carve_validation(data, result.split.train, kFolds, seed * 1000003 + std::uint64_t(f) + 1);
    folds.push_back(
        {scaled_samples(data, inner.train, scaling), scaled_samples(data, inner.test, scaling)});
  }
  job.folds = std::span<const Fold>(folds).first(std::size_t(search));
  job.stopping = std::span<const Fold>(folds).first(std::size_t(stopping));
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
  const Samples judged = scaled_samples(data, result.judged(recipe.judged_on), scaling);
  result.approximate = trained.approximate;
  result.epochs = trained.epochs;
  result.float_train = accuracy(trained.net, training.x, training.labels);
  result.float_judged = accuracy(trained.net, judged.x, judged.labels);

  result.model = make_model(trained.net, scaling, trained.formats);
  result.model.classes = data.classes;
  if (has_pas(recipe.ax.method)) result.model.weight_format = recipe.ax.flips.format;
  result.model.table = data.schema;
  result.model.provenance.dataset = portable_path(data.name);
  result.model.provenance.table = data.table;
  if (!data.table.test.empty()) {
    result.model.provenance.table.test = portable_path(data.table.test);
  }
  result.model.provenance.data_sha256 = data.sha256;
  result.model.provenance.training = training_name(recipe.ax);
  if (has_pas(recipe.ax.method)) {
    result.model.provenance.multiplier = kind_name(recipe.ax.modes.front().kind);
  }
  result.model.provenance.held_out = recipe.judged_on == JudgedOn::kValidation;
  result.model.provenance.seed = seed;
  return result;
}

}  // namespace axnn
