// Liberty files as people have them: packed or not, one or several for a library.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "synth/liberty_text.h"

namespace axnn {

/// A parsed file.
struct LibertyFile {
  std::string where;   ///< its path
  std::string text;    ///< unpacked
  LibertyGroup group;  ///< of the text
  bool packed = false;
};

/// Reads files of at most 256 MiB each, unpacked; gzip is found out by the bytes. Throws Error.
std::vector<LibertyFile> read_liberty_files(const std::vector<std::filesystem::path>& paths);

/// All files in one text, for tools that take one: the first file, then the other files' templates
/// and cells. Throws Error if two files have different templates of one name or different units.
std::string merged_liberty(const std::vector<LibertyFile>& files);

}  // namespace axnn
