#include "onnx/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <set>

#include "model/error.h"
#include "model/fixed_point.h"
#include "model/text.h"
#include "onnx/operators.h"

namespace axnn::onnx {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// How codes stand for numbers: number = (code - zero) * scale.
struct Quant {
  double scale = 1;
  double zero = 0;
  friend bool operator==(const Quant&, const Quant&) = default;
};

// A value that depends on the input: `rows` of it, in row-major order of `shape`.
struct Flow {
  std::vector<std::shared_ptr<const NetworkLayer>> layers;  // closed
  std::shared_ptr<const MatrixXd> weights;                  // of the open layer, if there is one
  VectorXd bias;
  std::string node;        // that of the weights
  std::vector<int> order;  // without weights: element p is scale[p] * source[order[p]] + shift[p]
  VectorXd scale;
  VectorXd shift;
  Shape shape;                 // of a batch of 1
  std::optional<Quant> quant;  // codes, not numbers
  std::string decides;         // once the classes are decided: the tensor that did
  std::string last;            // and the operator

  Eigen::Index rows() const {
    return weights ? weights->rows() : static_cast<Eigen::Index>(order.size());
  }
  bool plain() const {
    return !weights && (scale.array() == 1).all() && (shift.array() == 0).all();
  }
};

struct Hint {
  std::string_view op;
  std::string_view mend;
};

constexpr std::string_view kActivations =
    "train with Relu, Sigmoid or Tanh: the accelerator has a ReLU and a sigmoid unit";
constexpr std::string_view kConvolution =
    "convolutional networks are not taken yet, dense ones are";
constexpr std::string_view kSequence =
    "the accelerator runs chains of dense layers; a multilayer perceptron would do";
constexpr std::string_view kControl =
    "export a fixed graph: evaluation mode, constant folding, a fixed input shape";

constexpr Hint kHints[] = {
    {"LeakyRelu", kActivations},
    {"PRelu", kActivations},
    {"Elu", kActivations},
    {"Selu", kActivations},
    {"Celu", kActivations},
    {"Gelu", kActivations},
    {"Erf", kActivations},
    {"Softplus", kActivations},
    {"Softsign", kActivations},
    {"HardSwish", kActivations},
    {"HardSigmoid", kActivations},
    {"Mish", kActivations},
    {"ThresholdedRelu", kActivations},
    {"Exp", kActivations},
    {"Conv", kConvolution},
    {"ConvTranspose", kConvolution},
    {"ConvInteger", kConvolution},
    {"QLinearConv", kConvolution},
    {"MaxPool", kConvolution},
    {"AveragePool", kConvolution},
    {"GlobalAveragePool", kConvolution},
    {"GlobalMaxPool", kConvolution},
    {"Pad", kConvolution},
    {"LSTM", kSequence},
    {"GRU", kSequence},
    {"RNN", kSequence},
    {"Attention", kSequence},
    {"MultiHeadAttention", kSequence},
    {"Einsum", kSequence},
    {"Gather", kSequence},
    {"LayerNormalization", "take BatchNormalization, which folds into the weights"},
    {"InstanceNormalization", "take BatchNormalization, which folds into the weights"},
    {"GroupNormalization", "take BatchNormalization, which folds into the weights"},
    {"LpNormalization", "normalise the rows of the data instead"},
    {"ai.onnx.ml.Normalizer", "normalise the rows of the data instead"},
    {"ai.onnx.ml.Imputer",
     "rows with missing values are left out of a data set anyway; export without it"},
    {"ai.onnx.ml.TreeEnsembleClassifier", "a tree is no neural network; train an MLPClassifier"},
    {"ai.onnx.ml.TreeEnsembleRegressor", "a tree is no neural network; train an MLPClassifier"},
    {"ai.onnx.ml.SVMClassifier", "export a linear one (LinearSVC) or an MLPClassifier"},
    {"ai.onnx.ml.LinearClassifier", "train an MLPClassifier, with hidden layers or with none"},
    {"DynamicQuantizeLinear", "export the float network, or quantise it statically"},
    {"MatMulInteger", "export the float network, or quantise it statically"},
    {"If", kControl},
    {"Loop", kControl},
    {"Scan", kControl},
    {"NonZero", kControl},
    {"RandomNormal", kControl},
};

std::string key_of(const Node& node) {
  return node.domain.empty() ? node.op : node.domain + "." + node.op;
}

std::string mend_of(const Node& node) {
  for (const Hint& h : kHints) {
    if (h.op == key_of(node)) return std::string(h.mend);
  }
  return "docs/onnx.md lists what is taken";
}

bool moves_only(const Node& node) {
  constexpr std::string_view kOps[] = {"Identity",  "Dropout",   "Flatten", "Reshape", "Squeeze",
                                       "Unsqueeze", "Transpose", "Slice",   "Gather",  "Cast"};
  return node.domain.empty() && std::ranges::find(kOps, node.op) != std::end(kOps);
}

// Runs a graph on symbols.
class Symbolic {
 public:
  explicit Symbolic(const Graph& graph) : graph_(graph) {
    if (graph.inputs.size() != 1) {
      std::string names;
      for (const Value& v : graph.inputs) names += (names.empty() ? "" : ", ") + printable(v.name);
      throw Error(graph.inputs.empty()
                      ? "the network has no input"
                      : fmt::format("the network has {} inputs: {}", graph.inputs.size(), names),
                  graph.where, "one input, a sample's features, is what runs here");
    }
    take_input(graph.inputs.front());
    for (const Node& node : graph.nodes) {
      try {
        step(node);
      } catch (const Error& e) {
        for (const std::string& output : node.outputs) blocked_.emplace(output, e);
      }
    }
  }

  Network network(const std::string& wanted) {
    Network net;
    net.input = graph_.inputs.front().name;
    net.input_shape = input_shape_;
    net.batch = batch_;
    const Flow flow = choose(wanted);
    finish(flow, net);
    net.notes.insert(net.notes.begin(), notes_.begin(), notes_.end());
    check_sizes(net);
    return net;
  }

