// An ONNX file as a small graph of our own: checked, constants read, nodes in the order they run
// in.
//
//   const Graph graph = read_graph("net.onnx");
//   for (const Node& node : graph.nodes) ...
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/tensor.h"

namespace axnn::onnx {

inline constexpr int kOldestOpset = 7;
inline constexpr int kNewestOpset = 21;
inline constexpr int kNewestIr = 10;

struct Attribute {
  double f = 0;
  std::int64_t i = 0;
  std::string s;
  std::vector<double> floats;
  std::vector<std::int64_t> ints;
  std::vector<std::string> strings;
  std::optional<Tensor> tensor;
  bool graph = false;  ///< it is one, which is not read
};

struct Node {
  std::string op;
  std::string domain;  ///< empty: ONNX's own
  std::string name;
  int number = 0;                   ///< in the file, from 1
  std::string file;                 ///< for messages
  std::vector<std::string> inputs;  ///< an empty name: left out
  std::vector<std::string> outputs;
  std::map<std::string, Attribute> attributes;

  /// "node 3, Gemm 'fc1'".
  std::string label() const;
  /// "node 3, Gemm 'fc1' of net.onnx".
  std::string place() const;
  const Attribute* find(const std::string& attribute) const;
  std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const;
  double number_of(const std::string& attribute, double otherwise) const;
};

/// A graph's input or output.
struct Value {
  std::string name;
  ElementType type = ElementType::kUndefined;
  std::optional<Shape> shape;  ///< -1: any
};

struct Graph {
  std::string where;  ///< the file, for messages
  int opset = 0;      ///< of ONNX's own operators
  std::int64_t ir = 0;
  std::string producer;       ///< "pytorch 2.1.0"; may be empty
  std::vector<Value> inputs;  ///< those that are no initialisers
  std::vector<Value> outputs;
  std::vector<Node> nodes;  ///< each after those that make its inputs
  std::map<std::string, Tensor> constants;
};

/// Reads a file and what it keeps in others beside it (external data, within its folder). Throws
/// Error, one line that says what a foreign file is, for anything that is no such graph.
Graph read_graph(const std::filesystem::path& path);

/// The same of a file's bytes; external data are looked for in `folder`.
Graph parse_graph(std::string_view bytes, const std::string& where,
                  const std::filesystem::path& folder);

/// A graph as a file's bytes: nodes, constants, inputs and outputs; the same graph gives the same
/// bytes. Throws Error in a build without ONNX.
std::string encode_graph(const Graph& graph);

/// False in a build without ONNX (libonnx-dev was not there).
bool has_onnx();

/// Reads a serialised TensorProto (of libonnx-testdata). Throws Error.
Tensor parse_tensor(std::string_view bytes, const std::string& where);

/// What a file is that is not ONNX, e.g. "a PyTorch checkpoint", and what to do; empty if nothing
/// is recognised.
struct Foreign {
  std::string what;
  std::string mend;
};
Foreign recognise(std::string_view bytes, const std::filesystem::path& path);

}  // namespace axnn::onnx
