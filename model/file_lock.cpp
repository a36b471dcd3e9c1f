#include "model/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "model/error.h"

namespace axnn {

FileLock::FileLock(const std::filesystem::path& path, Wait wait, const char* mend)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (file_ < 0) throw Error("cannot lock", path.string(), "is the folder writable?");
  if (::flock(file_, wait == Wait::kYes ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
    ::close(file_);
    throw Error("another process is at work on it", path.string(), mend);
  }
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace axnn
