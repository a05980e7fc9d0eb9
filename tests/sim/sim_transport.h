#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "common/k8s/http.h"
#include "common/time/clock.h"
#include "tests/sim/api_server.h"
#include "tests/sim/timeline.h"

namespace sim {

/// Virtual time whose passing runs the Timeline. Sleeping through it lets the actors act at their
/// moments, so minutes of cluster time pass in microseconds, the same way each run. Not
/// thread-safe.
class VirtualClock final : public timing::Clock {
 public:
  VirtualClock(timing::Instant start, Timeline& timeline);
  timing::Instant now() const override;
  timing::Monotonic monotonic() const override;
  /// Stops at each step of the timeline on the way.
  bool sleepUntil(timing::Monotonic until, const std::stop_token& stop) override;
  void advance(timing::Duration by);
  /// Moves the wall clock alone, as an administrator or NTP does; what the timeline holds comes
  /// after as much elapsed time as before.
  void jumpWall(timing::Duration by);

 private:
  timing::Duration toNextStep(timing::Duration limit) const;
  void moveBy(timing::Duration by);

  Timeline& timeline_;
  std::chrono::sys_time<timing::Duration> now_;
  timing::Monotonic monotonic_;
};

/// HttpTransport straight into an ApiServer, in virtual time: waiting for a watch event advances
/// the clock to the timeline's next step, in slices of one second in which the sink's onIdle is
/// called. Other requests take no time. Reentrant.
class SimTransport final : public k8s::HttpTransport {
 public:
  SimTransport(ApiServer& server, VirtualClock& clock, Timeline& timeline);
  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request,
                                               k8s::ResponseSink& sink, timing::Deadline deadline,
                                               const std::stop_token& stop) override;
  /// Called before (server untouched) and after each request with its index; an error replaces the
  /// outcome: the place for faults by request index. For a watch "after" is when it was opened and
  /// then each second that it waits, so that it can be broken in the middle.
  using Interceptor = std::function<tl::expected<void, k8s::TransportError>(
      const k8s::HttpRequest&, int index, bool server_acted)>;
  void intercept(Interceptor interceptor);
  void setUser(std::string user);

 private:
  tl::expected<void, k8s::TransportError> watch(const k8s::HttpRequest& request,
                                                const ApiServer::Request& asked, int index,
                                                k8s::ResponseSink& sink, timing::Deadline deadline,
                                                const std::stop_token& stop);
  void waitForNews(const ApiServer::Watch& watch, timing::Monotonic next_idle,
                   timing::Deadline deadline, const std::stop_token& stop);
  tl::expected<void, k8s::TransportError> interfere(const k8s::HttpRequest& request, int index,
                                                    bool server_acted);
  static tl::expected<void, k8s::TransportError> deliver(const ApiServer::Response& response,
                                                         k8s::ResponseSink& sink);

  ApiServer& server_;
  VirtualClock& clock_;
  Timeline& timeline_;
  Interceptor interceptor_;
  std::string user_ = "admin";
  int index_ = 0;
};

}  // namespace sim
