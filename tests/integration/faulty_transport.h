#pragma once

#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/k8s/http.h"
#include "tests/integration/fault.h"
#include "tests/sim/sim_transport.h"

namespace job {

/// Thrown where a process is killed: it unwinds to who started the pass, while every request that
/// destructors still make meets a broken connection. One that is killed in a destructor goes on to
/// its end without reaching anybody.
class Killed final : public std::exception {};

/// Where in a pass: at its request number `request` (from 0, watches and renewals included); of a
/// watch, so many seconds after it was opened.
struct Moment {
  int request = -1;
  int second = 0;
};

/// A process's way to the API server, on which one thing goes wrong. Keeps what was asked, so that
/// an undisturbed pass says which moments there are.
class FaultyTransport final : public k8s::HttpTransport {
 public:
  FaultyTransport(k8s::HttpTransport& inner, sim::VirtualClock& clock)
      : inner_(inner), clock_(clock) {}

  void plan(Fault fault, Moment moment) {
    fault_ = fault;
    moment_ = moment;
  }
  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request,
                                               k8s::ResponseSink& sink, timing::Deadline deadline,
                                               const std::stop_token& stop) override;

  struct Asked {
    std::string what;  // "GET /api/v1/..."
    bool watch = false;
    int seconds = 0;  // that the watch lasted
  };
  const std::vector<Asked>& asked() const { return asked_; }
  /// What a stop fault requests.
  std::stop_source& stopSource() { return stop_; }
  /// The moment has come.
  bool struck() const { return struck_; }
  /// The process was killed: nothing of it reaches anybody any more.
  bool dead() const { return dead_; }

 private:
  class Sink;
  using Result = tl::expected<void, k8s::TransportError>;

  Result strike(const k8s::HttpRequest& request, k8s::ResponseSink& sink, timing::Deadline deadline,
                const std::stop_token& stop);
  Result answer(int status, k8s::ResponseSink& sink);
  Result swallowed(const k8s::HttpRequest& request, k8s::ResponseSink& sink,
                   timing::Deadline deadline, const std::stop_token& stop, bool watch);
  [[noreturn]] void kill();

  k8s::HttpTransport& inner_;
  sim::VirtualClock& clock_;
  Fault fault_ = Fault::kNone;
  Moment moment_;
  std::stop_source stop_;
  std::vector<Asked> asked_;
  bool struck_ = false;
  bool dead_ = false;
};

}  // namespace job
