// Whole files in, whole files out.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace axnn {

/// All bytes of a file. Throws Error if it cannot be read, is a directory, or is larger than
/// `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::uintmax_t limit = 1u << 30);

/// Throws Error if no file of this name can be written: its folder is not there or closed, or it is
/// a folder itself. Called before long work whose result goes there.
void check_target(const std::filesystem::path& path);

/// A file that is written part by part and appears whole or not at all: a temporary file beside it,
/// then a rename; what goes to a device or a pipe is just written.
class OutputFile {
 public:
  /// Throws Error if it cannot be made, or is a directory.
  explicit OutputFile(std::filesystem::path path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Without commit() no file is left.
  ~OutputFile();

  /// Throws Error if the disk is full.
  void write(std::string_view bytes);
  /// The file is complete. Throws Error.
  void commit();

 private:
  void check();

  std::filesystem::path path_;
  std::filesystem::path written_;  // path_ itself after commit(), or if that is a device
  std::ofstream out_;
};

/// Writes a file whole or not at all, as OutputFile does. Throws Error.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// A path as a file may keep it that goes to other machines: as given, an absolute one without its
/// folder; "./NAME" if the name has no dot, so that it still reads as a path.
std::string portable_path(const std::string& path);

}  // namespace axnn
