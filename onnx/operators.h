// The operators of ONNX that dense networks are made of, on tensors of doubles: a value is rounded
// to its type after every operator. For folding constants, and for checking an import against the
// file itself.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "onnx/graph.h"

namespace axnn::onnx {

/// True if evaluate() knows the operator.
bool can_evaluate(const Node& node);

/// A node's outputs; an input that is left out is null. Throws Error, naming the node, for an
/// operator or an attribute that is not known here, and for inputs that do not go together.
std::vector<Tensor> evaluate(const Node& node, int opset, std::span<const Tensor* const> inputs);

/// Runs a graph's nodes until `wanted` are known; `inputs` by name. Throws Error.
std::map<std::string, Tensor> run(const Graph& graph, std::map<std::string, Tensor> inputs,
                                  const std::vector<std::string>& wanted);

/// Dimensions that Reshape's wish makes of a tensor's. Throws Error, naming `where`.
Shape reshaped(const Shape& from, const std::vector<std::int64_t>& wish, bool zero_is_zero,
               const std::string& where);

/// The axes of Squeeze (wanted: those of length 1 if empty) and Unsqueeze taken out or put in.
Shape squeezed(const Shape& from, std::vector<std::int64_t> axes, const std::string& where);
Shape unsqueezed(const Shape& from, std::vector<std::int64_t> axes, const std::string& where);

/// Integers of a tensor, e.g. axes.
std::vector<std::int64_t> integers(const Tensor& tensor);

/// An axis from the front. Throws Error, naming `where`, if there is none.
std::size_t axis_of(std::int64_t axis, std::size_t rank, const std::string& where);

}  // namespace axnn::onnx
