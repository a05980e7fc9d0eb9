#include "tests/integration/faulty_transport.h"

#include <chrono>
#include <functional>
#include <utility>

namespace job {
namespace {

using k8s::TransportError;

tl::unexpected<TransportError> broken(bool sent) {
  return tl::unexpected(TransportError{TransportError::Kind::kBroken, "connection reset", sent});
}

bool isWatch(const k8s::HttpRequest& request) {
  return request.target.find("watch=true") != std::string::npos;
}

std::string statusBody(int code) {
  const char* reason = code == 409   ? "Conflict"
                       : code == 401 ? "Unauthorized"
                       : code == 429 ? "TooManyRequests"
                                     : "InternalError";
  return R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"planned","reason":")" +
         std::string(reason) + R"(","code":)" + std::to_string(code) + "}";
}

}  // namespace

/// Passes on what the server says until something happens.
class FaultyTransport::Sink final : public k8s::ResponseSink {
 public:
  explicit Sink(k8s::ResponseSink& client) : client_(client) {}

  bool deaf = false;           // nothing of the answer gets through
  bool half = false;           // the next piece is cut in two, and that is all
  std::function<bool()> tick;  // each second of a wait; false breaks the connection

  void onHead(const k8s::HttpResponseHead& head) override {
    if (!deaf) client_.onHead(head);
  }
  bool onData(std::string_view piece) override {
    if (deaf) return true;
    if (!half) return client_.onData(piece);
    cut = true;
    client_.onData(piece.substr(0, piece.size() / 2));
    return false;
  }
  bool onIdle() override {
    if (tick && !tick()) {
      cut = true;
      return false;
    }
    gave_up = !client_.onIdle();
    return !gave_up;
  }

  bool cut = false;
  bool gave_up = false;  // the client

 private:
  k8s::ResponseSink& client_;
};

void FaultyTransport::kill() {
  dead_ = true;
  throw Killed();
}

FaultyTransport::Result FaultyTransport::send(const k8s::HttpRequest& request,
                                              k8s::ResponseSink& sink, timing::Deadline deadline,
                                              const std::stop_token& stop) {
  const auto index = asked_.size();
  if (dead_) return broken(true);
  asked_.push_back({request.method + " " + request.target, isWatch(request), 0});
  const bool lasting = fault_ == Fault::kRevoked || fault_ == Fault::kPartition;
  const bool now = static_cast<int>(index) == moment_.request && fault_ != Fault::kNone;
  if (now || (struck_ && lasting)) {
    if (moment_.second == 0 || struck_ || !isWatch(request))
      return strike(request, sink, deadline, stop);
  }
  Sink between(sink);
  // In the middle of a watch nothing but its connection is there to be disturbed.
  bool lost = false;
  between.tick = [&, this] {
    const int second = ++asked_[index].seconds;
    if (!now || second != moment_.second) return true;
    struck_ = true;
    switch (fault_) {
      case Fault::kKillBefore:
      case Fault::kKillAfter:
        kill();
      case Fault::kStopBefore:
      case Fault::kStopAfter:
        stop_.request_stop();
        return true;
      case Fault::kTruncated:
        between.half = true;
        return true;
      case Fault::kStall:
        between.deaf = true;
        return true;
      default:
        lost = true;
        return false;
    }
  };
  const auto result = inner_.send(request, between, deadline, stop);
  if (lost || between.cut) return broken(true);
  return result;
}

FaultyTransport::Result FaultyTransport::answer(int status, k8s::ResponseSink& sink) {
  k8s::Headers headers{{"Content-Type", "application/json"}};
  if (status == 429) headers.emplace_back("Retry-After", "1");
  sink.onHead({status, headers});
  sink.onData(statusBody(status));
  return {};
}

/// The server gets the request and acts; of its answer nothing arrives.
FaultyTransport::Result FaultyTransport::swallowed(const k8s::HttpRequest& request,
                                                   k8s::ResponseSink& sink,
                                                   timing::Deadline deadline,
                                                   const std::stop_token& stop, bool watch) {
  Sink deaf(sink);
  deaf.deaf = true;
  if (watch) deaf.tick = [] { return false; };
  const auto result = inner_.send(request, deaf, deadline, stop);
  if (!result) return result;
  return broken(true);
}

FaultyTransport::Result FaultyTransport::strike(const k8s::HttpRequest& request,
                                                k8s::ResponseSink& sink, timing::Deadline deadline,
                                                const std::stop_token& stop) {
  struck_ = true;
  const bool watch = isWatch(request);
  switch (fault_) {
    case Fault::kNone:
      break;
    case Fault::kDropBefore:
      return broken(true);
    case Fault::kPartition:
      return broken(false);
    case Fault::kDropAfter:
      return swallowed(request, sink, deadline, stop, watch);
    case Fault::kTooMany:
      return answer(429, sink);
    case Fault::kError:
      return answer(500, sink);
    case Fault::kUnavailable:
      return answer(503, sink);
    case Fault::kConflict:
      return answer(409, sink);
    case Fault::kRevoked:
      return answer(401, sink);
    case Fault::kGateway: {
      const auto acted = swallowed(request, sink, deadline, stop, watch);
      if (!acted && acted.error().kind != TransportError::Kind::kBroken) return acted;
      return answer(504, sink);
    }
    case Fault::kStall: {
      Sink deaf(sink);
      deaf.deaf = true;
      const auto result = inner_.send(request, deaf, deadline, stop);
      if (!result || deaf.gave_up) return result;
      while (!deadline.passed(clock_)) {
        const auto slice = std::min(deadline.at(), clock_.monotonic() + std::chrono::seconds(1));
        if (!clock_.sleepUntil(slice, stop))
          return tl::unexpected(TransportError{TransportError::Kind::kStopped, "stopped", true});
        if (!sink.onIdle()) return {};
      }
      return tl::unexpected(TransportError{TransportError::Kind::kTimeout, "no answer", true});
    }
    case Fault::kTruncated: {
      Sink half(sink);
      half.half = true;
      const auto result = inner_.send(request, half, deadline, stop);
      if (!result || half.gave_up || !half.cut) return result;
      return broken(true);
    }
    case Fault::kKillBefore:
      kill();
    case Fault::kKillAfter: {
      Sink deaf(sink);
      deaf.deaf = true;
      if (watch) deaf.tick = [this]() -> bool { kill(); };
      inner_.send(request, deaf, deadline, stop);
      kill();
    }
    case Fault::kStopBefore:
      stop_.request_stop();
      return inner_.send(request, sink, deadline, stop);
    case Fault::kStopAfter: {
      if (watch) {
        Sink between(sink);
        between.tick = [this] { return stop_.request_stop(), true; };
        return inner_.send(request, between, deadline, stop);
      }
      const auto result = swallowed(request, sink, deadline, stop, watch);
      stop_.request_stop();
      if (!stop.stop_requested()) return result;  // a call that no stop ends is asked again
      return tl::unexpected(TransportError{TransportError::Kind::kStopped, "stopped", true});
    }
  }
  return inner_.send(request, sink, deadline, stop);
}

}  // namespace job
