#include "job/program/stop_signal.h"

#include <unistd.h>
#include <csignal>
#include <cstdlib>

#include "job/failure.h"

namespace job {
namespace {

sigset_t stopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t blocked = stopSignals();
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  waiter_ = std::jthread([this](const std::stop_token& ending) {
    const sigset_t awaited = stopSignals();
    // Looks up now and then to see whether the program ends; a signal ends the wait at once.
    const timespec slice{.tv_sec = 0, .tv_nsec = 50'000'000};
    while (!ending.stop_requested()) {
      if (sigtimedwait(&awaited, nullptr, &slice) < 0) continue;
      if (!source_.request_stop()) _exit(static_cast<int>(ExitCode::kInterrupted));
    }
  });
}

StopSignal::~StopSignal() = default;

}  // namespace job
