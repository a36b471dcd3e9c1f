// Files of the format, by the classes of libonnx-dev.

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>

#include "model/error.h"
#include "model/file_io.h"
#include "model/text.h"
#include "onnx/graph.h"

namespace axnn::onnx {
namespace {

namespace proto = ::onnx;
namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFile = std::uintmax_t{1} << 30;
constexpr int kMaxNodes = 20000;
constexpr const char* kDamaged = "the file is damaged; export it again";

std::string in_quotes(const std::string& name) { return fmt::format("'{}'", printable(name)); }

// Where tensors come from: external data lie in a folder.
struct Source {
  std::string where;
  fs::path folder;
};

template <typename T>
T load(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

double half_value(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  double value = std::ldexp(exponent == 0 ? mantissa : mantissa + 1024, std::max(exponent, 1) - 25);
  if (exponent == 31) value = mantissa == 0 ? INFINITY : NAN;
  return bits >> 15 ? -value : value;
}

double raw_value(const char* p, ElementType type) {
  using enum ElementType;
  switch (type) {
    case kFloat:
      return load<float>(p);
    case kDouble:
      return load<double>(p);
    case kInt8:
      return load<std::int8_t>(p);
    case kUint8:
    case kBool:
      return load<std::uint8_t>(p);
    case kInt16:
      return load<std::int16_t>(p);
    case kUint16:
      return load<std::uint16_t>(p);
    case kInt32:
      return load<std::int32_t>(p);
    case kUint32:
      return load<std::uint32_t>(p);
    case kInt64:
      return static_cast<double>(load<std::int64_t>(p));
    case kUint64:
      return static_cast<double>(load<std::uint64_t>(p));
    case kFloat16:
      return half_value(load<std::uint16_t>(p));
    case kBfloat16:
      return std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(p)} << 16);
    default:
      return 0;
  }
}

std::int64_t number_entry(const std::string& text, const std::string& what,
                          const std::string& where) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value) != std::from_chars_result{end, {}} || value < 0) {
    throw Error(fmt::format("{} has the {} {}", where, what, in_quotes(text)), "", kDamaged);
  }
  return value;
}

std::string external_bytes(const proto::TensorProto& t, const Source& from, std::size_t wanted) {
  const std::string where = fmt::format("tensor {} of {}", in_quotes(t.name()), from.where);
  std::string location;
  std::int64_t offset = 0;
  std::int64_t length = -1;
  for (const auto& entry : t.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = number_entry(entry.value(), "offset", where);
    if (entry.key() == "length") length = number_entry(entry.value(), "length", where);
  }
  const fs::path relative = location;
  const bool leaves = relative.empty() || relative.is_absolute() ||
                      std::ranges::find(relative, fs::path("..")) != relative.end() ||
                      location.find('\0') != location.npos;
  std::error_code ignored;
  const fs::path folder = fs::weakly_canonical(from.folder.empty() ? "." : from.folder, ignored);
  const fs::path file = fs::weakly_canonical(folder / relative, ignored);
  const bool inside =
      !leaves &&
      std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
  if (!inside) {
    throw Error(
        fmt::format("external data in {}, which is not in the file's folder", in_quotes(location)),
        where, "such files are not opened; export again with the data beside the network");
  }
  if (!fs::is_regular_file(file, ignored)) {
    throw Error(fmt::format("external data are missing: no file {}", in_quotes(location)), where,
                "copy it beside the network");
  }
  if (length >= 0 && static_cast<std::size_t>(length) != wanted) {
    throw Error(fmt::format("external data have {} bytes, not {}", length, wanted), where,
                kDamaged);
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes(wanted, '\0');
  const auto size = static_cast<std::int64_t>(fs::file_size(file, ignored));
  if (offset > size || static_cast<std::int64_t>(wanted) > size - offset || !in.seekg(offset) ||
      !in.read(bytes.data(), static_cast<std::streamsize>(wanted))) {
    throw Error(fmt::format("{} ends before its data do", in_quotes(location)), where,
                "copy it again");
  }
  return bytes;
}

template <typename Field>
std::vector<double> of_field(const Field& field) {
  return {field.begin(), field.end()};
}

Tensor tensor_of(const proto::TensorProto& t, const Source& from) {
  const std::string where = fmt::format("tensor {} of {}", in_quotes(t.name()), from.where);
  Tensor tensor;
  tensor.type = static_cast<ElementType>(t.data_type());
  tensor.shape.assign(t.dims().begin(), t.dims().end());
  const auto count = static_cast<std::size_t>(element_count(tensor.shape, where));
  if (tensor.type == ElementType::kString) {
    tensor.values.assign(count, 0);  // names of classes, which nothing computes with
    return tensor;
  }
  const std::size_t bytes = element_bytes(tensor.type);
  if (bytes == 0) {
    throw Error(fmt::format("a tensor's elements are of type {}", t.data_type()), where,
                "known: float, double, float16, bfloat16, bool and integers of 8 to 64 bits");
  }
  if (t.has_segment()) throw Error("a tensor in segments", where, "export it in one piece");
  const bool external = t.data_location() == proto::TensorProto::EXTERNAL;
  if (external || t.has_raw_data()) {
    const std::string data = external ? external_bytes(t, from, count * bytes) : "";
    const std::string& raw = external ? data : t.raw_data();
    if (raw.size() != count * bytes) {
      throw Error(
          fmt::format("a tensor of {} {} needs {} bytes and has {}", shape_text(tensor.shape),
                      type_name(tensor.type), count * bytes, raw.size()),
          where, kDamaged);
    }
    tensor.values.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      tensor.values[i] = raw_value(raw.data() + i * bytes, tensor.type);
    }
    return tensor;
  }
  using enum ElementType;
  switch (tensor.type) {
    case kFloat:
      tensor.values = of_field(t.float_data());
      break;
    case kDouble:
      tensor.values = of_field(t.double_data());
      break;
    case kInt64:
      tensor.values = of_field(t.int64_data());
      break;
    case kUint32:
    case kUint64:
      tensor.values = of_field(t.uint64_data());
      break;
    case kFloat16:
      for (const std::int32_t bits : t.int32_data())
        tensor.values.push_back(half_value(static_cast<std::uint16_t>(bits)));
      break;
    case kBfloat16:
      for (const std::int32_t bits : t.int32_data()) {
        tensor.values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
      }
      break;
    default:
      tensor.values = of_field(t.int32_data());
  }
  if (tensor.values.size() != count) {
    throw Error(
        fmt::format("a tensor of {} has {} values", shape_text(tensor.shape), tensor.values.size()),
        where, kDamaged);
  }
  return tensor;
}

