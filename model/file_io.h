// Whole files in, whole files out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace axnn {

/// All bytes of a file. Throws Error if it cannot be read, is a directory, or is larger than
/// `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::uintmax_t limit = 1u << 30);

/// Throws Error if no file of this name can be written: its folder is not there or closed, or it is
/// a folder itself. Called before long work whose result goes there.
void check_target(const std::filesystem::path& path);

/// Writes a file whole or not at all: a temporary file beside it, then a rename; to a device or a
/// pipe it just writes. Throws Error.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace axnn
