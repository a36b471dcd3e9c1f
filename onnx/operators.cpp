#include "onnx/operators.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "model/error.h"

namespace axnn::onnx {
namespace {

constexpr std::int64_t kMaxMacs = std::int64_t{1} << 36;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// One node at work.
struct Call {
  const Node& node;
  int opset;
  std::span<const Tensor* const> inputs;

  [[noreturn]] void fail(const std::string& what, const std::string& mend = "") const {
    throw Error(what, node.place(), mend);
  }
  bool has(std::size_t i) const { return i < inputs.size() && inputs[i] != nullptr; }
  const Tensor& in(std::size_t i) const {
    if (!has(i)) fail(fmt::format("its input {} is missing", i + 1));
    return *inputs[i];
  }
  double scalar(std::size_t i, double otherwise) const {
    if (!has(i)) return otherwise;
    if (in(i).values.size() != 1) fail(fmt::format("its input {} is no single number", i + 1));
    return in(i).values[0];
  }
};

std::int64_t count(const Shape& shape, const Call& c) {
  return element_count(shape, c.node.place());
}

void round_to_type(Tensor& t) {
  for (double& v : t.values) v = as_element(v, t.type);
}

Shape broadcast(const Shape& a, const Shape& b, const Call& c) {
  Shape out(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) {
      c.fail(fmt::format("{} and {} do not go together", shape_text(a), shape_text(b)));
    }
    out[out.size() - 1 - i] = x == 1 ? y : x;
  }
  count(out, c);
  return out;
}

// Index into a tensor of shape `from` for each element of the wider shape `to`.
std::vector<std::size_t> spread(const Shape& from, const Shape& to) {
  std::size_t total = 1;
  for (const std::int64_t d : to) total *= static_cast<std::size_t>(d);
  std::vector<std::size_t> strides(to.size(), 0);
  std::size_t stride = 1;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto d = static_cast<std::size_t>(from[from.size() - 1 - i]);
    if (d != 1) strides[to.size() - 1 - i] = stride;
    stride *= d;
  }
  std::vector<std::size_t> out(total);
  std::vector<std::int64_t> at(to.size(), 0);
  std::size_t index = 0;
  for (std::size_t n = 0; n < total; ++n) {
    out[n] = index;
    for (std::size_t d = to.size(); d-- > 0;) {
      index += strides[d];
      if (++at[d] < to[d]) break;
      index -= strides[d] * static_cast<std::size_t>(to[d]);
      at[d] = 0;
    }
  }
  return out;
}

Tensor binary(const Call& c, const std::function<double(double, double)>& f) {
  const Tensor& a = c.in(0);
  const Tensor& b = c.in(1);
  Tensor out{a.type, broadcast(a.shape, b.shape, c), {}};
  const auto ia = spread(a.shape, out.shape);
  const auto ib = spread(b.shape, out.shape);
  out.values.resize(ia.size());
  for (std::size_t n = 0; n < ia.size(); ++n) out.values[n] = f(a.values[ia[n]], b.values[ib[n]]);
  round_to_type(out);
  return out;
}

Tensor unary(const Call& c, const std::function<double(double)>& f) {
  Tensor out = c.in(0);
  std::ranges::transform(out.values, out.values.begin(), f);
  round_to_type(out);
  return out;
}

Tensor fold_inputs(const Call& c, const std::function<double(double, double)>& f) {
  Tensor sum = c.in(0);
  for (std::size_t i = 1; i < c.inputs.size(); ++i) {
    const Tensor* pair[] = {&sum, &c.in(i)};
    sum = binary(Call{c.node, c.opset, pair}, f);
  }
  return sum;
}

