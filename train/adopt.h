// A float network that was trained elsewhere, put on the accelerator's grids: scaling of the inputs
// and exponents that lose least on the training part of a data set.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "model/float_net.h"
#include "model/model.h"
#include "model/multiplier.h"

namespace axnn {

/// The network that does with inputs scaled by `to` what `net` does with those scaled by `from`;
/// bounds are not looked at. A feature of gain 0 in `to` is constant.
FloatNet with_scaling(FloatNet net, const InputScaling& from, const InputScaling& to);

struct AdoptOptions {
  int candidates = 24;  ///< exponents that are tried (format_search.h) beside best_formats()
  /// Modes beside M0 that have a little say, so that features keep their levels in rough modes.
  std::vector<Multiplier> modes = {};
  std::uint64_t seed = 1;
  int threads = 1;
};

/// `scaling` is what the network was trained with; its bounds are not looked at. Features are
/// coded by that scaling or by one fitted to the training part, which the first layer's weights
/// make up for, whichever loses less: features as they are in a table differ by orders of
/// magnitude. Rows number `train` of `data` judge, those of the test part do not. The model has no
/// provenance, the classes of `data`. Throws Error as make_model(), or for other shapes.
Model adopt(const FloatNet& net, const InputScaling& scaling, const Dataset& data,
            std::span<const int> train, const AdoptOptions& options = {});

}  // namespace axnn
