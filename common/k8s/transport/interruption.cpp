#include "common/k8s/transport/interruption.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace k8s {
namespace {

/// Bounds how late the deadline and idle calls may be noticed.
constexpr auto kSlice = std::chrono::milliseconds(100);

}  // namespace

Interruption::Interruption(const timing::Clock& clock, timing::Deadline deadline,
                           const std::stop_token& stop)
    : clock_(clock), deadline_(deadline), stop_(stop), on_stop_(stop, Wakener{stop_event_}) {}

Interruption::Interruption(const Interruption& outer, timing::Duration cap)
    : Interruption(outer.clock_, outer.deadline_.earlier(timing::Deadline::in(outer.clock_, cap)),
                   outer.stop_) {}

std::optional<TransportError::Kind> Interruption::cause() const {
  if (stop_.stop_requested()) return TransportError::Kind::kStopped;
  if (deadline_.passed(clock_)) return TransportError::Kind::kTimeout;
  return {};
}

void Interruption::wait(int socket, short events) const {
  std::array<pollfd, 2> watched{pollfd{socket, events, 0},
                                pollfd{stop_event_.descriptor(), POLLIN, 0}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_.remaining(clock_));
  const auto slice = std::min<std::chrono::milliseconds>(kSlice, left);
  // Whatever it returns, a signal included, the caller looks at the socket and the clock again.
  ::poll(watched.data(), watched.size(), static_cast<int>(slice.count()));
}

}  // namespace k8s
