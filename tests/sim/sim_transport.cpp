#include "tests/sim/sim_transport.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sim {
namespace {

constexpr std::chrono::seconds kIdleSlice{1};

std::string headerOf(const k8s::Headers& headers, std::string_view name) {
  const k8s::HttpResponseHead head{0, headers};
  return head.header(name);
}

tl::unexpected<k8s::TransportError> failure(k8s::TransportError::Kind kind, const char* message,
                                            bool sent) {
  return tl::unexpected(k8s::TransportError{kind, message, sent});
}

}  // namespace

VirtualClock::VirtualClock(timing::Instant start, Timeline& timeline)
    : timeline_(timeline),
      now_(start),
      // An arbitrary origin, so that a mix-up with the wall clock shows.
      monotonic_(std::chrono::hours(1000)) {}

timing::Instant VirtualClock::now() const {
  return std::chrono::floor<timing::Instant::duration>(now_);
}

timing::Monotonic VirtualClock::monotonic() const {
  return monotonic_;
}

bool VirtualClock::sleepUntil(timing::Monotonic until, const std::stop_token& stop) {
  while (true) {
    timeline_.runDue(now());
    if (stop.stop_requested()) return false;
    if (monotonic_ >= until) return true;
    moveBy(toNextStep(until - monotonic_));
  }
}

void VirtualClock::advance(timing::Duration by) {
  sleepUntil(monotonic_ + std::max(by, timing::Duration::zero()), {});
}

void VirtualClock::jumpWall(timing::Duration by) {
  const auto whole = std::chrono::floor<timing::Instant::duration>(by);
  now_ += whole;
  timeline_.shift(whole);
}

timing::Duration VirtualClock::toNextStep(timing::Duration limit) const {
  const std::optional<timing::Instant> next = timeline_.next();
  return next ? std::min<timing::Duration>(limit, *next - now_) : limit;
}

void VirtualClock::moveBy(timing::Duration by) {
  now_ += by;
  monotonic_ += std::chrono::duration_cast<timing::Monotonic::duration>(by);
}

SimTransport::SimTransport(ApiServer& server, VirtualClock& clock, Timeline& timeline)
    : server_(server), clock_(clock), timeline_(timeline) {}

tl::expected<void, k8s::TransportError> SimTransport::send(const k8s::HttpRequest& request,
                                                           k8s::ResponseSink& sink,
                                                           timing::Deadline deadline,
                                                           const std::stop_token& stop) {
  const int index = index_++;
  timeline_.runDue(clock_.now());
  if (stop.stop_requested()) return failure(k8s::TransportError::Kind::kStopped, "stopped", false);
  if (deadline.passed(clock_)) {
    return failure(k8s::TransportError::Kind::kTimeout, "the deadline passed", false);
  }
  if (auto fault = interfere(request, index, false); !fault) return fault;

  const ApiServer::Request asked{request.method, request.target,
                                 headerOf(request.headers, "Content-Type"), request.body, user_};
  if (ApiServer::isWatch(asked)) return watch(request, asked, index, sink, deadline, stop);

  const ApiServer::Response response = server_.handle(asked);
  if (auto fault = interfere(request, index, true); !fault) return fault;
  return deliver(response, sink);
}

tl::expected<void, k8s::TransportError> SimTransport::watch(const k8s::HttpRequest& request,
                                                            const ApiServer::Request& asked,
                                                            int index, k8s::ResponseSink& sink,
                                                            timing::Deadline deadline,
                                                            const std::stop_token& stop) {
  ApiServer::Response refusal;
  const std::unique_ptr<ApiServer::Watch> watch = server_.openWatch(asked, refusal);
  if (watch == nullptr) {
    if (auto fault = interfere(request, index, true); !fault) return fault;
    return deliver(refusal, sink);
  }
  if (auto fault = interfere(request, index, true); !fault) return fault;
  sink.onHead({200, {{"Content-Type", "application/json"}}});

  timing::Monotonic next_idle = clock_.monotonic() + kIdleSlice;
  while (true) {
    const bool at_end = clock_.now() >= watch->endsAt();
    for (const std::string& line : watch->poll()) {
      if (!sink.onData(line)) return {};
    }
    if (at_end || watch->ended()) return {};
    if (stop.stop_requested()) {
      return failure(k8s::TransportError::Kind::kStopped, "stopped", true);
    }
    if (deadline.passed(clock_)) {
      return failure(k8s::TransportError::Kind::kTimeout, "the deadline passed", true);
    }
    if (clock_.monotonic() >= next_idle) {
      if (!sink.onIdle()) return {};
      next_idle = clock_.monotonic() + kIdleSlice;
      if (auto fault = interfere(request, index, true); !fault) return fault;
      // The sink may have slept or changed something itself.
      continue;
    }
    waitForNews(*watch, next_idle, deadline, stop);
  }
}

/// Lets time pass until something can have changed.
void SimTransport::waitForNews(const ApiServer::Watch& watch, timing::Monotonic next_idle,
                               timing::Deadline deadline, const std::stop_token& stop) {
  timing::Monotonic until = std::min(next_idle, deadline.at());
  until =
      std::min(until, clock_.monotonic() + std::chrono::duration_cast<timing::Monotonic::duration>(
                                               watch.endsAt() - clock_.now()));
  if (const std::optional<timing::Instant> step = timeline_.next()) {
    until =
        std::min(until, clock_.monotonic() + std::max<timing::Duration>(*step - clock_.now(),
                                                                        timing::Duration::zero()));
  }
  clock_.sleepUntil(until, stop);
}

tl::expected<void, k8s::TransportError> SimTransport::interfere(const k8s::HttpRequest& request,
                                                                int index, bool server_acted) {
  if (!interceptor_) return {};
  return interceptor_(request, index, server_acted);
}

tl::expected<void, k8s::TransportError> SimTransport::deliver(const ApiServer::Response& response,
                                                              k8s::ResponseSink& sink) {
  sink.onHead({response.status, response.headers});
  if (!response.body.empty()) sink.onData(response.body);
  return {};
}

void SimTransport::intercept(Interceptor interceptor) {
  interceptor_ = std::move(interceptor);
}

void SimTransport::setUser(std::string user) {
  user_ = std::move(user);
}

}  // namespace sim
