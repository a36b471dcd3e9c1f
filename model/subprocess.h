// Runs a program without a shell: an argument vector, extra environment, output to a log file or to
// where this process's goes.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace axnn {

/// One program run.
struct Command {
  std::vector<std::string> argv;                         ///< argv[0] is looked up in PATH
  std::vector<std::pair<std::string, std::string>> env;  ///< added to this process's environment
  std::filesystem::path log;  ///< receives stdout and stderr; empty: as this process's
  int timeout_s = 900;        ///< killed after this many seconds
  std::string install = "install it (make setup)";  ///< how to mend it if it is not there
};

/// Runs it and waits. Returns the exit code (128 + signal if one ended it). Throws Error if the
/// program cannot be started (not installed) or the time runs out. May be called from threads.
int run_command(const Command& command);

}  // namespace axnn