// ... x M x K times ... x K x N; one dimension: a row, or a column.
Tensor matmul(const Call& c, Tensor a, Tensor b) {
  const bool row = a.rank() == 1;
  const bool column = b.rank() == 1;
  if (a.rank() == 0 || b.rank() == 0) c.fail("a matrix product of a scalar");
  if (row) a.shape.insert(a.shape.begin(), 1);
  if (column) b.shape.push_back(1);
  const std::int64_t m = a.shape.end()[-2];
  const std::int64_t k = a.shape.end()[-1];
  const std::int64_t n = b.shape.end()[-1];
  if (b.shape.end()[-2] != k) {
    c.fail(fmt::format("{} times {} does not go", shape_text(a.shape), shape_text(b.shape)));
  }
  const Shape heads_a(a.shape.begin(), a.shape.end() - 2);
  const Shape heads_b(b.shape.begin(), b.shape.end() - 2);
  const Shape heads = broadcast(heads_a, heads_b, c);
  Tensor out{a.type, heads, {}};
  out.shape.push_back(m);
  out.shape.push_back(n);
  out.values.resize(static_cast<std::size_t>(count(out.shape, c)));
  if (k > 0 && static_cast<std::int64_t>(out.values.size()) > kMaxMacs / k)
    c.fail("too large a product");
  const auto ia = spread(heads_a, heads);
  const auto ib = spread(heads_b, heads);
  for (std::size_t h = 0; h < ia.size(); ++h) {
    const Eigen::Map<const RowMajor> x(a.values.data() + ia[h] * std::size_t(m * k), m, k);
    const Eigen::Map<const RowMajor> y(b.values.data() + ib[h] * std::size_t(k * n), k, n);
    Eigen::Map<RowMajor>(out.values.data() + h * std::size_t(m * n), m, n).noalias() = x * y;
  }
  if (column) out.shape.pop_back();
  if (row) out.shape.erase(out.shape.end() - (column ? 1 : 2));
  round_to_type(out);
  return out;
}

Tensor transposed(const Tensor& a, const std::vector<std::size_t>& order) {
  Tensor out{a.type, {}, std::vector<double>(a.values.size())};
  std::vector<std::size_t> strides(a.shape.size(), 1);
  for (std::size_t d = a.shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * std::size_t(a.shape[d]);
  for (const std::size_t d : order) out.shape.push_back(a.shape[d]);
  std::vector<std::int64_t> at(order.size(), 0);
  std::size_t from = 0;
  for (double& v : out.values) {
    v = a.values[from];
    for (std::size_t d = order.size(); d-- > 0;) {
      from += strides[order[d]];
      if (++at[d] < out.shape[d]) break;
      from -= strides[order[d]] * std::size_t(out.shape[d]);
      at[d] = 0;
    }
  }
  return out;
}

Tensor gemm(const Call& c) {
  Tensor a = c.in(0);
  Tensor b = c.in(1);
  if (a.rank() != 2 || b.rank() != 2) c.fail("its operands are no matrices");
  if (c.node.integer("transA", 0)) a = transposed(a, {1, 0});
  if (c.node.integer("transB", 0)) b = transposed(b, {1, 0});
  Tensor y = matmul(c, a, b);
  const double alpha = c.node.number_of("alpha", 1);
  const double beta = c.node.number_of("beta", 1);
  if (c.has(2)) {
    if (broadcast(y.shape, c.in(2).shape, c) != y.shape) c.fail("its bias has another shape");
    const auto at = spread(c.in(2).shape, y.shape);
    for (std::size_t i = 0; i < at.size(); ++i)
      y.values[i] = alpha * y.values[i] + beta * c.in(2).values[at[i]];
  } else {
    for (double& v : y.values) v *= alpha;
  }
  round_to_type(y);
  return y;
}

std::vector<std::int64_t> axes_of(const Call& c) {
  if (c.has(1)) return integers(c.in(1));
  const Attribute* axes = c.node.find("axes");
  return axes ? axes->ints : std::vector<std::int64_t>{};
}

Tensor with_shape(Tensor t, Shape shape) {
  t.shape = std::move(shape);
  return t;
}

Tensor flatten(const Call& c) {
  const Tensor& x = c.in(0);
  const std::int64_t given = c.node.integer("axis", 1);
  const std::size_t axis =
      given == x.rank() ? x.shape.size() : axis_of(given, x.shape.size(), c.node.place());
  std::int64_t first = 1;
  for (std::size_t d = 0; d < axis; ++d) first *= x.shape[d];
  const auto total = static_cast<std::int64_t>(x.values.size());
  return with_shape(x, {first, first == 0 ? 0 : total / first});
}

// Calls f with every run of elements along an axis: first index and stride between them.
void along(const Shape& shape, std::size_t axis,
           const std::function<void(std::size_t, std::size_t)>& f) {
  std::size_t inner = 1;
  for (std::size_t d = axis + 1; d < shape.size(); ++d) inner *= std::size_t(shape[d]);
  std::size_t outer = 1;
  for (std::size_t d = 0; d < axis; ++d) outer *= std::size_t(shape[d]);
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) f(o * inner * std::size_t(shape[axis]) + i, inner);
  }
}

