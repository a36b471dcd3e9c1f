#include "onnx/tensor.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "model/error.h"

namespace axnn::onnx {
namespace {

struct TypeInfo {
  ElementType type;
  std::string_view name;
  std::size_t bytes;
  double low;
  double high;
};

constexpr TypeInfo kTypes[] = {
    {ElementType::kFloat, "float", 4, 0, 0},
    {ElementType::kUint8, "uint8", 1, 0, 255},
    {ElementType::kInt8, "int8", 1, -128, 127},
    {ElementType::kUint16, "uint16", 2, 0, 65535},
    {ElementType::kInt16, "int16", 2, -32768, 32767},
    {ElementType::kInt32, "int32", 4, -2147483648.0, 2147483647},
    {ElementType::kInt64, "int64", 8, 0, 0},
    {ElementType::kString, "string", 0, 0, 0},
    {ElementType::kBool, "bool", 1, 0, 1},
    {ElementType::kFloat16, "float16", 2, 0, 0},
    {ElementType::kDouble, "double", 8, 0, 0},
    {ElementType::kUint32, "uint32", 4, 0, 4294967295.0},
    {ElementType::kUint64, "uint64", 8, 0, 0},
    {ElementType::kBfloat16, "bfloat16", 2, 0, 0},
};

const TypeInfo* find(ElementType type) {
  for (const TypeInfo& info : kTypes) {
    if (info.type == type) return &info;
  }
  return nullptr;
}

// Nearest value with `bits` bits of mantissa (the leading one counted), ties to even.
double round_mantissa(double value, int bits, int least_exponent) {
  int exponent = 0;
  std::frexp(value, &exponent);
  const int unit = std::max(exponent, least_exponent) - bits;
  return std::ldexp(std::nearbyint(std::ldexp(value, -unit)), unit);
}

}  // namespace

std::string_view type_name(ElementType type) {
  const TypeInfo* info = find(type);
  return info ? info->name : "of a type unknown here";
}

std::size_t element_bytes(ElementType type) {
  const TypeInfo* info = find(type);
  return info ? info->bytes : 0;
}

bool is_floating(ElementType type) {
  using enum ElementType;
  return type == kFloat || type == kDouble || type == kFloat16 || type == kBfloat16;
}

double lowest(ElementType type) { return find(type) ? find(type)->low : 0; }
double highest(ElementType type) { return find(type) ? find(type)->high : 0; }

std::int64_t element_count(const Shape& shape, const std::string& where) {
  std::int64_t count = 1;
  for (const std::int64_t d : shape) {
    if (d < 0)
      throw Error(fmt::format("a tensor has the dimension {}", d), where, "the file is damaged");
    if (d > 0 && count > kMaxElements / d) {
      throw Error(
          fmt::format("a tensor has more than {} elements ({})", kMaxElements, shape_text(shape)),
          where, "the accelerator holds far smaller networks");
    }
    count *= d;
  }
  return count;
}

std::string shape_text(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const std::int64_t d : shape) {
    if (text.size() > 60) return text + " x ...";
    text += (text.empty() ? "" : " x ") + (d < 0 ? std::string("N") : std::to_string(d));
  }
  return text;
}

double as_element(double value, ElementType type) {
  using enum ElementType;
  switch (type) {
    case kFloat:
      return static_cast<float>(value);
    case kDouble:
      return value;
    case kFloat16:
      if (!std::isfinite(value) || value == 0) return value;
      value = round_mantissa(value, 11, -13);
      return std::abs(value) > 65504 ? std::copysign(INFINITY, value) : value;
    case kBfloat16:
      return std::isfinite(value) && value != 0 ? round_mantissa(value, 8, -125) : value;
    case kBool:
      return value != 0;
    case kString:
    case kUndefined:
      return value;
    default:
      break;
  }
  if (!std::isfinite(value)) return 0;
  value = std::trunc(value);
  if (type == kInt64 || type == kUint64) return value;
  const double low = lowest(type);
  const double span = highest(type) - low + 1;
  return value - span * std::floor((value - low) / span);
}

}  // namespace axnn::onnx
