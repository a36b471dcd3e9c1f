#include "model/gzip.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "model/error.h"

namespace axnn {

namespace fs = std::filesystem;

std::string read_unpacked(const fs::path& path, std::uintmax_t limit, const std::string& mend,
                          bool* packed) {
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };
  std::error_code error;
  if (fs::is_directory(path, error)) throw Error("is a directory", path.string(), "name a file");
  errno = 0;
  const std::unique_ptr<gzFile_s, Close> file(gzopen(path.c_str(), "rb"));
  if (!file) throw Error(std::string("cannot read: ") + std::strerror(errno), path.string(), mend);
  std::string bytes;
  std::vector<char> block(1 << 16);
  int n = 0;
  while ((n = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()))) > 0) {
    bytes.append(block.data(), static_cast<std::size_t>(n));
    if (bytes.size() > limit) {
      throw Error("has more than " + std::to_string(limit) + " bytes", path.string(), mend);
    }
  }
  int code = Z_OK;
  gzerror(file.get(), &code);
  if (n < 0 || code != Z_OK) throw Error("damaged or truncated gzip data", path.string(), mend);
  if (packed != nullptr) *packed = gzdirect(file.get()) == 0;
  return bytes;
}

}  // namespace axnn