Tensor softmax(const Call& c, bool logarithm) {
  Tensor out = c.in(0);
  const Shape shape = out.shape;
  std::size_t axis =
      axis_of(c.node.integer("axis", c.opset < 13 ? 1 : -1), shape.size(), c.node.place());
  Shape work = shape;
  if (c.opset < 13) {  // all dimensions from the axis on are one
    std::int64_t tail = 1;
    for (std::size_t d = axis; d < shape.size(); ++d) tail *= shape[d];
    work.resize(axis);
    work.push_back(tail);
  }
  const auto length = static_cast<std::size_t>(work[axis]);
  along(work, axis, [&](std::size_t first, std::size_t stride) {
    double top = -INFINITY;
    for (std::size_t i = 0; i < length; ++i) top = std::max(top, out.values[first + i * stride]);
    double sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += std::exp(out.values[first + i * stride] - top);
    for (std::size_t i = 0; i < length; ++i) {
      double& v = out.values[first + i * stride];
      v = logarithm ? v - top - std::log(sum) : std::exp(v - top) / sum;
    }
  });
  round_to_type(out);
  return out;
}

Tensor argmax(const Call& c) {
  const Tensor& x = c.in(0);
  const std::size_t axis = axis_of(c.node.integer("axis", 0), x.shape.size(), c.node.place());
  const auto length = static_cast<std::size_t>(x.shape[axis]);
  const bool last = c.node.integer("select_last_index", 0) != 0;
  Tensor out{ElementType::kInt64, x.shape, {}};
  along(x.shape, axis, [&](std::size_t first, std::size_t stride) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < length; ++i) {
      const double v = x.values[first + i * stride];
      const double top = x.values[first + best * stride];
      if (v > top || (last && v == top)) best = i;
    }
    out.values.push_back(static_cast<double>(best));
  });
  if (c.node.integer("keepdims", 1)) {
    out.shape[axis] = 1;
  } else {
    out.shape.erase(out.shape.begin() + std::ptrdiff_t(axis));
  }
  return out;
}

// scale and zero point of every element: one for all, or one an entry of an axis.
struct QuantizedBy {
  std::vector<std::size_t> at;
  const Tensor& scale;
  const Tensor* zero;

  double scale_of(std::size_t n) const { return scale.values[at[n]]; }
  double zero_of(std::size_t n) const { return zero ? zero->values[at[n]] : 0; }
};

QuantizedBy quantized_by(const Call& c, const Tensor& x, std::size_t scale, std::size_t zero,
                         std::int64_t axis) {
  QuantizedBy q{{}, c.in(scale), c.has(zero) ? &c.in(zero) : nullptr};
  if (c.node.integer("block_size", 0) != 0)
    c.fail("quantisation by blocks", "quantise by tensor or by channel");
  Shape as = q.scale.shape;
  if (q.scale.values.size() == 1) {
    as = {};
  } else if (as.size() == 1) {
    const std::size_t a = axis_of(axis, x.shape.size(), c.node.place());
    if (as[0] != x.shape[a]) c.fail("its scales do not fit the axis");
    as = Shape(x.shape.size() - a, 1);
    as[0] = x.shape[a];
  } else if (broadcast(as, x.shape, c) != x.shape) {
    c.fail("its scales have another shape");
  }
  if (q.zero && q.zero->values.size() != q.scale.values.size())
    c.fail("scales and zero points differ in number");
  q.at = spread(as, x.shape);
  return q;
}

double to_code(double value, ElementType type) {
  return std::clamp(std::nearbyint(value), lowest(type), highest(type));
}

bool is_code(ElementType t) {
  using enum ElementType;
  return t == kInt8 || t == kUint8 || t == kInt16 || t == kUint16 || t == kInt32;
}

Tensor quantize_linear(const Call& c) {
  Tensor out = c.in(0);
  const QuantizedBy q = quantized_by(c, out, 1, 2, c.node.integer("axis", 1));
  const auto wanted = static_cast<ElementType>(c.node.integer("output_dtype", 0));
  out.type = q.zero                              ? q.zero->type
             : wanted == ElementType::kUndefined ? ElementType::kUint8
                                                 : wanted;
  if (!is_code(out.type))
    c.fail(fmt::format("codes of type {}", type_name(out.type)),
           "known: integers of 8 and 16 bits");
  for (std::size_t n = 0; n < out.values.size(); ++n) {
    const double scaled =
        q.scale.type == ElementType::kFloat
            ? double{static_cast<float>(out.values[n]) / static_cast<float>(q.scale_of(n))}
            : out.values[n] / q.scale_of(n);
    out.values[n] = to_code(std::nearbyint(scaled) + q.zero_of(n), out.type);
  }
  return out;
}

