#include "data/idx.h"

#include <algorithm>

#include "model/error.h"
#include "model/gzip.h"
#include "model/sha256.h"

namespace axnn {
namespace {

constexpr std::size_t kMaxItems = 100000;
constexpr std::size_t kMaxPixels = 1024;
constexpr std::uint32_t kImageMagic = 0x803;
constexpr std::uint32_t kLabelMagic = 0x801;
constexpr const char* kMend = "fetch it again: axnn data fetch mnist";

std::uint32_t word(const std::string& bytes, std::size_t index) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[4 * index + i]);
  }
  return value;
}

// Checks magic and size; `dimensions` numbers follow the magic, the product is the payload.
void check(const std::string& bytes, std::uint32_t magic, std::size_t dimensions,
           const std::filesystem::path& path) {
  const std::size_t header = 4 * (1 + dimensions);
  if (bytes.size() < 4 || word(bytes, 0) != magic) {
    throw Error("not an MNIST file (wrong magic number)", path.string(), kMend);
  }
  if (bytes.size() < header) throw Error("truncated header", path.string(), kMend);
  const std::uint64_t count = word(bytes, 1);
  const std::uint64_t item = dimensions == 1 ? 1 : std::uint64_t{word(bytes, 2)} * word(bytes, 3);
  if (count == 0 || count > kMaxItems || item == 0 || item > kMaxPixels) {
    throw Error(
        "the header says " + std::to_string(count) + " items of " + std::to_string(item) + " bytes",
        path.string(), kMend);
  }
  if (bytes.size() - header != count * item) {
    throw Error("has " + std::to_string(bytes.size() - header) + " data bytes, its header says " +
                    std::to_string(count * item),
                path.string(), kMend);
  }
}

}  // namespace

IdxImages read_idx_images(const std::filesystem::path& path) {
  const std::string bytes = read_unpacked(path, kMaxItems * kMaxPixels + 16, kMend);
  check(bytes, kImageMagic, 3, path);
  IdxImages images;
  images.count = static_cast<int>(word(bytes, 1));
  images.rows = static_cast<int>(word(bytes, 2));
  images.columns = static_cast<int>(word(bytes, 3));
  images.pixels.assign(bytes.begin() + 16, bytes.end());
  images.sha256 = sha256(bytes);
  return images;
}

IdxLabels read_idx_labels(const std::filesystem::path& path) {
  const std::string bytes = read_unpacked(path, kMaxItems + 8, kMend);
  check(bytes, kLabelMagic, 1, path);
  IdxLabels labels;
  labels.labels.assign(bytes.begin() + 8, bytes.end());
  if (std::any_of(labels.labels.begin(), labels.labels.end(), [](auto l) { return l > 9; })) {
    throw Error("a label above 9", path.string(), kMend);
  }
  labels.sha256 = sha256(bytes);
  return labels;
}

}  // namespace axnn
