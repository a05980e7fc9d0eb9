#include "job/program/stop_signal.h"

#include <unistd.h>
#include <csignal>
#include <cstdlib>

#include "job/failure.h"

namespace job {
namespace {

/// Ends the waiter's wait, and nothing else.
constexpr int kWake = SIGUSR1;

sigset_t awaitedSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, kWake);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  std::signal(SIGPIPE, SIG_IGN);
  // Some parents pass on that it is ignored: how a credential plugin ended would then be lost.
  std::signal(SIGCHLD, SIG_DFL);
  const sigset_t blocked = awaitedSignals();
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  waiter_ = std::jthread([this](const std::stop_token& ending) {
    const sigset_t awaited = awaitedSignals();
    for (;;) {
      int signal = 0;
      if (sigwait(&awaited, &signal) != 0) continue;
      if (ending.stop_requested()) return;
      if (signal == kWake) continue;
      if (!source_.request_stop()) _exit(static_cast<int>(ExitCode::kInterrupted));
    }
  });
}

StopSignal::~StopSignal() {
  waiter_.request_stop();
  pthread_kill(waiter_.native_handle(), kWake);
}

}  // namespace job
