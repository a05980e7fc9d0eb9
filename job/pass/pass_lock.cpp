#include "job/pass/pass_lock.h"

#include <utility>

namespace job {

Outcome<PassLock> PassLock::acquire(Session& session) {
  k8s::LeaseOptions options;
  options.name_space = session.name_space;
  options.name = session.cluster() + "-db-backup";
  options.holder = session.holder;
  options.same_run_prefix = session.run_id + "/";
  PassLock lock(session, std::make_unique<k8s::LeaseLock>(session.client, options));

  const auto wait = timing::Deadline::in(session.clock, session.settings.lock_wait).earlier(session.deadline);
  const std::string lease = "Lease " + options.name_space + "/" + options.name;
  const auto held = lock.lease_->acquire({wait, session.stop}, [&](const std::string& holder) {
    lock.waited_ = true;
    session.log.info("waiting for another pass to end", {{"lease", options.name}, {"holder", holder}});
  });
  if (!held) {
    if (held.error().kind == k8s::ApiError::Kind::kTimeout && lock.waited_) {
      return tl::unexpected(Failure{ExitCode::kBusy, lease + " is held by " + lock.lease_->holder()});
    }
    return tl::unexpected(failureOf(held.error(), "take " + lease));
  }
  if (!*held) {
    return tl::unexpected(Failure{
        ExitCode::kBusy, lease + " is held by " + lock.lease_->holder() +
                             ", another pass on this cluster; it ends by itself, or wait longer with --lock-wait"});
  }
  return lock;
}

PassLock PassLock::forDryRun(Session& session) { return PassLock(session, nullptr); }

PassLock::~PassLock() {
  if (!lease_ || !lease_->held()) return;
  // The session's stop token may have fired already; the lease is to be given back all the same.
  lease_->release({timing::Deadline::in(session_->clock, std::chrono::seconds(2)), std::stop_token()});
}

Outcome<void> PassLock::keep() {
  if (!lease_) return {};
  // Bounded by itself: a stalled renewal must not outlast the lease.
  const k8s::CallContext context{
      timing::Deadline::in(session_->clock, std::chrono::seconds(8)).earlier(session_->finishing().deadline),
      session_->stop};
  if (lease_->keep(context)) return {};
  return tl::unexpected(Failure{ExitCode::kBusy, "the Lease was taken over by " + lease_->holder() +
                                                     " while this pass waited; nothing more is changed"});
}

}  // namespace job
