#include "tests/onnx_nets.h"

#include <Eigen/LU>
#include <cmath>

namespace axnn {
namespace {

using Dims = std::vector<std::int64_t>;

std::vector<double> row_major(const Eigen::MatrixXd& m) {
  std::vector<double> out;
  for (Eigen::Index r = 0; r < m.rows(); ++r) {
    for (Eigen::Index c = 0; c < m.cols(); ++c) out.push_back(m(r, c));
  }
  return out;
}

std::vector<double> list(const Eigen::VectorXd& v) { return {v.data(), v.data() + v.size()}; }

void shape(::onnx::TypeProto_Tensor& type, const Dims& dims) {
  for (const std::int64_t d : dims) {
    auto* dim = type.mutable_shape()->add_dim();
    if (d < 0) {
      dim->set_dim_param("batch_size");
    } else {
      dim->set_dim_value(d);
    }
  }
}

// The network and its scaling in double precision.
struct Source {
  std::vector<Eigen::MatrixXd> w;  // O x I
  std::vector<Eigen::VectorXd> b;
  Eigen::VectorXd offset;
  Eigen::VectorXd gain;

  std::int64_t inputs() const { return w.front().cols(); }
  std::int64_t outputs() const { return w.back().rows(); }
  std::size_t layers() const { return w.size(); }
};

Source source_of(const FloatNet& net, const InputScaling& s) {
  Source out;
  for (const auto& layer : net) {
    out.w.push_back(layer.weights.cast<double>());
    out.b.push_back(layer.bias.cast<double>());
  }
  out.offset = Eigen::Map<const Eigen::VectorXf>(s.offset.data(), Eigen::Index(s.offset.size()))
                   .cast<double>();
  out.gain =
      Eigen::Map<const Eigen::VectorXf>(s.gain.data(), Eigen::Index(s.gain.size())).cast<double>();
  return out;
}

// The scaling within the first layer's weights.
Source folded(Source s) {
  s.b[0] -= s.w[0] * s.gain.cwiseProduct(s.offset);
  s.w[0] = s.w[0] * s.gain.asDiagonal();
  return s;
}

// A normalisation whose effect the layer before it undoes: y = x * by + plus.
struct Norm {
  Eigen::VectorXd gamma, beta, mean, var;
  static constexpr double kEpsilon = 1e-3;
  explicit Norm(Eigen::Index n) : gamma(n), beta(n), mean(n), var(n) {
    for (Eigen::Index i = 0; i < n; ++i) {
      gamma(i) = 0.5 + 0.1 * double(i % 7);
      beta(i) = 0.03 * double(i % 5) - 0.05;
      mean(i) = 0.2 * double(i % 3) - 0.1;
      var(i) = 0.3 + 0.2 * double(i % 4);
    }
  }
  Eigen::VectorXd by() const { return gamma.array() / (var.array() + kEpsilon).sqrt(); }
  Eigen::VectorXd plus() const { return beta - mean.cwiseProduct(by()); }
};

std::string torch_linear(NetWriter& n, const Source& s, std::size_t l, const std::string& x,
                         const std::string& y) {
  const std::string name = "fc" + std::to_string(l + 1);
  const auto o = s.w[l].rows();
  n.floats(name + ".weight", {o, s.w[l].cols()}, row_major(s.w[l]));
  n.floats(name + ".bias", {o}, list(s.b[l]));
  return n.node(
      "Gemm", {x, name + ".weight", name + ".bias"}, y,
      {attribute("alpha", 1.0), attribute("beta", 1.0), attribute("transB", std::int64_t{1})});
}

std::string matmul_add(NetWriter& n, const Source& s, std::size_t l, const std::string& x,
                       const std::string& prefix) {
  const std::string name = prefix + std::to_string(l);
  n.floats(name + "_w", {s.w[l].cols(), s.w[l].rows()}, row_major(s.w[l].transpose()));
  n.floats(name + "_b", {s.w[l].rows()}, list(s.b[l]));
  return n.node("Add", {n.node("MatMul", {x, name + "_w"}, name + "/MatMul"), name + "_b"},
                name + "/BiasAdd");
}

NetCase done(NetWriter& n, const std::string& name, const std::string& output,
             std::int64_t classes) {
  n.output(output, {-1, classes});
  return {name, n.bytes(), {}, output};
}

// nn.Sequential(Flatten, Linear, ReLU, ...), the scaling in the weights.
NetCase torch_plain(const Source& given) {
  const Source s = folded(given);
  NetWriter n("pytorch", "2.1.0", 17, 8);
  n.input("input", {-1, s.inputs()});
  std::string x =
      n.node("Flatten", {"input"}, "/0/Flatten_output_0", {attribute("axis", std::int64_t{1})});
  for (std::size_t l = 0; l + 1 < s.layers(); ++l) {
    const std::string p = "/" + std::to_string(2 * l + 1);
    x = n.node("Relu", {torch_linear(n, s, l, x, p + "/Gemm_output_0")}, p + "/Relu_output_0");
  }
  torch_linear(n, s, s.layers() - 1, x, "output");
  return done(n, "torch_plain", "output", s.outputs());
}

// (x - mean) / std, BatchNorm1d, Dropout in evaluation mode, log_softmax.
NetCase torch_batch_norm(Source s) {
  NetWriter n("pytorch", "1.13.1", 14, 7);
  n.input("x.1", {-1, s.inputs()});
  n.floats("mean", {1, s.inputs()}, list(s.offset));
  n.floats("std", {1, s.inputs()}, list(s.gain.cwiseInverse()));
  std::string x =
      n.node("Div", {n.node("Sub", {"x.1", "mean"}, "onnx::Div_1"), "std"}, "onnx::Gemm_2");
  for (std::size_t l = 0; l + 1 < s.layers(); ++l) {
    const Norm norm(s.b[l].size());
    s.w[l] = norm.by().cwiseInverse().asDiagonal() * s.w[l];
    s.b[l] = (s.b[l] - norm.plus()).cwiseQuotient(norm.by());
    const std::string p = "bn" + std::to_string(l);
    x = torch_linear(n, s, l, x, p + "_in");
    const Dims c{norm.by().size()};
    x = n.node(
        "BatchNormalization",
        {x, n.floats(p + ".weight", c, list(norm.gamma)), n.floats(p + ".bias", c, list(norm.beta)),
         n.floats(p + ".running_mean", c, list(norm.mean)),
         n.floats(p + ".running_var", c, list(norm.var))},
        p + "_out", {attribute("epsilon", Norm::kEpsilon), attribute("momentum", 0.9)});
    x = n.node("Dropout", {n.node("Relu", {x}, p + "_relu")}, p + "_drop");
  }
  x = torch_linear(n, s, s.layers() - 1, x, "logits");
  n.node("LogSoftmax", {x}, "output", {attribute("axis", std::int64_t{1})});
  return done(n, "torch_batch_norm", "output", s.outputs());
}

// x.view(x.size(0), -1): a chain of constants with the batch in it.
NetCase torch_view(const Source& given) {
  const Source s = folded(given);
  NetWriter n("pytorch", "1.9", 9, 6);
  n.input("input.1", {-1, 1, s.inputs()});
  n.ints("zero", {}, {0});
  n.ints("minus", {1}, {-1});
  const std::string size = n.node("Gather", {n.node("Shape", {"input.1"}, "3"), "zero"}, "5",
                                  {attribute("axis", std::int64_t{0})});
  const std::string first = n.node("Unsqueeze", {size}, "6", {attribute("axes", Dims{0})});
  const std::string to =
      n.node("Concat", {first, "minus"}, "7", {attribute("axis", std::int64_t{0})});
  std::string x = n.node("Reshape", {"input.1", to}, "8");
  for (std::size_t l = 0; l + 1 < s.layers(); ++l) {
    const std::string p = "t" + std::to_string(l);
    x = n.node("Relu", {torch_linear(n, s, l, x, p)}, p + "r");
  }
  x = torch_linear(n, s, s.layers() - 1, x, "last");
  n.node("Softmax", {x}, "probabilities", {attribute("axis", std::int64_t{1})});
  return done(n, "torch_view", "probabilities", s.outputs());
}

// torch.export: MatMul on three dimensions, weights transposed by a node, external data, opset 18,
// IR 10.
NetCase torch_dynamo(const Source& given) {
  const Source s = folded(given);
  NetWriter n("pytorch", "2.7.0", 18, 10);
  n.input("x", {-1, 1, s.inputs()});
  std::string data;
  std::string x = "x";
  for (std::size_t l = 0; l < s.layers(); ++l) {
    const std::string p = "linear_" + std::to_string(l);
    auto* t = n.graph().add_initializer();
    t->set_name(p + ".weight");
    t->set_data_type(1);
    t->add_dims(s.w[l].rows());
    t->add_dims(s.w[l].cols());
    t->set_data_location(::onnx::TensorProto::EXTERNAL);
    const std::size_t offset = data.size();
    for (const double v : row_major(s.w[l])) {
      const auto f = static_cast<float>(v);
      data.append(reinterpret_cast<const char*>(&f), sizeof f);
    }
    const auto entry = [&](const char* key, const std::string& value) {
      auto* e = t->add_external_data();
      e->set_key(key);
      e->set_value(value);
    };
    entry("location", "net.onnx.data");
    entry("offset", std::to_string(offset));
    entry("length", std::to_string(data.size() - offset));
    n.floats(p + ".bias", {s.b[l].size()}, list(s.b[l]));
    const std::string w =
        n.node("Transpose", {p + ".weight"}, p + "_t", {attribute("perm", Dims{1, 0})});
    x = n.node("Add", {p + ".bias", n.node("MatMul", {x, w}, p + "_m")}, p + "_a");
    if (l + 1 < s.layers()) x = n.node("Relu", {x}, p + "_relu");
  }
  n.ints("axis1", {1}, {1});
  n.node("Squeeze", {x, "axis1"}, "logits");
  NetCase c = done(n, "torch_dynamo", "logits", s.outputs());
  c.beside["net.onnx.data"] = data;
  return c;
}

// One sample a file: a fixed batch of 1, images of one row, relu by clamp(min=0).
NetCase torch_fixed(const Source& given) {
  const Source s = folded(given);
  NetWriter n("pytorch", "2.0.1", 12, 7);
  n.input("image", {1, 1, 1, s.inputs()});
  n.ints("wish", {2}, {1, s.inputs()});
  std::string x = n.node("Reshape", {"image", "wish"}, "flat");
  n.floats("none", {}, {0});
  for (std::size_t l = 0; l + 1 < s.layers(); ++l) {
    const std::string p = "c" + std::to_string(l);
    x = n.node("Clip", {torch_linear(n, s, l, x, p), "none"}, p + "r");
  }
  torch_linear(n, s, s.layers() - 1, x, "scores");
  n.output("scores", {1, s.outputs()});
  return {"torch_fixed", n.bytes(), {}, "scores"};
}

NetCase keras_plain(const Source& given) {
  const Source s = folded(given);
  NetWriter n("tf2onnx", "1.16.1 15c810", 15, 8);
  n.input("dense_input", {-1, s.inputs()});
  std::string x = "dense_input";
  for (std::size_t l = 0; l < s.layers(); ++l) {
    x = matmul_add(n, s, l, x, "sequential/dense_");
    if (l + 1 < s.layers()) x = n.node("Relu", {x}, "sequential/relu_" + std::to_string(l));
  }
  n.node("Softmax", {x}, "dense_2");
  return done(n, "keras_plain", "dense_2", s.outputs());
}

// Rescaling and Flatten layers.
NetCase keras_rescaling(const Source& s) {
  NetWriter n("tf2onnx", "1.14.0", 13, 7);
  n.input("input_1", {-1, 1, s.inputs(), 1});
  n.floats("scale", {s.inputs(), 1}, list(s.gain));
  n.floats("shift", {1, s.inputs(), 1}, list(-s.gain.cwiseProduct(s.offset)));
  n.ints("flat_shape", {2}, {-1, s.inputs()});
  std::string x = n.node("Cast", {"input_1"}, "model/Cast", {attribute("to", std::int64_t{1})});
  x = n.node("Add", {n.node("Mul", {x, "scale"}, "model/rescaling/mul"), "shift"},
             "model/rescaling/add");
  x = n.node("Transpose", {x}, "model/nchw", {attribute("perm", Dims{0, 3, 1, 2})});
  x = n.node("Reshape", {x, "flat_shape"}, "model/flatten/Reshape");
  for (std::size_t l = 0; l < s.layers(); ++l) {
    x = matmul_add(n, s, l, x, "model/dense_");
    if (l + 1 < s.layers()) x = n.node("Relu", {x}, "model/relu_" + std::to_string(l));
  }
  n.node("Identity", {x}, "Identity:0");
  return done(n, "keras_rescaling", "Identity:0", s.outputs());
}

// BatchNormalization after the activation, as tf2onnx leaves it: Mul and Add.
NetCase keras_norm_after(Source s) {
  s = folded(s);
  NetWriter n("tf2onnx", "1.15.0", 17, 8);
  n.input("x", {-1, s.inputs()});
  std::string x = "x";
  for (std::size_t l = 0; l < s.layers(); ++l) {
    x = matmul_add(n, s, l, x, "dense_");
    if (l + 1 == s.layers()) break;
    x = n.node("Relu", {x}, "relu_" + std::to_string(l));
    const Norm norm(s.b[l].size());
    const std::string p = "batch_normalization_" + std::to_string(l);
    n.floats(p + "/mul", {norm.by().size()}, list(norm.by()));
    n.floats(p + "/add", {norm.by().size()}, list(norm.plus()));
    x = n.node("Add", {n.node("Mul", {x, p + "/mul"}, p + "/m"), p + "/add"}, p + "/a");
    // The next layer undoes it.
    s.b[l + 1] -= s.w[l + 1] * norm.plus().cwiseQuotient(norm.by());
    s.w[l + 1] = s.w[l + 1] * norm.by().cwiseInverse().asDiagonal();
  }
  n.node("Softmax", {x}, "softmax", {attribute("axis", std::int64_t{-1})});
  return done(n, "keras_norm_after", "softmax", s.outputs());
}

// A Normalization layer: (x - mean) / maximum(sqrt(var), epsilon), a chain of constants.
NetCase keras_normalization(const Source& s) {
  NetWriter n("tf2onnx", "1.16.0", 11, 6);
  n.input("x", {-1, s.inputs()});
  n.floats("mean", {1, s.inputs()}, list(s.offset));
  n.floats("variance", {1, s.inputs()}, list(s.gain.cwiseInverse().cwiseAbs2()));
  n.floats("epsilon", {}, {1e-7});
  n.floats("zero", {}, {0});
  const std::string deviation =
      n.node("Max", {n.node("Sqrt", {"variance"}, "normalization/Sqrt"), "epsilon"},
             "normalization/Maximum");
  std::string x = n.node("Div", {n.node("Sub", {"x", "mean"}, "normalization/sub"), deviation},
                         "normalization/truediv");
  for (std::size_t l = 0; l < s.layers(); ++l) {
    x = matmul_add(n, s, l, x, "dense_");
    if (l + 1 < s.layers()) x = n.node("Max", {x, "zero"}, "max_" + std::to_string(l));
  }
  n.node("Identity", {x}, "logits");
  return done(n, "keras_normalization", "logits", s.outputs());
}

// A linear layer without an activation before the last one.
NetCase keras_linear_pair(const Source& given) {
  Source s = folded(given);
  const Eigen::Index k = s.outputs();
  // Identity plus a shear, and what undoes it.
  Eigen::MatrixXd shear = Eigen::MatrixXd::Identity(k, k);
  for (Eigen::Index i = 0; i + 1 < k; ++i) shear(i, i + 1) = 0.5;
  const Eigen::MatrixXd last = s.w.back();
  const Eigen::VectorXd bias = s.b.back();
  s.w.back() = shear.inverse() * last;
  s.b.back() = Eigen::VectorXd::Zero(k);
  s.w.push_back(shear);
  s.b.push_back(bias);
  NetWriter n("tf2onnx", "1.16.1", 21, 10);
  n.input("x", {-1, s.inputs()});
  std::string x = "x";
  for (std::size_t l = 0; l < s.layers(); ++l) {
    x = matmul_add(n, s, l, x, "dense_");
    if (l + 2 < s.layers()) x = n.node("Relu", {x}, "relu_" + std::to_string(l));
  }
  n.node("Softmax", {x}, "p");
  return done(n, "keras_linear_pair", "p", s.outputs());
}

// MLPClassifier: probabilities, and labels by ArgMax.
std::string sklearn_body(NetWriter& n, const Source& s, std::string x) {
  for (std::size_t l = 0; l < s.layers(); ++l) {
    const std::string i = l == 0 ? "" : std::to_string(l);
    n.floats("coefficient" + i, {s.w[l].cols(), s.w[l].rows()}, row_major(s.w[l].transpose()));
    n.floats("intercepts" + i, {1, s.w[l].rows()}, list(s.b[l]));
    x = n.node("Add",
               {n.node("MatMul", {x, "coefficient" + i}, "mul_result" + i), "intercepts" + i},
               "add_result" + i);
    if (l + 1 < s.layers()) x = n.node("Relu", {x}, "next_activations" + i);
  }
  return x;
}

void sklearn_label(NetWriter& n, const std::string& probabilities, std::int64_t classes) {
  Dims names(static_cast<std::size_t>(classes));
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = static_cast<std::int64_t>(i);
  n.domain("ai.onnx.ml", 1);
  n.ints("classes", {classes}, names);
  n.ints("shape_tensor", {1}, {-1});
  const std::string best =
      n.node("ArgMax", {probabilities}, "argmax_output", {attribute("axis", std::int64_t{1})});
  const std::string label = n.node("ArrayFeatureExtractor", {"classes", best},
                                   "array_feature_extractor_result", {}, "ai.onnx.ml");
  n.node(
      "Reshape",
      {n.node("Cast", {label}, "cast2_result", {attribute("to", std::int64_t{7})}), "shape_tensor"},
      "output_label");
  n.output("output_label", {-1}, 7);
}

NetCase sklearn_plain(const Source& given) {
  const Source s = folded(given);
  NetWriter n("skl2onnx", "1.16.0", 17, 8);
  n.input("X", {-1, s.inputs()});
  const std::string x =
      sklearn_body(n, s, n.node("Cast", {"X"}, "cast_input", {attribute("to", std::int64_t{1})}));
  n.node("Softmax", {x}, "output_probability", {attribute("axis", std::int64_t{1})});
  sklearn_label(n, "output_probability", s.outputs());
  return done(n, "sklearn_plain", "output_probability", s.outputs());
}

// make_pipeline(StandardScaler(), MLPClassifier()).
NetCase sklearn_scaler(const Source& s) {
  NetWriter n("skl2onnx", "1.14.1", 15, 8);
  n.input("X", {-1, s.inputs()});
  n.node("Scaler", {"X"}, "variable",
         {attribute("offset", list(s.offset)), attribute("scale", list(s.gain))}, "ai.onnx.ml");
  const std::string x = sklearn_body(n, s, "variable");
  n.node("Softmax", {x}, "probabilities", {attribute("axis", std::int64_t{1})});
  sklearn_label(n, "probabilities", s.outputs());
  return done(n, "sklearn_scaler", "probabilities", s.outputs());
}

// MinMaxScaler: Mul and Add.
NetCase sklearn_minmax(const Source& s) {
  NetWriter n("skl2onnx", "1.13", 14, 7);
  n.input("float_input", {-1, s.inputs()});
  n.floats("scale_", {s.inputs()}, list(s.gain));
  n.floats("min_", {s.inputs()}, list(-s.gain.cwiseProduct(s.offset)));
  const std::string scaled =
      n.node("Add", {n.node("Mul", {"float_input", "scale_"}, "Mu_C0"), "min_"}, "Ad_C0");
  const std::string x = sklearn_body(n, s, scaled);
  n.node("Softmax", {x}, "probabilities", {attribute("axis", std::int64_t{1})});
  return done(n, "sklearn_minmax", "probabilities", s.outputs());
}

// Without a final activation, Sub and Div as scaler, opset 10.
NetCase sklearn_old(const Source& s) {
  NetWriter n("skl2onnx", "1.5", 10, 5);
  n.input("X", {-1, s.inputs()});
  n.floats("mean", {s.inputs()}, list(s.offset));
  n.floats("std", {s.inputs()}, list(s.gain.cwiseInverse()));
  const std::string scaled = n.node("Div", {n.node("Sub", {"X", "mean"}, "Su_C0"), "std"}, "Di_C0");
  n.node("Identity", {sklearn_body(n, s, scaled)}, "raw");
  return done(n, "sklearn_old", "raw", s.outputs());
}

// MLPClassifier with a label for each class (multilabel ends with Sigmoid).
NetCase sklearn_multilabel(const Source& given) {
  const Source s = folded(given);
  NetWriter n("skl2onnx", "1.17.0", 20, 9);
  n.input("X", {-1, s.inputs()});
  n.node("Sigmoid", {sklearn_body(n, s, "X")}, "probabilities");
  return done(n, "sklearn_multilabel", "probabilities", s.outputs());
}

// Class 1's logit above class 0's, as one output.
Source one_output(Source s) {
  s.w.back() = (s.w.back().row(1) - s.w.back().row(0)).eval();
  s.b.back() = Eigen::VectorXd::Constant(1, s.b.back()(1) - s.b.back()(0));
  return s;
}

}  // namespace

NetWriter::NetWriter(const std::string& producer, const std::string& version, int opset, int ir) {
  model_.set_ir_version(ir);
  model_.set_producer_name(producer);
  model_.set_producer_version(version);
  domain("", opset);
  graph().set_name("main_graph");
}

void NetWriter::domain(const std::string& name, int version) {
  for (auto& o : *model_.mutable_opset_import()) {
    if (o.domain() == name) return;
  }
  auto* opset = model_.add_opset_import();
  opset->set_domain(name);
  opset->set_version(version);
}

void NetWriter::input(const std::string& name, const Dims& dims, int type) {
  auto* v = graph().add_input();
  v->set_name(name);
  v->mutable_type()->mutable_tensor_type()->set_elem_type(type);
  shape(*v->mutable_type()->mutable_tensor_type(), dims);
}

void NetWriter::output(const std::string& name, const Dims& dims, int type) {
  auto* v = graph().add_output();
  v->set_name(name);
  v->mutable_type()->mutable_tensor_type()->set_elem_type(type);
  shape(*v->mutable_type()->mutable_tensor_type(), dims);
}

std::string NetWriter::floats(const std::string& name, const Dims& dims,
                              const std::vector<double>& values) {
  auto* t = graph().add_initializer();
  t->set_name(name);
  t->set_data_type(1);
  for (const std::int64_t d : dims) t->add_dims(d);
  // Raw bytes and typed fields are both met.
  if (values.size() % 2 == 0) {
    std::string raw;
    for (const double v : values) {
      const auto f = static_cast<float>(v);
      raw.append(reinterpret_cast<const char*>(&f), sizeof f);
    }
    t->set_raw_data(raw);
  } else {
    for (const double v : values) t->add_float_data(static_cast<float>(v));
  }
  return name;
}

std::string NetWriter::ints(const std::string& name, const Dims& dims,
                            const std::vector<std::int64_t>& values) {
  auto* t = graph().add_initializer();
  t->set_name(name);
  t->set_data_type(7);
  for (const std::int64_t d : dims) t->add_dims(d);
  for (const std::int64_t v : values) t->add_int64_data(v);
  return name;
}

std::string NetWriter::codes(const std::string& name, int type, const Dims& dims,
                             const std::vector<int>& values) {
  auto* t = graph().add_initializer();
  t->set_name(name);
  t->set_data_type(type);
  for (const std::int64_t d : dims) t->add_dims(d);
  for (const int v : values) t->add_int32_data(v);
  return name;
}

std::string NetWriter::node(const std::string& op, const std::vector<std::string>& inputs,
                            const std::string& output,
                            const std::vector<::onnx::AttributeProto>& attributes,
                            const std::string& in_domain) {
  if (!in_domain.empty()) domain(in_domain, 1);
  auto* n = graph().add_node();
  n->set_op_type(op);
  n->set_name(output + "_node");
  n->set_domain(in_domain);
  for (const std::string& i : inputs) n->add_input(i);
  n->add_output(output);
  for (const auto& a : attributes) *n->add_attribute() = a;
  return output;
}

::onnx::AttributeProto attribute(const std::string& name, std::int64_t value) {
  ::onnx::AttributeProto a;
  a.set_name(name);
  a.set_type(::onnx::AttributeProto::INT);
  a.set_i(value);
  return a;
}

::onnx::AttributeProto attribute(const std::string& name, double value) {
  ::onnx::AttributeProto a;
  a.set_name(name);
  a.set_type(::onnx::AttributeProto::FLOAT);
  a.set_f(static_cast<float>(value));
  return a;
}

::onnx::AttributeProto attribute(const std::string& name, const std::vector<std::int64_t>& values) {
  ::onnx::AttributeProto a;
  a.set_name(name);
  a.set_type(::onnx::AttributeProto::INTS);
  for (const std::int64_t v : values) a.add_ints(v);
  return a;
}

::onnx::AttributeProto attribute(const std::string& name, const std::vector<double>& values) {
  ::onnx::AttributeProto a;
  a.set_name(name);
  a.set_type(::onnx::AttributeProto::FLOATS);
  for (const double v : values) a.add_floats(static_cast<float>(v));
  return a;
}

std::vector<NetCase> framework_nets(const FloatNet& net, const InputScaling& scaling) {
  const Source s = source_of(net, scaling);
  return {torch_plain(s),         torch_batch_norm(s),  torch_view(s),        torch_dynamo(s),
          torch_fixed(s),         keras_plain(s),       keras_rescaling(s),   keras_norm_after(s),
          keras_normalization(s), keras_linear_pair(s), sklearn_plain(s),     sklearn_scaler(s),
          sklearn_minmax(s),      sklearn_old(s),       sklearn_multilabel(s)};
}

std::vector<NetCase> binary_nets(const FloatNet& net, const InputScaling& scaling) {
  const Source s = folded(one_output(source_of(net, scaling)));
  std::vector<NetCase> all;
  {
    NetWriter n("tf2onnx", "1.16.1", 15, 8);
    n.input("x", {-1, s.inputs()});
    n.node("Sigmoid", {sklearn_body(n, s, "x")}, "p");
    all.push_back(done(n, "keras_binary", "p", 1));
  }
  {
    NetWriter n("skl2onnx", "1.16.0", 17, 8);
    n.input("X", {-1, s.inputs()});
    const std::string p = n.node("Sigmoid", {sklearn_body(n, s, "X")}, "out_activations_result");
    n.floats("unity", {1}, {1});
    n.node("Concat", {n.node("Sub", {"unity", p}, "one_minus"), p}, "probabilities",
           {attribute("axis", std::int64_t{1})});
    sklearn_label(n, "probabilities", 2);
    all.push_back(done(n, "sklearn_binary", "probabilities", 2));
  }
  {
    NetWriter n("pytorch", "2.1.0", 17, 8);
    n.input("x", {-1, s.inputs()});
    n.node("Identity", {sklearn_body(n, s, "x")}, "logit");
    all.push_back(done(n, "torch_logit", "logit", 1));
  }
  return all;
}

}  // namespace axnn
