// A training between two epochs as a file, written whole or not at all, so that an interrupted
// training loses at most an epoch.
//
//   "AXNNCHECK 1\n", 64 hexadecimal digits (of what is trained: `job`), values and matrices in the
//   machine's byte order, 64 hexadecimal digits: SHA-256 of all bytes before
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "train/axtrain.h"

namespace axnn {

/// `job` is sha256() of a text that says all the result depends on.
std::string encode_checkpoint(const Checkpoint& checkpoint, const std::string& job);

/// Throws Error for a damaged file or one of another job; `where` names it.
Checkpoint decode_checkpoint(std::string_view bytes, const std::string& job,
                             const std::string& where);

}  // namespace axnn