 private:
  [[noreturn]] void fail(const Node& node, const std::string& what,
                         const std::string& mend = "") const {
    throw Error(what, node.place(), mend);
  }
  [[noreturn]] void refuse(const Node& node) const {
    fail(node, fmt::format("{} cannot run on the accelerator", printable(key_of(node))),
         mend_of(node));
  }

  void note(const std::string& text) {
    if (std::ranges::find(notes_, text) == notes_.end()) notes_.push_back(text);
  }

  void take_input(const Value& v) {
    if (!v.shape || v.shape->empty()) {
      throw Error(fmt::format("the input '{}' has no shape", printable(v.name)), graph_.where,
                  "export with an example input, so that its shape is in the file");
    }
    input_shape_ = *v.shape;
    if (input_shape_.size() == 1 && input_shape_[0] > 0) {
      batch_ = 0;  // one sample, no batch
    } else {
      batch_ = std::max<std::int64_t>(input_shape_[0], 0);
      input_shape_[0] = 1;
    }
    for (const std::int64_t d : input_shape_) {
      if (d < 0) {
        throw Error(fmt::format("the input '{}' is {}: only the number of samples may be open",
                                printable(v.name), shape_text(*v.shape)),
                    graph_.where, "export with fixed feature dimensions");
      }
    }
    const std::int64_t features = element_count(input_shape_, graph_.where);
    if (features < 1 || features > kMaxFanIn) {
      throw Error(fmt::format("a sample has {} features; the accelerator takes 1 to {}", features,
                              int{kMaxFanIn}),
                  graph_.where, "take fewer or smaller inputs");
    }
    Flow flow;
    flow.order.resize(static_cast<std::size_t>(features));
    std::iota(flow.order.begin(), flow.order.end(), 0);
    flow.scale = VectorXd::Ones(features);
    flow.shift = VectorXd::Zero(features);
    flow.shape = input_shape_;
    flows_[v.name] = std::move(flow);
  }

  const Tensor* constant(const std::string& name) const {
    if (const auto f = folded_.find(name); f != folded_.end()) return &f->second;
    const auto c = graph_.constants.find(name);
    return c == graph_.constants.end() ? nullptr : &c->second;
  }
  const Flow* flow(const std::string& name) const {
    const auto f = flows_.find(name);
    return f == flows_.end() ? nullptr : &f->second;
  }

  void step(const Node& node) {
    bool depends = false;
    for (const std::string& input : node.inputs) {
      if (const auto b = blocked_.find(input); b != blocked_.end()) throw b->second;
      depends |= flow(input) != nullptr;
    }
    for (const auto& [name, attribute] : node.attributes) {
      if (attribute.graph) refuse(node);
    }
    if (node.outputs.empty()) return;
    if (!depends) return fold(node);
    if (node.op == "Shape" && node.domain.empty()) {
      Tensor stand_in{ElementType::kFloat, flow(node.inputs[0])->shape, {}};
      const Tensor* inputs[] = {&stand_in};
      folded_[node.outputs[0]] = evaluate(node, graph_.opset, inputs)[0];
      return;
    }
    Flow out = symbol(node);
    flows_[node.outputs[0]] = std::move(out);
  }

  void fold(const Node& node) {
    if (!can_evaluate(node)) refuse(node);
    std::vector<const Tensor*> inputs;
    for (const std::string& input : node.inputs) inputs.push_back(constant(input));
    std::vector<Tensor> outputs = evaluate(node, graph_.opset, inputs);
    for (const Tensor& t : outputs) folded_size_ += static_cast<std::int64_t>(t.values.size());
    if (folded_size_ > 4 * kMaxElements)
      fail(node, "constants grow beyond what can be held", "export with constant folding");
    for (std::size_t o = 0; o < std::min(outputs.size(), node.outputs.size()); ++o) {
      folded_[node.outputs[o]] = std::move(outputs[o]);
    }
  }

  // The flow of an operator with one operand that depends on the input.
  const Flow& only(const Node& node, std::size_t i) const {
    const Flow* f = i < node.inputs.size() ? flow(node.inputs[i]) : nullptr;
    if (!f) refuse(node);
    return *f;
  }
  const Tensor& fixed(const Node& node, std::size_t i) const {
    const Tensor* t = i < node.inputs.size() ? constant(node.inputs[i]) : nullptr;
    if (!t) {
      const bool flows = i < node.inputs.size() && flow(node.inputs[i]);
      fail(node,
           flows ? fmt::format("its input {} depends on the samples", i + 1)
                 : fmt::format("its input {} is missing", i + 1),
           flows ? "weights must be constants" : "");
    }
    return *t;
  }
  std::optional<double> scalar(const Node& node, std::size_t i) const {
    if (i >= node.inputs.size() || node.inputs[i].empty()) return {};
    const Tensor& t = fixed(node, i);
    if (t.values.size() != 1) fail(node, fmt::format("its input {} is no single number", i + 1));
    return t.values[0];
  }

