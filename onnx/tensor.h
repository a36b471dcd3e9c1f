// Tensors of an ONNX file, small enough to hold as doubles.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace axnn::onnx {

/// Element types by their numbers in the format (TensorProto.DataType).
enum class ElementType {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kBfloat16 = 16,
};

/// "float", "int8", ...
std::string_view type_name(ElementType type);
/// Bytes of an element in raw data; 0 for a type that has none here.
std::size_t element_bytes(ElementType type);
bool is_floating(ElementType type);
/// Smallest and largest value of an integer type of up to 32 bits.
double lowest(ElementType type);
double highest(ElementType type);

using Shape = std::vector<std::int64_t>;

/// Most elements of a tensor: far above what the accelerator holds.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 26;

/// Elements of a shape. Throws Error, naming `where`, for a negative dimension or more elements
/// than kMaxElements.
std::int64_t element_count(const Shape& shape, const std::string& where);

/// "2 x 3"; "scalar".
std::string shape_text(const Shape& shape);

/// Values in row-major order, whatever the type: integers beyond 2^53 are not exact.
struct Tensor {
  ElementType type = ElementType::kFloat;
  Shape shape;
  std::vector<double> values;

  std::int64_t rank() const { return static_cast<std::int64_t>(shape.size()); }
};

/// A value as an element of a type keeps it: floats are rounded, integers cut off and wrapped.
double as_element(double value, ElementType type);

}  // namespace axnn::onnx
