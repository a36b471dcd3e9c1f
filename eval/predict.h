// Predictions for new rows: classes and logits by the golden model, as text, in the order of the
// rows, in memory that does not grow with their number.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/new_rows.h"
#include "model/golden.h"
#include "model/model.h"

namespace axnn {

/// What a network says of N samples.
struct Predictions {
  std::vector<Code> codes;     ///< N x I: the input codes, row-major
  std::vector<int> classes;    ///< N
  std::vector<double> logits;  ///< N x K, row-major; exact: accumulators (or codes) times 2^-f
};

/// A model with the network that a mode, and perhaps a chip's flipped bits, make of it.
class Predictor {
 public:
  /// `net` is the model's, its weights as memories return them. Throws Error if it is not valid.
  Predictor(const Model& model, const IntegerNet& net, Multiplier multiplier);

  /// `features`: N x I, row-major, as they are in the table.
  Predictions run(std::span<const float> features) const;

  const Model& model() const { return model_; }

 private:
  Model model_;
  GoldenModel golden_;
};

enum class PredictionFormat {
  kCsv,   ///< a header; row, class, label if there are any, a logit a class
  kJson,  ///< an object a line
};

struct PredictOptions {
  PredictionFormat format = PredictionFormat::kCsv;
  bool skip_bad = false;  ///< leave out rows that cannot be read
  int threads = 1;        ///< changes no byte of the result
  /// Sees a batch of predictions before it is written, `first` samples after the first one; may
  /// throw.
  std::function<void(const Predictions& batch, std::int64_t first)> check;
  /// Called with a row's message if it is left out.
  std::function<void(const std::string& message)> on_skipped;
  /// Called with the number of rows so far.
  std::function<void(std::int64_t)> progress;
};

struct PredictReport {
  std::int64_t rows = 0;        ///< predicted
  std::int64_t skipped = 0;     ///< left out
  std::int64_t labelled = 0;    ///< rows with a label that is a class of the model
  std::int64_t correct = 0;     ///< of those
  std::int64_t unknown = 0;     ///< labels that are none of the model's classes
  std::int64_t unlabelled = 0;  ///< rows whose label is missing, if rows have labels
};

/// Predicts all rows and passes the result to `write`, part by part, whole lines. Rows are numbered
/// from 1, and keep their number if others are left out. Throws Error at the first row that cannot
/// be read, when those before it are written; with skip_bad if no row can be read.
PredictReport predict(const Predictor& predictor, NewRowsSource& source,
                      const PredictOptions& options,
                      const std::function<void(std::string_view)>& write);

}  // namespace axnn