  Flow symbol(const Node& node) {
    for (const std::string& input : node.inputs) {
      if (const Flow* f = flow(input); f && !f->decides.empty()) return after(node, *f);
    }
    if (node.domain == "ai.onnx.ml") {
      if (node.op == "Scaler") return scaler(node);
      refuse(node);
    }
    if (!node.domain.empty()) refuse(node);
    if (moves_only(node)) return move(node);
    if (node.op == "Concat") return concat(node);
    if (node.op == "QuantizeLinear") return quantize(node);
    if (node.op == "DequantizeLinear") return dequantize(node);
    if (node.op == "QLinearMatMul") return qlinear_matmul(node);
    for (const std::string& input : node.inputs) {
      if (const Flow* f = flow(input); f && f->quant) {
        fail(node, node.op + " of quantised numbers",
             "keep it between DequantizeLinear and QuantizeLinear");
      }
    }
    if (node.op == "MatMul") return matmul(node);
    if (node.op == "Gemm") return gemm(node);
    if (node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div")
      return arithmetic(node);
    if (node.op == "Neg") return affine(node, only(node, 0), -1.0, 0.0);
    if (node.op == "BatchNormalization") return batch_normalization(node);
    if (node.op == "Relu") return relu(node, only(node, 0));
    if (node.op == "Clip") return clip(node);
    if (node.op == "Max" || node.op == "Min") return max_or_min(node);
    if (node.op == "Sigmoid") return close(node, only(node, 0), Activation::kSigmoid);
    if (node.op == "Tanh") return tanh(node);
    if (node.op == "Softmax" || node.op == "LogSoftmax" || node.op == "ArgMax") return decide(node);
    refuse(node);
  }

  // What may follow a decision: nothing that changes it.
  Flow after(const Node& node, const Flow& before) {
    constexpr std::string_view kHarmless[] = {"ArgMax",
                                              "Identity",
                                              "Cast",
                                              "Reshape",
                                              "Squeeze",
                                              "Unsqueeze",
                                              "Flatten",
                                              "Dropout",
                                              "ReduceMax",
                                              "Log",
                                              "TopK",
                                              "ai.onnx.ml.ZipMap",
                                              "ai.onnx.ml.ArrayFeatureExtractor",
                                              "ai.onnx.ml.LabelEncoder"};
    if (std::ranges::find(kHarmless, key_of(node)) == std::end(kHarmless)) {
      fail(node, fmt::format("{} after {}", printable(key_of(node)), before.last),
           "the accelerator ends with its logits; end the network with " + before.last);
    }
    if (before.last != "ArgMax" && node.op == "Reshape") return before;
    Flow out = before;
    if (node.op == "ArgMax") out.last = "ArgMax";
    return out;
  }

  Flow decide(const Node& node) {
    Flow out = only(node, 0);
    const auto rank = static_cast<std::int64_t>(out.shape.size());
    const std::int64_t otherwise = node.op == "ArgMax" ? 0 : graph_.opset < 13 ? 1 : -1;
    const std::size_t axis =
        axis_of(node.integer("axis", otherwise), out.shape.size(), node.place());
    if (out.shape[axis] != out.rows()) {
      fail(node,
           fmt::format("its axis {} of {} is not that of the classes", axis, shape_text(out.shape)),
           "let it run over the last axis");
    }
    if (rank > 0 && out.quant)
      fail(node, node.op + " of quantised numbers", "put DequantizeLinear before it");
    note(fmt::format("{} dropped: the largest logit is the class", node.op));
    out.decides = node.inputs[0];
    out.last = node.op;
    return out;
  }

  // Elements taken from elsewhere: the operator is tried on their numbers.
  Flow move(const Node& node) {
    const Flow& in = only(node, 0);
    Tensor numbers{ElementType::kDouble, in.shape,
                   std::vector<double>(static_cast<std::size_t>(in.rows()))};
    std::iota(numbers.values.begin(), numbers.values.end(), 0);
    if (node.op == "Cast") {
      if (!is_floating(static_cast<ElementType>(node.integer("to", 1)))) {
        if (!in.layers.empty() || in.weights)
          fail(node, "numbers cut off to integers between layers", "drop the Cast");
      }
      return in;
    }
    std::vector<const Tensor*> inputs{&numbers};
    std::vector<Tensor> own;
    own.reserve(node.inputs.size());
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      if (node.inputs[i].empty()) {
        inputs.push_back(nullptr);
        continue;
      }
      own.push_back(fixed(node, i));
      // A batch that the file fixes is one sample here.
      if (node.op == "Reshape" && batch_ > 1 && !own.back().values.empty() &&
          own.back().values[0] == double(batch_)) {
        own.back().values[0] = 1;
      }
      inputs.push_back(&own.back());
    }
    if (node.op == "Transpose" && in.shape[0] == 1) {
      const Attribute* perm = node.find("perm");
      const bool keeps = perm && !perm->ints.empty() && perm->ints[0] == 0;
      if (!keeps && in.shape.size() > 1 && input_shape_.size() > 1) {
        fail(node, "it moves the axis of the samples", "keep samples first: rows of features");
      }
    }
    return taken(node, in, evaluate(node, graph_.opset, inputs)[0]);
  }

  Flow taken(const Node& node, const Flow& in, const Tensor& from) const {
    if (from.values.empty()) fail(node, "nothing is left of its input");
    Flow out = in;
    out.shape = from.shape;
    const auto count = static_cast<Eigen::Index>(from.values.size());
    bool same = count == in.rows();
    for (Eigen::Index p = 0; same && p < count; ++p)
      same = from.values[std::size_t(p)] == static_cast<double>(p);
    if (same) return out;
    if (count > kMaxFanIn) too_wide(node, count);
    const auto source = [&](Eigen::Index p) {
      return static_cast<Eigen::Index>(from.values[std::size_t(p)]);
    };
    if (in.weights) {
      MatrixXd weights(count, in.weights->cols());
      out.bias.resize(count);
      for (Eigen::Index p = 0; p < count; ++p) {
        weights.row(p) = in.weights->row(source(p));
        out.bias(p) = in.bias(source(p));
      }
      out.weights = std::make_shared<const MatrixXd>(std::move(weights));
      return out;
    }
    out.order.resize(std::size_t(count));
    out.scale.resize(count);
    out.shift.resize(count);
    for (Eigen::Index p = 0; p < count; ++p) {
      out.order[std::size_t(p)] = in.order[std::size_t(source(p))];
      out.scale(p) = in.scale(source(p));
      out.shift(p) = in.shift(source(p));
    }
    return out;
  }

