#include "common/time/clock.h"

#include <condition_variable>
#include <mutex>

namespace timing {

Instant SystemClock::now() const {
  return std::chrono::floor<Instant::duration>(std::chrono::system_clock::now());
}

Monotonic SystemClock::monotonic() const {
  return std::chrono::steady_clock::now();
}

bool SystemClock::sleepUntil(Monotonic until, const std::stop_token& stop) {
  // Nobody notifies these: the stop request wakes the wait by itself.
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, until, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace timing
