// ONNX in and out: files as three tools write them against the float network they were made of,
// operators against libonnx's own test data, exported codes against the golden model.

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "data/dataset.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/golden.h"
#include "model/rng.h"
#include "onnx/export.h"
#include "onnx/network.h"
#include "onnx/operators.h"
#include "tests/cli_folder.h"
#include "tests/onnx_nets.h"
#include "tests/random_net.h"
#include "tests/skip.h"
#include "train/calibrate.h"

// `onnx` is ours here, libonnx's classes are in ::onnx.
namespace axnn {

namespace fs = std::filesystem;

namespace {

constexpr const char* kOperatorTests = "/usr/share/libonnx-testdata/data";

InputScaling some_scaling(int inputs) {
  InputScaling s;
  for (int i = 0; i < inputs; ++i) {
    s.offset.push_back(static_cast<float>(10 + 3 * i));
    s.gain.push_back(static_cast<float>(0.02 + 0.01 * (i % 4)));
  }
  s.low = -1e30f;
  s.high = 1e30f;
  return s;
}

std::vector<float> some_rows(int inputs, int rows) {
  const Rng rng(7, Purpose::kWeightInit);
  std::vector<float> x;
  for (int n = 0; n < rows; ++n) {
    for (int i = 0; i < inputs; ++i)
      x.push_back(
          static_cast<float>(10 + 3 * i + 40 * rng.normal(std::uint64_t(n * inputs + i), 1)));
  }
  return x;
}

Matrix<float> scaled(const std::vector<float>& rows, const InputScaling& s) {
  const auto inputs = s.offset.size();
  Matrix<float> x(Eigen::Index(inputs), Eigen::Index(rows.size() / inputs));
  for (Eigen::Index n = 0; n < x.cols(); ++n) {
    scale_input(s, std::span(rows).subspan(std::size_t(n) * inputs, inputs),
                {x.col(n).data(), inputs});
  }
  return x;
}

onnx::Graph graph_of(const NetCase& c, const CliFolder& folder) {
  for (const auto& [name, bytes] : c.beside) write_file(folder.path() / name, bytes);
  return onnx::parse_graph(c.bytes, c.name, folder.path());
}

std::vector<int> largest(const Matrix<float>& logits) {
  std::vector<int> out;
  for (Eigen::Index n = 0; n < logits.cols(); ++n) {
    Eigen::Index top = 0;
    logits.col(n).maxCoeff(&top);
    out.push_back(static_cast<int>(top));
  }
  return out;
}

std::string message_of(const std::string& bytes, const std::string& name = "net.onnx",
                       const fs::path& folder = ".") {
  try {
    const onnx::Graph graph = onnx::parse_graph(bytes, name, folder);
    onnx::network_of(graph);
  } catch (const Error& e) {
    return e.what();
  }
  return "taken";
}

// Two layers of 3 - 4 - 2 with `op` between them.
std::string with_node(const std::string& op,
                      const std::vector<::onnx::AttributeProto>& attributes = {}, int opset = 17) {
  NetWriter n("test", "1", opset, 8);
  n.input("x", {-1, 3});
  n.floats("w1", {3, 4}, std::vector<double>(12, 0.5));
  n.floats("w2", {4, 2}, std::vector<double>(8, 0.25));
  n.node("MatMul", {"x", "w1"}, "a");
  n.node(op, {"a"}, "b", attributes);
  n.node("MatMul", {"b", "w2"}, "y");
  n.output("y", {-1, 2});
  return n.bytes();
}

}  // namespace

TEST_CASE("files as PyTorch, Keras and scikit-learn write them are the network they were made of") {
  const CliFolder folder;
  const int inputs = 9;
  FloatNet net = make_net({inputs, 12, 7, 5}, 3);
  for (auto& layer : net) layer.bias.setRandom();
  const InputScaling s = some_scaling(inputs);
  const std::vector<float> rows = some_rows(inputs, 300);
  Workspace<float> work;
  const Matrix<float> wanted = forward(net, scaled(rows, s), work);
  for (const NetCase& c : framework_nets(net, s)) {
    INFO(c.name);
    const onnx::Graph graph = graph_of(c, folder);
    const onnx::Network read = onnx::network_of(graph);
    REQUIRE(read.layers.size() == 3);
    CHECK(read.inputs() == inputs);
    InputScaling own = input_scaling(read, {});
    own.low = s.low;
    own.high = s.high;
    const Matrix<float> logits = forward(read.float_net(), scaled(rows, own), work);
    CHECK((logits - wanted).cwiseAbs().maxCoeff() < 2e-4f * wanted.cwiseAbs().maxCoeff());
    CHECK(largest(logits) == largest(wanted));
    CHECK(decisions(graph, read, rows) == largest(wanted));
  }
}

TEST_CASE("one output that is above a half is class 1") {
  const CliFolder folder;
  FloatNet net = make_net({6, 8, 2}, 5);
  net.back().bias << 0.3f, -0.2f;
  const InputScaling s = some_scaling(6);
  const std::vector<float> rows = some_rows(6, 300);
  Workspace<float> work;
  const std::vector<int> wanted = largest(forward(net, scaled(rows, s), work));
  for (const NetCase& c : binary_nets(net, s)) {
    INFO(c.name);
    const onnx::Graph graph = graph_of(c, folder);
    const onnx::Network read = onnx::network_of(graph);
    InputScaling own = input_scaling(read, {});
    own.low = s.low;
    own.high = s.high;
    CHECK(read.classes() == 2);
    CHECK(largest(forward(read.float_net(), scaled(rows, own), work)) == wanted);
    CHECK(decisions(graph, read, rows) == wanted);
  }
}

TEST_CASE("sigmoid and tanh layers run on the sigmoid unit") {
  for (const char* op : {"Sigmoid", "Tanh"}) {
    INFO(op);
    NetWriter n("test", "1", 17, 8);
    n.input("x", {-1, 2});
    n.floats("w1", {2, 2}, {1, -2, 0.5, 1.5});
    n.floats("w2", {2, 2}, {1, -1, 2, 0.5});
    n.node("MatMul", {n.node(op, {n.node("MatMul", {"x", "w1"}, "a")}, "b"), "w2"}, "y");
    n.output("y", {-1, 2});
    const onnx::Graph graph = onnx::parse_graph(n.bytes(), "net.onnx", "");
    const onnx::Network read = onnx::network_of(graph);
    CHECK(read.layers.at(0).activation == Activation::kSigmoid);
    const double x[] = {0.3, -0.8};
    const auto f = [&](double z) {
      return std::string(op) == "Tanh" ? std::tanh(z) : 1 / (1 + std::exp(-z));
    };
    const double h0 = f(x[0] * 1 + x[1] * 0.5);
    const double h1 = f(x[0] * -2 + x[1] * 1.5);
    Workspace<float> work;
    Matrix<float> in(2, 1);
    in << 0.3f, -0.8f;
    const Matrix<float> y = forward(read.float_net(), in, work);
    CHECK(y(0, 0) == Approx(h0 + 2 * h1).epsilon(1e-4));
    CHECK(y(1, 0) == Approx(-h0 + 0.5 * h1).epsilon(1e-4));
  }
}

TEST_CASE("quantised files are read as the numbers their codes stand for") {
  // x - quantise - dequantise - MatMul of int8 weights - quantise from 0 on (a ReLU) - ...
  NetWriter n("onnx.quantize", "0.1.0", 13, 8);
  n.input("x", {-1, 2});
  n.floats("s", {}, {0.05});
  n.codes("z", 2, {}, {128});
  n.floats("ws", {}, {0.01});
  n.codes("wz", 3, {}, {0});
  n.floats("ys", {}, {0.02});
  n.codes("yz", 2, {}, {0});
  n.codes("w1", 3, {2, 2}, {50, -20, 30, 40});
  n.codes("w2", 3, {2, 2}, {100, -100, 10, 60});
  const std::string q = n.node("QuantizeLinear", {"x", "s", "z"}, "xq");
  SECTION("QuantizeLinear and DequantizeLinear") {
    const std::string w1 = n.node("DequantizeLinear", {"w1", "ws", "wz"}, "w1f");
    const std::string a =
        n.node("MatMul", {n.node("DequantizeLinear", {q, "s", "z"}, "xf"), w1}, "a");
    const std::string h = n.node(
        "DequantizeLinear", {n.node("QuantizeLinear", {a, "ys", "yz"}, "hq"), "ys", "yz"}, "h");
    n.node("MatMul", {h, n.node("DequantizeLinear", {"w2", "ws", "wz"}, "w2f")}, "y");
  }
  SECTION("QLinearMatMul") {
    n.node("QLinearMatMul", {q, "s", "z", "w1", "ws", "wz", "ys", "yz"}, "hq");
    n.floats("os", {}, {0.03});
    n.node("QLinearMatMul", {"hq", "ys", "yz", "w2", "ws", "wz", "os", "z"}, "yq");
    n.node("DequantizeLinear", {"yq", "os", "z"}, "y");
  }
  n.output("y", {-1, 2});
  const onnx::Graph graph = onnx::parse_graph(n.bytes(), "net.onnx", "");
  const onnx::Network read = onnx::network_of(graph);
  REQUIRE(read.layers.size() == 2);
  CHECK(read.layers[0].activation == Activation::kRelu);
  CHECK(read.layers[0].weights(0, 1) == Approx(0.30));
  CHECK(read.layers[1].weights(1, 0) == Approx(-1.0));
  // The executor follows the codes: 1.02 becomes 148, 1.0; 0.49 becomes 138 (9.8 -> 10), 0.5.
  const std::vector<float> x = {1.02f, 0.49f};
  const std::vector<double> y = outputs_of(graph, read, x);
  CHECK(y.at(0) == Approx(0.64).margin(0.031));
}

TEST_CASE("operators agree with libonnx's test data") {
  if (!fs::exists(kOperatorTests)) skip("libonnx-testdata is not installed");
  int ran = 0;
  for (const char* part : {"node", "pytorch-operator", "pytorch-converted"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(kOperatorTests) / part)) {
      const fs::path folder = entry.path();
      const std::string name = folder.filename().string();
      // bfloat16 is written as uint16 there; a training is not evaluated.
      if (name.find("BFLOAT16") != name.npos || name.find("training") != name.npos) continue;
      if (!fs::exists(folder / "model.onnx")) continue;
      onnx::Graph graph;
      try {
        graph = onnx::parse_graph(read_file(folder / "model.onnx"), name, folder);
      } catch (const Error&) {
        continue;  // opsets before 7, sequences, sparse tensors
      }
      if (!std::ranges::all_of(graph.nodes, [](const onnx::Node& n) { return can_evaluate(n); }))
        continue;
      INFO(name);
      const fs::path set = folder / "test_data_set_0";
      const auto tensor = [&](const std::string& file) {
        return onnx::parse_tensor(read_file(set / file), name + "/" + file);
      };
      std::map<std::string, onnx::Tensor> inputs;
      std::vector<std::string> wanted;
      bool known = true;
      try {
        for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
          inputs[graph.inputs[i].name] = tensor("input_" + std::to_string(i) + ".pb");
          known &= inputs[graph.inputs[i].name].type != onnx::ElementType::kString;
        }
      } catch (const Error&) {
        known = false;  // optionals, sequences
      }
      for (const auto& v : graph.outputs) {
        wanted.push_back(v.name);
        known &= v.type != onnx::ElementType::kString;
      }
      if (!known || graph.outputs.size() > 1) continue;
      std::map<std::string, onnx::Tensor> out;
      try {
        out = run(graph, inputs, wanted);
      } catch (const Error& e) {
        FAIL_CHECK(name << ": " << e.what());
        continue;
      }
      ++ran;
      const onnx::Tensor expected = tensor("output_0.pb");
      const onnx::Tensor& y = out.at(wanted[0]);
      CHECK(y.shape == expected.shape);
      CHECK(y.type == expected.type);
      REQUIRE(y.values.size() == expected.values.size());
      int wrong = 0;
      for (std::size_t i = 0; i < y.values.size(); ++i) {
        const double a = y.values[i];
        const double b = expected.values[i];
        const bool same = a == b || (std::isnan(a) && std::isnan(b)) ||
                          std::abs(a - b) <= 1e-3 * std::max(1e-4, std::abs(b));
        wrong += !same;
      }
      CHECK(wrong == 0);
    }
  }
  std::printf("%d operator tests of libonnx-testdata\n", ran);
  CHECK(ran > 200);
}

