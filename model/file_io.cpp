#include "model/file_io.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

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

OutputFile::OutputFile(fs::path path) : path_(std::move(path)), written_(path_) {
  std::error_code ignored;
  if (fs::is_directory(path_, ignored)) {
    throw Error("is a directory", path_.string(), "name a file");
  }
  // A device or a pipe is written to, not replaced.
  if (!fs::exists(path_, ignored) || fs::is_regular_file(path_, ignored)) {
    written_ += ".tmp" + std::to_string(::getpid());
  }
  out_.open(written_, std::ios::binary | std::ios::trunc);
  check();
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (written_ != path_) fs::remove(written_, ignored);
}

void OutputFile::write(std::string_view bytes) {
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  check();
}

void OutputFile::commit() {
  out_.close();
  check();
  if (written_ == path_) return;
  std::error_code error;
  fs::rename(written_, path_, error);
  if (error) throw Error("cannot write: " + error.message(), path_.string());
  written_ = path_;
}

void OutputFile::check() {
  if (out_) return;
  const std::string reason = std::strerror(errno);
  throw Error("cannot write: " + reason, path_.string(), "is the folder there and writable?");
}

void write_file(const fs::path& path, std::string_view bytes) {
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

std::string portable_path(const std::string& path) {
  fs::path given(path);
  if (!given.is_absolute()) return path;
  if (!given.has_filename()) given = given.parent_path();
  const std::string name = given.filename().string();
  return name.find('.') == std::string::npos ? "./" + name : name;
}

}  // namespace axnn
