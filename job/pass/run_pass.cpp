#include "job/pass/run_pass.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "common/time/rfc3339.h"
#include "job/decide/kubectl.h"
#include "job/decide/status_patch.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/await_backup.h"
#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"
#include "job/pass/fence_watch.h"
#include "job/pass/make_backup.h"
#include "job/pass/mark_backup.h"
#include "job/pass/pass_lock.h"
#include "job/pass/prune.h"
#include "job/pass/publish_status.h"
#include "job/pass/result_of.h"
#include "job/pass/tell.h"
#include "job/pass/verify_backup.h"

namespace job {
namespace {

/// The run in progress: the session and what it has to say so far.
struct Run {
  Session& session;
  PassResult& result;
  std::optional<Backup> deleted = {};  // the pass's own, while it was in flight

  void warn(const std::string& warning) { job::warn(session, result, warning); }
  void warn(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) warn(warning);
  }
};

Outcome<void> nothingToDo(Run& run, const Configuration& configuration) {
  run.result.said = PassOutcome::kNothingToDo;
  run.result.reason = configuration.nothing_to_do;
  run.session.log.info("nothing to do", {{"why", configuration.nothing_to_do}});
  // A status left from when backups were configured would promise what nobody keeps.
  if (!configuration.system.backup_status || configuration.system.external_postgres) return {};
  NooBaaSystem system = configuration.system;
  const Published published =
      publishStatus(run.session, system, std::nullopt, [](bool) { return Outcome<void>(); });
  if (published.failure) return tl::unexpected(*published.failure);
  return {};
}

Outcome<void> deferred(Run& run, const Configuration& configuration) {
  run.result.said = PassOutcome::kDeferred;
  run.result.reason = "ScheduledBackup " + namesOf(configuration.active_schedules) +
                      " already schedules backups of " + run.session.cluster() +
                      ", so this pass made, pruned and wrote nothing; suspend it, or run with "
                      "--operator-schedule suspend";
  run.warn(run.result.reason);
  return {};
}

/// Decides the status and puts its times into the result.
BackupStatus statusOf(Run& run, const Configuration& configuration, const Catalogue& catalogue,
                      const std::vector<std::string>& without = {}) {
  run.result.max_snapshots = configuration.policy->max_snapshots;
  BackupStatus status = decideStatus(catalogue.groups, configuration.policy->schedule,
                                     run.session.clock.now(), without);
  run.result.last_backup_time = status.last_backup_time;
  run.result.next_backup_time = status.next_backup_time;
  run.result.backups = catalogue.verdicts();
  return status;
}

/// What is left: `catalogue` after pruning, or as a pass without a backup found it.
void describeKept(Run& run, const PrunePlan& plan, const Catalogue& catalogue) {
  run.result.held = plan.held;
  run.result.kept = std::count_if(
      catalogue.groups.begin(), catalogue.groups.end(), [&](const JudgedGroup& judged) {
        const bool held =
            std::find(plan.held.begin(), plan.held.end(), judged.group.name) != plan.held.end();
        return !held && isGood(judged.judgement.verdict);
      });
}

/// Where a dry run ends: the server has validated what would be created; what would be pruned is
/// decided as if the backup had succeeded.
Outcome<void> endDryRun(Run& run, const Configuration& configuration, const std::string& name) {
  auto catalogue = readCatalogue(run.session, configuration.group, configuration.cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  run.warn(catalogue->warnings);
  const Timestamp now = Timestamp::of(run.session.clock.now());
  const RetentionCandidate imagined{
      .name = name, .verdict = Verdict::kCertified, .end = now, .begin = now};
  const auto plan = planPrune(run.session, configuration, *catalogue, name, imagined);
  if (!plan) return tl::unexpected(plan.error());
  run.result.would_prune = plan->removals();
  run.result.held = plan->held;
  run.result.kept = plan->kept;
  statusOf(run, configuration, *catalogue);
  return {};
}

/// One that outlasts a second pass may never end: its instance is gone, say. Only people can tell.
std::string wayOut(const Session& session, const Configuration& configuration,
                   const Backup& backup) {
  const auto created = backup.created.instant();
  const auto began = session.clock.now() - session.settings.timeout - timing::Duration(kGrace);
  if (!created || *created >= began) return "";
  return "; it was made at " + timing::formatRfc3339(*created) +
         ", and while it lasts there is no other backup: if CloudNativePG no longer works on it, "
         "delete it with: " +
         kubectl(session.name_space, "delete", backupType(configuration.group), backup.name) +
         " (the instance it stopped then stays fenced until you lift that: see check)";
}

/// Waits for the Backup to complete.
Outcome<void> awaitCompletion(Run& run, const Configuration& configuration, const Backup& backup) {
  const auto awaited = awaitBackup(run.session, configuration.group, backup);
  if (!awaited) return tl::unexpected(awaited.error());
  run.result.fenced = awaited->fenced;
  const std::string name = "Backup " + backup.name;
  switch (awaited->end) {
    case AwaitedBackup::End::kDeleted:
      run.deleted = awaited->last;
      run.deleted->progress = BackupProgress::kFailed;
      run.deleted->error = "it was deleted while it was in flight";
      return tl::unexpected(
          Failure{ExitCode::kBackupFailed, name + " was deleted while it was in flight"});
    case AwaitedBackup::End::kDeadline:
      return tl::unexpected(
          Failure{ExitCode::kTimedOut, name + " did not end within --timeout (phase " +
                                           awaited->last.phaseInWords() +
                                           "); it is left alone, and the next pass adopts it" +
                                           wayOut(run.session, configuration, awaited->last)});
    case AwaitedBackup::End::kEnded:
      break;
  }
  if (awaited->last.progress == BackupProgress::kCompleted) return {};
  return tl::unexpected(Failure{
      ExitCode::kBackupFailed,
      name + " failed: " +
          (awaited->last.error.empty() ? "phase " + awaited->last.phase : awaited->last.error)});
}

/// Verifies the Backup; the catalogue returned has it as a good one.
Outcome<Catalogue> verify(Run& run, const Configuration& configuration, const std::string& name) {
  auto verified = verifyBackup(run.session, configuration, name);
  if (!verified) return tl::unexpected(verified.error());
  Catalogue& catalogue = verified->catalogue;
  run.warn(catalogue.warnings);
  const JudgedGroup* judged = catalogue.find(name);
  if (judged == nullptr) {
    return tl::unexpected(
        Failure{ExitCode::kBackupFailed,
                "Backup " + name + " and its snapshots are gone; nothing was pruned"});
  }
  const Judgement& judgement = judged->judgement;
  run.result.verdict = judgement.verdict;
  for (const VolumeSnapshot& member : judged->group.members)
    run.result.snapshots.push_back(member.name);
  const std::string verdict(toString(judgement.verdict));
  if (isGood(judgement.verdict)) {
    run.session.log.info("backup verified",
                         {{"backup", name}, {"verdict", verdict}, {"why", judgement.reason}});
    run.result.reason = judgement.reason;
    if (judgement.verdict == Verdict::kUncertified) {
      run.warn("Backup " + name + " is uncertified: " + judgement.reason);
    }
    run.warn(doubtsAbout(catalogue.groups, name));
    return std::move(catalogue);
  }
  if (verified->out_of_time) {
    return tl::unexpected(Failure{
        ExitCode::kTimedOut, "the snapshots of Backup " + name +
                                 " did not become ready within --timeout: " + judgement.reason});
  }
  return tl::unexpected(Failure{
      ExitCode::kBackupFailed,
      "Backup " + name + " is " + verdict + ": " + judgement.reason + "; nothing was pruned"});
}

/// Tells about what was made and pruned.
void tellOfSuccess(Run& run, const Configuration& configuration, const PruneOutcome& pruned) {
  Session& session = run.session;
  tell(session, configuration.system, Severity::kNormal, "BackupCompleted", "Backup",
       "Backup " + *run.result.backup + " is " + std::string(toString(*run.result.verdict)));
  if (!pruned.pruned.empty()) {
    tell(session, configuration.system, Severity::kNormal, "SnapshotPruned", "Prune",
         "Pruned " + joined(pruned.pruned));
  }
  if (!pruned.problems.empty()) {
    tell(session, configuration.system, Severity::kWarning, "PruneFailed", "Prune",
         pruned.problems.front());
  }
}

/// Backups are ordered by when CNPG says they ended; one dated ahead displaces newer ones.
void warnOfTheFuture(Run& run, const Catalogue& catalogue) {
  for (const JudgedGroup& judged : catalogue.groups) {
    const auto end = judged.group.endTime().instant();
    if (!end || !liesAhead(*end, run.session.clock.now())) continue;
    run.warn("Backup " + judged.group.name +
             " is dated in the future, so it is kept and not counted; check the clocks");
  }
}

/// From a verified backup to the written status. Whatever fails here leaves a good backup: 4.
Outcome<void> finish(Run& run, PassLock& lock, const Configuration& configuration,
                     const std::vector<Right>& missing_rights, Catalogue catalogue) {
  Session& session = run.session;
  warnOfTheFuture(run, catalogue);
  std::vector<std::string> problems = markBackups(session, lock, catalogue);
  NooBaaSystem system = configuration.system;
  const auto publish = [&](const std::vector<std::string>& without) -> std::optional<Failure> {
    const BackupStatus status = statusOf(run, configuration, catalogue, without);
    Published published = publishStatus(session, system, status, mayWrite(lock));
    run.warn(published.warnings);
    return published.failure;
  };
  // The status stops offering a backup before it goes, as a pass can be cut short anywhere. One
  // that can't be written keeps nothing from going: it is tried again below, and told of.
  const auto announce = [&](const std::vector<std::string>& going) { publish(going); };
  const std::string& made = *run.result.backup;
  PrunePlan plan;
  const PruneOutcome pruned = prune(session, lock, configuration, made, catalogue, plan, announce);
  problems.insert(problems.end(), pruned.problems.begin(), pruned.problems.end());
  run.result.pruned = pruned.pruned;
  run.result.failed_to_prune = pruned.failed;
  describeKept(run, plan, catalogue);

  if (const auto failure = publish({})) problems.push_back(failure->message);
  if (session.stop.stop_requested()) {
    return tl::unexpected(Failure{
        ExitCode::kInterrupted,
        "stopped after Backup " + *run.result.backup + " was verified; the next pass finishes"});
  }
  for (const Right& right : missing_rights) {
    problems.push_back("the right to " + describe(right, session.name_space) + " is missing");
  }
  tellOfSuccess(run, configuration, pruned);
  if (problems.empty()) return {};
  return tl::unexpected(
      Failure{ExitCode::kIncomplete, "the backup is good, but " + joined(problems, "; ")});
}

/// After a pass without a verified backup: the status, true as things are now, and an Event.
void afterFailure(Run& run, PassLock& lock, const Configuration& configuration,
                  const Failure& failure) {
  Session& session = run.session;
  if (session.stop.stop_requested() || lock.lost() || failure.code == ExitCode::kUnavailable)
    return;
  if (auto catalogue = readCatalogue(session, configuration.group, configuration.cluster)) {
    const BackupStatus status = statusOf(run, configuration, *catalogue);
    describeKept(run, decidePrune(configuration, *catalogue, "", session.clock.now()), *catalogue);
    if (auto held = lock.confirm(); !held) return run.warn(held.error().message);
    if (JudgedGroup* made = run.result.backup ? catalogue->find(*run.result.backup) : nullptr) {
      run.warn(markUnusable(session, lock, *made));
    }
    NooBaaSystem system = configuration.system;
    const Published published = publishStatus(session, system, status, mayWrite(lock));
    if (published.failure) run.warn(published.failure->message);
    run.warn(published.warnings);
  } else {
    run.warn("the status was not refreshed: " + catalogue.error().message);
  }
  const bool refused = failure.code == ExitCode::kRefused;
  tell(session, configuration.system, Severity::kWarning,
       refused ? "BackupRefused" : "BackupFailed", refused ? "Preflight" : "Backup",
       failure.message);
}

/// Nobody would notice an instance that stays stopped. Says so in the reason, the warnings and an
/// Event; a good backup's pass only of a fence that is nobody's.
void watchFences(Run& run, const PassLock& lock, const Configuration& configuration,
                 Outcome<void>& done) {
  constexpr int kLooks = 4;
  Session& session = run.session;
  const ExitCode code = done ? ExitCode::kDone : done.error().code;
  if (session.stop.stop_requested() || lock.lost() || code == ExitCode::kUnavailable) return;
  const auto sighting = lookForFences(session, configuration.group, run.deleted, kLooks);
  if (!sighting) {
    session.log.warn("what is fenced is not known", {{"error", sighting.error().message}});
    return;
  }
  if (session.stop.stop_requested()) return;
  run.result.fence_left_over = *sighting && anyLeftOver((*sighting)->fences);
  if (!*sighting) return;
  const bool is_good = code == ExitCode::kDone || code == ExitCode::kIncomplete;
  if (is_good && !anyLeftOver((*sighting)->fences)) return;
  const std::string text =
      "still fenced: " + (*sighting)->description() + "; " + (*sighting)->fix();
  // A refusal for a fence names it already.
  if (!done && code != ExitCode::kRefused) done.error().message += "; " + text;
  run.warn(text);
  run.result.fenced = std::max(run.result.fenced, (*sighting)->lasted(session.clock.now()));
  if (session.client.options().dry_run) return;
  tell(session, configuration.system, Severity::kWarning, "InstanceStillFenced", "Fence", text);
}

/// Reads what to do; true: there is something to do.
Outcome<bool> configure(Run& run, Configuration& configuration) {
  auto read = readConfiguration(run.session);
  if (!read) return tl::unexpected(read.error());
  configuration = *std::move(read);
  Outcome<void> done;
  if (!configuration.policy) {
    done = nothingToDo(run, configuration);
  } else if (isDeferred(run.session, configuration)) {
    done = deferred(run, configuration);
  } else {
    return true;
  }
  if (!done) return tl::unexpected(done.error());
  return false;
}

/// Everything that happens while the lock is held.
Outcome<void> passLocked(Run& run, PassLock& lock, Configuration& configuration) {
  Session& session = run.session;
  std::optional<Started> started;
  for (bool looked_before = false; !started; looked_before = true) {
    if (looked_before) {
      // Whoever else changed things while another Backup was waited for.
      const auto wanted = configure(run, configuration);
      if (!wanted) return tl::unexpected(wanted.error());
      if (!*wanted) return {};
    }
    auto looked = startBackup(session, lock, configuration, looked_before);
    if (!looked) return tl::unexpected(looked.error());
    started = *std::move(looked);
  }
  run.warn(started->warnings);
  const std::string& name = started->backup.name;
  run.result.backup = name;
  if (session.client.options().dry_run) return endDryRun(run, configuration, name);

  if (auto completed = awaitCompletion(run, configuration, started->backup); !completed) {
    if (completed.error().code == ExitCode::kBackupFailed) run.result.verdict = Verdict::kFailed;
    return completed;
  }
  auto catalogue = verify(run, configuration, name);
  if (!catalogue) return tl::unexpected(catalogue.error());
  return finish(run, lock, configuration, started->missing_to_finish, *std::move(catalogue));
}

Outcome<void> pass(Run& run) {
  Session& session = run.session;
  Configuration configuration;
  auto wanted = configure(run, configuration);
  if (!wanted) return tl::unexpected(wanted.error());
  if (!*wanted) return {};

  const bool dry_run = session.client.options().dry_run;
  auto lock = dry_run ? Outcome<PassLock>(PassLock::forDryRun(session))
                      : PassLock::acquire(session, timing::Duration(session.settings.lock_wait));
  if (!lock) return tl::unexpected(lock.error());
  if (lock->waited()) {
    // Another pass, and whoever else, changed things while we waited.
    wanted = configure(run, configuration);
    if (!wanted) return tl::unexpected(wanted.error());
    if (!*wanted) return {};
  }
  auto done = passLocked(run, *lock, configuration);
  // Backups were unconfigured while another was waited for: there is nothing to look after.
  if (!configuration.policy) return done;
  const bool is_dry_success = done && dry_run;
  if (!is_dry_success) watchFences(run, *lock, configuration, done);
  if (done) return {};
  // A lost or lapsed lock ends calls as a stop does.
  if (!session.stop.stop_requested() && done.error().code == ExitCode::kInterrupted) {
    done = tl::unexpected(lock->lost() ? lock->lostFailure() : PassLock::lapsedFailure());
  }
  if (!dry_run && done.error().code != ExitCode::kIncomplete) {
    afterFailure(run, *lock, configuration, done.error());
  }
  return done;
}

}  // namespace

PassResult runPass(Session& session) {
  PassResult result = resultOf(session, "run", [&](PassResult& filled) {
    Run run{session, filled};
    return pass(run);
  });
  const k8s::Client::Counts& counts = session.client.counts();
  session.log.info("pass ended", {{"exitCode", static_cast<std::int64_t>(result.exit_code)},
                                  {"outcome", toString(outcomeOf(result))},
                                  {"requests", counts.requests},
                                  {"watches", counts.watches},
                                  {"retries", counts.retries}});
  return result;
}

}  // namespace job