TEST_CASE("what the accelerator has not is named with its node and what would do") {
  const auto named = [](const std::string& bytes, const std::string& part,
                        const std::string& mend) {
    const std::string message = message_of(bytes);
    INFO(message);
    CHECK_THAT(message,
               Catch::Contains(part) && Catch::Contains(mend) && Catch::Contains("net.onnx"));
    CHECK(std::ranges::count(message, '\n') == 0);
  };
  named(with_node("LeakyRelu"),
        "LeakyRelu cannot run on the accelerator (node 2, LeakyRelu 'b_node'",
        "Relu, Sigmoid or Tanh");
  named(with_node("Gelu", {}, 20), "Gelu cannot run", "Relu, Sigmoid or Tanh");
  named(with_node("LSTM"), "LSTM cannot run", "multilayer perceptron");
  named(with_node("Conv"), "Conv cannot run", "dense ones are");
  named(with_node("LayerNormalization"), "LayerNormalization", "BatchNormalization");
  named(with_node("DynamicQuantizeLinear"), "DynamicQuantizeLinear", "statically");
  named(with_node("Frobnicate"), "Frobnicate cannot run", "docs/onnx.md");
  named(with_node("Softmax"), "MatMul after Softmax", "ends with its logits");
  named(with_node("Clip", {attribute("min", -1.0), attribute("max", 1.0)}, 10), "Clip to -1 .. 1",
        "Clip(0, 6)");
  named(with_node("Transpose", {attribute("perm", std::vector<std::int64_t>{1, 0})}),
        "axis of the samples", "samples first");
}