  Flow concat(const Node& node) {
    Flow all;
    std::vector<Tensor> numbers;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Flow& part = only(node, i);
      if (i == 0) {
        all = part;
      } else if (part.layers != all.layers || part.weights || all.weights ||
                 part.quant != all.quant) {
        fail(node, "branches come together", "the accelerator runs a chain of layers");
      } else {
        all.order.insert(all.order.end(), part.order.begin(), part.order.end());
        VectorXd scale(all.scale.size() + part.scale.size());
        VectorXd shift(scale.size());
        scale << all.scale, part.scale;
        shift << all.shift, part.shift;
        all.scale = scale;
        all.shift = shift;
      }
      numbers.push_back(
          {ElementType::kDouble, part.shape, std::vector<double>(std::size_t(part.rows()))});
      std::iota(numbers.back().values.begin(), numbers.back().values.end(),
                double(all.rows() - part.rows()));
    }
    std::vector<const Tensor*> inputs;
    for (const Tensor& t : numbers) inputs.push_back(&t);
    return taken(node, all, evaluate(node, graph_.opset, inputs)[0]);
  }

  [[noreturn]] void too_wide(const Node& node, Eigen::Index width) const {
    fail(node,
         fmt::format("{} values leave it; the accelerator takes at most {} into a layer", width,
                     int{kMaxFanIn}),
         "take a narrower layer");
  }

  // in times W (I x O, a constant), plus nothing yet.
  Flow product(const Node& node, const Flow& in, const MatrixXd& w, Shape shape) {
    if (w.rows() != in.rows()) {
      fail(node, fmt::format("{} inputs meet weights for {}", in.rows(), w.rows()));
    }
    if (w.cols() < 1 || w.cols() > kMaxFanIn) too_wide(node, w.cols());
    Flow out;
    out.shape = std::move(shape);
    out.node = node.label();
    out.layers = in.layers;
    if (in.weights) {
      // Two linear layers: one, if that is no more work.
      const Eigen::Index i = in.weights->cols();
      if (i * w.cols() <= in.weights->rows() * (i + w.cols())) {
        out.weights = std::make_shared<const MatrixXd>(w.transpose() * *in.weights);
        out.bias = w.transpose() * in.bias;
        note(in.node + " and " + node.label() + " are one layer: nothing is between them");
        return out;
      }
      out.layers.push_back(
          std::make_shared<const NetworkLayer>(NetworkLayer{in.node, *in.weights, in.bias}));
      out.weights = std::make_shared<const MatrixXd>(w.transpose());
      out.bias = VectorXd::Zero(w.cols());
      return out;
    }
    const Eigen::Index sources = in.layers.empty() ? element_count(input_shape_, graph_.where)
                                                   : in.layers.back()->bias.size();
    MatrixXd weights = MatrixXd::Zero(w.cols(), sources);
    out.bias = VectorXd::Zero(w.cols());
    const bool scaling = in.layers.empty() && input_scaling(node, in);
    for (Eigen::Index p = 0; p < w.rows(); ++p) {
      const double scale = scaling ? 1 : in.scale(p);
      weights.col(in.order[std::size_t(p)]) += w.row(p).transpose() * scale;
      if (!scaling || in.scale(p) == 0) out.bias += w.row(p).transpose() * in.shift(p);
    }
    out.weights = std::make_shared<const MatrixXd>(std::move(weights));
    return out;
  }

  // Takes the scaling of the inputs out of a flow, if each feature has one.
  bool input_scaling(const Node& node, const Flow& in) {
    const std::set<int> features(in.order.begin(), in.order.end());
    if (features.size() != in.order.size() || in.plain()) return false;
    const Eigen::Index inputs = element_count(input_shape_, graph_.where);
    VectorXd offset = VectorXd::Zero(inputs);
    VectorXd gain = VectorXd::Ones(inputs);
    for (Eigen::Index p = 0; p < in.rows(); ++p) {
      const int feature = in.order[std::size_t(p)];
      gain(feature) = in.scale(p);
      offset(feature) = in.scale(p) == 0 ? 0 : -in.shift(p) / in.scale(p);
    }
    if (scaling_ && (offset_ != offset || gain_ != gain))
      fail(node, "the input goes two ways", "the accelerator runs a chain of layers");
    offset_ = offset;
    gain_ = gain;
    scaling_ = true;
    return true;
  }

  MatrixXd matrix(const Node& node, const Tensor& t, bool transpose) const {
    if (t.rank() != 2)
      fail(node, fmt::format("its weights are {}", shape_text(t.shape)), "weights are a matrix");
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Map<const RowMajor> m(t.values.data(), t.shape[0], t.shape[1]);
    if (!m.allFinite()) fail(node, "a weight is not finite", "train again");
    if (transpose) return m.transpose();
    return m;
  }

  Flow matmul(const Node& node) {
    if (node.inputs.size() == 2 && flow(node.inputs[1])) {
      fail(node,
           flow(node.inputs[0]) ? "a product of two values that depend on the samples"
                                : "weights times samples",
           "samples come first: rows of features times constant weights");
    }
    const Flow& in = only(node, 0);
    return weighted(node, in, fixed(node, 1));
  }

  Flow weighted(const Node& node, const Flow& in, const Tensor& weights) {
    const MatrixXd w = matrix(node, weights, false);
    if (in.shape.empty() || in.shape.back() != in.rows()) {
      fail(node,
           fmt::format("its input is {}: one layer for several rows of a sample",
                       shape_text(in.shape)),
           "flatten the sample first");
    }
    Shape shape = in.shape;
    shape.back() = w.cols();
    return product(node, in, w, std::move(shape));
  }

