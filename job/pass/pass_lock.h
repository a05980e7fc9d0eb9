#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "common/k8s/lease_lock.h"
#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// What of a cluster's one process at a time may change.
enum class LockedPart {
  kBackups,  ///< Lease "<cluster>-db-backup"
  kDrill     ///< Lease "<cluster>-db-backup-drill": whatever stands under the drill's name
};

/// A Lease, held: whoever has one of these may change that part. While it lives, the session's
/// calls renew it as they wait; when another takes it, they end as if stopped. Given back when it
/// goes, even after a stop request and within two seconds when the API stalls. One may be taken
/// while another is held, and goes before that: meanwhile both are renewed, and either one's loss
/// ends the calls. In a dry run it holds nothing.
class PassLock {
 public:
  /// Waits for so long, or as long as it takes to find out whether the holder is alive; then the
  /// failure is kBusy and names him.
  static Outcome<PassLock> acquire(Session& session, timing::Duration wait,
                                   LockedPart part = LockedPart::kBackups);
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
  PassLock(Session& session, std::unique_ptr<k8s::LeaseLock> lease, LockedPart part);
  void hookIn();
  k8s::CallContext brief() const;
  Outcome<void> regain();
  Failure lostFailure() const;

  Session* session_;
  std::unique_ptr<k8s::LeaseLock> lease_;  // empty in a dry run
  LockedPart part_;
  bool waited_ = false;
  // The session's from before: of the lock that was held already.
  std::function<bool()> outer_idle_;
  std::function<bool()> outer_idle_while_changing_;
};

/// Is the lock held, as far as we know, or after a conflict by the server's word?
inline auto mayWrite(PassLock& lock) {
  return [&lock](bool changed) { return changed ? lock.confirmNow() : lock.confirm(); };
}

}  // namespace job
