#pragma once

#include <functional>

#include "common/k8s/http.h"
#include "tests/sim/api_server.h"
#include "tests/sim/timeline.h"
#include "tests/support/fake_clock.h"

namespace sim {

/// Virtual time: a FakeClock whose passing runs the Timeline. Sleeping through it lets the actors act at their
/// moments, so minutes of cluster time pass in microseconds, the same way each run.
class VirtualClock final : public timing::Clock {
 public:
  VirtualClock(timing::Instant start, Timeline& timeline);
  timing::Instant now() const override;
  timing::Monotonic monotonic() const override;
  /// Stops at each step of the timeline on the way.
  bool sleepUntil(timing::Monotonic until, const std::stop_token& stop) override;
  void advance(timing::Duration by);
  /// Moves the wall clock alone, as an administrator or NTP does.
  void jumpWall(timing::Duration by);

 private:
  Timeline& timeline_;
  timing::Instant now_;
  timing::Monotonic monotonic_;
};

/// HttpTransport straight into an ApiServer, in virtual time: waiting for a watch event advances the clock to
/// the timeline's next step, in slices of one second in which the sink's onIdle is called. Reentrant.
class SimTransport final : public k8s::HttpTransport {
 public:
  SimTransport(ApiServer& server, VirtualClock& clock, Timeline& timeline);
  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request, k8s::ResponseSink& sink,
                                               timing::Deadline deadline,
                                               const std::stop_token& stop) override;
  /// Called before (server untouched) and after each request with its index; a non-empty result replaces the
  /// outcome: the place for faults by request index.
  using Interceptor = std::function<tl::expected<void, k8s::TransportError>(const k8s::HttpRequest&, int index,
                                                                            bool server_acted)>;
  void intercept(Interceptor interceptor);
  void setUser(std::string user);

 private:
  ApiServer& server_;
  VirtualClock& clock_;
  Timeline& timeline_;
  Interceptor interceptor_;
  std::string user_ = "admin";
  int index_ = 0;
};

}  // namespace sim