  Flow gemm(const Node& node) {
    const Flow& in = only(node, 0);
    if (node.integer("transA", 0)) fail(node, "transA of the samples", "samples are rows");
    if (in.shape.size() != 2)
      fail(node, fmt::format("its input is {}", shape_text(in.shape)), "flatten the sample first");
    const double alpha = node.number_of("alpha", 1);
    const double beta = node.number_of("beta", 1);
    const MatrixXd w = matrix(node, fixed(node, 1), node.integer("transB", 0) != 0) * alpha;
    const Eigen::Index outputs = w.cols();
    Flow out = product(node, in, w, {1, outputs});
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
      Tensor bias = fixed(node, 2);
      for (double& v : bias.values) v *= beta;
      out = shifted(node, out, bias, 1);
    }
    return out;
  }

  // Each element's number of a constant that is broadcast over the flow.
  VectorXd spread_over(const Node& node, Flow& f, const Tensor& t) const {
    const Tensor zero{ElementType::kDouble, f.shape, std::vector<double>(std::size_t(f.rows()), 0)};
    Node add;
    add.op = "Add";
    const Tensor* pair[] = {&zero, &t};
    Tensor sum;
    try {
      sum = evaluate(add, graph_.opset, pair)[0];
    } catch (const Error&) {
      fail(node,
           fmt::format("{} and {} do not go together", shape_text(f.shape), shape_text(t.shape)));
    }
    if (static_cast<Eigen::Index>(sum.values.size()) != f.rows()) {
      fail(node, fmt::format("a constant of {} makes several values of each", shape_text(t.shape)));
    }
    f.shape = sum.shape;
    for (const double v : sum.values) {
      if (!std::isfinite(v)) fail(node, "a constant is not finite", "train again");
    }
    return Eigen::Map<const VectorXd>(sum.values.data(), f.rows());
  }

  Flow shifted(const Node& node, const Flow& in, const Tensor& t, double sign) const {
    Flow out = in;
    const VectorXd by = sign * spread_over(node, out, t);
    (out.weights ? out.bias : out.shift) += by;
    return out;
  }

  static Flow scaled(Flow f, const VectorXd& by) {
    if (f.weights) {
      f.weights = std::make_shared<const MatrixXd>(by.asDiagonal() * *f.weights);
      f.bias = f.bias.cwiseProduct(by);
    } else {
      f.scale = f.scale.cwiseProduct(by);
      f.shift = f.shift.cwiseProduct(by);
    }
    return f;
  }

  Flow affine(const Node&, const Flow& in, double scale, double shift) const {
    Flow out = scaled(in, VectorXd::Constant(in.rows(), scale));
    (out.weights ? out.bias : out.shift).array() += shift;
    return out;
  }

  Flow arithmetic(const Node& node) {
    if (node.inputs.size() != 2) fail(node, "it needs two operands");
    const Flow* a = flow(node.inputs[0]);
    const Flow* b = flow(node.inputs[1]);
    if (a && b) {
      fail(node, fmt::format("{} of two branches", node.op),
           "the accelerator runs a chain of dense layers; sums of branches are not taken yet");
    }
    const Flow& in = a ? *a : *b;
    const Tensor& t = fixed(node, a ? 1 : 0);
    if (node.op == "Add") return shifted(node, in, t, 1);
    if (node.op == "Sub")
      return a ? shifted(node, in, t, -1) : shifted(node, affine(node, in, -1, 0), t, 1);
    Flow out = in;
    const VectorXd by = spread_over(node, out, t);
    if (node.op == "Mul") return scaled(out, by);
    if (b)
      fail(node, "a constant divided by values of the samples", "the accelerator does not divide");
    if ((by.array() == 0).any()) fail(node, "a division by 0");
    return scaled(out, by.cwiseInverse());
  }

  Flow batch_normalization(const Node& node) {
    Flow out = only(node, 0);
    if (node.integer("training_mode", 0))
      fail(node, "it is in training mode", "export the network in evaluation mode");
    if (out.shape.size() < 2) fail(node, "it needs samples and channels");
    const std::int64_t channels = out.shape[1];
    for (std::size_t i = 1; i < 5; ++i) {
      if (static_cast<std::int64_t>(fixed(node, i).values.size()) != channels) {
        fail(node, fmt::format("its parameters are not for {} channels", channels));
      }
    }
    const double epsilon = node.number_of("epsilon", 1e-5f);
    const std::int64_t inner = out.rows() / channels;
    VectorXd by(out.rows());
    VectorXd plus(out.rows());
    for (Eigen::Index p = 0; p < out.rows(); ++p) {
      const auto k = static_cast<std::size_t>(p / inner % channels);
      by(p) = fixed(node, 1).values[k] / std::sqrt(fixed(node, 4).values[k] + epsilon);
      plus(p) = fixed(node, 2).values[k] - fixed(node, 3).values[k] * by(p);
    }
    if (!by.allFinite() || !plus.allFinite())
      fail(node, "its parameters are not finite or its variance is negative", "train again");
    note("BatchNormalization folded into the weights");
    out = scaled(out, by);
    (out.weights ? out.bias : out.shift) += plus;
    return out;
  }

  Flow scaler(const Node& node) {
    Flow out = only(node, 0);
    const auto list = [&](const char* name, double otherwise) {
      const Attribute* a = node.find(name);
      Tensor t{ElementType::kDouble, {}, a ? a->floats : std::vector<double>{otherwise}};
      if (t.values.size() != 1) t.shape = {static_cast<std::int64_t>(t.values.size())};
      return t;
    };
    out = shifted(node, out, list("offset", 0), -1);
    const VectorXd by = spread_over(node, out, list("scale", 1));
    return scaled(out, by);
  }

  // The open layer becomes one of the chain.
  Flow close(const Node& node, const Flow& in, Activation activation, double scale = 1,
             bool stands_for_tanh = false) {
    if (!in.weights) {
      fail(node, fmt::format("{} without a layer of weights right before it", node.op),
           in.layers.empty() ? "scale the inputs by constants only"
                             : "one activation follows a layer");
    }
    if (in.layers.size() + 2 > kMaxLayers)
      fail(node, fmt::format("more than {} layers", kMaxLayers), "take fewer");
    NetworkLayer layer{in.node, *in.weights * scale, in.bias * scale, activation};
    layer.tanh = stands_for_tanh;
    Flow out;
    out.shape = in.shape;
    out.layers = in.layers;
    out.order.resize(std::size_t(in.rows()));
    std::iota(out.order.begin(), out.order.end(), 0);
    out.scale = VectorXd::Ones(in.rows());
    out.shift = VectorXd::Zero(in.rows());
    out.layers.push_back(std::make_shared<const NetworkLayer>(std::move(layer)));
    return out;
  }

  Flow relu(const Node& node, const Flow& in,
            double cap = std::numeric_limits<double>::infinity()) {
    // A second one changes nothing.
    if (!in.weights && !in.layers.empty() && in.layers.back()->activation != Activation::kLinear &&
        (in.scale.array() >= 0).all() && (in.shift.array() >= 0).all() && !std::isfinite(cap)) {
      return in;
    }
    Flow out = close(node, in, Activation::kRelu);
    if (std::isfinite(cap)) {
      NetworkLayer layer = *out.layers.back();
      layer.cap = cap;
      out.layers.back() = std::make_shared<const NetworkLayer>(std::move(layer));
    }
    return out;
  }

  Flow bounded(const Node& node, const Flow& in, double low, double high) {
    if (std::isnan(low) || std::isnan(high)) fail(node, "a bound is not a number");
    if (low <= -3e38 && high >= 3e38) return in;
    if (low != 0 || high <= 0) {
      fail(node, fmt::format("Clip to {:g} .. {:g}", low, high),
           "the accelerator clips at 0 below (ReLU); Clip(0, 6) and the like will do");
    }
    return relu(node, in, high >= 3e38 ? std::numeric_limits<double>::infinity() : high);
  }

  Flow clip(const Node& node) {
    const Flow& in = only(node, 0);
    constexpr double kNone = std::numeric_limits<double>::infinity();
    if (graph_.opset < 11) {
      return bounded(node, in, node.number_of("min", -kNone), node.number_of("max", kNone));
    }
    return bounded(node, in, scalar(node, 1).value_or(-kNone), scalar(node, 2).value_or(kNone));
  }

  Flow max_or_min(const Node& node) {
    if (node.inputs.size() != 2) refuse(node);
    const bool first = flow(node.inputs[0]) != nullptr;
    const Flow& in = only(node, first ? 0 : 1);
    const Tensor& t = fixed(node, first ? 1 : 0);
    if (t.values.empty() ||
        std::ranges::any_of(t.values, [&](double v) { return v != t.values[0]; }))
      refuse(node);
    constexpr double kNone = std::numeric_limits<double>::infinity();
    if (node.op == "Max") return bounded(node, in, t.values[0], kNone);
    // After a ReLU, which has closed its layer.
    if (!in.weights && !in.layers.empty() && in.plain() &&
        in.layers.back()->activation == Activation::kRelu && t.values[0] > 0) {
      Flow out = in;
      NetworkLayer layer = *out.layers.back();
      layer.cap = std::min(layer.cap, t.values[0]);
      out.layers.back() = std::make_shared<const NetworkLayer>(std::move(layer));
      return out;
    }
    return bounded(node, in, -kNone, t.values[0]);
  }

  Flow tanh(const Node& node) {
    const Flow out = close(node, only(node, 0), Activation::kSigmoid, 2, true);
    note("Tanh as 2 sigmoid(2x) - 1 on the sigmoid unit");
    return affine(node, out, 2, -1);
  }

  std::optional<Quant> quant_of(const Node& node, std::size_t scale, std::size_t zero,
                                bool one = true) const {
    const Tensor& s = fixed(node, scale);
    if (s.values.size() != 1) {
      if (one) fail(node, "activations quantised by channel", "quantise them by tensor");
      return {};
    }
    if (!(s.values[0] > 0) || !std::isfinite(s.values[0])) fail(node, "its scale is not above 0");
    return Quant{s.values[0], scalar(node, zero).value_or(0)};
  }

  ElementType code_type(const Node& node, std::size_t zero) const {
    return zero < node.inputs.size() && !node.inputs[zero].empty() ? fixed(node, zero).type
                                                                   : ElementType::kUint8;
  }

  // Numbers that codes from `lowest` on stand for; those below 0 cut off: a ReLU that quantisers
  // leave out.
  Flow coded(const Node& node, const Flow& in, const Quant& q, ElementType type) {
    Flow out = in;
    if (out.weights && q.zero == lowest(type) && type != ElementType::kUndefined) {
      out = relu(node, out);
      note("codes that begin at 0 are a ReLU");
    }
    out.quant = q;
    note("quantised activations: exponents of the accelerator's own are chosen instead");
    return out;
  }

  Flow quantize(const Node& node) {
    const Flow& in = only(node, 0);
    if (in.quant) fail(node, "numbers are quantised twice");
    return coded(node, in, *quant_of(node, 1, 2), code_type(node, 2));
  }

  Flow dequantize(const Node& node) {
    const Flow& in = only(node, 0);
    const Quant q = *quant_of(node, 1, 2);
    if (!in.quant) {
      if (!in.layers.empty() || in.weights) fail(node, "it is not of codes");
      return affine(node, in, q.scale, -q.zero * q.scale);  // the input itself is codes
    }
    if (*in.quant != q) fail(node, "its scale or zero point is not that of QuantizeLinear");
    Flow out = in;
    out.quant.reset();
    return out;
  }

  Flow qlinear_matmul(const Node& node) {
    Flow in = only(node, 0);
    const Quant q = *quant_of(node, 1, 2);
    if (!in.quant && in.layers.empty() && !in.weights) {
      in = affine(node, in, q.scale, -q.zero * q.scale);
    } else if (in.quant != q) {
      fail(node, "its scale or zero point is not that of its input");
    }
    in.quant.reset();
    Node dequantize_weights;
    dequantize_weights.op = "DequantizeLinear";
    dequantize_weights.name = node.name;
    dequantize_weights.number = node.number;
    dequantize_weights.file = node.file;
    const Tensor* operands[] = {&fixed(node, 3), &fixed(node, 4), &fixed(node, 5)};
    const Tensor weights = evaluate(dequantize_weights, graph_.opset, operands)[0];
    return coded(node, weighted(node, in, weights), *quant_of(node, 6, 7), code_type(node, 7));
  }

  // Which output is the network's.
  Flow choose(const std::string& wanted) {
    const Error* first = nullptr;
    const Flow* best = nullptr;
    std::string name;
    std::string names;
    for (const Value& v : graph_.outputs) {
      names += (names.empty() ? "" : ", ") + printable(v.name);
      if (!wanted.empty() && v.name != wanted) continue;
      if (const auto b = blocked_.find(v.name); b != blocked_.end()) {
        if (!first) first = &b->second;
        continue;
      }
      const Flow* f = flow(v.name);
      const auto depth = [](const Flow& x) { return x.layers.size() + (x.weights ? 1 : 0); };
      if (f && (!best || depth(*f) > depth(*best) ||
                (depth(*f) == depth(*best) && f->decides.empty() && !best->decides.empty()))) {
        best = f;
        name = v.name;
      }
    }
    if (!wanted.empty() && names.find(printable(wanted)) == names.npos) {
      throw UsageError(fmt::format("the network has no output '{}'", printable(wanted)),
                       graph_.where, "it has " + names);
    }
    if (!best) {
      if (first) throw *first;
      throw Error("no output depends on the input", graph_.where, "export again");
    }
    Flow out = *best;
    if (out.decides.empty()) out.decides = name;
    return out;
  }

  static double logit(double p) { return std::log(p / (1 - p)); }

  void finish(const Flow& f, Network& net) {
    for (const auto& layer : f.layers) net.layers.push_back(*layer);
    net.decides = f.decides;
    if (f.quant && f.decides.empty()) note("quantised outputs: their order is kept");
    net.offset =
        scaling_ ? offset_ : VectorXd(VectorXd::Zero(element_count(input_shape_, graph_.where)));
    net.gain = scaling_ ? gain_ : VectorXd(VectorXd::Ones(net.offset.size()));
    net.scales = scaling_;
    if (f.weights) {
      net.layers.push_back({f.node, *f.weights, f.bias});
      if (f.rows() == 1) two_classes(net, 0, 1, false);
      return;
    }
    if (net.layers.empty()) {
      throw Error("no layer of weights is between input and output", graph_.where,
                  "a network has MatMul or Gemm");
    }
    NetworkLayer& last = net.layers.back();
    if (last.activation != Activation::kSigmoid) {
      throw Error("the last layer ends with a ReLU, and a class where all outputs are 0 is none",
                  last.node + " of " + graph_.where, "end with the logits, Softmax or Sigmoid");
    }
    const bool tanh = last.tanh;
    last.activation = Activation::kLinear;
    if (f.rows() == 1) {
      // scale * sigmoid + shift > threshold
      const double threshold = tanh ? 0 : 0.5;
      const double p = (threshold - f.shift(0)) / f.scale(0);
      select(last, f.order);
      if (f.scale(0) == 0 || !(p > 0 && p < 1)) {
        throw Error("its one output never crosses the threshold", graph_.where, "train again");
      }
      net.threshold = threshold;
      two_classes(net, logit(p), f.scale(0), true);
      return;
    }
    if (f.rows() == 2 && f.order[0] == f.order[1] && f.scale(0) != f.scale(1)) {
      const double p = (f.shift(0) - f.shift(1)) / (f.scale(1) - f.scale(0));
      if (!(p > 0 && p < 1))
        throw Error("its two outputs never cross", graph_.where, "train again");
      select(last, {f.order[0]});
      two_classes(net, logit(p), f.scale(1) - f.scale(0), true);
      net.one_output = false;
      return;
    }
    if ((f.scale.array() != f.scale(0)).any() || (f.shift.array() != f.shift(0)).any() ||
        !(f.scale(0) > 0)) {
      throw Error("outputs of the last activation are scaled each in its own way", graph_.where,
                  "end with the logits, Softmax or Sigmoid");
    }
    note(fmt::format("the last {} dropped: it keeps the order of the logits",
                     tanh ? "Tanh" : "Sigmoid"));
    select(last, f.order);
  }

  static void select(NetworkLayer& layer, const std::vector<int>& order) {
    MatrixXd weights(static_cast<Eigen::Index>(order.size()), layer.weights.cols());
    VectorXd bias(weights.rows());
    for (Eigen::Index k = 0; k < weights.rows(); ++k) {
      weights.row(k) = layer.weights.row(order[std::size_t(k)]);
      bias(k) = layer.bias(order[std::size_t(k)]);
    }
    layer.weights = std::move(weights);
    layer.bias = std::move(bias);
  }

  // One logit becomes two: class 1 where it is above `at` (below, if `sign` is negative).
  void two_classes(Network& net, double at, double sign, bool probability) {
    NetworkLayer& last = net.layers.back();
    const double half = sign < 0 ? -0.5 : 0.5;
    MatrixXd weights(2, last.weights.cols());
    weights << last.weights * -half, last.weights * half;
    VectorXd bias(2);
    bias << (last.bias(0) - at) * -half, (last.bias(0) - at) * half;
    last.weights = std::move(weights);
    last.bias = std::move(bias);
    net.one_output = true;
    note(fmt::format("one output becomes two logits: class 1 above {}",
                     probability && net.threshold == 0.5 ? "0.5" : "0"));
  }

  void check_sizes(const Network& net) const {
    for (const NetworkLayer& l : net.layers) {
      if (l.weights.cols() > kMaxFanIn || l.weights.rows() > kMaxFanIn) {
        throw Error(fmt::format("a layer of {} x {}; the accelerator takes at most {} into a layer",
                                l.weights.cols(), l.weights.rows(), int{kMaxFanIn}),
                    l.node + " of " + graph_.where, "take a narrower layer");
      }
      const MatrixXd w = l.weights.cast<float>().cast<double>();
      if (!w.allFinite() || !l.bias.cast<float>().allFinite()) {
        throw Error("a weight is not finite in single precision", l.node + " of " + graph_.where,
                    "train again");
      }
    }
  }

  const Graph& graph_;
  Shape input_shape_;
  std::int64_t batch_ = 0;
  std::map<std::string, Flow> flows_;
  std::map<std::string, Tensor> folded_;
  std::map<std::string, Error> blocked_;
  std::int64_t folded_size_ = 0;
  bool scaling_ = false;
  VectorXd offset_;
  VectorXd gain_;
  std::vector<std::string> notes_;
};

}  // namespace

