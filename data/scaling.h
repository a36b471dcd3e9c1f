// From raw features to what a network sees; fitted on training samples only.
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "model/model.h"

namespace axnn {

enum class ScalingKind {
  kStandardise,  ///< "z": mean 0, deviation 1, clipped to +-limit
  kMinMax,       ///< "minmax": smallest to largest value becomes 0 to 1
  /// "span": all but a share `limit` of the values at each end fill -1 to 1, the rest is clipped.
  /// Where the accelerator keeps few bits of an input, every feature uses all of its levels.
  kSpan,
  kByte,  ///< "byte": 0 to 255 becomes 0 to 1, nothing is fitted
};

std::string_view scaling_name(ScalingKind kind);
/// Throws Error for an unknown name, listing the known ones.
ScalingKind parse_scaling(std::string_view name);

/// Scaled samples and their classes.
struct Samples {
  Eigen::MatrixXf x;                ///< I x N, one column a sample
  std::vector<int> labels;          ///< N
  Eigen::MatrixXf probabilities{};  ///< K x N wanted, or empty: the classes alone
  int epochs = 1;                   ///< epochs whose samples these are, one after the other
};

/// Fits a scaling to the given rows. A feature that is constant there gets gain 0. `limit` is
/// in deviations for kStandardise, a share below 0.5 for kSpan. Missing values (NaN) do not count;
/// if the data set has them filled in, the means of the rows become the scaling's fill. Its fraction is not chosen here
/// (calibrate.h).
InputScaling fit_scaling(ScalingKind kind, const Dataset& data, std::span<const int> rows,
                         double limit = 4);

/// What centred() subtracts from each input: the middle of the range, 0 for a constant feature. I.
Eigen::VectorXf middle_of(const InputScaling& scaling);

/// The scaling whose inputs are those of `scaling`, moved so that the middle of their range is 0.
InputScaling centred(InputScaling scaling);

/// The given rows, scaled.
Samples scaled_samples(const Dataset& data, std::span<const int> rows, const InputScaling& scaling);

}  // namespace axnn
