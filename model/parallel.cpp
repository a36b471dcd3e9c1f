#include "model/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace axnn {

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  parallel_for_with(count, threads, [&] { return body; });
}

void parallel_for_with(std::size_t count, int threads,
                       const std::function<std::function<void(std::size_t)>()>& make_body) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t failed = count;
  const auto work = [&] {
    std::function<void(std::size_t)> body;
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        if (!body) body = make_body();
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed) {
          failed = i;
          failure = std::current_exception();
        }
        next = count;
      }
    }
  };
  {
    const std::size_t wanted = threads > 1 ? static_cast<std::size_t>(threads) : 1;
    std::vector<std::jthread> pool;
    for (std::size_t t = 1; t < std::min(wanted, count); ++t) pool.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace axnn
