// Programs built for coverage (coverage.cmake) leave each design's counts as a file in the folder
// $AXNN_COVERAGE; scripts/coverage.py adds them up. Other programs do nothing here.
#pragma once

#include <verilated.h>

#ifdef AXNN_COVERAGE
#include <unistd.h>
#include <verilated_cov.h>

#include <cstdlib>
#include <string>
#endif

namespace axnn {

/// To be called before the designs of `context` are destroyed.
inline void leave_coverage([[maybe_unused]] VerilatedContext& context) {
#ifdef AXNN_COVERAGE
  static int count = 0;
  const char* folder = std::getenv("AXNN_COVERAGE");
  if (folder == nullptr) return;
  const std::string name = std::to_string(::getpid()) + "-" + std::to_string(count++);
  context.coveragep()->write((std::string(folder) + "/" + name + ".dat").c_str());
#endif
}

}  // namespace axnn
