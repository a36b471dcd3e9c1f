#include "model/lut.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "model/bytes.h"
#include "model/error.h"
#include "model/file_io.h"
#include "model/sha256.h"

namespace axnn {
namespace {

constexpr std::string_view kMagic = "AXNNLUT 1\n";
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kDigestBytes = 64;
constexpr std::int32_t kProductMin = -(1 << (kProdW - 1));
constexpr std::int32_t kProductMax = (1 << (kProdW - 1)) - 1;

bool valid_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), allowed);
}

// A table factors if every row is a multiple of one row. f is a column divided by what its values
// have in common, so g is whole; a common part of g moves to f until both fit 16 bits.
std::optional<Factors> find_factors(const std::vector<std::int32_t>& t) {
  const auto at = [&t](int a, int b) { return t[std::size_t(a * kTableSide + b)]; };
  Factors out{std::vector<Code>(kTableSide), std::vector<Code>(kTableSide)};
  const auto pivot = std::find_if(t.begin(), t.end(), [](std::int32_t v) { return v != 0; });
  if (pivot == t.end()) return out;
  const int a0 = static_cast<int>(pivot - t.begin()) / kTableSide;
  const int b0 = static_cast<int>(pivot - t.begin()) % kTableSide;
  std::int32_t column = 0;
  for (int a = 0; a < kTableSide; ++a) column = std::gcd(column, at(a, b0));
  const std::int32_t f0 = at(a0, b0) / column;
  std::int32_t common = 0;  // of g's values
  std::int32_t largest = 0;
  for (int b = 0; b < kTableSide; ++b) {
    common = std::gcd(common, at(a0, b) / f0);
    largest = std::max(largest, std::abs(at(a0, b) / f0));
  }
  constexpr std::int32_t kLargest = std::numeric_limits<Code>::max();
  std::int32_t moved = 1;
  while (moved < common && (common % moved != 0 || largest / moved > kLargest)) ++moved;
  for (int i = 0; i < kTableSide; ++i) {
    const std::int64_t f = std::int64_t{at(i, b0) / column} * moved;
    const std::int64_t g = at(a0, i) / f0 / moved;
    if (std::abs(f) > kLargest || std::abs(g) > kLargest) return {};
    out.f[std::size_t(i)] = static_cast<Code>(f);
    out.g[std::size_t(i)] = static_cast<Code>(g);
  }
  for (int a = 0; a < kTableSide; ++a) {
    for (int b = 0; b < kTableSide; ++b) {
      if (at(a, b) != out.f[std::size_t(a)] * out.g[std::size_t(b)]) return {};
    }
  }
  return out;
}

}  // namespace

ProductTable::ProductTable(std::string name, std::vector<std::int32_t> products)
    : name_(std::move(name)), products_(std::move(products)) {
  if (!valid_name(name_)) {
    throw Error("a multiplier's name is 1 to 64 letters, digits, _ . -", "product table");
  }
  if (products_.size() != kTableSize) {
    throw Error(std::to_string(products_.size()) + " products", name_,
                "a table has " + std::to_string(kTableSize));
  }
  for (const std::int32_t p : products_) {
    if (p < kProductMin || p > kProductMax) {
      throw Error("a product of " + std::to_string(p), name_,
                  "products have " + std::to_string(kProdW) + " bits");
    }
  }
  factors_ = find_factors(products_);
}

void table_gemm(const ProductTable& table, const Code* w, const Code* x, int outputs, int inputs,
                int batch, std::int32_t* c) {
  const auto rows = static_cast<std::size_t>(outputs);
  const auto columns = static_cast<std::size_t>(inputs);
  // I x O, as places in a row: one row of the table then serves all outputs.
  std::vector<std::uint16_t> places(rows * columns);
  for (std::size_t o = 0; o < rows; ++o) {
    for (std::size_t i = 0; i < columns; ++i) {
      places[i * rows + o] = static_cast<std::uint16_t>(w[o * columns + i] - kCodeMin);
    }
  }
  for (std::size_t b = 0; b < std::size_t(batch); ++b) {
    std::int32_t* sums = c + b * rows;
    std::fill(sums, sums + rows, 0);
    for (std::size_t i = 0; i < columns; ++i) {
      const std::int32_t* products = table.row(x[b * columns + i]);
      const std::uint16_t* place = places.data() + i * rows;
      for (std::size_t o = 0; o < rows; ++o) sums[o] += products[place[o]];
    }
  }
}

std::string encode_table(const ProductTable& table) {
  std::string bytes(kMagic);
  bytes += table.name() + '\n';
  bytes.reserve(bytes.size() + 4 * std::size_t{kTableSize} + kDigestBytes);
  for (const std::int32_t p : table.products()) put(bytes, p);
  return bytes + sha256(bytes);
}

ProductTable decode_table(std::string_view bytes, const std::string& where) {
  constexpr const char* mend = "make it again with axnn import";
  if (!bytes.starts_with(kMagic)) {
    throw Error("not an axnn product table of format 1", where, "axnn import makes one");
  }
  const std::size_t name_end =
      bytes.substr(0, kMagic.size() + kMaxName + 1).find('\n', kMagic.size());
  constexpr std::size_t kBlob = 4 * std::size_t{kTableSize};
  if (name_end == bytes.npos || bytes.size() != name_end + 1 + kBlob + kDigestBytes) {
    throw Error("the product table is truncated or has the wrong size", where, mend);
  }
  const std::string_view signed_part = bytes.substr(0, bytes.size() - kDigestBytes);
  if (sha256(signed_part) != bytes.substr(signed_part.size())) {
    throw Error("the product table is altered (its checksum differs)", where, mend);
  }
  auto products = ByteReader(signed_part.substr(name_end + 1)).take<std::int32_t>(kTableSize);
  try {
    return {std::string(bytes.substr(kMagic.size(), name_end - kMagic.size())),
            std::move(products)};
  } catch (const Error& e) {
    throw Error(std::string("the product table is damaged: ") + e.what(), where, mend);
  }
}

ProductTable load_table(const std::filesystem::path& path) {
  constexpr std::uintmax_t kLimit = 8 << 20;
  return decode_table(read_file(path, kLimit), path.string());
}

void save_table(const ProductTable& table, const std::filesystem::path& path) {
  write_file(path, encode_table(table));
}

}  // namespace axnn
