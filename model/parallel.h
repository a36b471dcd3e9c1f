// Work in parallel whose result does not depend on the number of threads.
#pragma once

#include <cstddef>
#include <functional>

namespace axnn {

/// Calls body(i) once for each i in [0, count), in that order of starting, on at most `threads`
/// threads, of which the caller is one; returns when all have ended. If calls throw, no further
/// ones start and the exception of the smallest i is thrown again: the same one for any number of
/// threads. `body` must write only what belongs to i, or lock.
///
///   parallel_for(chips.size(), threads, [&](std::size_t i) { accuracies[i] = judge(chips[i]); });
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

/// The same where a thread keeps something between its calls (a simulator, a buffer):
/// make_body is called once in each thread that gets work and makes what that thread calls.
void parallel_for_with(std::size_t count, int threads,
                       const std::function<std::function<void(std::size_t)>()>& make_body);

}  // namespace axnn
