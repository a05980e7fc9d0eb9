#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "common/k8s/client.h"

namespace k8s {

struct LeaseOptions {
  std::string name_space;
  std::string name;
  std::string holder;  // unique to this process
  /// Holders with this same prefix are ourselves in an earlier life and are taken over at once;
  /// empty: none.
  std::string same_run_prefix;
  std::chrono::seconds duration{30};
  std::chrono::seconds renew_every{10};
};

/// A coordination.k8s.io/v1 Lease held as client-go's leader election does: another's record is
/// judged only by how long we have observed it unchanged, never by the remote clock; every write
/// carries the resourceVersion.
class LeaseLock {
 public:
  LeaseLock(Client& client, LeaseOptions options);
  LeaseLock(const LeaseLock&) = delete;
  LeaseLock& operator=(const LeaseLock&) = delete;

  /// Waits until held. False when someone else still holds it (holder() names him) once `patience`
  /// has passed and he was seen to be alive by then, or at the context's deadline: patience shorter
  /// than a Lease's duration would never find out that its holder is dead. `waiting` is called when
  /// the holder is first seen and on each change of it. Errors that the client's retries don't heal
  /// are returned, a stop as kStopped.
  ApiResult<bool> acquire(const CallContext& context, timing::Deadline patience,
                          const std::function<void(const std::string&)>& waiting);
  /// Whoever was last seen holding it.
  const std::string& holder() const { return seen_holder_; }

  /// Renews when renew_every has passed. True: held. When a renewal fails it is still held while
  /// our own record is younger than its duration; then it has lapsed, and further calls try to
  /// renew it: that succeeds as long as the record is still ours. What it protects may only go on
  /// while it is held. Takes at most about renew_every, and does not call context.idle: it may be
  /// called from there.
  bool keep(const CallContext& context);
  /// The same at once: before what must not happen twice.
  bool renewNow(const CallContext& context);
  /// Our own record is young enough.
  bool held() const;
  /// Another was seen to hold it: it will not be tried again.
  bool lost() const { return lost_; }

  /// Gives it up (empty holder, one second) when it is held or may be, because a write of ours went
  /// unanswered. Best effort within `context`.
  void release(const CallContext& context);

 private:
  enum class Attempt { kHeld, kOthers, kRetry };
  ApiResult<Attempt> tryAcquire(const CallContext& context);
  ApiResult<Attempt> createRecord(const CallContext& context);
  ApiResult<Attempt> writeRecord(json::Value lease, const CallContext& context);
  /// Takes note of a record read. True: it may be taken, being nobody's, ours or lapsed.
  bool observe(const json::Value& lease);
  ApiResult<Attempt> renew(const CallContext& context);
  ApiResult<void> giveUp(json::Value lease, const CallContext& context);
  bool isEarlierSelf(const std::string& holder) const;
  ObjectRef ref() const;
  void becomeHolder(json::Value lease, timing::Monotonic at);

  Client& client_;
  LeaseOptions options_;
  bool held_ = false;  // last seen to be ours
  bool lost_ = false;
  bool written_ = false;  // a write of ours may stand
  json::Value lease_;     // as last written by us: the next renewal goes by its resourceVersion
  timing::Monotonic renewed_at_{};
  timing::Monotonic tried_at_{};
  std::string seen_holder_;
  std::string seen_record_;
  bool seen_alive_ = false;  // the record changed while we looked
  timing::Monotonic seen_at_{};
};

}  // namespace k8s
