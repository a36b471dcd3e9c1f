#include "onnx/export.h"

#include <fmt/format.h>

#include <cmath>

#include "model/error.h"
#include "model/lut.h"

namespace axnn::onnx {
namespace {

bool is_exact(const Multiplier& m) {
  return (m.kind == MultiplierKind::kFig8 || m.kind == MultiplierKind::kBooth) && m.mode == kModeM0;
}

// A graph that grows by one value after the other.
class Builder {
 public:
  Builder(const Model& model, int opset, int ir) : model_(model) {
    graph.opset = opset;
    graph.ir = ir;
    graph.producer = "axnn " AXNN_VERSION;
    graph.inputs.push_back({"x", ElementType::kFloat, Shape{-1, model.layers.front().inputs}});
  }

  /// Adds an operator; its output is `name`.
  std::string add(const std::string& op, std::vector<std::string> inputs, const std::string& name,
                  std::map<std::string, Attribute> attributes = {}) {
    Node node;
    node.op = op;
    node.name = name;
    node.inputs = std::move(inputs);
    node.outputs = {name};
    node.attributes = std::move(attributes);
    node.number = static_cast<int>(graph.nodes.size()) + 1;
    graph.nodes.push_back(std::move(node));
    return name;
  }

  std::string constant(const std::string& name, ElementType type, Shape shape,
                       std::vector<double> values) {
    graph.constants[name] = {type, std::move(shape), std::move(values)};
    return name;
  }
  std::string number(ElementType type, double value, const std::string& name) {
    return constant(name, type, {}, {value});
  }

  /// Features scaled and clamped as scale_input() does, in single precision.
  std::string scaled_input() {
    const InputScaling& s = model_.scaling;
    const auto list = [](const std::vector<float>& v) {
      return std::vector<double>(v.begin(), v.end());
    };
    const Shape shape{static_cast<std::int64_t>(s.offset.size())};
    const auto type = ElementType::kFloat;
    const std::string moved =
        add("Sub", {"x", constant("offset", type, shape, list(s.offset))}, "moved");
    const std::string scaled =
        add("Mul", {moved, constant("gain", type, shape, list(s.gain))}, "scaled");
    return add("Clip", {scaled, number(type, s.low, "low"), number(type, s.high, "high")},
               "bounded");
  }

  Graph graph;

