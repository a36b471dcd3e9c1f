// A test that cannot run here says why and ends with the code that ctest counts as skipped
// (tests/CMakeLists.txt; every test case is a process of its own there).
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace axnn {

[[noreturn]] inline void skip(const std::string& reason) {
  std::printf("skipped: %s\n", reason.c_str());
  std::fflush(nullptr);
  std::_Exit(4);
}

/// A file of $AXNN_DATA; skips the test if it is not there.
inline std::filesystem::path original(const std::string& name) {
  const char* folder = std::getenv("AXNN_DATA");
  if (folder == nullptr) skip("AXNN_DATA is not set, so there are no original files to compare");
  const std::filesystem::path path = std::filesystem::path(folder) / name;
  if (!std::filesystem::exists(path)) skip("no " + name + " in AXNN_DATA");
  return path;
}

}  // namespace axnn
