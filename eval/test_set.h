// The samples a model must be judged on: the test part of the split it was trained with.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "data/scaling.h"
#include "model/float_net.h"
#include "model/golden.h"
#include "model/model.h"

namespace axnn {

/// N test samples as the accelerator gets them.
struct TestSet {
  int inputs = 0;           ///< I
  std::vector<Code> codes;  ///< N x I, row-major: input codes
  std::vector<int> labels;  ///< N
  Samples scaled;           ///< the same samples for the float network

  int rows() const { return static_cast<int>(labels.size()); }
  std::span<const Code> row(int n) const {
    return {codes.data() + std::size_t(n) * std::size_t(inputs), std::size_t(inputs)};
  }
};

/// Loads the model's data set again and checks that its bytes, classes and features are those the
/// model was trained on. A CSV that is not where it was, or whose folder the model does not keep, is
/// looked for beside `model_file` and in $AXNN_DATA. Throws Error.
Dataset load_data_of(const Model& model, const std::filesystem::path& model_file);

/// The test part of that data set, as when the model was trained. Throws Error.
TestSet load_test_set(const Model& model, const std::filesystem::path& model_file);

/// The given rows of a data set as `model` sees them.
TestSet make_test_set(const Model& model, const Dataset& data, std::span<const int> rows);

/// Share of the test set that the golden model classifies rightly.
double accuracy(const GoldenModel& golden, const TestSet& test);

/// Mean over samples and outputs of (probability - target)^2, the golden model's logits turned into
/// probabilities by `output`; the target is 1 for the class of the sample, else 0. `golden` is of
/// `model`, whose last layer is kRaw.
double squared_error(const GoldenModel& golden, const Model& model, OutputKind output,
                     const TestSet& test);

}  // namespace axnn