 private:
  const Model& model_;
};

constexpr ElementType kReal = ElementType::kDouble;

// floor(x * factor + 0.5) within codes, as quantize() and requantize().
std::string rounded(Builder& b, const std::string& x, int shift, int low, const std::string& name) {
  std::string y = x;
  if (shift != 0)
    y = b.add("Mul", {y, b.number(kReal, std::ldexp(1.0, -shift), name + "_unit")},
              name + "_scaled");
  y = b.add("Floor", {b.add("Add", {y, b.number(kReal, 0.5, "half")}, name + "_half")},
            name + "_floor");
  return b.add("Clip",
               {y, b.number(kReal, low, low < 0 ? "code_min" : "zero"),
                b.number(kReal, kCodeMax, "code_max")},
               name);
}

// A function of a code, by its table.
template <typename F>
std::string looked_up(Builder& b, const std::string& codes, F f, const std::string& table,
                      const std::string& name) {
  std::vector<double> values;
  for (int code = kCodeMin; code <= kCodeMax; ++code) values.push_back(f(static_cast<Code>(code)));
  b.constant(table, kReal, {kTableSide}, values);
  const std::string moved =
      b.add("Sub", {codes, b.number(kReal, kCodeMin, "code_min")}, name + "_from0");
  Attribute to;
  to.i = static_cast<int>(ElementType::kInt64);
  return b.add("Gather",
               {table, b.add("Cast",
                             {
                                 moved,
                             },
                             name + "_index", {{"to", to}})},
               name);
}

// f(A) as Floor and Mul on the codes, or by a table (DRUM, own tables).
std::string transformed(Builder& b, const Multiplier& m, const std::string& codes,
                        const std::string& name) {
  const bool keeps = [&] {
    for (int code = kCodeMin; code <= kCodeMax; ++code) {
      if (transform_activation(m, static_cast<Code>(code)) != code) return false;
    }
    return true;
  }();
  if (keeps) return codes;
  // Multiples of a power of two, floor((A + add) / step) * step.
  for (int bits = 1; bits < kDataW; ++bits) {
    const int step = 1 << bits;
    for (const int plus : {0, step / 2}) {
      bool fits = true;
      for (int code = kCodeMin; fits && code <= kCodeMax; ++code) {
        const int value = ((code + plus) >> bits) * step;
        fits = transform_activation(m, static_cast<Code>(code)) == value;
      }
      if (!fits) continue;
      std::string y = codes;
      if (plus != 0) y = b.add("Add", {y, b.number(kReal, plus, "round")}, name + "_plus");
      y = b.add("Mul", {y, b.number(kReal, 1.0 / step, "per_step")}, name + "_steps");
      return b.add("Mul", {b.add("Floor", {y}, name + "_whole"), b.number(kReal, step, "step")},
                   name);
    }
  }
  return looked_up(
      b, codes, [&](Code a) { return transform_activation(m, a); }, "operand_of_code", name);
}

Attribute axis(std::int64_t value) {
  Attribute a;
  a.i = value;
  return a;
}

void decide(Builder& b, const std::string& logits) {
  b.add("ArgMax", {logits}, "class", {{"axis", axis(1)}});
  b.graph.outputs.push_back({"class", ElementType::kInt64, Shape{-1, 1}});
}

Graph exact(const Model& model, const Multiplier& m, bool every_layer) {
  Builder b(model, 13, 8);
  const auto show = [&](const std::string& name, int width) {
    if (every_layer) b.graph.outputs.push_back({name, kReal, Shape{-1, width}});
  };
  Attribute to;
  to.i = static_cast<int>(kReal);
  const std::string wide = b.add("Cast", {b.scaled_input()}, "wide", {{"to", to}});
  std::string codes = rounded(b, wide, -model.scaling.fraction, kCodeMin, "codes0");
  show(codes, model.layers.front().inputs);
  for (std::size_t l = 0; l < model.layers.size(); ++l) {
    const IntegerLayer& layer = model.layers[l].integer;
    const std::string number = std::to_string(l + 1);
    std::vector<Code> operands(layer.weights.size());
    transform_weights(m, layer.weights, operands.data());
    // I x O, as MatMul takes them.
    std::vector<double> weights(operands.size());
    for (int o = 0; o < layer.outputs; ++o) {
      for (int i = 0; i < layer.inputs; ++i) {
        weights[std::size_t(i) * std::size_t(layer.outputs) + std::size_t(o)] =
            operands[std::size_t(o) * std::size_t(layer.inputs) + std::size_t(i)];
      }
    }
    b.constant("weights" + number, kReal, {layer.inputs, layer.outputs}, std::move(weights));
    b.constant("bias" + number, kReal, {layer.outputs}, {layer.bias.begin(), layer.bias.end()});
    const std::string operand = transformed(b, m, codes, "operand" + number);
    const bool last = l + 1 == model.layers.size();
    const std::string sum = b.add("MatMul", {operand, "weights" + number}, "sum" + number);
    const std::string biased =
        b.add("Add", {sum, "bias" + number}, last ? "accumulators" : "biased" + number);
    if (last) break;
    const std::string name = "codes" + number;
    if (layer.activation == Activation::kSigmoid) {
      const std::string linear = rounded(b, biased, layer.shift, kCodeMin, "sigmoid_in" + number);
      looked_up(
          b, linear, [](Code x) { return sigmoid_code(x); }, "sigmoid_of_code", name);
    } else {
      // ReLU is the lower bound.
      rounded(b, biased, layer.shift, layer.activation == Activation::kRelu ? 0 : kCodeMin, name);
    }
    codes = name;
    show(codes, layer.outputs);
  }
  b.graph.outputs.push_back({"accumulators", kReal, Shape{-1, model.layers.back().outputs}});
  decide(b, "accumulators");
  return b.graph;
}

Graph qdq(const Model& model) {
  Builder b(model, 21, 10);
  constexpr auto kFloat = ElementType::kFloat;
  const std::string zero = b.number(ElementType::kInt16, 0, "zero_point");
  // Codes and back: `low` and kCodeMax in the numbers they stand for.
  const auto on_grid = [&](const std::string& x, int fraction, int low, const std::string& name) {
    const double unit = std::ldexp(1.0, -fraction);
    const std::string scale = b.number(kFloat, unit, name + "_unit");
    const std::string bounded = b.add("Clip",
                                      {x, b.number(kFloat, low * unit, name + "_low"),
                                       b.number(kFloat, kCodeMax * unit, name + "_high")},
                                      name + "_bounded");
    return b.add("DequantizeLinear",
                 {b.add("QuantizeLinear", {bounded, scale, zero}, name + "_codes"), scale, zero},
                 name);
  };
  std::string x = on_grid(b.scaled_input(), model.scaling.fraction, kCodeMin, "values0");
  for (std::size_t l = 0; l < model.layers.size(); ++l) {
    const ModelLayer& layer = model.layers[l];
    const std::string number = std::to_string(l + 1);
    std::vector<double> weights;
    for (int i = 0; i < layer.inputs; ++i) {
      for (int o = 0; o < layer.outputs; ++o) {
        weights.push_back(
            layer.integer.weights[std::size_t(o) * std::size_t(layer.inputs) + std::size_t(i)]);
      }
    }
    std::vector<double> bias;
    for (const std::int32_t v : layer.integer.bias)
      bias.push_back(std::ldexp(double(v), -(layer.input_fraction + layer.weight_fraction)));
    b.constant("codes_of_weights" + number, ElementType::kInt16, {layer.inputs, layer.outputs},
               std::move(weights));
    b.constant("bias" + number, kFloat, {layer.outputs}, std::move(bias));
    const std::string unit =
        b.number(kFloat, std::ldexp(1.0, -layer.weight_fraction), "unit_of_weights" + number);
    const std::string w =
        b.add("DequantizeLinear", {"codes_of_weights" + number, unit, zero}, "weights" + number);
    const bool last = l + 1 == model.layers.size();
    const std::string y = b.add("Add", {b.add("MatMul", {x, w}, "sum" + number), "bias" + number},
                                last ? "logits" : "biased" + number);
    if (last) break;
    const std::string name = "values" + number;
    switch (layer.integer.activation) {
      case Activation::kSigmoid:
        x = on_grid(b.add("Sigmoid", {y}, "sigmoid" + number), kSigmoidOutF, 0, name);
        break;
      case Activation::kLinear:
        x = on_grid(y, layer.output_fraction, kCodeMin, name);
        break;
      default:
        x = on_grid(b.add("Relu", {y}, "relu" + number), layer.output_fraction, 0, name);
    }
  }
  b.graph.outputs.push_back({"logits", kFloat, Shape{-1, model.layers.back().outputs}});
  decide(b, "logits");
  return b.graph;
}

}  // namespace

ExportForm parse_form(std::string_view name) {
  if (name == "qdq") return ExportForm::kQdq;
  if (name == "exact") return ExportForm::kExact;
  throw UsageError("unknown form '" + std::string(name) + "'", "--form", "known: exact, qdq");
}

Graph export_graph(const Model& model, const Multiplier& m, ExportForm form, bool every_layer) {
  if (form == ExportForm::kQdq) {
    if (!is_exact(m)) {
      throw UsageError("qdq multiplies exactly", "--form",
                       "take --form exact, which has rough modes, or mode M0");
    }
    return qdq(model);
  }
  if (m.kind == MultiplierKind::kLut && !m.table->factors()) {
    throw UsageError(
        "the table " + m.table->name() + " does not factor, so no integer operators compute it",
        "--multiplier", "take one that does: fig8, booth, drum");
  }
  return exact(model, m, every_layer);
}

}  // namespace axnn::onnx