Tensor dequantize_linear(const Call& c) {
  Tensor out = c.in(0);
  if (!is_code(out.type))
    c.fail(fmt::format("codes of type {}", type_name(out.type)),
           "known: integers of 8, 16 and 32 bits");
  const QuantizedBy q = quantized_by(c, out, 1, 2, c.node.integer("axis", 1));
  out.type = q.scale.type;
  for (std::size_t n = 0; n < out.values.size(); ++n)
    out.values[n] = (out.values[n] - q.zero_of(n)) * q.scale_of(n);
  round_to_type(out);
  return out;
}

Tensor real_of(const Call& c, std::size_t first, bool columns) {
  Tensor out = c.in(first);
  if (!is_code(out.type)) c.fail("its operands are no codes");
  const std::int64_t axis = out.rank() - (columns ? 1 : 2);
  const QuantizedBy q = quantized_by(c, out, first + 1, first + 2, axis);
  out.type = ElementType::kDouble;
  for (std::size_t n = 0; n < out.values.size(); ++n)
    out.values[n] = (out.values[n] - q.zero_of(n)) * q.scale_of(n);
  return out;
}

Tensor qlinear_matmul(const Call& c) {
  Tensor y = matmul(c, real_of(c, 0, false), real_of(c, 3, true));
  const QuantizedBy q = quantized_by(c, y, 6, 7, y.rank() - 1);
  y.type = c.in(7).type;
  if (!is_code(y.type)) c.fail("its result is no code");
  for (std::size_t n = 0; n < y.values.size(); ++n) {
    y.values[n] = to_code(std::nearbyint(y.values[n] / q.scale_of(n)) + q.zero_of(n), y.type);
  }
  return y;
}

Tensor batch_normalization(const Call& c) {
  if (c.node.integer("training_mode", 0))
    c.fail("it is in training mode", "export the network in evaluation mode");
  Tensor y = c.in(0);
  if (y.rank() < 2) c.fail("it needs samples and channels");
  const auto channels = static_cast<std::size_t>(y.shape[1]);
  for (std::size_t i = 1; i < 5; ++i) {
    if (c.in(i).values.size() != channels) c.fail("its parameters do not fit the channels");
  }
  const double epsilon = c.node.number_of("epsilon", 1e-5f);
  std::size_t inner = 1;
  for (std::size_t d = 2; d < y.shape.size(); ++d) inner *= std::size_t(y.shape[d]);
  for (std::size_t n = 0; n < y.values.size(); ++n) {
    const std::size_t k = n / inner % channels;
    y.values[n] = (y.values[n] - c.in(3).values[k]) / std::sqrt(c.in(4).values[k] + epsilon) *
                      c.in(1).values[k] +
                  c.in(2).values[k];
  }
  round_to_type(y);
  return y;
}

Tensor clip(const Call& c) {
  double low = -INFINITY;
  double high = INFINITY;
  if (c.opset < 11) {
    low = c.node.number_of("min", low);
    high = c.node.number_of("max", high);
  } else {
    low = c.scalar(1, low);
    high = c.scalar(2, high);
  }
  return unary(c, [=](double v) { return std::min(std::max(v, low), high); });
}

Tensor transpose(const Call& c) {
  const Tensor& x = c.in(0);
  std::vector<std::size_t> order(x.shape.size());
  std::iota(order.rbegin(), order.rend(), 0);
  if (const Attribute* perm = c.node.find("perm"); perm && !perm->ints.empty()) {
    order.clear();
    for (const std::int64_t p : perm->ints)
      order.push_back(axis_of(p, x.shape.size(), c.node.place()));
    std::vector<std::size_t> sorted = order;
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (sorted[i] != i || sorted.size() != x.shape.size()) c.fail("its axes are no permutation");
    }
  }
  return transposed(x, order);
}

Tensor concat(const Call& c) {
  Tensor out = c.in(0);
  const std::size_t axis = axis_of(c.node.integer("axis", 0), out.shape.size(), c.node.place());
  std::int64_t length = 0;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    Shape s = c.in(i).shape;
    if (s.size() != out.shape.size()) c.fail("its inputs differ in rank");
    length += s[axis];
    s[axis] = out.shape[axis];
    if (s != out.shape) c.fail("its inputs do not go together");
  }
  Shape shape = out.shape;
  shape[axis] = length;
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(count(shape, c)));
  std::size_t outer = 1;
  for (std::size_t d = 0; d < axis; ++d) outer *= std::size_t(shape[d]);
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < c.inputs.size(); ++i) {
      const std::size_t part = outer == 0 ? 0 : c.in(i).values.size() / outer;
      const auto from = c.in(i).values.begin() + std::ptrdiff_t(o * part);
      values.insert(values.end(), from, from + std::ptrdiff_t(part));
    }
  }
  return {out.type, shape, values};
}

