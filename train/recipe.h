// How a network for a data set is trained: topology, scaling and every knob of the trainer, with
// tuned defaults; and the training itself, from data set to model.
#pragma once

#include <cstdint>
#include <functional>
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

struct Recipe {
  std::vector<int> hidden = {64, 64};  ///< widths of the hidden layers (paper, Table I)
  ScalingKind scaling = ScalingKind::kStandardise;
  double clip = 4;          ///< of kStandardise, in deviations
  double trim = 0;          ///< of kSpan: share of a feature's values clipped at each end
  bool validation = false;  ///< judge on a fifth of the training part, to tune a recipe
  TrainOptions options;     ///< its seed is set by train_model
  AxOptions ax;             ///< the method, and what pas adds; seeds are set by train_model
};

/// Default of a named data set; for any other name, one that suits a small table. fig8 and booth
/// keep few levels of an input in their rough modes, so pas for them has settings of its own; all
/// other methods have those of the float network.
Recipe default_recipe(std::string_view dataset, Method method = Method::kBp,
                      MultiplierKind kind = MultiplierKind::kFig8);

struct TrainedModel {
  Model model;             ///< without version and command in its provenance
  NeuronMask approximate;  ///< of ApproxANN and AxNN, otherwise empty; the model lacks it
  Split split;             ///< its test part is what the accuracies are of
  double float_train = 0;  ///< accuracy of the float network, 0 to 1
  double float_test = 0;
  double final_loss = 0;  ///< mean of the last epoch
};

/// Splits, scales, trains by the recipe's method, puts the network on its grids. The same arguments
/// give the same model, whether the training was interrupted and resumed by `session` or not.
/// Throws Error.
TrainedModel train_model(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                         std::uint64_t split,
                         const std::function<void(const EpochReport&)>& on_epoch = {},
                         const Session& session = {});

}  // namespace axnn
