// An empty folder to run axnn in, as a user does: by the shell. Removed at the end.
// The test's target defines AXNN_PROGRAM.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "model/file_io.h"

namespace axnn {

struct CommandResult {
  int code = -1;
  std::string out;
  std::string err;
};

class CliFolder {
 public:
  CliFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "axnn_cli_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  CliFolder(const CliFolder&) = delete;
  CliFolder& operator=(const CliFolder&) = delete;
  ~CliFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

  /// Runs `axnn ARGUMENTS` there, without MNIST unless `environment` names it.
  CommandResult axnn(const std::string& arguments,
                     const std::string& environment = "AXNN_DATA=") const {
    const std::string command = "cd '" + path_.string() + "' && " + environment + " '" +
                                AXNN_PROGRAM + "' " + arguments + " 2> .stderr";
    CommandResult result;
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("no shell");
    std::array<char, 4096> block{};
    for (std::size_t n = 0; (n = fread(block.data(), 1, block.size(), pipe)) > 0;) {
      result.out.append(block.data(), n);
    }
    const int status = pclose(pipe);
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result.err = read_file(path_ / ".stderr");
    std::filesystem::remove(path_ / ".stderr");
    return result;
  }

  bool is_empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
};

}  // namespace axnn
