#include "job/pass/recovery_step.h"

#include <utility>

#include "common/json/view.h"
#include "job/decide/recovery_status.h"
#include "job/model/names.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/publish_recovery.h"
#include "job/pass/recovery_rights.h"
#include "job/pass/tell.h"

namespace job {
namespace {

using State = RecoveryLook::State;

/// By the change of the status, so that what each step finds again is told once.
void tellOf(Session& session, const RecoveryLook& look) {
  if (session.client.options().dry_run) return;
  const auto say = [&](const EventKind& kind, const std::string& note) {
    tell(session, look.system, kind, note);
  };
  switch (look.state) {
    case State::kUnfit:
    case State::kUnable:
      return say(events::kRecoveryFailed,
                 "Recovery from " + look.snapshot + " failed: " + look.words);
    case State::kOrphaned:
      return say(events::kRecoveryRefused, look.words);
    case State::kComingUp:
      return say(events::kRecoveryStarted, "Cluster " + session.cluster() + " was created from " +
                                               look.snapshot + " at " + look.begun);
    case State::kUp:
      return say(events::kRecoveryCompleted, "Cluster " + session.cluster() + " is up from " +
                                                 look.snapshot + ": " + look.words);
    case State::kNothingToDo:
    case State::kDeferred:
    case State::kGoing:
    case State::kReady:
      return;
  }
}

bool isTrouble(const RecoveryLook& look) {
  return look.state == State::kUnfit || look.state == State::kUnable ||
         look.state == State::kOrphaned;
}

/// The wish may have been corrected or taken back since it was read.
void lookAgain(RecoveryLook& look) {
  look.state = State::kGoing;
  look.words = "the NooBaa CR was changed meanwhile; it is looked at again";
}

/// The database comes first: what keeps only the status from being written keeps nothing else.
bool endsTheStep(const Failure& failure) {
  switch (failure.code) {
    case ExitCode::kBusy:
    case ExitCode::kInterrupted:
    case ExitCode::kTimedOut:
    case ExitCode::kUnavailable:
      return true;
    default:
      return false;
  }
}

Outcome<void> publish(Session& session, PassLock& lock, RecoveryStep& step) {
  RecoveryLook& look = step.look;
  const auto wanted = look.status();
  if (!wanted) return {};
  const bool differs = recoveryStatusPatch(look.system.recovery_status, *wanted).has_value();
  const auto wish = look.system.recovery_snapshot;
  const Published published = publishRecovery(session, look.system, *wanted, mayWrite(lock));
  look.warnings.insert(look.warnings.end(), published.warnings.begin(), published.warnings.end());
  if (published.failure && endsTheStep(*published.failure)) {
    return tl::unexpected(*published.failure);
  }
  if (published.failure) step.untold = published.failure->message;
  // What the Cluster was made from before stays so.
  if (look.system.recovery_snapshot != wish && look.begun.empty()) {
    lookAgain(look);
    return {};
  }
  // Failures are told of with each new reason, other states when the status changes.
  if (differs || isTrouble(look)) tellOf(session, look);
  return {};
}

std::string created(const json::Value& cluster) {
  json::Decoder decoder(cluster);
  return decoder.root()["metadata"]["creationTimestamp"].stringOr("");
}

/// By the CR as it is now: is the Cluster to be created still the one that it asks for?
Outcome<bool> isStillWanted(Session& session, const RecoveryLook& look) {
  const auto now = readSystem(session);
  if (!now) return tl::unexpected(now.error());
  return now->recovery_snapshot == look.snapshot && now->uid == look.system.uid &&
         !now->external_postgres && !now->deleting;
}

/// A 403 though no right is missing: a quota, a webhook, a namespace that is being deleted.
bool isRefusedByPolicy(Session& session, const k8s::ApiError& error) {
  if (!error.isForbidden()) return false;
  const auto missing = rightsMissingToRecover(session);
  return missing && missing->empty();
}

Outcome<void> create(Session& session, PassLock& lock, RecoveryStep& step) {
  RecoveryLook& look = step.look;
  // Asked of the server: whoever took the Lease meanwhile may have made one, and another CR counts.
  if (auto held = lock.confirmNow(); !held) return held;
  const auto still_wanted = isStillWanted(session, look);
  if (!still_wanted) return tl::unexpected(still_wanted.error());
  if (!*still_wanted) {
    lookAgain(look);
    return {};
  }
  const auto ref = session.object(clusterType(look.group), session.cluster());
  const auto made =
      session.client.create(ref, look.cluster, k8s::Idempotency::kYes, session.changing());
  if (made) {
    if (session.client.options().dry_run) return {};
    session.log.info("created the Cluster",
                     {{"cluster", ref.name}, {"group", look.group}, {"snapshot", look.snapshot}});
    look.begun = created(*made);
    look.state = State::kComingUp;
    look.words = "Cluster " + session.name_space + "/" + ref.name + " was created";
    return publish(session, lock, step);
  }
  const k8s::ApiError& error = made.error();
  if (error.isAlreadyExists()) {
    // By our own lost try, or by somebody faster: the next look tells.
    look.state = State::kGoing;
    look.words = "another Cluster of the name appeared; it is looked at again";
    return {};
  }
  const std::string doing = "create Cluster " + session.name_space + "/" + ref.name;
  const bool by_policy = isRefusedByPolicy(session, error);
  if (error.isInvalid() || error.code == 400 || by_policy) {
    look.state = State::kUnfit;
    look.words =
        by_policy ? "can't " + doing + ": " + error.describe() : failureOf(error, doing).message;
    return publish(session, lock, step);
  }
  return tl::unexpected(failureOf(error, doing));
}

}  // namespace

bool changesSomething(const RecoveryLook& look) {
  const auto wanted = look.status();
  return look.state == State::kReady ||
         (wanted && recoveryStatusPatch(look.system.recovery_status, *wanted));
}

void tellOfTrouble(Session& session, const RecoveryLook& look) {
  if (isTrouble(look)) tellOf(session, look);
}

Outcome<RecoveryStep> advanceRecovery(Session& session, PassLock& lock) {
  auto look = lookAtRecovery(session);
  if (!look) return tl::unexpected(look.error());
  RecoveryStep step{*std::move(look), ""};
  if (auto published = publish(session, lock, step); !published) {
    return tl::unexpected(published.error());
  }
  if (step.look.state != State::kReady) return step;
  if (auto made = create(session, lock, step); !made) return tl::unexpected(made.error());
  return step;
}

}  // namespace job
