#include "common/k8s/exchange.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "common/k8s/client.h"
#include "common/k8s/http_date.h"
#include "common/k8s/status_reply.h"
#include "common/k8s/warning_header.h"
#include "common/time/go_duration.h"

namespace k8s {

using std::chrono::seconds;

namespace {

constexpr std::size_t kErrorBodyLimit = std::size_t{1} << 20;
constexpr std::size_t kBodyLimit = std::size_t{16} << 20;

bool isSuccess(int status) {
  return status >= 200 && status < 300;
}

/// Only the body tells an absent object from an absent API, and an object that exists from one that
/// has changed: half of it may say the wrong one.
bool saysTooLittle(int status) {
  return status == 404 || status == 409;
}

class ReplySink final : public ResponseSink {
 public:
  ReplySink(BodyReader& reader, const std::function<bool()>& idle) : reader_(reader), idle_(idle) {}

  void onHead(const HttpResponseHead& head) override {
    head_ = head;
    reader_.onHead();
  }

  bool onData(std::string_view piece) override {
    received_ += static_cast<std::int64_t>(piece.size());
    if (!isSuccess(head_.status)) {
      error_body_.append(piece.substr(0, kErrorBodyLimit - error_body_.size()));
      return error_body_.size() < kErrorBodyLimit;
    }
    return reader_.onData(piece);
  }

  bool onIdle() override {
    if (idle_ && !idle_()) given_up_ = true;
    return !given_up_;
  }

  const HttpResponseHead& head() const { return head_; }
  const std::string& errorBody() const { return error_body_; }
  std::int64_t received() const { return received_; }
  bool givenUp() const { return given_up_; }

 private:
  BodyReader& reader_;
  const std::function<bool()>& idle_;
  HttpResponseHead head_;
  std::string error_body_;
  std::int64_t received_ = 0;
  bool given_up_ = false;
};

class JsonReader final : public BodyReader {
 public:
  bool reset() override {
    text_.clear();
    return true;
  }
  bool onData(std::string_view piece) override {
    text_ += piece;
    return text_.size() <= kBodyLimit;
  }
  tl::expected<void, std::string> finish() override {
    if (text_.size() > kBodyLimit) return tl::unexpected(std::string("larger than 16 MiB"));
    auto parsed = json::parse(text_);
    if (!parsed) return tl::unexpected("not JSON: " + parsed.error());
    value_ = *std::move(parsed);
    return {};
  }
  json::Value take() { return std::move(value_); }

