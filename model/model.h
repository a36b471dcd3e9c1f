// A trained network as one value: float weights, the codes made from them, the scaling of its
// inputs, and where it came from. model_file.h writes and reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/network.h"
#include "model/table.h"
#include "model/weight_format.h"

namespace axnn {

/// Raw feature to input code: x' = clamp((x - offset) * gain, low, high), then quantize(x'). A missing
/// feature is NaN.
struct InputScaling {
  std::vector<float> offset;  ///< I
  std::vector<float> gain;    ///< I; 0 for a constant feature
  float low = 0;              ///< bounds after scaling
  float high = 0;
  int fraction = 0;           ///< fractional bits of the input codes
  std::vector<float> fill{};  ///< I: what a missing feature is; empty: none is missing
};

/// Float weights and the exponents that turned them into codes. Fractions may be negative or
/// exceed kDataW: value = code * 2^-fraction.
struct ModelLayer {
  int inputs = 0;
  int outputs = 0;
  std::vector<float> weights;  ///< O x I, row-major
  std::vector<float> bias;     ///< O
  int input_fraction = 0;      ///< of the codes entering the layer
  int weight_fraction = 0;
  int output_fraction = 0;  ///< of the codes leaving it; unused for the raw last layer
  IntegerLayer integer;     ///< what the accelerator runs
};

/// Enough to make the model again.
struct Provenance {
  std::string version;               ///< of axnn
  std::vector<std::string> command;  ///< its words, without where the model goes
  std::string dataset;               ///< name, or path of a CSV (portable_path)
  TableOptions table;                ///< how the CSV was read
  std::string data_sha256;           ///< of the data set's bytes
  std::string training;              ///< what ran: "bp", "sam", ... (training_name)
  std::string multiplier;            ///< what rough modes it was trained for (kind_name); empty: none
  bool held_out = false;             ///< a fifth of the training part did not train
  std::string job;                   ///< digest of all that training depends on; empty: not known
  std::uint64_t seed = 0;            ///< of weights and batches
  std::uint64_t split = 0;           ///< which train/test split
};

struct Model {
  InputScaling scaling;
  std::vector<ModelLayer> layers;
  std::vector<std::string> classes;  ///< names, index = class
  TableSchema table;                 ///< how rows of a table become its inputs
  Provenance provenance;
  /// How weight memories must store the weights, if the training had them so; otherwise any.
  std::optional<WeightFormat> weight_format;

  /// The integer network of its layers.
  IntegerNet integer_net() const;
};

/// One row of raw features, scaled and clamped but not quantised. Same length as the scaling. No
/// feature is missing if the scaling has no fill.
void scale_input(const InputScaling& scaling, std::span<const float> raw, std::span<float> scaled);

/// Scaled features as input codes.
void quantize_input(const InputScaling& scaling, std::span<const float> scaled,
                    std::span<Code> codes);

}  // namespace axnn
