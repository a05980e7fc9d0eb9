#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "common/json/parse.h"
#include "common/json/view.h"
#include "common/k8s/client.h"
#include "common/k8s/exchange.h"
#include "common/k8s/status_reply.h"
#include "common/k8s/watch_lines.h"
#include "common/time/go_duration.h"

namespace k8s {
namespace {

using std::chrono::seconds;

// A server that is alive ends a watch at its timeout; so much later it is not.
constexpr seconds kSilenceGrace{5};

std::optional<WatchEvent::Type> typeOf(std::string_view name) {
  if (name == "ADDED") return WatchEvent::Type::kAdded;
  if (name == "MODIFIED") return WatchEvent::Type::kModified;
  if (name == "DELETED") return WatchEvent::Type::kDeleted;
  if (name == "BOOKMARK") return WatchEvent::Type::kBookmark;
  return std::nullopt;
}

/// Reads the events of a watch as they come, and remembers why it wanted no more.
class WatchReader final : public BodyReader {
 public:
  WatchReader(const Call& call, const timing::Clock& clock, std::string& resource_version,
              const std::function<bool(const WatchEvent&)>& event)
      : call_(call),
        clock_(clock),
        resource_version_(resource_version),
        event_(event),
        heard_at_(clock.monotonic()) {}

  bool reset() override { return false; }

  void onHead() override {
    answered_ = true;
    heard_at_ = clock_.monotonic();
  }

  bool onData(std::string_view piece) override {
    heard_at_ = clock_.monotonic();
    const auto progress =
        lines_.feed(piece, [this](std::string_view line) { return takeLine(line); });
    if (progress == WatchLines::Progress::kTooLong) fail("a watch event is larger than 16 MiB");
    return progress == WatchLines::Progress::kMore;
  }

  tl::expected<void, std::string> finish() override { return {}; }

  bool answered() const { return answered_; }
  timing::Monotonic heardAt() const { return heard_at_; }
  const std::optional<ApiError>& error() const { return error_; }
  bool stopped() const { return stopped_; }

 private:
  bool takeLine(std::string_view line) {
    auto value = json::parse(line);
    if (!value) return fail("a watch event is not JSON: " + value.error());
    json::Decoder decoder(*value);
    const std::string type = decoder.root()["type"].string();
    json::Value* const object =
        value->object() == nullptr ? nullptr : value->object()->find("object");
    if (decoder.error() || object == nullptr) return fail("a watch event has no type or no object");
    if (type == "ERROR") {
      error_ = call_.about(errorOfStatus(*object));
      return false;
    }
    const auto known = typeOf(type);
    if (!known) return fail("a watch event has the unknown type " + json::excerpt(type));

    json::Decoder meta(*object);
    std::string version = meta.root()["metadata"]["resourceVersion"].string();
    if (meta.error()) return fail("a watch event's object: " + meta.error()->message());
    if (!namesAState(version)) return fail("a watch event has no usable resourceVersion");
    resource_version_ = std::move(version);
    stopped_ = !event_(WatchEvent{*known, std::move(*object)});
    return !stopped_;
  }

  bool fail(std::string problem) {
    error_ = call_.error(ApiError::Kind::kMalformed, std::move(problem));
    return false;
  }

  const Call& call_;
  const timing::Clock& clock_;
  std::string& resource_version_;
  const std::function<bool(const WatchEvent&)>& event_;
  bool answered_ = false;
  timing::Monotonic heard_at_;
  WatchLines lines_;
  std::optional<ApiError> error_;
  bool stopped_ = false;
};

}  // namespace

ApiResult<WatchEnd> Client::watchOnce(const ObjectRef& collection, const ListOptions& options,
                                      std::string& resource_version,
                                      const std::function<bool(const WatchEvent&)>& event,
                                      const CallContext& context) {
  auto call = callOn("watch", "GET", Target::kCollection, collection);
  if (!call) return tl::unexpected(call.error());
  call->name.clear();
  const seconds remaining = std::chrono::floor<seconds>(context.deadline.remaining(clock_));
  const seconds timeout = std::max(seconds(1), std::min(options_.watch_timeout, remaining));
  call->addQuery("watch", "true");
  call->addQuery("allowWatchBookmarks", "true");
  if (!resource_version.empty()) call->addQuery("resourceVersion", resource_version);
  call->addQuery("timeoutSeconds", std::to_string(timeout.count()));
  if (!options.label_selector.empty()) call->addQuery("labelSelector", options.label_selector);
  if (!options.field_selector.empty()) call->addQuery("fieldSelector", options.field_selector);

  WatchReader reader(*call, clock_, resource_version, event);
  bool silent = false;
  CallContext watching = context;
  watching.idle = [&] {
    // Until the answer begins, which a server does not put off until there are events, a watch is a
    // request like any other.
    const timing::Duration patience =
        reader.answered() ? timing::Duration(timeout + kSilenceGrace) : options_.request_timeout;
    silent = clock_.monotonic() - reader.heardAt() > patience;
    return !silent && (!context.idle || context.idle());
  };
  ++counts_.watches;
  const auto limit =
      context.deadline.earlier(timing::Deadline::in(clock_, timeout + options_.request_timeout));
  const auto outcome = attempt(*call, reader, limit, watching);

  if (reader.error()) {
    if (reader.error()->isExpired()) return WatchEnd::kExpired;
    return tl::unexpected(withoutSecrets(*reader.error()));
  }
  if (reader.stopped()) return WatchEnd::kStoppedByCaller;
  if (silent && !reader.answered()) {
    return tl::unexpected(
        call->error(ApiError::Kind::kUnreachable,
                    "no answer within " + timing::formatGoDuration(options_.request_timeout)));
  }
  if (silent) {
    return tl::unexpected(call->error(ApiError::Kind::kUnreachable,
                                      "the connection has been silent for " +
                                          std::to_string((timeout + kSilenceGrace).count()) +
                                          " s"));
  }
  if (outcome) return WatchEnd::kServerClosed;
  if (outcome.error().error.isExpired()) return WatchEnd::kExpired;
  return tl::unexpected(outcome.error().error);
}

}  // namespace k8s