Tensor gather(const Call& c) {
  const Tensor& x = c.in(0);
  const Tensor& indices = c.in(1);
  const std::size_t axis = axis_of(c.node.integer("axis", 0), x.shape.size(), c.node.place());
  Shape shape(x.shape.begin(), x.shape.begin() + std::ptrdiff_t(axis));
  shape.insert(shape.end(), indices.shape.begin(), indices.shape.end());
  shape.insert(shape.end(), x.shape.begin() + std::ptrdiff_t(axis) + 1, x.shape.end());
  Tensor out{x.type, shape, {}};
  out.values.reserve(static_cast<std::size_t>(count(shape, c)));
  std::size_t outer = 1;
  std::size_t inner = 1;
  for (std::size_t d = 0; d < axis; ++d) outer *= std::size_t(x.shape[d]);
  for (std::size_t d = axis + 1; d < x.shape.size(); ++d) inner *= std::size_t(x.shape[d]);
  const std::int64_t length = x.shape[axis];
  for (std::size_t o = 0; o < outer; ++o) {
    for (const double index : indices.values) {
      const auto i = static_cast<std::int64_t>(index) + (index < 0 ? length : 0);
      if (i < 0 || i >= length) c.fail("an index is out of range");
      const auto from =
          x.values.begin() + std::ptrdiff_t((o * std::size_t(length) + std::size_t(i)) * inner);
      out.values.insert(out.values.end(), from, from + std::ptrdiff_t(inner));
    }
  }
  return out;
}

Tensor slice(const Call& c) {
  Tensor x = c.in(0);
  std::vector<std::int64_t> starts;
  std::vector<std::int64_t> ends;
  std::vector<std::int64_t> axes;
  std::vector<std::int64_t> steps;
  if (c.opset < 10) {
    if (c.node.find("starts")) starts = c.node.find("starts")->ints;
    if (c.node.find("ends")) ends = c.node.find("ends")->ints;
    if (c.node.find("axes")) axes = c.node.find("axes")->ints;
  } else {
    starts = integers(c.in(1));
    ends = integers(c.in(2));
    if (c.has(3)) axes = integers(c.in(3));
    if (c.has(4)) steps = integers(c.in(4));
  }
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  steps.resize(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size())
    c.fail("starts, ends and axes differ in number");
  for (std::size_t s = 0; s < starts.size(); ++s) {
    const std::size_t axis = axis_of(axes[s], x.shape.size(), c.node.place());
    const std::int64_t length = x.shape[axis];
    const std::int64_t step = steps[s];
    if (step == 0) c.fail("a step of 0");
    const auto clamped = [&](std::int64_t v, std::int64_t low, std::int64_t high) {
      return std::clamp<std::int64_t>(v < 0 ? v + length : v, low, high);
    };
    const bool up = step > 0;
    const std::int64_t from =
        up ? clamped(starts[s], 0, length) : clamped(starts[s], 0, length - 1);
    const std::int64_t to = up ? clamped(ends[s], 0, length) : clamped(ends[s], -1, length - 1);
    Tensor indices{ElementType::kInt64, {}, {}};
    if (std::abs(static_cast<double>(step)) > static_cast<double>(kMaxElements))
      c.fail("a step that long");
    for (std::int64_t i = from; up ? i < to : i > to; i += step)
      indices.values.push_back(static_cast<double>(i));
    indices.shape = {static_cast<std::int64_t>(indices.values.size())};
    Node node = c.node;
    node.attributes["axis"].i = static_cast<std::int64_t>(axis);
    const Tensor* pair[] = {&x, &indices};
    x = gather(Call{node, c.opset, pair});
  }
  return x;
}

Tensor constant(const Call& c) {
  const auto floats = [](std::vector<double> v, Shape s) {
    return Tensor{ElementType::kFloat, std::move(s), std::move(v)};
  };
  for (const auto& [name, a] : c.node.attributes) {
    const auto length =
        static_cast<std::int64_t>(name == "value_ints" ? a.ints.size() : a.floats.size());
    if (name == "value" && a.tensor) return *a.tensor;
    if (name == "value_float") return floats({a.f}, {});
    if (name == "value_floats") return floats(a.floats, {length});
    if (name == "value_int") return {ElementType::kInt64, {}, {static_cast<double>(a.i)}};
    if (name == "value_ints")
      return {ElementType::kInt64, {length}, {a.ints.begin(), a.ints.end()}};
  }
  c.fail("a constant without a value that is known here");
}

