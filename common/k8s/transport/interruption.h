#pragma once

#include <optional>
#include <stop_token>

#include "common/k8s/http.h"
#include "common/k8s/transport/wake_event.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"

namespace k8s {

/// The two things that end a request from outside, a deadline and a stop, and the one way to wait
/// for a socket that heeds them. Sockets of the transport never block, so a server that stalls,
/// drips or sends half a record can't hold the thread beyond them. Lives for one request on one
/// thread.
class Interruption {
 public:
  Interruption(const timing::Clock& clock, timing::Deadline deadline, const std::stop_token& stop);
  /// The same within `cap` from now: cause() is kTimeout then, too. `outer` outlives it.
  Interruption(const Interruption& outer, timing::Duration cap);
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// kStopped or kTimeout once the one or the other has come to pass.
  std::optional<TransportError::Kind> cause() const;

  /// Waits until `socket` is ready for `events` (as of poll(2)) or a part of a second has passed:
  /// the caller looks at the clock again and returns. A stop ends the wait at once.
  void wait(int socket, short events) const;

  const timing::Clock& clock() const { return clock_; }

 private:
  struct Wakener {
    const WakeEvent& event;
    void operator()() const noexcept { event.signal(); }
  };

  const timing::Clock& clock_;
  timing::Deadline deadline_;
  std::stop_token stop_;
  WakeEvent stop_event_;  // outlives the callback that signals it
  std::stop_callback<Wakener> on_stop_;
};

}  // namespace k8s
