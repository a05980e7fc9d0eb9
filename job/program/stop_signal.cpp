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
    for (;;) {
      int signal = 0;
      if (sigwait(&awaited, &signal) != 0) continue;
      if (ending.stop_requested()) return;
      if (!source_.request_stop()) _exit(static_cast<int>(ExitCode::kInterrupted));
    }
  });
}

StopSignal::~StopSignal() {
  // The program ends: the waiter is woken by a signal of our own, which ends nothing but its wait.
  waiter_.request_stop();
  pthread_kill(waiter_.native_handle(), SIGTERM);
}

}  // namespace job
