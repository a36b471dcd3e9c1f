// From a graph to a chain of layers: the graph is run once on symbols. A value is a constant, or an
// affine map of the last layer's outputs that is still open; what closes it is an activation. So
// normalisations, scalings and constant chains fold by themselves, and what the accelerator has not
// is refused by name.
#pragma once

#include <Eigen/Core>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "model/float_net.h"
#include "model/model.h"
#include "onnx/graph.h"

namespace axnn::onnx {

/// I inputs, O outputs of a layer.
struct NetworkLayer {
  std::string node;         ///< what made it, for messages
  Eigen::MatrixXd weights;  ///< O x I
  Eigen::VectorXd bias;     ///< O
  Activation activation = Activation::kLinear;
  double cap = std::numeric_limits<double>::infinity();  ///< what Clip leaves of a ReLU
  bool tanh = false;  ///< a sigmoid unit that stands for one, as 2 sigmoid(2x) - 1
};

struct Network {
  std::string input;                 ///< the graph's input
  Shape input_shape;                 ///< of one sample, a batch of 1
  std::int64_t batch = 0;            ///< the file's fixed batch; 0: any
  Eigen::VectorXd offset;            ///< I: x' = (x - offset) * gain enters the first layer
  Eigen::VectorXd gain;              ///< I
  bool scales = false;               ///< the file itself scales its inputs
  std::vector<NetworkLayer> layers;  ///< the last one gives K logits, the largest is the class
  std::string decides;               ///< the tensor whose argmax is the file's own class
  bool one_output = false;  ///< decides has one: class 1 if it is above `threshold`; K is 2 here
  double threshold = 0;
  std::vector<std::string> notes;  ///< what was dropped or replaced, for people

  int inputs() const { return static_cast<int>(offset.size()); }
  int classes() const { return static_cast<int>(layers.back().bias.size()); }
  /// The layers in single precision.
  FloatNet float_net() const;
};

/// `output` names which of several outputs is wanted; empty: the one that leads through the most
/// layers. Throws Error, naming the node and what would do instead, for what the accelerator has
/// not.
Network network_of(const Graph& graph, const std::string& output = "");

/// What the program around a network did to the rows: x' = (x - offset) * gain, one number for all
/// features or one for each.
struct RowScaling {
  std::vector<double> offset = {0};
  std::vector<double> gain = {1};
};

/// The scaling of rows as they are in the data set: the program's, then the file's own. Without
/// bounds and fraction. Throws Error if a list has neither 1 nor I entries.
InputScaling input_scaling(const Network& network, const RowScaling& rows);

/// Puts the outputs into the data set's order; `names` are those of the network's outputs, empty:
/// they are in that order already. Throws Error unless they are the classes of the data set.
void order_classes(Network& network, const std::vector<std::string>& names,
                   const std::vector<std::string>& classes);

/// Throws Error, naming the node, if a Clip that stands for a ReLU cuts something of these samples
/// (I x N, scaled): the accelerator's ReLU has no bound of its own.
void check_caps(const Network& network, const Eigen::MatrixXf& samples);

/// The file's own decisions, by its own operators: output number of each of N samples of I features
/// (row-major, as the file's input takes them). Throws Error.
std::vector<int> decisions(const Graph& graph, const Network& network,
                           std::span<const float> features);

/// Numbers that decide, N x (outputs of `decides`), row-major, of the same.
std::vector<double> outputs_of(const Graph& graph, const Network& network,
                               std::span<const float> features);

}  // namespace axnn::onnx
