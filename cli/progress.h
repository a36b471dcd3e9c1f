// Progress on stderr: on a terminal one line, rewritten; elsewhere a line now and then.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

namespace axnn::cli {

/// Shows `text` in place of what was there; an empty one clears the line. In a log, which nothing
/// is cleared from, `text` is a line of its own, every half minute of long work.
inline void progress(const std::string& text) {
  if (isatty(STDERR_FILENO)) {
    fmt::print(stderr, "\r\033[K{}", text);
    return;
  }
  static auto last = std::chrono::steady_clock::now();
  const auto now = std::chrono::steady_clock::now();
  if (text.empty() || now - last < std::chrono::seconds(30)) return;
  last = now;
  fmt::print(stderr, "axnn: {}\n", text);
}

}  // namespace axnn::cli
