#include "job/pass/pass_lock.h"

#include <exception>

namespace job {
namespace {

Failure lapsedFailure() {
  return {ExitCode::kUnavailable,
          "the Lease lapsed and can't be renewed; nothing is changed without it"};
}

}  // namespace

PassLock::PassLock(Session& session, std::unique_ptr<k8s::LeaseLock> lease)
    : session_(&session), lease_(std::move(lease)) {}

PassLock::PassLock(PassLock&& other) noexcept
    : session_(other.session_), lease_(std::move(other.lease_)), waited_(other.waited_) {}

Outcome<PassLock> PassLock::acquire(Session& session, timing::Duration patience) {
  if (session.client.options().dry_run) return PassLock(session, nullptr);
  k8s::LeaseOptions options;
  options.name_space = session.name_space;
  options.name = session.cluster() + "-db-backup";
  options.holder = session.holder;
  options.same_run_prefix = session.run_id + "/";
  PassLock lock(session, std::make_unique<k8s::LeaseLock>(session.client, options));
  k8s::LeaseLock& lease = *lock.lease_;

  const auto wait = timing::Deadline::in(session.clock, patience);
  const timing::Monotonic began = session.clock.monotonic();
  const auto show = [&] {
    if (!lock.waited_) return true;
    session.progress.show("waiting for another pass to end, " + lease.holder(),
                          session.clock.monotonic() - began);
    return true;
  };
  const auto held =
      lease.acquire({session.patience, session.stop, show}, wait, [&](const std::string& holder) {
        lock.waited_ = true;
        session.log.info("waiting for another pass to end",
                         {{"lease", options.name}, {"holder", holder}});
      });
  session.progress.clear();
  const std::string name = "Lease " + options.name_space + "/" + options.name;
  if (!held && held.error().kind == k8s::ApiError::Kind::kTimeout) {
    // Nobody was seen to hold it: it is the API server that did not answer.
    return tl::unexpected(Failure{ExitCode::kUnavailable, held.error().describe()});
  }
  if (!held) return tl::unexpected(failureOf(held.error(), "take " + name));
  if (!*held) {
    return tl::unexpected(
        Failure{ExitCode::kBusy, name + " is held by " + lease.holder() +
                                     ", another pass on this cluster; it ends by itself, or wait "
                                     "longer with --lock-wait"});
  }
  // The lease outlives the calls: the destructor takes the hook away first.
  session.idle = [&session, &lease] {
    lease.keep({session.end, session.stop});
    return !lease.lost();
  };
  session.idle_while_changing = [&session, &lease] {
    return lease.keep({session.end, session.stop});
  };
  return lock;
}

PassLock::~PassLock() {
  if (!lease_) return;
  session_->idle = nullptr;
  session_->idle_while_changing = nullptr;
  try {
    // The session's stop token may have fired already; the lease is to be given back all the same.
    lease_->release(
        {timing::Deadline::in(session_->clock, std::chrono::seconds(2)), std::stop_token()});
  } catch (const std::exception& bug) {
    session_->log.error("the Lease was not released, it lapses by itself", {{"error", bug.what()}});
  }
}

Outcome<void> PassLock::confirm() {
  if (!lease_ || lease_->keep(brief())) return {};
  return regain();
}

Outcome<void> PassLock::confirmNow() {
  if (!lease_ || lease_->renewNow(brief())) return {};
  return regain();
}

Outcome<void> PassLock::regain() {
  if (session_->stop.stop_requested()) {
    return tl::unexpected(Failure{ExitCode::kInterrupted, "stopped"});
  }
  if (lease_->lost()) return tl::unexpected(lostFailure());
  if (lease_->renewNow(brief())) return {};
  if (lease_->lost()) return tl::unexpected(lostFailure());
  return tl::unexpected(lapsedFailure());
}

Failure PassLock::lostFailure() const {
  // Empty when whoever took it has given it back.
  const std::string holder = lease_->holder().empty() ? "another pass" : lease_->holder();
  return {ExitCode::kBusy, "the Lease was taken over by " + holder +
                               " while this pass could not renew it; nothing more is changed"};
}

Failure PassLock::causeOf(const Failure& failure) const {
  if (session_->stop.stop_requested() || failure.code != ExitCode::kInterrupted) return failure;
  return lost() ? lostFailure() : lapsedFailure();
}

k8s::CallContext PassLock::brief() const {
  const auto soon = timing::Deadline::in(session_->clock, std::chrono::seconds(15));
  return {soon.earlier(session_->end), session_->stop};
}

}  // namespace job
