#include "job/pass/sync.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "common/time/rfc3339.h"
#include "job/decide/coexistence.h"
#include "job/decide/cron_job_drift.h"
#include "job/decide/missed_backup.h"
#include "job/decide/recovery_need.h"
#include "job/decide/recovery_status.h"
#include "job/decide/status_patch.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/catalogue.h"
#include "job/pass/cluster_reader.h"
#include "job/pass/configuration.h"
#include "job/pass/fence_watch.h"
#include "job/pass/pass_lock.h"
#include "job/pass/prune.h"
#include "job/pass/publish_status.h"
#include "job/pass/recovery_rights.h"
#include "job/pass/recovery_step.h"
#include "job/pass/result_of.h"
#include "job/pass/tell.h"

namespace job {
namespace {

/// One look at what is configured and at the backups.
struct Look {
  Configuration configuration;
  std::optional<Catalogue> catalogue;  // empty when nothing is backed up by us
  std::optional<BackupStatus> status;  // to be; empty: none
  bool status_differs = false;
};

BackupStatus statusOf(const Session& session, const Configuration& configuration,
                      const Catalogue& catalogue) {
  const auto& schedule = configuration.policy->schedule;
  BackupStatus status = decideStatus(catalogue.groups, schedule, session.clock.now());
  const auto& current = configuration.system.backup_status;
  // Without a good backup @every counts from now, and would be put off by each sync.
  if (schedule && schedule->every() && status.last_backup_time.empty() && current &&
      !current->next_backup_time.empty()) {
    status.next_backup_time = current->next_backup_time;
  }
  return status;
}

/// The status of a CR that others look after is theirs.
Outcome<Look> lookAround(Session& session) {
  auto read = readConfiguration(session);
  if (!read) return tl::unexpected(read.error());
  Look look{*std::move(read), {}, {}, false};
  const Configuration& configuration = look.configuration;
  if (configuration.policy) {
    if (isDeferred(session, configuration)) return look;
    auto catalogue = readCatalogue(session, configuration.group, configuration.cluster);
    if (!catalogue) return tl::unexpected(catalogue.error());
    look.catalogue = *std::move(catalogue);
    look.status = statusOf(session, configuration, *look.catalogue);
  } else if (configuration.system.external_postgres) {
    return look;
  }
  look.status_differs = statusPatch(configuration.system.backup_status, look.status).has_value();
  return look;
}

/// The command in progress: what it did and found.
struct Sync {
  Session& session;
  PassResult& result;
  std::vector<std::string> done;  // clauses for people
  std::vector<Failure> failures;
  std::vector<std::string> notes = {};         // clauses on what goes on without it
  std::optional<timing::Instant> set_up = {};  // when the CronJob was made
  bool recovery_waits = false;  // one is asked for, and this account may not drive it