Attribute attribute_of(const proto::AttributeProto& a, const Source& from) {
  Attribute out;
  out.f = a.f();
  out.i = a.i();
  out.s = a.s();
  out.floats.assign(a.floats().begin(), a.floats().end());
  out.ints.assign(a.ints().begin(), a.ints().end());
  out.strings.assign(a.strings().begin(), a.strings().end());
  if (a.has_t()) out.tensor = tensor_of(a.t(), from);
  out.graph = a.has_g() || a.graphs_size() > 0;
  return out;
}

Node node_of(const proto::NodeProto& n, int number, const Source& from) {
  Node node;
  node.op = n.op_type();
  node.domain = n.domain() == "ai.onnx" ? "" : n.domain();
  node.name = n.name();
  node.number = number;
  node.file = from.where;
  node.inputs.assign(n.input().begin(), n.input().end());
  node.outputs.assign(n.output().begin(), n.output().end());
  for (const auto& a : n.attribute()) node.attributes.emplace(a.name(), attribute_of(a, from));
  return node;
}

Value value_of(const proto::ValueInfoProto& v, const Source& from) {
  Value value;
  value.name = v.name();
  if (!v.has_type() || !v.type().has_tensor_type()) return value;
  const auto& type = v.type().tensor_type();
  value.type = static_cast<ElementType>(type.elem_type());
  if (!type.has_shape()) return value;
  Shape shape;
  for (const auto& d : type.shape().dim()) {
    const bool known = d.has_dim_value() && d.dim_value() > 0;
    if (d.has_dim_value() && d.dim_value() > kMaxElements) {
      throw Error(fmt::format("{} has a dimension of {}", in_quotes(v.name()), d.dim_value()),
                  from.where, "the accelerator takes far smaller inputs");
    }
    shape.push_back(known ? d.dim_value() : -1);
  }
  value.shape = shape;
  return value;
}

