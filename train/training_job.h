// All that the bytes of a trained network depend on, as one digest: it keys checkpoints, and tells
// whether a model file is what a command would make.
#pragma once

#include <cstdint>
#include <string>

#include "data/dataset.h"
#include "train/recipe.h"
#include "train/settings.h"

namespace axnn {

struct TrainingJob {
  Recipe recipe;
  std::uint64_t seed = 1;
  std::uint64_t split = 0;
};

/// The resolved recipe, the rows that train, digests of data, of multiplier tables and of the
/// trainer's source, and the design's word size. `digest` is not in it.
Json training_json(const TrainingJob& job, const Dataset& data);

/// sha256() of training_json's text.
std::string training_digest(const TrainingJob& job, const Dataset& data);

}  // namespace axnn
