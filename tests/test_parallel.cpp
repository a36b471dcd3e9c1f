#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/parallel.h"

using namespace axnn;

TEST_CASE("parallel_for calls each number once for any number of threads") {
  for (const int threads : {-1, 0, 1, 2, 7, 300}) {
    for (const std::size_t count : {0u, 1u, 2u, 100u}) {
      std::vector<std::atomic<int>> calls(count);
      parallel_for(count, threads, [&](std::size_t i) { ++calls[i]; });
      CHECK(std::ranges::all_of(calls, [](const auto& n) { return n == 1; }));
    }
  }
}

TEST_CASE("parallel_for throws the exception of the smallest number that fails") {
  for (int repeat = 0; repeat < 50; ++repeat) {
    std::string what;
    try {
      parallel_for(100, 4, [](std::size_t i) {
        if (i >= 13) throw std::runtime_error(std::to_string(i));
      });
    } catch (const std::runtime_error& e) {
      what = e.what();
    }
    CHECK(what == "13");
  }
}

TEST_CASE("parallel_for_with makes at most one body a thread") {
  std::atomic<int> made = 0, sum = 0;
  parallel_for_with(1000, 3, [&] {
    ++made;
    return [&](std::size_t i) { sum += static_cast<int>(i); };
  });
  CHECK(made >= 1);
  CHECK(made <= 3);
  CHECK(sum == 999 * 1000 / 2);
}