// Nodes so that each comes after those that make its inputs.
std::vector<Node> in_order(std::vector<Node> nodes, const std::set<std::string>& known) {
  std::map<std::string, std::size_t> maker;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    for (const std::string& output : nodes[n].outputs) {
      if (output.empty()) continue;
      if (known.contains(output) || !maker.emplace(output, n).second) {
        throw Error(fmt::format("two things are named {}", in_quotes(output)), nodes[n].place(),
                    kDamaged);
      }
    }
  }
  std::map<std::string, std::vector<std::size_t>> waiting;
  std::vector<std::size_t> missing(nodes.size());
  std::vector<std::size_t> ready;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    std::set<std::string> needs(nodes[n].inputs.begin(), nodes[n].inputs.end());
    for (const std::string& input : needs) {
      if (input.empty() || known.contains(input)) continue;
      if (!maker.contains(input)) {
        throw Error(fmt::format("nothing makes its input {}", in_quotes(input)), nodes[n].place(),
                    kDamaged);
      }
      waiting[input].push_back(n);
      ++missing[n];
    }
    if (missing[n] == 0) ready.push_back(n);
  }
  std::vector<Node> sorted;
  std::ranges::make_heap(ready, std::greater{});
  while (!ready.empty()) {
    std::ranges::pop_heap(ready, std::greater{});
    const std::size_t n = ready.back();
    ready.pop_back();
    for (const std::string& output : nodes[n].outputs) {
      for (const std::size_t m : waiting[output]) {
        if (--missing[m] > 0) continue;
        ready.push_back(m);
        std::ranges::push_heap(ready, std::greater{});
      }
    }
    sorted.push_back(std::move(nodes[n]));
  }
  if (sorted.size() < nodes.size()) {
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      if (missing[n] > 0)
        throw Error("nodes feed each other in a circle", nodes[n].place(), kDamaged);
    }
  }
  return sorted;
}

// Its parser would print of its own accord.
void quiet() {
  static const bool once = [] {
    google::protobuf::SetLogHandler(nullptr);
    return true;
  }();
  static_cast<void>(once);
}

template <typename Message>
bool parse_bytes(Message& message, std::string_view bytes) {
  quiet();
  if (bytes.size() > static_cast<std::size_t>(INT_MAX)) return false;
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

void check_versions(const proto::ModelProto& model, Graph& graph) {
  graph.ir = model.ir_version();
  if (graph.ir < 1 || graph.ir > kNewestIr) {
    throw Error(
        fmt::format("ONNX format version (IR) {}; this program knows 1 to {}", graph.ir, kNewestIr),
        graph.where,
        graph.ir > kNewestIr ? "export with an older opset, e.g. opset_version=17" : kDamaged);
  }
  for (const auto& opset : model.opset_import()) {
    if (!opset.domain().empty() && opset.domain() != "ai.onnx") continue;
    if (opset.version() < kOldestOpset || opset.version() > kNewestOpset) {
      throw Error(fmt::format("opset {}; this program knows {} to {}", opset.version(),
                              kOldestOpset, kNewestOpset),
                  graph.where, "export with opset_version=17");
    }
    graph.opset = static_cast<int>(opset.version());
  }
  if (graph.opset == 0) throw Error("the file does not say its opset", graph.where, kDamaged);
}

}  // namespace

Tensor parse_tensor(std::string_view bytes, const std::string& where) {
  proto::TensorProto t;
  if (!parse_bytes(t, bytes)) throw Error("not a tensor", where);
  return tensor_of(t, {where, ""});
}

Graph read_graph(const fs::path& path) {
  return parse_graph(read_file(path, kMaxFile), path.string(), path.parent_path());
}

Graph parse_graph(std::string_view bytes, const std::string& where, const fs::path& folder) {
  if (const Foreign f = recognise(bytes, where); !f.what.empty()) {
    throw Error("this is " + f.what + ", no ONNX network", where, f.mend);
  }
  proto::ModelProto model;
  if (!parse_bytes(model, bytes)) {
    throw Error(
        "not an ONNX network, or a truncated one: its encoding breaks off or makes no sense", where,
        "copy or export it again");
  }
  if (!model.has_graph()) {
    throw Error("no network is in this file", where, "an ONNX file has a graph; export it again");
  }
  Graph graph;
  graph.where = where;
  check_versions(model, graph);
  graph.producer =
      printable(model.producer_name() +
                (model.producer_version().empty() ? "" : " " + model.producer_version()));
  const proto::GraphProto& g = model.graph();
  const Source from{where, folder};
  if (g.node_size() == 0) throw Error("the network has no nodes", where, "export it again");
  if (g.node_size() > kMaxNodes) {
    throw Error(fmt::format("{} nodes; at most {} are read", g.node_size(), kMaxNodes), where,
                "the accelerator runs 64 layers");
  }
  if (g.sparse_initializer_size() > 0) {
    throw Error("sparse weights", where, "export them dense");
  }
  std::int64_t total = 0;
  for (const auto& t : g.initializer()) {
    Tensor tensor = tensor_of(t, from);
    total += static_cast<std::int64_t>(tensor.values.size());
    if (total > 2 * kMaxElements)
      throw Error("more weights than can be read", where,
                  "the accelerator holds far smaller networks");
    if (!graph.constants.emplace(t.name(), std::move(tensor)).second) {
      throw Error(fmt::format("two constants are named {}", in_quotes(t.name())), where, kDamaged);
    }
  }
  std::set<std::string> known;
  for (const auto& [name, tensor] : graph.constants) known.insert(name);
  for (const auto& v : g.input()) {
    if (graph.constants.contains(v.name())) continue;
    graph.inputs.push_back(value_of(v, from));
    known.insert(v.name());
  }
  for (const auto& v : g.output()) graph.outputs.push_back(value_of(v, from));
  std::vector<Node> nodes;
  std::set<std::string> functions;
  for (const auto& f : model.functions()) functions.insert(f.name());
  for (const auto& n : g.node()) {
    nodes.push_back(node_of(n, static_cast<int>(nodes.size()) + 1, from));
    if (functions.contains(n.op_type())) {
      throw Error(nodes.back().label() + " is a function of the file's own", where,
                  "inline it: onnx.inliner.inline_local_functions, or torch.onnx.export(..., "
                  "dynamo=False)");
    }
  }
  graph.nodes = in_order(std::move(nodes), known);
  std::set<std::string> made = known;
  for (const Node& n : graph.nodes) made.insert(n.outputs.begin(), n.outputs.end());
  for (const Value& v : graph.outputs) {
    if (!made.contains(v.name)) {
      throw Error(fmt::format("nothing makes the output {}", in_quotes(v.name)), where, kDamaged);
    }
  }
  if (graph.outputs.empty()) throw Error("the network has no output", where, kDamaged);
  return graph;
}

