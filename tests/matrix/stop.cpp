#include "tests/matrix/stop.h"

#include <atomic>
#include <csignal>
#include <thread>

namespace matrix {
namespace {

std::atomic<bool> stopping = false;
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

void stopOnSignals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopping = true; };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

bool isStopping() {
  return stopping;
}

bool pauseFor(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!stopping && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::min(time, std::chrono::milliseconds(100)));
  }
  return !stopping;
}

}  // namespace matrix
