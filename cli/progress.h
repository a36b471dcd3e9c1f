// Progress on a terminal: one line on stderr, rewritten; nothing elsewhere.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace axnn::cli {

/// Shows `text` in place of what was there; an empty one clears the line.
inline void progress(const std::string& text) {
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\033[K{}", text);
}

}  // namespace axnn::cli