FloatNet Network::float_net() const {
  FloatNet net;
  for (const NetworkLayer& l : layers) {
    net.push_back({l.weights.cast<float>(), l.bias.cast<float>(), l.activation});
  }
  return net;
}

Network network_of(const Graph& graph, const std::string& output) {
  return Symbolic(graph).network(output);
}

InputScaling input_scaling(const Network& network, const RowScaling& rows) {
  const auto inputs = std::size_t(network.inputs());
  for (const auto* list : {&rows.offset, &rows.gain}) {
    if (list->size() != 1 && list->size() != inputs) {
      throw UsageError(fmt::format("{} numbers for {} features", list->size(), inputs),
                       list == &rows.gain ? "--gain" : "--offset", "one for all, or one for each");
    }
  }
  InputScaling s;
  for (std::size_t i = 0; i < inputs; ++i) {
    const double offset = rows.offset[rows.offset.size() == 1 ? 0 : i];
    const double gain = rows.gain[rows.gain.size() == 1 ? 0 : i];
    const auto n = static_cast<Eigen::Index>(i);
    s.offset.push_back(static_cast<float>(gain == 0 ? offset : offset + network.offset(n) / gain));
    s.gain.push_back(static_cast<float>(gain * network.gain(n)));
    if (!std::isfinite(s.offset.back()) || !std::isfinite(s.gain.back())) {
      throw Error(fmt::format("the scaling of feature {} is beyond single precision", i + 1), "");
    }
  }
  return s;
}