Tensor constant_of_shape(const Call& c) {
  const Attribute* value = c.node.find("value");
  Tensor out{ElementType::kFloat, integers(c.in(0)), {}};
  double fill = 0;
  if (value && value->tensor && value->tensor->values.size() == 1) {
    out.type = value->tensor->type;
    fill = value->tensor->values[0];
  }
  out.values.assign(static_cast<std::size_t>(count(out.shape, c)), fill);
  return out;
}

Tensor expand(const Call& c) {
  const Tensor& x = c.in(0);
  Tensor out{x.type, broadcast(x.shape, integers(c.in(1)), c), {}};
  for (const std::size_t i : spread(x.shape, out.shape)) out.values.push_back(x.values[i]);
  return out;
}

// (x - offset) * scale, of the ai.onnx.ml operators.
Tensor scaler(const Call& c) {
  Tensor out = c.in(0);
  const auto list = [&](const char* name, double otherwise) {
    const Attribute* a = c.node.find(name);
    return a ? a->floats : std::vector<double>{otherwise};
  };
  const std::vector<double> offset = list("offset", 0);
  const std::vector<double> scale = list("scale", 1);
  const std::size_t width = out.shape.empty() ? 1 : std::size_t(out.shape.back());
  for (const auto* v : {&offset, &scale}) {
    if (v->size() != 1 && v->size() != width) c.fail("its lists do not fit the features");
  }
  out.type = ElementType::kFloat;
  for (std::size_t n = 0; n < out.values.size(); ++n) {
    const std::size_t i = n % width;
    out.values[n] =
        (out.values[n] - offset[offset.size() == 1 ? 0 : i]) * scale[scale.size() == 1 ? 0 : i];
  }
  round_to_type(out);
  return out;
}

Tensor cast(const Call& c) {
  Tensor out = c.in(0);
  const auto type = static_cast<ElementType>(c.node.integer("to", 1));
  if (element_bytes(type) == 0)
    c.fail(fmt::format("a cast to type {}", c.node.integer("to", 1)), "known: floats and integers");
  out.type = type;
  round_to_type(out);
  return out;
}

Tensor where(const Call& c) {
  const Shape shape = broadcast(broadcast(c.in(0).shape, c.in(1).shape, c), c.in(2).shape, c);
  const auto ic = spread(c.in(0).shape, shape);
  const auto ia = spread(c.in(1).shape, shape);
  const auto ib = spread(c.in(2).shape, shape);
  Tensor out{c.in(1).type, shape, {}};
  for (std::size_t n = 0; n < ic.size(); ++n) {
    out.values.push_back(c.in(0).values[ic[n]] != 0 ? c.in(1).values[ia[n]]
                                                    : c.in(2).values[ib[n]]);
  }
  return out;
}

Tensor compare(const Call& c, const std::function<bool(double, double)>& f) {
  const Shape shape = broadcast(c.in(0).shape, c.in(1).shape, c);
  const auto ia = spread(c.in(0).shape, shape);
  const auto ib = spread(c.in(1).shape, shape);
  Tensor out{ElementType::kBool, shape, {}};
  for (std::size_t n = 0; n < ia.size(); ++n)
    out.values.push_back(f(c.in(0).values[ia[n]], c.in(1).values[ib[n]]));
  return out;
}

Tensor shape_of(const Call& c) {
  const Shape& s = c.in(0).shape;
  const auto rank = static_cast<std::int64_t>(s.size());
  const auto at = [&](std::int64_t v) {
    return std::clamp<std::int64_t>(v < 0 ? v + rank : v, 0, rank);
  };
  const std::int64_t from = at(c.node.integer("start", 0));
  const std::int64_t to = std::max(from, at(c.node.integer("end", rank)));
  return {ElementType::kInt64, {to - from}, {s.begin() + from, s.begin() + to}};
}

double divide(const Call& c, double a, double b) {
  if (is_floating(c.in(0).type)) return a / b;
  if (b == 0) c.fail("a division of integers by 0");
  return std::trunc(a / b);
}

using Function = Tensor (*)(const Call&);

