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

/// Whoever wants to know the state of a collection. Called from within follow(); may make calls of
/// its own.
class Observer {
 public:
  virtual ~Observer() = default;
  /// The whole state after each list; true: done.
  virtual bool onList(const std::vector<json::Value>& items) = 0;
  /// A change; bookmarks are not delivered. true: done.
  virtual bool onEvent(const WatchEvent& event) = 0;
  /// About once a second while nothing happens; true: done. Renews the lease, shows progress.
  virtual bool onTick() { return false; }
  /// An outage that is sat out; the client's own retries come before it.
  virtual void onTrouble(const ApiError&) {}
};

/// Follows a collection (one object by fieldSelector metadata.name=X, or several by label): lists,
/// then watches from the list's resourceVersion, through clean ends, bookmarks, 410 (lists again)
/// and outages. These are sat out until the deadline with backoff: 0.8 s doubled up to 30 s,
/// jittered, a Retry-After at least, from the start again after an event or two minutes without
/// trouble. A watch that the server ends within a second and without an event is an outage too, and
/// is followed by a list: some servers close so on a stale resourceVersion.
///
/// Errors that waiting can't heal (401, 403, 404 and other refusals, untrusted, credentials) are
/// returned. A `known` resourceVersion, of a state that the observer has seen, spares the first
/// list.
ApiResult<FollowEnd> follow(Client& client, const ObjectRef& collection, const ListOptions& options,
                            Observer& observer, const CallContext& context,
                            const std::string& known = "");

}  // namespace k8s