TEST_CASE("a Clip is a ReLU where it cuts nothing of the data") {
  const onnx::Graph graph = onnx::parse_graph(
      with_node("Clip", {attribute("min", 0.0), attribute("max", 6.0)}, 10), "net.onnx", "");
  const onnx::Network net = onnx::network_of(graph);
  Eigen::MatrixXf x = Eigen::MatrixXf::Constant(3, 1, 3.9f);
  CHECK_NOTHROW(check_caps(net, x));
  x.setConstant(4.1f);
  CHECK_THROWS_WITH(check_caps(net, x), Catch::Contains("cut at 6 and reaches 6.15"));
}

TEST_CASE("an exact file computes the golden model's codes and accumulators in every mode") {
  FloatNet net = make_net({11, 20, 9, 4}, 9);
  const InputScaling s = some_scaling(11);
  const std::vector<float> rows = some_rows(11, 200);
  for (const Activation activation :
       {Activation::kRelu, Activation::kSigmoid, Activation::kLinear}) {
    net[0].activation = activation;
    Samples samples;
    samples.x = scaled(rows, s);
    Model model = calibrate(net, s, samples);
    model.scaling.low = -2;  // some are clamped
    model.scaling.high = 3;
    model.classes = {"a", "b", "c", "d"};
    std::vector<Code> codes(rows.size());
    std::vector<float> bounded(rows.size());
    for (std::size_t n = 0; n < 200; ++n) {
      scale_input(model.scaling, std::span(rows).subspan(n * 11, 11),
                  std::span(bounded).subspan(n * 11, 11));
    }
    quantize_input(model.scaling, bounded, codes);
    for (const auto& [kind, mode] :
         std::vector<std::pair<const char*, const char*>>{{"fig8", "M0"},
                                                          {"fig8", "M1"},
                                                          {"fig8", "M2"},
                                                          {"booth", "M0"},
                                                          {"booth", "M1"},
                                                          {"booth", "M2"},
                                                          {"booth", "M3"},
                                                          {"drum", "K5"}}) {
      INFO(activation_name(activation) << ' ' << kind << ' ' << mode);
      const Multiplier m = parse_multiplier(kind, mode);
      // Through bytes, as a runtime gets it.
      const std::string bytes =
          encode_graph(export_graph(model, m, onnx::ExportForm::kExact, true));
      const onnx::Graph graph = onnx::parse_graph(bytes, "exact.onnx", "");
      const onnx::Tensor x{onnx::ElementType::kFloat, {200, 11}, {rows.begin(), rows.end()}};
      const auto out =
          run(graph, {{"x", x}}, {"codes0", "codes1", "codes2", "accumulators", "class"});
      std::vector<BatchOutput> wanted;
      const GoldenModel golden(model.integer_net(), m);
      golden.run_batch(codes, wanted);
      const auto equal = [](const onnx::Tensor& t, const auto& values) {
        return std::ranges::equal(t.values, values,
                                  [](double a, auto b) { return a == double(b); });
      };
      CHECK(equal(out.at("codes0"), codes));
      CHECK(equal(out.at("codes1"), wanted[0].codes));
      CHECK(equal(out.at("codes2"), wanted[1].codes));
      CHECK(equal(out.at("accumulators"), wanted[2].accumulators));
      CHECK(equal(out.at("class"), golden.classify_batch(codes)));
    }
  }
}

TEST_CASE("a qdq file is read back as the network it was made of") {
  const FloatNet net = make_net({11, 20, 4}, 2);
  const InputScaling s = some_scaling(11);
  Samples samples;
  samples.x = scaled(some_rows(11, 100), s);
  const Model model = calibrate(net, s, samples);
  const std::string bytes = encode_graph(export_graph(model, Multiplier{}, onnx::ExportForm::kQdq));
  CHECK_THROWS_WITH(export_graph(model, parse_multiplier("booth", "M2"), onnx::ExportForm::kQdq),
                    Catch::Contains("take --form exact"));
  const onnx::Graph graph = onnx::parse_graph(bytes, "qdq.onnx", "");
  CHECK(graph.opset == 21);
  // The bounds of inputs are a Clip before any layer, which no dense layer is.
  CHECK_THAT(message_of(bytes), Catch::Contains("Clip"));
}

}  // namespace axnn
