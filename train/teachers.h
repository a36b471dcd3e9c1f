// What to learn where samples are few: not each sample's class but the mean output of several float
// networks trained on the same samples from other seeds, also at points between samples (Hinton et
// al., 2015; Zhang et al., "mixup", 2018). Nothing but the training samples is seen.
//   I inputs, K classes, N samples
#pragma once

#include <functional>
#include <vector>

#include "model/float_net.h"
#include "train/trainer.h"

namespace axnn {

struct TeacherOptions {
  int nets = 0;    ///< 0: learn the classes
  double mix = 0;  ///< 0 to 1: share of the way to another sample that one moves at most
};

/// `options.nets` networks trained by back-propagation as `training` says, seeds apart. `before` is
/// called before each with its number.
std::vector<FloatNet> train_teachers(const std::vector<int>& widths, const TrainOptions& training,
                                     const TeacherOptions& options, const Samples& samples,
                                     const std::function<void(int)>& before = {});

/// The samples of several epochs: in each every sample once, moved towards another one by a random
/// share of the way up to `mix`, with the teachers' mean probabilities. Its class stays that of the
/// sample. `teachers` must not be empty.
Samples taught_samples(const std::vector<FloatNet>& teachers, const TrainOptions& training,
                       const TeacherOptions& options, const Samples& samples);

}  // namespace axnn
