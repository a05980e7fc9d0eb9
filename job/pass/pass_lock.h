#pragma once

#include <memory>

#include "common/k8s/lease_lock.h"
#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// The Lease "<cluster>-db-backup", held: whoever has one of these may change the cluster's backups. Given back when it
/// goes, even after a stop request and within two seconds when the API stalls. A dry run has one that holds nothing.
class PassLock {
 public:
  struct Acquired;
  /// Waits for at most --lock-wait; then the failure is kBusy and names the holder.
  static Outcome<PassLock> acquire(Session& session);
  static PassLock forDryRun(Session& session);
  PassLock(PassLock&&) noexcept = default;
  ~PassLock();

  /// Renews when due. To be called while waiting and before each change; a failure means that another took
  /// it, so that nothing may be changed any more.
  Outcome<void> keep();
  /// True when another held it first, so that what was read before may be stale.
  bool waited() const { return waited_; }

 private:
  PassLock(Session& session, std::unique_ptr<k8s::LeaseLock> lease) : session_(&session), lease_(std::move(lease)) {}

  Session* session_;
  std::unique_ptr<k8s::LeaseLock> lease_;  // empty in a dry run
  bool waited_ = false;
};

}  // namespace job
