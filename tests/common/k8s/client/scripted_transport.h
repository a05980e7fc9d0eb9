#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/k8s/http.h"
#include "tests/support/fake_clock.h"

namespace testing_support {

/// What the other side does after a request: a head, then pieces and silences in order, then
/// perhaps an end by force. Without a status there is no head.
class Reply {
 public:
  explicit Reply(int status, std::string body = {}) : status_(status) {
    if (!body.empty()) piece(std::move(body));
  }
  static Reply broken(std::string message = "connection reset") {
    return Reply(0).thenFails(k8s::TransportError::Kind::kBroken, std::move(message));
  }
  static Reply unsent(k8s::TransportError::Kind kind, std::string message) {
    return Reply(0).thenFails(kind, std::move(message), false);
  }

  Reply& header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Reply& piece(std::string text) {
    acts_.push_back({.text = std::move(text)});
    return *this;
  }
  /// Passes in seconds, each with an onIdle.
  Reply& silence(std::chrono::seconds length) {
    acts_.push_back({.length = length});
    return *this;
  }
  Reply& thenFails(k8s::TransportError::Kind kind, std::string message, bool sent = true) {
    error_ = k8s::TransportError{kind, std::move(message), sent};
    return *this;
  }
  Reply& thenBreaks() { return thenFails(k8s::TransportError::Kind::kBroken, "connection reset"); }

 private:
  friend class ScriptedTransport;
  struct Act {
    std::string text{};
    std::chrono::seconds length{};
  };

  int status_;
  k8s::Headers headers_;
  std::vector<Act> acts_;
  std::optional<k8s::TransportError> error_;
};

/// Answers by a script, in order, or by a handler where the answer depends on the request; records
/// requests, with `timeout` apart from the rest of their query.
class ScriptedTransport final : public k8s::HttpTransport {
 public:
  explicit ScriptedTransport(FakeClock& clock) : clock_(clock) {}

  void expect(Reply reply) { script_.push_back(std::move(reply)); }
  void handle(std::function<Reply(const k8s::HttpRequest&)> handler) {
    handler_ = std::move(handler);
  }

  tl::expected<void, k8s::TransportError> send(const k8s::HttpRequest& request,
                                               k8s::ResponseSink& sink, timing::Deadline deadline,
                                               const std::stop_token& stop) override {
    requests.push_back(request);
    timeouts.push_back(takeTimeout(requests.back().target));
    deadlines.push_back(deadline.at());
    const Reply reply = next(request);
    if (reply.status_ != 0) sink.onHead({reply.status_, reply.headers_});
    timing::Monotonic ticked_at = clock_.monotonic();
    for (const Reply::Act& act : reply.acts_) {
      if (!act.text.empty() && !sink.onData(act.text)) return {};
      if (clock_.monotonic() - ticked_at >= std::chrono::seconds(1)) {
        ticked_at = clock_.monotonic();
        if (!sink.onIdle()) return {};
      }
      for (auto second = act.length; second.count() > 0; --second) {
        clock_.advance(std::chrono::seconds(1));
        if (stop.stop_requested()) return failure(k8s::TransportError::Kind::kStopped);
        if (deadline.passed(clock_)) return failure(k8s::TransportError::Kind::kTimeout);
        if (!sink.onIdle()) return {};
        ticked_at = clock_.monotonic();
      }
    }
    if (reply.error_) return tl::unexpected(*reply.error_);
    return {};
  }

  std::string withoutSecrets(std::string text) const override {
    for (auto at = text.find(secret); !secret.empty() && at != std::string::npos;
         at = text.find(secret)) {
      text.replace(at, secret.size(), "***");
    }
    return text;
  }

  /// What the script has left.
  std::size_t left() const { return script_.size(); }

  std::string secret;  // as if it had been sent
  std::vector<k8s::HttpRequest> requests;
  std::vector<std::string> timeouts;  // of each; empty where there was none
  std::vector<timing::Monotonic> deadlines;

 private:
  static tl::unexpected<k8s::TransportError> failure(k8s::TransportError::Kind kind) {
    return tl::unexpected(k8s::TransportError{kind, "gave up", true});
  }

  static std::string takeTimeout(std::string& target) {
    static constexpr std::string_view kKey = "timeout=";
    const auto key = target.rfind(kKey);
    // Last of the query, and not "timeoutSeconds" nor the end of another's name.
    if (key == std::string::npos || (target[key - 1] != '?' && target[key - 1] != '&')) return {};
    std::string timeout = target.substr(key + kKey.size());
    target.erase(key - 1);
    return timeout;
  }

  Reply next(const k8s::HttpRequest& request) {
    if (handler_) return handler_(request);
    if (script_.empty()) {
      ADD_FAILURE() << "unexpected request: " << request.method << " " << request.target;
      return Reply(418);
    }
    Reply reply = std::move(script_.front());
    script_.pop_front();
    return reply;
  }

  FakeClock& clock_;
  std::deque<Reply> script_;
  std::function<Reply(const k8s::HttpRequest&)> handler_;
};

}  // namespace testing_support
