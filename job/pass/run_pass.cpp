#include "job/pass/run_pass.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/time/rfc3339.h"
#include "job/decide/status_patch.h"
#include "job/model/names.h"
#include "job/pass/await_backup.h"
#include "job/pass/catalogue.h"
#include "job/pass/examine.h"
#include "job/pass/make_backup.h"
#include "job/pass/mark_backup.h"
#include "job/pass/pass_lock.h"
#include "job/pass/prune.h"
#include "job/pass/publish_status.h"
#include "job/pass/tell.h"
#include "job/pass/verify_backup.h"

namespace job {
namespace {

/// The run in progress: the session and what it has to say so far.
struct Run {
  Session& session;
  PassResult& result;

  void warn(const std::string& warning) {
    session.log.warn(warning);
    result.warnings.push_back(warning);
  }
  void warn(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) warn(warning);
  }
};

Outcome<void> nothingToDo(Run& run, const Examination& examination) {
  run.result.said = PassOutcome::kNothingToDo;
  run.result.reason = examination.nothing_to_do;
  run.session.log.info("nothing to do", {{"why", examination.nothing_to_do}});
  // A status left from when backups were configured would promise what nobody keeps.
  if (!examination.system.backup_status || examination.system.external_postgres) return {};
  const Published published = publishStatus(run.session, examination.system, std::nullopt);
  if (published.complete) return {};
  return tl::unexpected(Failure{ExitCode::kIncomplete, published.problems.front()});
}

Outcome<void> deferred(Run& run, const Examination& examination) {
  std::string names;
  for (const ScheduledBackup& schedule : examination.active_schedules) {
    names += (names.empty() ? "" : ", ") + schedule.name;
  }
  run.result.said = PassOutcome::kDeferred;
  run.result.reason = "ScheduledBackup " + names + " already schedules backups of " + run.session.cluster() +
                      ", so this pass made, pruned and wrote nothing; suspend it, or run with "
                      "--operator-schedule suspend";
  run.warn(run.result.reason);
  return {};
}

Outcome<void> suspendSchedules(Run& run, Examination& examination) {
  Session& session = run.session;
  for (const ScheduledBackup& schedule : examination.active_schedules) {
    json::Value patch;
    patch["spec"]["suspend"] = true;
    const auto ref = session.object(scheduledBackupType(examination.group), schedule.name);
    const auto patched = session.client.mergePatch(ref, patch, k8s::Subresource::kNone, session.context());
    if (!patched) {
      return tl::unexpected(failureOf(patched.error(), "suspend ScheduledBackup " + schedule.name));
    }
    session.log.info("suspended the operator's schedule", {{"scheduledBackup", schedule.name}});
  }
  examination.active_schedules.clear();
  return {};
}

void describeStatus(PassResult& result, const BackupStatus& status) {
  result.last_backup_time = status.last_backup_time;
  result.next_backup_time = status.next_backup_time;
}

BackupStatus statusOf(Session& session, const Examination& examination, const Catalogue& catalogue) {
  return decideStatus(catalogue.groups, examination.policy->schedule, session.clock.now());
}

/// After a pass without a backup: the same fields, true as they are now.
void refreshStatus(Run& run, const Examination& examination) {
  auto catalogue = readCatalogue(run.session, examination.group, examination.cluster);
  if (!catalogue) return;
  const BackupStatus status = statusOf(run.session, examination, *catalogue);
  describeStatus(run.result, status);
  const Published published = publishStatus(run.session, examination.system, status);
  run.warn(published.problems);
}

/// Where a dry run ends: the server has validated what would be created; what would be pruned is decided as if
/// the backup had succeeded.
Outcome<void> endDryRun(Run& run, const Examination& examination, const std::string& name) {
  auto catalogue = readCatalogue(run.session, examination.group, examination.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  const Timestamp now = Timestamp::of(run.session.clock.now());
  const RetentionCandidate imagined{
      .name = name, .verdict = Verdict::kCertified, .end = now, .begin = now};
  for (const RetentionDecision& decision :
       decideRetention(*catalogue, knownReferences(examination), examination, imagined)) {
    if (decision.remove) run.result.would_prune.push_back(decision.name);
  }
  describeStatus(run.result, statusOf(run.session, examination, *catalogue));
  return {};
}

/// CNPG leaves an instance fenced when it could not start it again; nobody would notice.
std::string fenceHint(Session& session, const std::string& group) {
  const std::string fenced = fencedNow(session, group);
  if (fenced.empty()) return "";
  return "; still fenced: " + fenced + " (PostgreSQL is stopped there until the Backup ends or the annotation " +
         std::string(kFencedInstancesAnnotation) + " is removed from the Cluster)";
}

/// From nothing to a verified backup.
Outcome<Catalogue> backUp(Run& run, PassLock& lock, const Examination& examination) {
  Session& session = run.session;
  std::vector<std::string> warnings;
  auto started = startBackup(session, lock, examination, warnings);
  run.warn(warnings);
  if (!started) return tl::unexpected(started.error());
  const std::string& name = started->backup.name;
  run.result.backup = name;
  if (session.client.options().dry_run) {
    if (auto ended = endDryRun(run, examination, name); !ended) return tl::unexpected(ended.error());
    return Catalogue{};
  }

  auto awaited = awaitBackup(session, lock, examination.group, started->backup);
  if (!awaited) return tl::unexpected(awaited.error());
  switch (awaited->end) {
    case AwaitedBackup::End::kEnded:
      break;
    case AwaitedBackup::End::kDeleted:
      return tl::unexpected(Failure{
          ExitCode::kBackupFailed,
          "Backup " + name + " was deleted while it was in flight" + fenceHint(session, examination.group)});
    case AwaitedBackup::End::kDeadline:
      return tl::unexpected(Failure{
          ExitCode::kTimedOut, "Backup " + name + " did not end within --timeout (phase " +
                                   (awaited->last.phase.empty() ? "not set" : awaited->last.phase) +
                                   "); it is left alone, and the next pass adopts it" +
                                   fenceHint(session, examination.group)});
  }
  if (awaited->last.progress == BackupProgress::kFailed) {
    run.result.verdict = Verdict::kFailed;
    return tl::unexpected(Failure{
        ExitCode::kBackupFailed,
        "Backup " + name + " failed: " +
            (awaited->last.error.empty() ? "phase " + awaited->last.phase : awaited->last.error) +
            fenceHint(session, examination.group)});
  }
  session.log.info("backup completed, verifying", {{"backup", name}});
  return verifyBackup(session, lock, examination.group, *examination.cluster, name);
}

/// From a verified backup to the written status. Whatever fails here leaves a good backup: 4.
Outcome<void> finish(Run& run, PassLock& lock, const Examination& examination, Catalogue catalogue) {
  Session& session = run.session;
  const JudgedGroup& made = *catalogue.find(*run.result.backup);
  run.result.verdict = made.judgement.verdict;
  for (const VolumeSnapshot& member : made.group.members) run.result.snapshots.push_back(member.name);
  session.log.info("backup verified", {{"backup", made.group.name},
                                       {"verdict", toString(made.judgement.verdict)},
                                       {"why", made.judgement.reason}});
  if (made.judgement.verdict == Verdict::kUncertified) {
    run.warn("Backup " + made.group.name + " is uncertified: " + made.judgement.reason);
  }
  run.warn(catalogue.warnings);

  std::vector<std::string> problems = markBackups(session, lock, catalogue);
  Pruned pruned = prune(session, lock, examination, catalogue);
  std::move(pruned.problems.begin(), pruned.problems.end(), std::back_inserter(problems));
  run.result.pruned = pruned.pruned;
  run.result.failed_to_prune = pruned.failed;
  run.result.held = pruned.held;
  run.result.kept = pruned.kept;

  const BackupStatus status = statusOf(session, examination, catalogue);
  describeStatus(run.result, status);
  if (session.stop.stop_requested()) {
    return tl::unexpected(Failure{ExitCode::kInterrupted, "stopped after Backup " + *run.result.backup +
                                                              " was verified; the next pass finishes"});
  }
  if (auto kept = lock.keep(); !kept) {
    problems.push_back(kept.error().message);
  } else {
    Published published = publishStatus(session, examination.system, status);
    run.warn(published.warnings);
    std::move(published.problems.begin(), published.problems.end(), std::back_inserter(problems));
  }
  for (const Right& right : examination.missing_to_finish) {
    problems.push_back("the right to " + describe(right, session.name_space) + " is missing");
  }

  tell(session, examination.system, Severity::kNormal, "BackupCompleted", "Backup",
       "Backup " + *run.result.backup + " is " + std::string(toString(*run.result.verdict)));
  for (const std::string& name : pruned.pruned) {
    tell(session, examination.system, Severity::kNormal, "SnapshotPruned", "Prune", "Backup " + name + " was pruned");
  }
  if (!pruned.failed.empty()) {
    tell(session, examination.system, Severity::kWarning, "PruneFailed", "Prune", pruned.problems.front());
  }
  if (problems.empty()) return {};
  std::string all;
  for (const std::string& problem : problems) all += (all.empty() ? "" : "; ") + problem;
  return tl::unexpected(Failure{ExitCode::kIncomplete, "the backup is good, but " + all});
}

/// The status and an Event for a pass that ends without a verified backup.
void afterFailure(Run& run, const Examination& examination, const Failure& failure) {
  switch (failure.code) {
    case ExitCode::kBackupFailed:
    case ExitCode::kTimedOut:
      refreshStatus(run, examination);
      tell(run.session, examination.system, Severity::kWarning, "BackupFailed", "Backup", failure.message);
      break;
    case ExitCode::kRefused:
      refreshStatus(run, examination);
      tell(run.session, examination.system, Severity::kWarning, "BackupRefused", "Preflight", failure.message);
      break;
    default:
      break;  // nothing was attempted, or the API is not to be had
  }
}

Outcome<void> pass(Run& run) {
  Session& session = run.session;
  const bool dry_run = session.client.options().dry_run;
  auto examination = examine(session);
  if (!examination) return tl::unexpected(examination.error());
  if (!examination->policy) return nothingToDo(run, *examination);
  const OperatorSchedulePolicy operators = session.settings.operator_schedule;
  if (!examination->active_schedules.empty() && operators == OperatorSchedulePolicy::kDefer) {
    return deferred(run, *examination);
  }

  auto lock = dry_run ? Outcome<PassLock>(PassLock::forDryRun(session)) : PassLock::acquire(session);
  if (!lock) return tl::unexpected(lock.error());
  if (lock->waited()) {
    // Another pass changed things while we waited.
    examination = examine(session);
    if (!examination) return tl::unexpected(examination.error());
    if (!examination->policy) return nothingToDo(run, *examination);
  }
  run.warn(examination->warnings);
  if (!examination->active_schedules.empty() && operators == OperatorSchedulePolicy::kSuspend) {
    if (auto suspended = suspendSchedules(run, *examination); !suspended) return suspended;
  }

  auto catalogue = backUp(run, *lock, *examination);
  if (!catalogue) {
    if (!dry_run) afterFailure(run, *examination, catalogue.error());
    return tl::unexpected(catalogue.error());
  }
  if (dry_run) return {};
  return finish(run, *lock, *examination, *std::move(catalogue));
}

}  // namespace

PassResult runPass(Session& session) {
  PassResult result;
  result.command = "run";
  result.cluster = session.cluster();
  const timing::Monotonic began = session.clock.monotonic();
  Run run{session, result};
  if (const auto done = pass(run); !done) {
    result.exit_code = done.error().code;
    result.reason = done.error().message;
    result.said.reset();
  }
  result.duration = session.clock.monotonic() - began;
  const k8s::Client::Counts& counts = session.client.counts();
  session.log.info("pass ended", {{"exitCode", static_cast<std::int64_t>(result.exit_code)},
                                  {"outcome", toString(outcomeOf(result))},
                                  {"requests", counts.requests},
                                  {"watches", counts.watches},
                                  {"retries", counts.retries}});
  return result;
}

}  // namespace job
