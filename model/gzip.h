// Files that may be gzip.
#pragma once

#include <filesystem>
#include <string>

namespace axnn {

/// All bytes of a file, unpacked if it is gzip (RFC 1952), which is told in `packed`. Throws Error,
/// with `mend` as its advice: the file cannot be read, is damaged or cut off, has more than `limit`
/// bytes unpacked.
std::string read_unpacked(const std::filesystem::path& path, std::uintmax_t limit,
                          const std::string& mend = "", bool* packed = nullptr);

}  // namespace axnn
