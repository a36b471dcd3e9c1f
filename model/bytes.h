// Numbers as bytes of a file: little-endian, IEEE 754, whatever the machine's own order is.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace axnn {

/// Appends a number: sizeof(T) bytes, the lowest first.
template <typename T>
  requires std::is_arithmetic_v<T>
void put(std::string& bytes, T value) {
  auto raw = std::bit_cast<std::array<char, sizeof(T)>>(value);
  if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(raw);
  bytes.append(raw.data(), raw.size());
}

/// Appends every number of a list; not how many there are.
template <typename T>
void put(std::string& bytes, std::span<const T> values) {
  bytes.reserve(bytes.size() + values.size_bytes());
  for (const T value : values) put(bytes, value);
}

/// Reads what put() wrote, from the front on.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  /// What was not read yet.
  std::string_view left() const { return left_; }

  /// The next `size` bytes. Throws std::length_error if there are fewer.
  std::string_view take_bytes(std::size_t size) {
    if (size > left_.size()) throw std::length_error("the data end too early");
    const std::string_view bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return bytes;
  }

  /// The next number; of a bool any byte but 0 is true. Throws std::length_error.
  template <typename T>
    requires std::is_arithmetic_v<T>
  T take() {
    if constexpr (std::is_same_v<T, bool>) {
      return take<unsigned char>() != 0;
    } else {
      std::array<char, sizeof(T)> raw;
      std::ranges::copy(take_bytes(sizeof(T)), raw.begin());
      if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(raw);
      return std::bit_cast<T>(raw);
    }
  }

  /// The next numbers, as many as `values` holds. Throws std::length_error and changes nothing if
  /// there are fewer.
  template <typename T>
  void take(std::span<T> values) {
    ByteReader numbers(take_bytes(values.size_bytes()));
    for (T& value : values) value = numbers.take<T>();
  }

  /// The next `count` numbers; no memory is taken for those that are not there.
  template <typename T>
  std::vector<T> take(std::size_t count) {
    if (count > left_.size() / sizeof(T)) throw std::length_error("the data end too early");
    std::vector<T> values(count);
    take(std::span(values));
    return values;
  }

 private:
  std::string_view left_;
};

}  // namespace axnn
