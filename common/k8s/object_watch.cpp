#include "common/k8s/object_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace k8s {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFirstDelay{800};
constexpr milliseconds kMaxDelay{30000};
constexpr seconds kMaxHint{60};
// A watch that ends sooner and says nothing was not served: some servers close a stale one like
// that.
constexpr seconds kShortestWatch{1};
constexpr std::chrono::minutes kQuiet{2};

bool mayHeal(const ApiError& error) {
  switch (error.kind) {
    case ApiError::Kind::kUnreachable:
    case ApiError::Kind::kMalformed:
      return true;
    case ApiError::Kind::kStatus:
      return error.code == 429 || error.code >= 500;
    case ApiError::Kind::kProxy:
    case ApiError::Kind::kUntrusted:
    case ApiError::Kind::kCredentials:
    case ApiError::Kind::kTimeout:
    case ApiError::Kind::kStopped:
      break;
  }
  return false;
}

/// Lists (unless the state is known), then watches, with waits between the failures. A step that
/// ends it all sets `end_`; `listed_` says whether the watch can go on from resource_version_.
class Following {
 public:
  Following(Client& client, const ObjectRef& collection, const ListOptions& options,
            Observer& observer, const CallContext& context, const std::string& known)
      : client_(client),
        collection_(collection),
        options_(options),
        observer_(observer),
        context_(context),
        resource_version_(known),
        listed_(!known.empty()) {
    context_.idle = [this, outer = context.idle] {
      if (observer_.onTick()) return finish(FollowEnd::kDone);
      return !outer || outer() || finish(FollowEnd::kStopped);
    };
  }
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  ApiResult<FollowEnd> run() {
    while (!end_) {
      if (context_.stop.stop_requested()) return FollowEnd::kStopped;
      if (context_.deadline.passed(client_.clock())) return FollowEnd::kDeadline;
      if (listed_) {
        watch();
      } else {
        list();
      }
    }
    return *end_;
  }

 private:
  void list() {
    auto found = client_.list(collection_, options_, context_);
    if (end_) return;
    if (!found) return sitOut(found.error());
    if (observer_.onList(found->items)) {
      finish(FollowEnd::kDone);
      return;
    }
    resource_version_ = std::move(found->resource_version);
    listed_ = true;
  }

  void watch() {
    const timing::Monotonic started = client_.clock().monotonic();
    bool alive = false;
    const auto outcome = client_.watchOnce(
        collection_, options_, resource_version_,
        [&](const WatchEvent& event) {
          alive = true;
          troubles_ = 0;
          const bool done = event.type != WatchEvent::Type::kBookmark && observer_.onEvent(event);
          return !done || finish(FollowEnd::kDone);
        },
        context_);
    if (end_) return;
    const bool served = alive || client_.clock().monotonic() - started >= kShortestWatch;
    if (served) expired_at_once_ = false;
    if (!outcome) {
      // What can't be read would come again from the same resourceVersion.
      if (outcome.error().kind == ApiError::Kind::kMalformed) listed_ = false;
      return sitOut(outcome.error());
    }
    if (*outcome == WatchEnd::kExpired) listed_ = false;
    if (!served) return sitOutSilence(*outcome);
  }

  /// A 410 is healed by the list that follows, unless the watch after that gets one at once again.
  void sitOutSilence(WatchEnd how) {
    if (how == WatchEnd::kExpired && !std::exchange(expired_at_once_, true)) return;
    listed_ = false;
    ApiError error;
    error.kind = ApiError::Kind::kUnreachable;
    error.verb = "watch";
    error.resource = collection_.type.qualifiedName();
    error.name_space = collection_.name_space;
    error.message = "the server ended the watch at once";
    sitOut(error);
  }

  void sitOut(const ApiError& error) {
    if (error.kind == ApiError::Kind::kStopped) {
      finish(FollowEnd::kStopped);
      return;
    }
    if (error.kind == ApiError::Kind::kTimeout) {
      finish(FollowEnd::kDeadline);
      return;
    }
    if (!mayHeal(error)) {
      end_ = tl::unexpected(error);
      return;
    }
    observer_.onTrouble(error);
    const timing::Monotonic now = client_.clock().monotonic();
    if (now - trouble_at_ > kQuiet) troubles_ = 0;
    ++troubles_;
    auto delay = backoff(kFirstDelay, kMaxDelay, troubles_, client_.jitter());
    if (error.retry_after)
      delay = std::max<milliseconds>(delay, std::min(*error.retry_after, kMaxHint));
    pauseUntil(client_.clock(), now + delay, context_);
    trouble_at_ = client_.clock().monotonic();
  }

  bool finish(FollowEnd end) {
    end_ = end;
    return false;
  }

  Client& client_;
  const ObjectRef& collection_;
  const ListOptions& options_;
  Observer& observer_;
  CallContext context_;

  std::optional<ApiResult<FollowEnd>> end_;
  std::string resource_version_;
  bool listed_;
  int troubles_ = 0;
  timing::Monotonic trouble_at_{};
  bool expired_at_once_ = false;
};

}  // namespace

ApiResult<FollowEnd> follow(Client& client, const ObjectRef& collection, const ListOptions& options,
                            Observer& observer, const CallContext& context,
                            const std::string& known) {
  return Following(client, collection, options, observer, context, known).run();
}

}  // namespace k8s
