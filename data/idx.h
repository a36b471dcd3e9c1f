// The IDX format of the MNIST files: big-endian header, then one byte a pixel or label; gzip or
// not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace axnn {

struct IdxImages {
  int count = 0;
  int rows = 0;
  int columns = 0;
  std::vector<std::uint8_t> pixels;  ///< count x rows x columns
  std::string sha256;                ///< of the uncompressed file
};

struct IdxLabels {
  std::vector<std::uint8_t> labels;  ///< 0 to 9
  std::string sha256;                ///< of the uncompressed file
};

/// Read a file of images or of labels. Throw Error for a file that is missing, has another magic
/// number, is shorter or longer than its header says, or holds more than 100000 items or 1024
/// pixels an image; memory grows with the bytes that are there, not with what the header says.
IdxImages read_idx_images(const std::filesystem::path& path);
IdxLabels read_idx_labels(const std::filesystem::path& path);

}  // namespace axnn
