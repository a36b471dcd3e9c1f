// A float network that was trained elsewhere, put on the accelerator's grids: scaling of the inputs
// and exponents that lose least on the training part of a data set.
#pragma once

#include <cstdint>
#include <span>

#include "data/dataset.h"
#include "model/float_net.h"
#include "model/model.h"

namespace axnn {

struct AdoptOptions {
  int candidates = 24;  ///< exponents that are tried (format_search.h) beside best_formats()
  std::uint64_t seed = 1;
  int threads = 1;
};

/// `scaling` is what the network was trained with; its bounds are not looked at. A feature's range of
/// codes is that of the network's own scaling, or its own range on the training part, made up for in
/// the first layer's weights, if that is the better one: features as they are in a table differ by
/// orders of magnitude. Rows number `train` of `data` judge, those of the test part do not. The model
/// has no provenance, the classes of `data`. Throws Error as make_model(), or for other shapes.
Model adopt(const FloatNet& net, const InputScaling& scaling, const Dataset& data, std::span<const int> train,
            const AdoptOptions& options = {});

}  // namespace axnn