  void warn(const std::string& warning) { job::warn(session, result, warning); }
  /// Told as an Event too.
  void alarm(const Look& look, const EventKind& kind, const std::string& text) {
    warn(text);
    if (session.client.options().dry_run) return;
    tell(session, look.configuration.system, kind, text);
  }
  std::string cronJob() const {
    return "CronJob " + session.name_space + "/" + session.settings.cron_job;
  }
};

/// True: the CronJob is in step now. The resourceVersion in the patch makes a change by somebody
/// else meanwhile a conflict: the next sync looks again.
bool writeCronJob(Sync& sync, const Look& look, const CronJobDrift& drift) {
  Session& session = sync.session;
  const auto answer =
      session.client.mergePatch(session.object(cronJobType(), session.settings.cron_job),
                                *drift.patch, k8s::Subresource::kNone, session.context());
  if (!answer && answer.error().isConflict()) {
    sync.warn(sync.cronJob() + " was changed meanwhile; the next sync looks again");
    return false;
  }
  if (!answer) {
    sync.failures.push_back(failureOf(answer.error(), "put " + sync.cronJob() + " in step"));
    return false;
  }
  sync.done.push_back(sync.cronJob() + " was " + drift.change);
  session.log.info("CronJob put in step",
                   {{"cronJob", session.settings.cron_job}, {"change", drift.change}});
  if (session.client.options().dry_run) return false;
  tell(session, look.configuration.system, events::kCronJobSynced, sync.done.back());
  return true;
}

/// Without the Lease: no pass reads the CronJob, and one that goes on for long is no reason for the
/// next to come by an old schedule.
Outcome<void> syncCronJob(Sync& sync, const Look& look) {
  if (sync.session.settings.cron_job.empty()) return {};
  const auto cron_job = findCronJob(sync.session);
  if (!cron_job) return tl::unexpected(cron_job.error());
  sync.set_up = cron_job->created.instant();
  const CronJobDrift drift = compareCronJob(*cron_job, look.configuration.policy);
  const bool written = drift.patch && writeCronJob(sync, look, drift);
  sync.result.schedule_in_sync = drift.obstacle.empty() && (!drift.patch || written);
  if (drift.obstacle.empty()) return {};
  const std::string text = sync.cronJob() + ": " + drift.obstacle;
  if (!drift.is_stuck) {
    sync.warn(text);
    return {};
  }
  sync.alarm(look, events::kBackupsNotScheduled, text);
  sync.failures.push_back({ExitCode::kConfiguration, text});
  return {};
}

/// What was seen before the Lease was ours may be another pass's unfinished work, so it is looked
/// at again.
Outcome<Look> refreshStatus(Sync& sync, Look seen) {
  Session& session = sync.session;
  auto lock = PassLock::acquire(session, timing::Duration::zero());
  if (!lock && lock.error().code == ExitCode::kBusy) {
    sync.warn("the status was not written, as another pass is at work; the next sync looks again");
    return seen;
  }
  if (!lock) return tl::unexpected(lock.error());
  auto look = lookAround(session);
  if (!look || !look->status_differs) return look;
  const Published published =
      publishStatus(session, look->configuration.system, look->status, mayWrite(*lock));
  for (const std::string& warning : published.warnings) sync.warn(warning);
  if (published.failure) {
    sync.failures.push_back(*published.failure);
  } else {
    sync.done.emplace_back(look->status ? "the status was refreshed" : "the status was cleared");
  }
  return look;
}

/// How the recovery stands. Whatever goes wrong with it keeps the rest of a sync from nothing.
void reportRecovery(Sync& sync, const RecoveryLook& seen, bool changed) {
  using State = RecoveryLook::State;
  for (const std::string& warning : seen.warnings) sync.warn(warning);
  const std::string text = "the recovery from " + seen.snapshot + ": " + seen.words;
  switch (seen.state) {
    case State::kNothingToDo:
      if (changed) sync.done.emplace_back("recoveryStatus Pending was taken back");
      return;
    case State::kUnfit:
    case State::kUnable:
      return sync.failures.push_back(
          {ExitCode::kRecoveryFailed,
           "the recovery from " + seen.snapshot + " failed: " + seen.words});
    case State::kOrphaned:
      return sync.failures.push_back({ExitCode::kRefused, text});
    case State::kDeferred:
    case State::kGoing:
    case State::kReady:
    case State::kComingUp:
    case State::kUp:
      return (changed ? sync.done : sync.notes).push_back(text);
  }
}

/// Completed or Failed.
bool isEnd(RecoveryLook::State state) {
  using State = RecoveryLook::State;
  return state == State::kUp || state == State::kUnfit || state == State::kUnable;
}

/// One step of a recovery, and no waiting: the next sync goes on.
Outcome<void> stepRecovery(Sync& sync) {
  Session& session = sync.session;
  auto seen = lookAtRecovery(session);
  if (!seen) return tl::unexpected(seen.error());
  if (!changesSomething(*seen)) {
    reportRecovery(sync, *seen, false);
    // A new reason leaves the status as it was, and Events are not kept for ever.
    if (!session.client.options().dry_run) tellOfTrouble(session, *seen);
    return {};
  }
  auto lock = PassLock::acquire(session, timing::Duration::zero());
  if (!lock && lock.error().code == ExitCode::kBusy) {
    reportRecovery(sync, *seen, false);
    sync.warn("the recovery was not driven, as another pass is at work; the next sync looks again");
    return {};
  }
  if (!lock) return tl::unexpected(lock.error());
  auto step = advanceRecovery(session, *lock);
  if (!step) return tl::unexpected(step.error());
  reportRecovery(sync, step->look, true);
  // By recoveryStatus, which tells of a Cluster whose creator was killed too, once. Where it can't
  // be written, each sync would find what it lacks, and the creation alone is this one's for sure.
  using State = RecoveryLook::State;
  const bool created = seen->state == State::kReady && step->look.state == State::kComingUp;
  const bool told = step->look.state == State::kComingUp || isEnd(step->look.state);
  sync.result.moved_recovery = created || (step->untold.empty() && told);
  if (!step->untold.empty()) sync.warn(step->untold);
  return {};
}

void driveRecovery(Sync& sync) {
  auto driven = stepRecovery(sync);
  if (driven) return;
  const Failure failure = withMissingRights(sync.session, driven.error());
  const std::string text = "the recovery was not driven: " + failure.message;
  // Granted or not is somebody's choice, who then recovers by hand. Not so any other refusal.
  const bool by_choice =
      failure.code == ExitCode::kForbidden && failure.message != driven.error().message;
  if (!by_choice) return sync.failures.push_back({failure.code, text});
  sync.recovery_waits = true;
  sync.warn(text);
}

/// By what was read anyway, as a recovery is rare: is there one to drive?
bool isRecoveryWanted(Sync& sync, const Look& look) {
  const NooBaaSystem& system = look.configuration.system;
  const bool concerns = system.recovery_snapshot || isRecoveryUnfinished(system);
  if (!concerns || system.external_postgres) return false;
  std::optional<Cluster> cluster = look.configuration.cluster;
  if (look.configuration.group.empty()) {
    // No backups are configured, so it was not looked for.
    auto finding = findCluster(sync.session);
    if (!finding) {
      sync.failures.push_back(finding.error());
      return false;
    }
    cluster = std::move(finding->cluster);
  }
  const RecoveryNeed need = recoveryNeed(system, cluster);
  if (need.wanted) return true;
  // Whether it is fit costs more requests than a sync that finds nothing new may have.
  sync.notes.push_back(need.why_not + (need.in_the_way
                                           ? "; recover --dry-run says whether " + need.snapshot +
                                                 " is fit, and what to do"
                                           : ""));
  const auto& status = system.recovery_status;
  return need.over && status && status->status == kRecoveryPending;
}

void warnOfHiddenSchedule(Sync& sync, const Look& look) {
  const auto& of_cr = look.configuration.system.backup;
  const auto& flag = sync.session.settings.overrides.schedule;
  if (flag && of_cr && of_cr->schedule && *of_cr->schedule != *flag) {
    sync.warn("--schedule \"" + *flag + "\" hides the NooBaa CR's schedule \"" + *of_cr->schedule +
              "\"");
  }
}

void warnOfMissedBackup(Sync& sync, const Look& look) {
  const auto& schedule = look.configuration.policy->schedule;
  if (!schedule) return;
  const auto last = timing::parseRfc3339(look.status->last_backup_time);
  const auto missed =
      missedFiring(last ? std::optional(*last) : std::nullopt, look.catalogue->groups, *schedule,
                   sync.session.clock.now(), sync.set_up);
  if (!missed) return;
  sync.alarm(look, events::kBackupMissed,
             "a backup was due at " + timing::formatRfc3339(*missed) +
                 " and there is none since; " +
                 (last ? "the last good one ended at " + look.status->last_backup_time
                       : "there is no good one at all"));
}

/// CNPG lifts its fence a moment after it wrote a Backup's end, so a fence is looked at again.
void warnOfFences(Sync& sync, const Look& look) {
  constexpr int kLooks = 3;
  const auto& cluster = look.configuration.cluster;
  if (!cluster) return;
  sync.result.fence_left_over = false;
  if (!anyLeftOver(explainFences(*cluster, look.catalogue->groups.listedBackups()))) return;
  const auto sighting = lookForFences(sync.session, look.configuration.group, std::nullopt, kLooks);
  if (!sighting) return sync.warn("what is fenced is not known: " + sighting.error().message);
  if (!*sighting || !anyLeftOver((*sighting)->fences)) return;
  sync.result.fenced = (*sighting)->lasted(sync.session.clock.now());
  sync.result.fence_left_over = true;
  sync.alarm(look, events::kInstanceStillFenced,
             "still fenced: " + (*sighting)->description() + "; " + (*sighting)->fix());
}

void describeBackups(Sync& sync, const Look& look) {
  PassResult& result = sync.result;
  result.max_snapshots = look.configuration.policy->max_snapshots;
  result.last_backup_time = look.status->last_backup_time;
  result.next_backup_time = look.status->next_backup_time;
  result.overdue = overdueAfter(look.status->last_backup_time, look.configuration.policy->schedule);
  result.backups = look.catalogue->verdicts();
  const PrunePlan plan =
      decidePrune(look.configuration, *look.catalogue, "", sync.session.clock.now());
  result.held = plan.held;
  result.kept = plan.kept;
  for (const std::string& warning : look.catalogue->warnings) sync.warn(warning);
}

std::string reasonFor(const Sync& sync, const Look& look) {
  std::vector<std::string> clauses = sync.done;
  if (sync.result.dry_run && !clauses.empty())
    clauses.emplace_back("as a dry run, so nothing changed");
  if (sync.recovery_waits) {
    clauses.emplace_back("the recovery that the NooBaa CR asks for waits for somebody to drive it");
  }
  if (clauses.empty()) clauses.emplace_back("everything is in step");
  clauses.insert(clauses.end(), sync.notes.begin(), sync.notes.end());
  if (!look.configuration.policy) clauses.push_back(look.configuration.nothing_to_do);
  if (isDeferred(sync.session, look.configuration)) {
    clauses.push_back(whoSchedules(look.configuration.active_schedules, sync.session.cluster()));
  }
  return joined(clauses, "; ");
}

Outcome<void> syncOnce(Sync& sync) {
  auto look = lookAround(sync.session);
  if (!look) {
    // A backup that is configured wrongly keeps no database from coming back.
    if (look.error().code == ExitCode::kConfiguration) driveRecovery(sync);
    Failure failure = look.error();
    for (const Failure& other : sync.failures) {
      // Both may have failed to read the CR.
      if (other.message.ends_with(look.error().message)) continue;
      failure.message += "; " + other.message;
    }
    return tl::unexpected(failure);
  }
  // First of all, as the service is down.
  if (isRecoveryWanted(sync, *look)) driveRecovery(sync);
  if (auto synced = syncCronJob(sync, *look); !synced) return synced;
  if (look->status_differs) {
    look = refreshStatus(sync, *std::move(look));
    if (!look) return tl::unexpected(look.error());
  }
  warnOfHiddenSchedule(sync, *look);
  if (look->catalogue) {
    describeBackups(sync, *look);
    warnOfMissedBackup(sync, *look);
    warnOfFences(sync, *look);
  }
  if (isDeferred(sync.session, look->configuration)) {
    sync.result.said = PassOutcome::kDeferred;
  } else if (sync.done.empty()) {
    sync.result.said = PassOutcome::kNothingToDo;
  }
  sync.result.reason = reasonFor(sync, *look);
  if (sync.failures.empty()) return {};
  std::vector<std::string> messages;
  for (const Failure& failure : sync.failures) messages.push_back(failure.message);
  return tl::unexpected(Failure{sync.failures.front().code, joined(messages, "; ")});
}

}  // namespace

PassResult sync(Session& session) {
  return resultOf(session, "sync", [&](PassResult& filled) {
    Sync sync{session, filled, {}, {}};
    return syncOnce(sync);
  });
}

}  // namespace job