const std::map<std::string, Function, std::less<>>& functions() {
  static const std::map<std::string, Function, std::less<>> table = {
      {"Add", [](const Call& c) { return binary(c, std::plus{}); }},
      {"Sub", [](const Call& c) { return binary(c, std::minus{}); }},
      {"Mul", [](const Call& c) { return binary(c, std::multiplies{}); }},
      {"Div",
       [](const Call& c) {
         return binary(c, [&](double a, double b) { return divide(c, a, b); });
       }},
      {"Pow",
       [](const Call& c) { return binary(c, [](double a, double b) { return std::pow(a, b); }); }},
      {"Max",
       [](const Call& c) {
         return fold_inputs(c, [](double a, double b) { return std::max(a, b); });
       }},
      {"Min",
       [](const Call& c) {
         return fold_inputs(c, [](double a, double b) { return std::min(a, b); });
       }},
      {"Sum", [](const Call& c) { return fold_inputs(c, std::plus{}); }},
      {"Greater", [](const Call& c) { return compare(c, std::greater{}); }},
      {"Less", [](const Call& c) { return compare(c, std::less{}); }},
      {"Equal", [](const Call& c) { return compare(c, std::equal_to{}); }},
      {"Neg", [](const Call& c) { return unary(c, std::negate{}); }},
      {"Abs", [](const Call& c) { return unary(c, [](double v) { return std::abs(v); }); }},
      {"Exp", [](const Call& c) { return unary(c, [](double v) { return std::exp(v); }); }},
      {"Sqrt", [](const Call& c) { return unary(c, [](double v) { return std::sqrt(v); }); }},
      {"Reciprocal", [](const Call& c) { return unary(c, [](double v) { return 1 / v; }); }},
      {"Floor", [](const Call& c) { return unary(c, [](double v) { return std::floor(v); }); }},
      {"Round", [](const Call& c) { return unary(c, [](double v) { return std::nearbyint(v); }); }},
      {"Relu", [](const Call& c) { return unary(c, [](double v) { return std::max(v, 0.0); }); }},
      {"Sigmoid",
       [](const Call& c) { return unary(c, [](double v) { return 1 / (1 + std::exp(-v)); }); }},
      {"Tanh", [](const Call& c) { return unary(c, [](double v) { return std::tanh(v); }); }},
      {"Identity", [](const Call& c) { return c.in(0); }},
      {"Dropout", [](const Call& c) { return c.in(0); }},
      {"Clip", clip},
      {"Gemm", gemm},
      {"MatMul", [](const Call& c) { return matmul(c, c.in(0), c.in(1)); }},
      {"Flatten", flatten},
      {"Reshape",
       [](const Call& c) {
         const Attribute* shape = c.node.find("shape");
         return with_shape(
             c.in(0), reshaped(c.in(0).shape, shape && !c.has(1) ? shape->ints : integers(c.in(1)),
                               c.node.integer("allowzero", 0) != 0, c.node.place()));
       }},
      {"Squeeze",
       [](const Call& c) {
         return with_shape(c.in(0), squeezed(c.in(0).shape, axes_of(c), c.node.place()));
       }},
      {"Unsqueeze",
       [](const Call& c) {
         return with_shape(c.in(0), unsqueezed(c.in(0).shape, axes_of(c), c.node.place()));
       }},
      {"Transpose", transpose},
      {"Concat", concat},
      {"Gather", gather},
      {"Slice", slice},
      {"Shape", shape_of},
      {"Expand", expand},
      {"Where", where},
      {"Cast", cast},
      {"Constant", constant},
      {"ConstantOfShape", constant_of_shape},
      {"BatchNormalization", batch_normalization},
      {"Softmax", [](const Call& c) { return softmax(c, false); }},
      {"LogSoftmax", [](const Call& c) { return softmax(c, true); }},
      {"ArgMax", argmax},
      {"QuantizeLinear", quantize_linear},
      {"DequantizeLinear", dequantize_linear},
      {"QLinearMatMul", qlinear_matmul},
      {"ai.onnx.ml.Scaler", scaler},
  };
  return table;
}

std::string key_of(const Node& node) {
  return node.domain.empty() ? node.op : node.domain + "." + node.op;
}

}  // namespace

bool can_evaluate(const Node& node) { return functions().contains(key_of(node)); }

std::vector<Tensor> evaluate(const Node& node, int opset, std::span<const Tensor* const> inputs) {
  const auto found = functions().find(key_of(node));
  if (found == functions().end()) throw Error("an operator that is not known here", node.place());
  std::vector<Tensor> outputs{found->second({node, opset, inputs})};
  if (node.op == "Dropout" && node.outputs.size() > 1) {
    outputs.push_back(
        {ElementType::kBool, outputs[0].shape, std::vector<double>(outputs[0].values.size(), 1)});
  }
  return outputs;
}

