#include "job/pass/pass_lock.h"

#include <exception>

#include "job/report/json_parts.h"

namespace job {
namespace {

Failure lapsedFailure() {
  return {ExitCode::kUnavailable,
          "the Lease lapsed and can't be renewed; nothing is changed without it"};
}

std::string leaseName(const Session& session, LockedPart part) {
  const std::string of_backups = session.cluster() + "-db-backup";
  return part == LockedPart::kDrill ? of_backups + "-drill" : of_backups;
}

std::string anotherOne(LockedPart part) {
  return part == LockedPart::kDrill ? "another restore drill" : "another pass";
}

}  // namespace

PassLock::PassLock(Session& session, std::unique_ptr<k8s::LeaseLock> lease, LockedPart part)
    : session_(&session), lease_(std::move(lease)), part_(part) {}

PassLock::PassLock(PassLock&& other) noexcept
    : session_(other.session_),
      lease_(std::move(other.lease_)),
      part_(other.part_),
      waited_(other.waited_),
      outer_idle_(std::move(other.outer_idle_)),
      outer_idle_while_changing_(std::move(other.outer_idle_while_changing_)) {}

Outcome<PassLock> PassLock::acquire(Session& session, timing::Duration patience, LockedPart part) {
  if (session.client.options().dry_run) return PassLock(session, nullptr, part);
  k8s::LeaseOptions options;
  options.name_space = session.name_space;
  options.name = leaseName(session, part);
  options.holder = session.holder;
  options.same_run_prefix = session.run_id + "/";
  PassLock lock(session, std::make_unique<k8s::LeaseLock>(session.client, options), part);
  lock.outer_idle_ = session.idle;
  lock.outer_idle_while_changing_ = session.idle_while_changing;
  k8s::LeaseLock& lease = *lock.lease_;

  const auto wait = timing::Deadline::in(session.clock, patience);
  const timing::Monotonic began = session.clock.monotonic();
  const std::string waiting = "waiting for " + anotherOne(part) + " to end";
  const auto show = [&] {
    if (lock.waited_) {
      session.progress.show(waiting + ", " + lease.holder(), session.clock.monotonic() - began);
    }
    return !lock.outer_idle_ || lock.outer_idle_();
  };
  const auto held =
      lease.acquire({session.patience, session.stop, show}, wait, [&](const std::string& holder) {
        lock.waited_ = true;
        session.log.info(waiting, {{"lease", options.name}, {"holder", holder}});
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
        Failure{ExitCode::kBusy, name + " is held by " + lease.holder() + ", " + anotherOne(part) +
                                     " on this cluster; it ends by itself, or wait "
                                     "longer with --lock-wait"});
  }
  if (lock.waited_) {
    session.log.info(
        "the wait is over",
        {{"lease", options.name}, {"seconds", secondsOf(session.clock.monotonic() - began)}});
  }
  lock.hookIn();
  return lock;
}

void PassLock::hookIn() {
  // The lease outlives the calls: the destructor takes the hooks away first. Both are renewed,
  // whatever became of the other.
  Session& session = *session_;
  k8s::LeaseLock& lease = *lease_;
  session.idle = [&session, &lease, outer = outer_idle_] {
    lease.keep({session.end, session.stop});
    const bool outer_held = !outer || outer();
    return outer_held && !lease.lost();
  };
  session.idle_while_changing = [&session, &lease, outer = outer_idle_while_changing_] {
    const bool held = lease.keep({session.end, session.stop});
    const bool outer_held = !outer || outer();
    return outer_held && held;
  };
}

PassLock::~PassLock() {
  if (!lease_) return;
  session_->idle = outer_idle_;
  session_->idle_while_changing = outer_idle_while_changing_;
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
  const std::string holder = lease_->holder().empty() ? anotherOne(part_) : lease_->holder();
  return {ExitCode::kBusy, "the Lease was taken over by " + holder +
                               " while this process could not renew it; nothing more is changed"};
}

Failure PassLock::causeOf(const Failure& failure) const {
  if (session_->stop.stop_requested() || failure.code != ExitCode::kInterrupted) return failure;
  if (lost()) return lostFailure();
  // Of two that are held it was the other.
  return outer_idle_ && lease_->held() ? failure : lapsedFailure();
}

k8s::CallContext PassLock::brief() const {
  const auto soon = timing::Deadline::in(session_->clock, std::chrono::seconds(15));
  return {soon.earlier(session_->end), session_->stop};
}

}  // namespace job
