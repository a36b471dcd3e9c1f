// One process at a time.
#pragma once

#include <filesystem>

namespace axnn {

/// An advisory lock on a file, which is made if it is not there, while the object lives. It goes
/// with the process, so that none is left behind by one that was killed. With Wait::kNo the file is
/// removed at the end.
class FileLock {
 public:
  enum class Wait { kYes, kNo };

  /// Throws Error if the file cannot be opened or, with Wait::kNo, if another process has the lock;
  /// `mend` says then what to do.
  FileLock(const std::filesystem::path& path, Wait wait, const char* mend = "");
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  std::filesystem::path remove_;
  int file_ = -1;
};

}  // namespace axnn
