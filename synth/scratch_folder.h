// A folder for a result that is not finished: it goes, or takes its place as a whole.
#pragma once

#include <filesystem>
#include <system_error>

namespace axnn {

/// Makes the folder, empty, and removes it at the end unless it was published.
class ScratchFolder {
 public:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  /// Puts it in the place of `target`.
  void publish(const std::filesystem::path& target) {
    std::filesystem::remove_all(target);
    std::filesystem::rename(path_, target);
    path_.clear();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace axnn
