#include "model/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "model/error.h"

namespace axnn {

FileLock::FileLock(const std::filesystem::path& path, Wait wait, const char* mend) {
  while (true) {
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) throw Error("cannot lock", path.string(), "is the folder writable?");
    if (::flock(file_, wait == Wait::kYes ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
      ::close(file_);
      throw Error("another process is at work on it", path.string(), mend);
    }
    // Its last holder may have removed the file between opening and locking.
    struct stat held {
    }, named{};
    if (::fstat(file_, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
        held.st_ino == named.st_ino) {
      break;
    }
    ::close(file_);
  }
  if (wait == Wait::kNo) remove_ = path;
}

FileLock::FileLock(FileLock&& other) noexcept
    : remove_(std::move(other.remove_)), file_(std::exchange(other.file_, -1)) {}

FileLock::~FileLock() {
  if (file_ < 0) return;
  if (!remove_.empty()) ::unlink(remove_.c_str());
  ::close(file_);
}

}  // namespace axnn
