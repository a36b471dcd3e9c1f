#include "model/subprocess.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "model/error.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere else

namespace axnn {

namespace {

// Pointers into `strings`, null at the end, as exec wants them.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& s : strings) out.push_back(s.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment(const Command& command) {
  std::vector<std::string> out;
  for (char** e = environ; *e != nullptr; ++e) {
    const std::string_view entry = *e;
    bool replaced = false;
    for (const auto& [name, value] : command.env) {
      replaced = replaced || entry.starts_with(name + "=");
    }
    if (!replaced) out.emplace_back(entry);
  }
  for (const auto& [name, value] : command.env) out.push_back(name + "=" + value);
  return out;
}

}  // namespace

int run_command(const Command& command) {
  std::vector<std::string> args = command.argv;
  std::vector<std::string> env = environment(command);
  const std::vector<char*> argv = pointers(args);
  const std::vector<char*> envp = pointers(env);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!command.log.empty()) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, command.log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  }
  pid_t pid = 0;
  const int failure = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure == ENOENT) throw Error("program not found", args[0], command.install);
  if (failure != 0) throw Error(std::string("cannot start: ") + std::strerror(failure), args[0]);

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(command.timeout_s);
  auto pause = std::chrono::milliseconds(1);
  int status = 0;
  while (true) {
    const pid_t done = ::waitpid(pid, &status, WNOHANG);
    if (done == pid) break;
    if (done < 0 && errno != EINTR) throw Error("lost a child process", args[0]);
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      throw Error("still running after " + std::to_string(command.timeout_s) + " s", args[0],
                  command.log.empty() ? "" : "see " + command.log.string());
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(20));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace axnn
