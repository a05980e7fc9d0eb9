#include "tests/matrix/fault_proxy.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <utility>

#include "common/json/write.h"
#include "common/k8s/transport/poco_transport.h"
#include "common/time/deadline.h"
#include "tests/matrix/http_text.h"
#include "tests/sim/status_error.h"

namespace matrix {
namespace {

// Longer than any watch: who gives up sooner is the worker or the server.
constexpr std::chrono::minutes kPatience{10};

Answer statusAnswer(const sim::StatusError& error, k8s::Headers more = {}) {
  more.emplace_back("Content-Type", "application/json");
  return {error.code, std::move(more), json::write(sim::statusObject(error))};
}

Answer refusal(Fault fault) {
  switch (fault) {
    case Fault::kTooMany:
      return statusAnswer({429, "TooManyRequests", "too many requests, please try again later", {}},
                          {{"Retry-After", "1"}});
    case Fault::kServerError:
      return statusAnswer({500, "InternalError", "Internal error occurred: etcd is gone", {}});
    case Fault::kUnavailable:
      return statusAnswer({503, "ServiceUnavailable", "the server is currently unavailable", {}});
    case Fault::kConflict:
      return statusAnswer({409, "Conflict", "the object has been modified", {}});
    default:
      return statusAnswer(sim::unauthorized());
  }
}

/// Keeps an answer: whole, or of a watch its head and, if one comes soon, its first piece.
class KeepingSink final : public k8s::ResponseSink {
 public:
  explicit KeepingSink(bool is_watch) : is_watch_(is_watch) {}

  void onHead(const k8s::HttpResponseHead& head) override {
    answer.status = head.status;
    answer.headers = head.headers;
  }
  bool onData(std::string_view piece) override {
    answer.body += piece;
    return !is_watch_;
  }
  bool onIdle() override { return !is_watch_ || answer.status == 0; }

  Answer answer;

 private:
  bool is_watch_;
};

/// Passes a watch on as it comes.
class StreamingSink final : public k8s::ResponseSink {
 public:
  explicit StreamingSink(testing_support::TlsPeer& peer) : peer_(peer) {}

  void onHead(const k8s::HttpResponseHead& head) override {
    peer_.send(headOf(head.status, head.headers, "Transfer-Encoding: chunked"));
  }
  bool onData(std::string_view piece) override { return peer_.send(chunkOf(piece)); }

 private:
  testing_support::TlsPeer& peer_;
};

}  // namespace

struct FaultProxy::Request : k8s::HttpRequest {
  bool is_watch = false;
};

/// The way to the API server, of one connection's thread.
class FaultProxy::Upstream {
 public:
  explicit Upstream(FaultProxy& proxy) : proxy_(proxy) {
    auto transport =
        k8s::PocoTransport::create(proxy.target_, proxy.clock_, k8s::Surroundings::ofProcess());
    if (!transport) throw std::runtime_error(transport.error());
    transport_ = *std::move(transport);
  }

  /// False when there is no whole answer.
  bool send(const Request& request, k8s::ResponseSink& sink) {
    k8s::HttpRequest forwarded{request.method, request.target, {}, request.body};
    for (const char* name : {"Accept", "Content-Type", "User-Agent"}) {
      const std::string value = headerOf(request, name);
      if (!value.empty()) forwarded.headers.emplace_back(name, value);
    }
    return transport_
        ->send(forwarded, sink, timing::Deadline::in(proxy_.clock_, kPatience),
               proxy_.stop_.get_token())
        .has_value();
  }

  /// What the server answers, once it has acted; empty when it does not.
  std::optional<Answer> carryOut(const Request& request) {
    KeepingSink sink(request.is_watch);
    if (!send(request, sink)) return std::nullopt;
    return std::move(sink.answer);
  }

 private:
  FaultProxy& proxy_;
  std::unique_ptr<k8s::PocoTransport> transport_;
};

FaultProxy::FaultProxy(k8s::Connection target, std::function<void(int)> signal)
    : target_(std::move(target)),
      signal_(std::move(signal)),
      server_({.identity = testing_support::issueForLoopback(authority_)},
              [this](Peer& peer, int) { serve(peer); }) {}

FaultProxy::~FaultProxy() {
  stop_.request_stop();
}

void FaultProxy::begin(std::optional<Strike> strike) {
  const std::lock_guard lock(mutex_);
  planned_ = std::move(strike);
  requests_.clear();
  revoked_ = false;
  struck_ = false;
}

std::vector<std::string> FaultProxy::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool FaultProxy::hasStruck() const {
  const std::lock_guard lock(mutex_);
  return struck_;
}

void FaultProxy::serve(Peer& peer) {
  Upstream upstream(*this);
  while (const auto text = peer.readRequest()) {
    Request request{parseRequest(*text)};
    request.is_watch = isWatch(request);
    if (!answer(peer, upstream, request)) return;
  }
}

std::optional<Fault> FaultProxy::strikes(const Request& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(shortened(request));
  if (revoked_ || headerOf(request, "Authorization") != "Bearer " + token()) return Fault::kRevoke;
  if (!planned_ || struck_ || requests_.back() != planned_->request) return std::nullopt;
  if (std::count(requests_.begin(), requests_.end(), planned_->request) != planned_->occurrence) {
    return std::nullopt;
  }
  struck_ = true;
  revoked_ = planned_->fault == Fault::kRevoke;
  return planned_->fault;
}

bool FaultProxy::answer(Peer& peer, Upstream& upstream, const Request& request) {
  const std::optional<Fault> fault = strikes(request);
  return fault ? strike(*fault, peer, upstream, request) : relay(peer, upstream, request);
}

bool FaultProxy::strike(Fault fault, Peer& peer, Upstream& upstream, const Request& request) {
  switch (fault) {
    case Fault::kTooMany:
    case Fault::kServerError:
    case Fault::kUnavailable:
    case Fault::kConflict:
    case Fault::kRevoke:
      return peer.send(textOf(refusal(fault)));
    case Fault::kDropBefore:
      break;
    case Fault::kDropAfter:
      upstream.carryOut(request);
      break;
    case Fault::kStall:
      peer.waitUntilClientLeaves();
      if (!request.is_watch) upstream.carryOut(request);
      break;
    case Fault::kTruncate:
      if (const auto kept = upstream.carryOut(request)) {
        const std::string text = textOf(*kept);
        peer.send(std::string_view(text).substr(0, text.size() - (kept->body.size() + 1) / 2));
      }
      peer.closeAbruptly();  // a reset could overtake what was sent
      return false;
    case Fault::kKillAfter:
      upstream.carryOut(request);
      [[fallthrough]];
    case Fault::kKillBefore:
      signal_(SIGKILL);
      peer.waitUntilClientLeaves();
      break;
    case Fault::kTerminate:
      signal_(SIGTERM);
      return relay(peer, upstream, request);
  }
  peer.reset();
  return false;
}

bool FaultProxy::relay(Peer& peer, Upstream& upstream, const Request& request) {
  if (request.is_watch) {
    StreamingSink sink(peer);
    if (upstream.send(request, sink) && peer.send(kLastChunk)) return true;
  } else if (const auto whole = upstream.carryOut(request)) {
    return peer.send(textOf(*whole));
  }
  peer.reset();
  return false;
}

}  // namespace matrix
