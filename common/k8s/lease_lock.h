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
  /// Holders with this same prefix are ourselves in an earlier life and are taken over at once; empty: none.
  std::string same_run_prefix;
  std::chrono::seconds duration{30};
  std::chrono::seconds renew_every{10};
};

/// A coordination.k8s.io/v1 Lease held as client-go's leader election does: another's record is judged only by
/// how long we have observed it unchanged, never by the remote clock; every write carries the resourceVersion.
class LeaseLock {
 public:
  LeaseLock(Client& client, LeaseOptions options);
  LeaseLock(const LeaseLock&) = delete;
  LeaseLock& operator=(const LeaseLock&) = delete;

  /// Waits until held or `context` ends: false when someone else still holds it then (holder() names him).
  /// `waiting` is called when the holder is first seen and on each change of it.
  ApiResult<bool> acquire(const CallContext& context, const std::function<void(const std::string&)>& waiting);
  /// Whoever was last seen holding it.
  const std::string& holder() const { return seen_holder_; }

  /// Renews when renew_every has passed. False: lost to another; what it protects must stop. A renewal
  /// that fails for other reasons is still held while our own record is younger than its duration.
  bool keep(const CallContext& context);
  bool held() const { return held_; }

  /// Gives it up when held (empty holder, one second), best effort within `context`.
  void release(const CallContext& context);

 private:
  enum class Attempt { kHeld, kOthers, kRetry };
  ApiResult<Attempt> tryAcquire(const CallContext& context);
  bool isOurs(const std::string& holder) const;

  Client& client_;
  LeaseOptions options_;
  bool held_ = false;
  std::string resource_version_;
  timing::Monotonic renewed_at_{};
  std::string seen_holder_;
  std::string seen_record_;
  timing::Monotonic seen_at_{};
};

}  // namespace k8s
