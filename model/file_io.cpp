#include "model/file_io.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "model/error.h"

namespace axnn {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path, std::uintmax_t limit) {
  std::error_code error;
  if (fs::is_directory(path, error)) throw Error("is a directory", path.string(), "name a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(std::string("cannot read: ") + std::strerror(errno), path.string());
  std::string bytes;
  char block[1 << 16];
  while (in.read(block, sizeof block), in.gcount() > 0) {
    bytes.append(block, static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > limit) {
      throw Error("larger than " + std::to_string(limit) + " bytes", path.string(),
                  "is it the right file?");
    }
  }
  if (in.bad()) throw Error("read error", path.string());
  return bytes;
}

namespace {

// Throws Error, with `path` as the place.
void write_bytes(const fs::path& to, std::string_view bytes, const fs::path& path) {
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    throw Error(std::string("cannot write: ") + std::strerror(errno), path.string(),
                "is the folder there and writable?");
  }
}

}  // namespace

void check_target(const fs::path& path) {
  std::error_code ignored;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (!fs::is_directory(folder, ignored)) {
    throw Error("no such folder", folder.string(), "make it, or name another");
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw Error("cannot write in this folder", folder.string(), "name another");
  }
  if (fs::is_directory(path, ignored)) throw Error("is a directory", path.string(), "name a file");
}

void write_file(const fs::path& path, std::string_view bytes) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw Error("is a directory", path.string(), "name a file");
  // A device or a pipe is written to, not replaced.
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    write_bytes(path, bytes, path);
    return;
  }
  const fs::path temporary = path.string() + ".tmp" + std::to_string(::getpid());
  try {
    write_bytes(temporary, bytes, path);
  } catch (...) {
    fs::remove(temporary, ignored);
    throw;
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) {
    fs::remove(temporary, ignored);
    throw Error("cannot write: " + error.message(), path.string());
  }
}

}  // namespace axnn
