#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/k8s/client.h"

namespace k8s {

/// Why following ended.
enum class FollowEnd {
  kDone,      ///< the observer said so
  kDeadline,  ///< the context's deadline passed
  kStopped    ///< a stop was requested
};

/// Follows a collection (one object by fieldSelector metadata.name=X, or several by label): lists, then watches
/// from the list's resourceVersion, through clean ends, bookmarks, 410 (lists again) and outages, which are sat
/// out with backoff (0.8 s doubled up to 30 s, jittered) until the deadline.
class Observer {
 public:
  virtual ~Observer() = default;
  /// The whole state after each list; true: done.
  virtual bool onList(const std::vector<json::Value>& items) = 0;
  /// A change; bookmarks are not delivered. true: done.
  virtual bool onEvent(const WatchEvent& event) = 0;
  /// About once a second while nothing happens; true: done. Renews the lease, shows progress.
  virtual bool onTick() { return false; }
  /// An error that will be retried.
  virtual void onTrouble(const ApiError&) {}
};

/// Errors that waiting can't heal (401, 403, 404 of the API, untrusted) are returned.
ApiResult<FollowEnd> follow(Client& client, const ObjectRef& collection, const ListOptions& options,
                            Observer& observer, const CallContext& context);

}  // namespace k8s
