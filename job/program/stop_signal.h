#pragma once

#include <stop_token>
#include <thread>

namespace job {

/// Turns the first SIGTERM or SIGINT into a stop request and the second into an immediate exit 143.
/// Made by main before any other thread, so that all threads inherit the blocked signals. Also
/// ignores SIGPIPE: a reader that went away is no reason to die holding the Lease.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread waiter_;
};

}  // namespace job
