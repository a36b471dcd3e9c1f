// A training between two epochs as a file, written whole or not at all, so that an interrupted
// training loses at most an epoch.
//
//   "AXNNCHECK 1\n", 64 hexadecimal digits (of what is trained: `job`), values and matrices in the
//   machine's byte order, 64 hexadecimal digits: SHA-256 of all bytes before
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "model/file_lock.h"
#include "train/axtrain.h"

namespace axnn {

/// `job` is training_digest() (training_job.h).
std::string encode_checkpoint(const Checkpoint& checkpoint, const std::string& job);

/// Throws Error for a damaged file or one of another job; `where` names it.
Checkpoint decode_checkpoint(std::string_view bytes, const std::string& job,
                             const std::string& where);

/// The checkpoint beside a model while it trains: written after every epoch, read to resume,
/// removed at the end. An interrupt (SIGINT, SIGTERM, unless ignored) ends the training at the next
/// piece of work. Two processes do not train one model: OUT.lock is locked.
class Checkpoints {
 public:
  /// The file that keeps the training of `model`.
  static std::filesystem::path path_of(const std::filesystem::path& model);

  /// `on_work` shows what is being done that no epoch reports. With `resume` the training goes on
  /// from the file. Throws Error if that cannot be read or is of another job, or if another process
  /// trains this model.
  Checkpoints(const std::filesystem::path& model, std::string job, bool resume,
              std::function<void(const std::string&)> on_work);

  /// What train_model needs; it refers to this object.
  Session session();
  void remove();

 private:
  void stop_if_interrupted() const;

  std::filesystem::path path_;
  FileLock lock_;
  std::string job_;
  std::function<void(const std::string&)> on_work_;
  std::optional<Checkpoint> start_;
  bool saved_ = false;
};

}  // namespace axnn