bool has_onnx() { return true; }

namespace {

template <typename T>
void put_all(const Tensor& t, std::string& raw) {
  for (const double v : t.values) {
    const auto value = static_cast<T>(v);
    raw.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
}

void fill(const Tensor& t, proto::TensorProto& out) {
  out.set_data_type(static_cast<int>(t.type));
  for (const std::int64_t d : t.shape) out.add_dims(d);
  std::string raw;
  using enum ElementType;
  switch (t.type) {
    case kFloat:
      put_all<float>(t, raw);
      break;
    case kDouble:
      put_all<double>(t, raw);
      break;
    case kInt8:
      put_all<std::int8_t>(t, raw);
      break;
    case kUint8:
      put_all<std::uint8_t>(t, raw);
      break;
    case kInt16:
      put_all<std::int16_t>(t, raw);
      break;
    case kInt32:
      put_all<std::int32_t>(t, raw);
      break;
    case kInt64:
      put_all<std::int64_t>(t, raw);
      break;
    default:
      throw Error(fmt::format("tensors of type {} are not written", type_name(t.type)), "");
  }
  out.set_raw_data(raw);
}

void fill(const Value& v, proto::ValueInfoProto& out) {
  out.set_name(v.name);
  auto& type = *out.mutable_type()->mutable_tensor_type();
  type.set_elem_type(static_cast<int>(v.type));
  auto& shape = *type.mutable_shape();
  for (const std::int64_t d : v.shape.value_or(Shape{})) {
    if (d < 0) {
      shape.add_dim()->set_dim_param("N");
    } else {
      shape.add_dim()->set_dim_value(d);
    }
  }
}

// An attribute's kind is what of it is set.
void fill(const std::string& name, const Attribute& a, proto::AttributeProto& out) {
  out.set_name(name);
  if (!a.ints.empty()) {
    out.set_type(proto::AttributeProto::INTS);
    for (const std::int64_t i : a.ints) out.add_ints(i);
  } else {
    out.set_type(proto::AttributeProto::INT);
    out.set_i(a.i);
  }
}

}  // namespace

std::string encode_graph(const Graph& graph) {
  proto::ModelProto model;
  model.set_ir_version(graph.ir);
  model.set_producer_name(graph.producer);
  auto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(graph.opset);
  proto::GraphProto& g = *model.mutable_graph();
  g.set_name("axnn");
  for (const auto& [name, tensor] : graph.constants) {
    proto::TensorProto& t = *g.add_initializer();
    t.set_name(name);
    fill(tensor, t);
  }
  for (const Value& v : graph.inputs) fill(v, *g.add_input());
  for (const Value& v : graph.outputs) fill(v, *g.add_output());
  for (const Node& n : graph.nodes) {
    proto::NodeProto& node = *g.add_node();
    node.set_op_type(n.op);
    node.set_name(n.name);
    for (const std::string& input : n.inputs) node.add_input(input);
    for (const std::string& output : n.outputs) node.add_output(output);
    for (const auto& [name, attribute] : n.attributes) fill(name, attribute, *node.add_attribute());
  }
  return model.SerializeAsString();
}

}  // namespace axnn::onnx
