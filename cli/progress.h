// Progress on stderr: on a terminal one line, rewritten; elsewhere a line now and then.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "synth/synth.h"

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

/// How far a synthesis is. In a log, a line for each module that is not kept from before.
inline void synth_progress(const SynthStep& step) {
  const std::string done = fmt::format("{} of {} modules done", step.done, step.all);
  if (isatty(STDERR_FILENO)) {
    progress(step.done == step.all ? "" : "synthesis: " + done + ", " + step.module);
  } else if (step.begins) {
    fmt::print(stderr, "axnn: synthesis of {} begins, {}\n", step.module, done);
  }
}

}  // namespace axnn::cli
