// Numbers as little-endian bytes: written out by hand, whatever this machine's order is.

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>

#include "model/bytes.h"

using namespace axnn;
using namespace std::string_literals;

TEST_CASE("numbers are stored with the lowest byte first") {
  std::string bytes;
  put(bytes, std::uint64_t{0x0102030405060708});
  put(bytes, std::int16_t{-2});
  put(bytes, 1.0f);  // 0x3F800000
  put(bytes, true);
  CHECK(bytes == "\x08\x07\x06\x05\x04\x03\x02\x01\xFE\xFF\x00\x00\x80\x3F\x01"s);
}

TEST_CASE("what was put is taken, in its order") {
  std::string bytes;
  const std::vector<double> list = {-0.0, 1e-310, std::numeric_limits<double>::infinity()};
  put(bytes, std::span(list));
  put(bytes, std::numeric_limits<std::int32_t>::min());
  ByteReader reader(bytes);
  CHECK(reader.take<double>(3) == list);
  CHECK(reader.left().size() == 4);
  CHECK(reader.take<std::int32_t>() == std::numeric_limits<std::int32_t>::min());
  CHECK(reader.left().empty());
}

TEST_CASE("bytes that are not there are refused before memory is taken for them") {
  ByteReader reader("1234567");
  CHECK_THROWS_AS(reader.take<std::uint64_t>(), std::length_error);
  CHECK_THROWS_AS(reader.take<std::uint16_t>(4), std::length_error);
  CHECK_THROWS_AS(reader.take<std::uint64_t>(std::numeric_limits<std::size_t>::max()),
                  std::length_error);
  std::vector<std::uint32_t> two(2);
  CHECK_THROWS_AS(reader.take(std::span(two)), std::length_error);
  CHECK(reader.left() == "1234567");
  CHECK(reader.take<std::uint16_t>(3).size() == 3);
}