void order_classes(Network& network, const std::vector<std::string>& names,
                   const std::vector<std::string>& classes) {
  if (network.classes() != static_cast<int>(classes.size())) {
    throw Error(fmt::format("the network has {} outputs, the data set {} classes",
                            network.classes(), classes.size()),
                "", "import it with the data it was trained for");
  }
  if (names.empty()) return;
  std::string known;
  for (const std::string& c : classes) known += (known.empty() ? "" : ", ") + printable(c);
  std::vector<int> rows;
  for (const std::string& c : classes) {
    const auto at = std::ranges::find(names, c);
    if (at == names.end() || names.size() != classes.size()) {
      throw UsageError("those are not the classes of the data set", "--classes",
                       "name each once, in the order of the network's outputs: " + known);
    }
    rows.push_back(static_cast<int>(at - names.begin()));
  }
  NetworkLayer& last = network.layers.back();
  const NetworkLayer before = last;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    last.weights.row(Eigen::Index(k)) = before.weights.row(rows[k]);
    last.bias(Eigen::Index(k)) = before.bias(rows[k]);
  }
}

void check_caps(const Network& network, const Eigen::MatrixXf& samples) {
  Workspace<float> work;
  forward(network.float_net(), Matrix<float>(samples), work);
  for (std::size_t l = 0; l + 1 < network.layers.size(); ++l) {
    const NetworkLayer& layer = network.layers[l];
    const float top = work.outputs[l].maxCoeff();
    if (top > layer.cap) {
      throw Error(fmt::format("its output is cut at {:g} and reaches {:.3g} on the training part",
                              layer.cap, double{top}),
                  layer.node, "the accelerator's ReLU has no such bound: train on with Relu");
    }
  }
}

