// Networks as PyTorch, Keras (tf2onnx) and scikit-learn (skl2onnx) export them, written here with
// the classes of libonnx-dev, all of them one function: that of a float network that is given.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/float_net.h"
#include "model/model.h"

namespace axnn {

/// Writes an ONNX file operator by operator.
class NetWriter {
 public:
  NetWriter(const std::string& producer, const std::string& version, int opset, int ir);

  void input(const std::string& name, const std::vector<std::int64_t>& dims, int type = 1);
  void output(const std::string& name, const std::vector<std::int64_t>& dims, int type = 1);
  std::string floats(const std::string& name, const std::vector<std::int64_t>& dims,
                     const std::vector<double>& values);
  std::string ints(const std::string& name, const std::vector<std::int64_t>& dims,
                   const std::vector<std::int64_t>& values);
  /// Elements of an integer type of 8 or 16 bits.
  std::string codes(const std::string& name, int type, const std::vector<std::int64_t>& dims,
                    const std::vector<int>& values);
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::string& output,
                   const std::vector<::onnx::AttributeProto>& attributes = {},
                   const std::string& domain = "");
  void domain(const std::string& name, int version);
  ::onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  ::onnx::ModelProto& model() { return model_; }
  std::string bytes() const { return model_.SerializeAsString(); }

 private:
  ::onnx::ModelProto model_;
};

::onnx::AttributeProto attribute(const std::string& name, std::int64_t value);
::onnx::AttributeProto attribute(const std::string& name, double value);
::onnx::AttributeProto attribute(const std::string& name, const std::vector<std::int64_t>& values);
::onnx::AttributeProto attribute(const std::string& name, const std::vector<double>& values);

struct NetCase {
  std::string name;
  std::string bytes;
  std::map<std::string, std::string> beside;  ///< external data, by file name
  std::string decides;                        ///< the graph's output whose argmax is the class
};

/// Fifteen files that compute what `net` (ReLU hidden layers) does with inputs scaled by `scaling`
/// without its bounds; five of each tool.
std::vector<NetCase> framework_nets(const FloatNet& net, const InputScaling& scaling);

/// For a network with 2 outputs: its tools' single output, above 0.5 for class 1.
std::vector<NetCase> binary_nets(const FloatNet& net, const InputScaling& scaling);

}  // namespace axnn
