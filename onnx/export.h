// A model as an ONNX file, for anybody's runtime.
#pragma once

#include <string>
#include <string_view>

#include "model/model.h"
#include "model/multiplier.h"
#include "onnx/graph.h"

namespace axnn::onnx {

enum class ExportForm {
  /// For interchange: float arithmetic between QuantizeLinear and DequantizeLinear of 16-bit codes
  /// (opset 21). Ties round to even there and up here, so outputs may differ by a step.
  kQdq,
  /// Integer codes in doubles (opset 13): scale, + 0.5, Floor, Clip. Any runtime computes the
  /// golden
  /// model's codes and accumulators, bit by bit.
  kExact,
};

/// "qdq", "exact". Throws Error for another name.
ExportForm parse_form(std::string_view name);

/// Input "x": rows of raw features, float, N x I. Outputs: "class" (int64, N x 1); of kExact
/// "accumulators" (double, N x K) and, with `every_layer`, "codes1", "codes2", ... (double, N x O)
/// of the hidden layers and "codes0" of the input; of kQdq "logits" (float). A rough mode is an
/// operand transform (multiplier.h), so kExact takes every multiplier that factors; kQdq takes
/// exact ones only. Throws Error for others.
Graph export_graph(const Model& model, const Multiplier& multiplier, ExportForm form,
                   bool every_layer = false);

}  // namespace axnn::onnx
