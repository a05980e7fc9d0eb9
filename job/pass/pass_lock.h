#pragma once

#include <memory>
#include <utility>

#include "common/k8s/lease_lock.h"
#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// The Lease "<cluster>-db-backup", held: whoever has one of these may change the cluster's
/// backups. While it lives, the session's calls renew it as they wait; when another takes it, they
/// end as if stopped. Given back when it goes, even after a stop request and within two seconds
/// when the API stalls. In a dry run it holds nothing.
class PassLock {
 public:
  /// Waits for so long, or as long as it takes to find out whether the holder is alive; then the
  /// failure is kBusy and names him.
  static Outcome<PassLock> acquire(Session& session, timing::Duration wait);
  PassLock(PassLock&& other) noexcept;
  PassLock& operator=(PassLock&&) = delete;
  ~PassLock();

  /// To be called before each change: it is held now, taken again if it lapsed in an outage. A
  /// failure means that nothing may be changed any more.
  Outcome<void> confirm();
  /// The same, asking the server in any case: before what must not happen twice.
  Outcome<void> confirmNow();
  /// Set once another took it.
  bool lost() const { return lease_ && lease_->lost(); }
  /// A lost or lapsed lock ends calls as a stop does: the failure that it really was.
  Failure causeOf(const Failure& failure) const;
  /// True when another held it first, so that what was read before may be stale.
  bool waited() const { return waited_; }

 private:
  PassLock(Session& session, std::unique_ptr<k8s::LeaseLock> lease);
  k8s::CallContext brief() const;
  Outcome<void> regain();
  Failure lostFailure() const;

  Session* session_;
  std::unique_ptr<k8s::LeaseLock> lease_;  // empty in a dry run
  bool waited_ = false;
};

/// Is the lock held, as far as we know, or after a conflict by the server's word?
inline auto mayWrite(PassLock& lock) {
  return [&lock](bool changed) { return changed ? lock.confirmNow() : lock.confirm(); };
}

}  // namespace job