std::map<std::string, Tensor> run(const Graph& graph, std::map<std::string, Tensor> values,
                                  const std::vector<std::string>& wanted) {
  // Only what leads to what is wanted.
  std::map<std::string, bool> needed;
  for (const std::string& name : wanted) needed[name] = true;
  std::vector<char> runs(graph.nodes.size());
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    for (const std::string& output : graph.nodes[n].outputs) runs[n] |= needed.contains(output);
    if (!runs[n]) continue;
    for (const std::string& input : graph.nodes[n].inputs) needed[input] = true;
  }
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!runs[n]) continue;
    const Node& node = graph.nodes[n];
    std::vector<const Tensor*> inputs;
    for (const std::string& name : node.inputs) {
      const auto value = values.find(name);
      const auto fixed = graph.constants.find(name);
      inputs.push_back(value != values.end()            ? &value->second
                       : fixed != graph.constants.end() ? &fixed->second
                                                        : nullptr);
    }
    std::vector<Tensor> outputs = evaluate(node, graph.opset, inputs);
    for (std::size_t o = 0; o < std::min(outputs.size(), node.outputs.size()); ++o) {
      values[node.outputs[o]] = std::move(outputs[o]);
    }
  }
  std::map<std::string, Tensor> result;
  for (const std::string& name : wanted) {
    const auto fixed = graph.constants.find(name);
    if (const auto value = values.find(name); value != values.end()) {
      result[name] = value->second;
    } else if (fixed != graph.constants.end()) {
      result[name] = fixed->second;
    }
  }
  return result;
}

std::vector<std::int64_t> integers(const Tensor& tensor) {
  std::vector<std::int64_t> out;
  for (const double v : tensor.values)
    out.push_back(static_cast<std::int64_t>(std::clamp(v, -9e15, 9e15)));
  return out;
}

std::size_t axis_of(std::int64_t axis, std::size_t rank, const std::string& where) {
  const auto r = static_cast<std::int64_t>(rank);
  if (axis < -r || axis >= r)
    throw Error(fmt::format("axis {} of a tensor with {}", axis, rank), where);
  return static_cast<std::size_t>(axis < 0 ? axis + r : axis);
}

Shape reshaped(const Shape& from, const std::vector<std::int64_t>& wish, bool zero_is_zero,
               const std::string& where) {
  const std::int64_t total = element_count(from, where);
  Shape to = wish;
  std::ptrdiff_t open = -1;
  std::int64_t known = 1;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && !zero_is_zero) {
      if (i >= from.size()) throw Error("it keeps a dimension that is not there", where);
      to[i] = from[i];
    }
    if (to[i] == -1 && open < 0) {
      open = static_cast<std::ptrdiff_t>(i);
      continue;
    }
    if (to[i] < 0 || to[i] > kMaxElements)
      throw Error("it asks for a dimension that cannot be", where);
    known = std::min(known * to[i], kMaxElements + 1);
  }
  if (open >= 0) {
    if (known == 0 || total % known != 0) {
      throw Error(fmt::format("{} cannot become {}", shape_text(from), shape_text(wish)), where);
    }
    to[std::size_t(open)] = total / known;
    known = total;
  }
  if (known != total)
    throw Error(fmt::format("{} cannot become {}", shape_text(from), shape_text(wish)), where);
  return to;
}

Shape squeezed(const Shape& from, std::vector<std::int64_t> axes, const std::string& where) {
  std::vector<char> out(from.size());
  for (std::size_t d = 0; d < from.size(); ++d) out[d] = axes.empty() && from[d] == 1;
  for (const std::int64_t a : axes) {
    const std::size_t d = axis_of(a, from.size(), where);
    if (from[d] != 1) throw Error(fmt::format("it takes out a dimension of {}", from[d]), where);
    out[d] = 1;
  }
  Shape to;
  for (std::size_t d = 0; d < from.size(); ++d) {
    if (!out[d]) to.push_back(from[d]);
  }
  return to;
}

Shape unsqueezed(const Shape& from, std::vector<std::int64_t> axes, const std::string& where) {
  std::vector<char> fresh(from.size() + axes.size());
  for (const std::int64_t a : axes) {
    char& mark = fresh[axis_of(a, fresh.size(), where)];
    if (mark) throw Error("it puts in an axis twice", where);
    mark = 1;
  }
  Shape to;
  std::size_t d = 0;
  for (const char f : fresh) to.push_back(f ? 1 : from[d++]);
  return to;
}

}  // namespace axnn::onnx