std::vector<double> outputs_of(const Graph& graph, const Network& network,
                               std::span<const float> features) {
  const auto width = static_cast<std::size_t>(network.inputs());
  const std::size_t rows = features.size() / width;
  const bool lone = network.input_shape.size() == 1;
  const std::size_t block = lone ? 1 : network.batch > 0 ? std::size_t(network.batch) : 512;
  std::vector<double> all;
  const ElementType type = graph.inputs.front().type;
  for (std::size_t first = 0; first < rows; first += block) {
    const std::size_t count = std::min(block, rows - first);
    const std::size_t fed = network.batch > 0 && !lone ? block : count;
    Tensor x{type, network.input_shape, std::vector<double>(fed * width, 0)};
    if (!lone) x.shape[0] = static_cast<std::int64_t>(fed);
    for (std::size_t i = 0; i < count * width; ++i)
      x.values[i] = as_element(features[first * width + i], type);
    const auto result = run(graph, {{network.input, x}}, {network.decides});
    const std::vector<double>& values = result.at(network.decides).values;
    all.insert(all.end(), values.begin(),
               values.begin() + std::ptrdiff_t(values.size() / fed * count));
  }
  return all;
}

std::vector<int> decisions(const Graph& graph, const Network& network,
                           std::span<const float> features) {
  const std::vector<double> all = outputs_of(graph, network, features);
  const std::size_t rows = features.size() / static_cast<std::size_t>(network.inputs());
  const std::size_t width = rows == 0 ? 0 : all.size() / rows;
  std::vector<int> classes;
  for (std::size_t n = 0; n < rows; ++n) {
    const auto row = std::span(all).subspan(n * width, width);
    classes.push_back(network.one_output && width == 1
                          ? row[0] > network.threshold
                          : static_cast<int>(std::ranges::max_element(row) - row.begin()));
  }
  return classes;
}

}  // namespace axnn::onnx