 private:
  std::string text_;
  json::Value value_;
};

ApiError::Kind kindOf(TransportError::Kind kind, bool by_context_deadline) {
  switch (kind) {
    case TransportError::Kind::kProxy:
      return ApiError::Kind::kProxy;
    case TransportError::Kind::kTrust:
      return ApiError::Kind::kUntrusted;
    case TransportError::Kind::kCredentials:
      return ApiError::Kind::kCredentials;
    case TransportError::Kind::kStopped:
      return ApiError::Kind::kStopped;
    case TransportError::Kind::kTimeout:
      return by_context_deadline ? ApiError::Kind::kTimeout : ApiError::Kind::kUnreachable;
    case TransportError::Kind::kUnsendable:
      return ApiError::Kind::kStatus;  // refused, if by ourselves
    case TransportError::Kind::kConnect:
    case TransportError::Kind::kBroken:
      break;
  }
  return ApiError::Kind::kUnreachable;
}

ApiError withHistory(ApiError error, int attempt, const std::optional<ApiError>& previous) {
  if (!previous) return error;
  std::string history = "attempt " + std::to_string(attempt);
  if (previous->outcome() != error.outcome()) history += "; before it " + previous->outcome();
  error.message += error.message.empty() ? history : " (" + history + ")";
  return error;
}

/// What is left for the request, for the server to give up with us: whole seconds, as 0 would mean
/// the server's own limit.
std::string serverTimeout(timing::Duration left) {
  return std::to_string(std::max(std::chrono::ceil<seconds>(left), seconds(1)).count()) + "s";
}

std::string objectOf(const Call& call) {
  if (call.name_space.empty() || call.name.empty()) return call.name_space + call.name;
  return call.name_space + "/" + call.name;
}

}  // namespace

void Call::addQuery(std::string_view key, std::string_view value) {
  request.target += request.target.find('?') == std::string::npos ? '?' : '&';
  request.target += percentEncode(key) + "=" + percentEncode(value);
}

void Call::setBody(const json::Value& body, std::string content_type) {
  request.body = json::write(body);
  request.headers.emplace_back("Content-Type", std::move(content_type));
}

ApiError Call::error(ApiError::Kind kind, std::string message) const {
  ApiError error;
  error.kind = kind;
  error.message = std::move(message);
  return about(std::move(error));
}

ApiError Call::about(ApiError error) const {
  error.verb = verb;
  error.resource = resource;
  error.name_space = name_space;
  error.name = name;
  return error;
}

bool Client::Failure::mayHaveActed() const {
  const bool turned_away = error.code == 429 || (error.code == 503 && error.retry_after);
  return sent && !(error.kind == ApiError::Kind::kStatus && turned_away);
}

tl::expected<void, Client::Failure> Client::attempt(const Call& call, BodyReader& reader,
                                                    timing::Deadline deadline,
                                                    const CallContext& context) {
  const auto unsent = [&](ApiError::Kind kind) {
    return tl::unexpected(Failure{call.error(kind, "before the request was sent"), false});
  };
  if (context.stop.stop_requested()) return unsent(ApiError::Kind::kStopped);
  if (context.deadline.passed(clock_)) return unsent(ApiError::Kind::kTimeout);

  ++counts_.requests;
  ReplySink sink(reader, context.idle);
  const timing::Monotonic started = clock_.monotonic();
  const auto transfer = transport_.send(call.request, sink, deadline, context.stop);
  const int status = sink.head().status;
  counts_.bytes_received += sink.received();
  noteWarnings(call, sink.head());
  noteDate(sink.head(), started);
  log_.debug("API request",
             {{"verb", call.verb},
              {"resource", call.resource},
              {"object", objectOf(call)},
              {"status", status},
              {"bytes", sink.received()},
              {"took", timing::formatGoDuration(std::chrono::floor<std::chrono::milliseconds>(
                           clock_.monotonic() - started))}});

  if (sink.givenUp()) {
    return tl::unexpected(Failure{call.error(ApiError::Kind::kStopped, "given up while waiting")});
  }
  // The verdict is in the status, even when the words about it are cut off.
  if (status != 0 && !isSuccess(status) && (transfer || !saysTooLittle(status))) {
    // The body first, as what is cut off of it may end within a secret.
    const std::string body = transport_.withoutSecrets(sink.errorBody());
    return tl::unexpected(Failure{call.about(withoutSecrets(errorOfReply(sink.head(), body)))});
  }
  if (!transfer) {
    const bool by_context = deadline.at() == context.deadline.at();
    return tl::unexpected(
        Failure{call.error(kindOf(transfer.error().kind, by_context), transfer.error().message),
                transfer.error().sent});
  }
  if (status == 0) {
    return tl::unexpected(Failure{
        call.error(ApiError::Kind::kUnreachable, "the connection ended without an answer")});
  }
  if (const auto whole = reader.finish(); !whole) {
    return tl::unexpected(Failure{call.error(ApiError::Kind::kMalformed, whole.error())});
  }
  return {};
}

ApiResult<void> Client::exchange(const Call& call, BodyReader& reader, const CallContext& context,
                                 bool* repeated) {
  std::optional<ApiError> previous;
  for (int number = 1;; ++number) {
    if (auto turn = waitForTurn(call, context); !turn) {
      return tl::unexpected(withHistory(std::move(turn.error()), number, previous));
    }
    const auto deadline =
        context.deadline.earlier(timing::Deadline::in(clock_, options_.request_timeout));
    Call bounded = call;
    bounded.addQuery("timeout", serverTimeout(deadline.remaining(clock_)));
    const auto outcome = attempt(bounded, reader, deadline, context);
    if (outcome) return {};
    const Failure& failure = outcome.error();
    ApiError error = withHistory(failure.error, number, previous);
    const auto delay = delayBeforeRetry(retryPolicy(context), failure.error, failure.sent,
                                        call.idempotency, number, random_());
    if (!delay || !reader.reset()) return tl::unexpected(std::move(error));
    if (auto waited = waitToRetry(call, error, number, *delay, context); !waited) return waited;
    if (repeated != nullptr && failure.mayHaveActed()) *repeated = true;
    previous = failure.error;
  }
}

ApiResult<json::Value> Client::exchange(const Call& call, const CallContext& context,
                                        bool* repeated) {
  JsonReader reader;
  if (auto done = exchange(call, reader, context, repeated); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  return reader.take();
}

RetryPolicy Client::retryPolicy(const CallContext& context) const {
  RetryPolicy policy = options_.retry;
  policy.max_attempts = std::min(policy.max_attempts, context.max_attempts);
  return policy;
}

ApiResult<void> Client::waitForTurn(const Call& call, const CallContext& context) {
  if (!call.rate_limited) return {};
  const timing::Monotonic now = clock_.monotonic();
  const timing::Monotonic turn = rate_limit_.reserve(now);
  if (turn <= now) return {};
  const std::string limit =
      "requests are limited to " + std::to_string(options_.requests_per_second) + " a second";
  if (turn >= context.deadline.at()) {
    return tl::unexpected(call.error(ApiError::Kind::kTimeout, "no time is left: " + limit));
  }
  constexpr std::chrono::seconds kNoticed{2};  // what is shorter is no news to anybody
  const bool tells = turn - now > kNoticed && !std::exchange(told_of_limit_, true);
  log_.log(tells ? logging::Level::kInfo : logging::Level::kDebug, limit,
           {{"wait",
             timing::formatGoDuration(std::chrono::ceil<std::chrono::milliseconds>(turn - now))}});
  if (pauseUntil(clock_, turn, context)) return {};
  return tl::unexpected(call.error(ApiError::Kind::kStopped, "before the request was sent"));
}

ApiResult<void> Client::waitToRetry(const Call& call, const ApiError& error, int attempt,
                                    std::chrono::milliseconds delay, const CallContext& context) {
  const auto ended = [&](ApiError::Kind kind, const std::string& why) {
    ApiError end = error;
    end.kind = kind;
    end.message = why + error.outcome();
    return tl::unexpected(std::move(end));
  };
  const timing::Monotonic until = clock_.monotonic() + delay;
  if (until >= context.deadline.at()) {
    return ended(ApiError::Kind::kTimeout, "no time is left to try again after ");
  }
  log_.warn("API request failed, will be tried again", {{"verb", call.verb},
                                                        {"resource", call.resource},
                                                        {"object", objectOf(call)},
                                                        {"attempt", attempt},
                                                        {"wait", timing::formatGoDuration(delay)},
                                                        {"error", error.outcome()}});
  if (!pauseUntil(clock_, until, context)) {
    return ended(ApiError::Kind::kStopped, "while waiting to try again after ");
  }
  ++counts_.retries;
  return {};
}

void Client::noteDate(const HttpResponseHead& head, timing::Monotonic sent) {
  constexpr std::chrono::seconds kAtOnce{5};  // what took longer, as a watch does, tells too little
  if (clock_.monotonic() - sent > kAtOnce) return;
  if (const auto date = parseHttpDate(head.header("Date"))) server_ahead_ = *date - clock_.now();
}

ApiError Client::withoutSecrets(ApiError error) const {
  const auto redact = [this](std::string& text) {
    text = transport_.withoutSecrets(std::move(text));
  };
  redact(error.reason);
  redact(error.message);
  redact(error.details_name);
  for (ApiError::Cause& cause : error.causes) {
    redact(cause.field);
    redact(cause.reason);
    redact(cause.message);
  }
  return error;
}

void Client::noteWarnings(const Call& call, const HttpResponseHead& head) {
  if (head.status == 429) {
    // Names the API priority level that is exhausted.
    if (const std::string schema = head.header("X-Kubernetes-PF-FlowSchema-UID"); !schema.empty()) {
      log_.warn("API server throttles",
                {{"verb", call.verb}, {"flowSchemaUID", transport_.withoutSecrets(schema)}});
    }
  }
  for (const auto& [name, value] : head.headers) {
    if (!isSameHeader(name, "Warning")) continue;
    for (std::string& text : warningTexts(value)) {
      text = transport_.withoutSecrets(std::move(text));
      if (std::find(server_warnings_.begin(), server_warnings_.end(), text) !=
          server_warnings_.end()) {
        continue;
      }
      log_.warn("API server warns",
                {{"verb", call.verb}, {"resource", call.resource}, {"warning", text}});
      server_warnings_.push_back(std::move(text));
    }
  }
}

}  // namespace k8s
