// How a network for a data set is trained: topology, scaling and every knob of the trainer, with
// tuned defaults; and the training itself, from data set to model.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "data/scaling.h"
#include "data/split.h"
#include "model/model.h"
#include "train/axtrain.h"
#include "train/trainer.h"

namespace axnn {

/// What a training's accuracies are of, and with it what trains.
enum class JudgedOn {
  kTest,        ///< the test part; the training part trains
  kValidation,  ///< a fifth of the training part; the rest of it trains
  kTraining,    ///< the training part, which trains: no estimate for other samples
};

std::string_view judged_on_name(JudgedOn on);  ///< "test", "validation", "training"

struct Recipe {
  std::vector<int> hidden = {64, 64};  ///< widths of the hidden layers (paper, Table I)
  ScalingKind scaling = ScalingKind::kStandardise;
  double clip = 4;  ///< of kStandardise, in deviations
  double trim = 0;  ///< of kSpan: share of a feature's values clipped at each end
  JudgedOn judged_on = JudgedOn::kTest;
  TrainOptions options;  ///< its seed is set by train_model
  AxOptions ax;          ///< the method, and what pas adds; seeds are set by train_model
  /// A network to go on from (--from): its layers stand for `hidden`, the first one's weights make up for
  /// `scaling`. pas begins with it as it is, other methods train it on. Null: weights are drawn.
  std::shared_ptr<const Model> start = nullptr;
};

/// Default of a named data set (data/recipes.toml); for any other name, one that suits a small
/// table. fig8 and booth keep few levels of an input in their rough modes, so pas for them has
/// settings of its own; all other methods have those of the float network.
Recipe default_recipe(std::string_view dataset, Method method = Method::kBp,
                      MultiplierKind kind = MultiplierKind::kFig8);

struct TrainedModel {
  Model model;              ///< without version and command in its provenance
  NeuronMask approximate;   ///< of ApproxANN and AxNN, otherwise empty; the model lacks it
  Split split;              ///< its training part trained; the other is the test or validation part
  double float_train = 0;   ///< accuracy of the float network on the part that trained, 0 to 1
  double float_judged = 0;  ///< on the part it is judged on

  /// Rows of the part that `on` names.
  std::span<const int> judged(JudgedOn on) const {
    return on == JudgedOn::kTraining ? split.train : split.test;
  }
  double final_loss = 0;  ///< mean of the last epoch
  int epochs = 0;         ///< of the stage without hardware, given or chosen
};

/// Splits, scales, trains by the recipe's method, puts the network on its grids. The same arguments
/// give the same model, whether the training was interrupted and resumed by `session` or not and
/// whatever the number of threads, which a search of exponents uses. Throws Error.
TrainedModel train_model(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                         std::uint64_t split,
                         const std::function<void(const EpochReport&)>& on_epoch = {},
                         const Session& session = {}, int threads = 1);

/// The same on a split of its own, whose `test` rows are what it is judged on.
TrainedModel train_on(const Dataset& data, const Recipe& recipe, std::uint64_t seed, Split split,
                      const std::function<void(const EpochReport&)>& on_epoch = {},
                      const Session& session = {}, int threads = 1);

}  // namespace axnn
