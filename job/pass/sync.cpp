#include "job/pass/sync.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "common/time/rfc3339.h"
#include "job/decide/coexistence.h"
#include "job/decide/cron_job_drift.h"
#include "job/decide/missed_backup.h"
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
#include "job/pass/tell.h"

namespace job {
namespace {

/// One look at everything, and what there is to write.
struct Look {
  Configuration configuration;
  std::optional<CronJobDrift> drift;   // empty without --cronjob
  std::optional<Catalogue> catalogue;  // empty when nothing is backed up by us
  std::optional<BackupStatus> status;  // to be; empty: none
  bool status_differs = false;

  bool wantsWriting() const { return status_differs || (drift && drift->patch); }
};

/// The status of a CR that others look after is theirs.
Outcome<void> lookAtBackups(Session& session, Look& look) {
  const Configuration& configuration = look.configuration;
  if (configuration.policy) {
    if (isDeferred(session, configuration)) return {};
    auto catalogue = readCatalogue(session, configuration.group, configuration.cluster);
    if (!catalogue) return tl::unexpected(catalogue.error());
    look.catalogue = *std::move(catalogue);
    look.status =
        decideStatus(look.catalogue->groups, configuration.policy->schedule, session.clock.now());
  } else if (configuration.system.external_postgres) {
    return {};
  }
  look.status_differs = statusPatch(configuration.system.backup_status, look.status).has_value();
  return {};
}

Outcome<Look> lookAround(Session& session) {
  Look look;
  auto configuration = readConfiguration(session);
  if (!configuration) return tl::unexpected(configuration.error());
  look.configuration = *std::move(configuration);
  if (!session.settings.cron_job.empty()) {
    const auto cron_job = findCronJob(session);
    if (!cron_job) return tl::unexpected(cron_job.error());
    look.drift = compareCronJob(*cron_job, look.configuration.policy);
  }
  if (auto looked = lookAtBackups(session, look); !looked) return tl::unexpected(looked.error());
  return look;
}

/// The command in progress: what it did and found.
struct Sync {
  Session& session;
  PassResult& result;
  std::vector<std::string> done;  // clauses for people
  std::vector<Failure> failures;
  bool cron_job_written = false;

  void warn(const std::string& warning) {
    if (std::ranges::find(result.warnings, warning) != result.warnings.end()) return;
    session.log.warn(warning);
    result.warnings.push_back(warning);
  }
  std::string cronJob() const {
    return "CronJob " + session.name_space + "/" + session.settings.cron_job;
  }
};

/// The resourceVersion in the patch makes a change by somebody else meanwhile a conflict: the next
/// sync looks again.
void writeCronJob(Sync& sync, const Look& look) {
  Session& session = sync.session;
  const auto answer =
      session.client.mergePatch(session.object(cronJobType(), session.settings.cron_job),
                                *look.drift->patch, k8s::Subresource::kNone, session.changing());
  if (!answer) {
    if (answer.error().isConflict()) {
      return sync.warn(sync.cronJob() + " was changed meanwhile; the next sync looks again");
    }
    sync.failures.push_back(failureOf(answer.error(), "put " + sync.cronJob() + " in step"));
    return;
  }
  sync.cron_job_written = !session.client.options().dry_run;
  sync.done.push_back(sync.cronJob() + " was " + look.drift->change);
  session.log.info("CronJob put in step",
                   {{"cronJob", session.settings.cron_job}, {"change", look.drift->change}});
  if (session.client.options().dry_run) return;
  tell(session, look.configuration.system, Severity::kNormal, "CronJobSynced", "Sync",
       sync.done.back());
}

void writeStatus(Sync& sync, PassLock& lock, Look& look) {
  const Published published =
      publishStatus(sync.session, look.configuration.system, look.status,
                    [&](bool changed) { return changed ? lock.confirmNow() : lock.confirm(); });
  for (const std::string& warning : published.warnings) sync.warn(warning);
  if (published.failure) {
    sync.failures.push_back(*published.failure);
  } else {
    sync.done.emplace_back(look.status ? "the status was refreshed" : "the status was cleared");
  }
}

/// What was seen before the Lease was ours may be another pass's unfinished work.
Outcome<Look> write(Sync& sync, Look seen) {
  Session& session = sync.session;
  const bool dry_run = session.client.options().dry_run;
  auto lock = dry_run ? Outcome<PassLock>(PassLock::forDryRun(session))
                      : PassLock::acquire(session, timing::Duration::zero());
  if (!lock && lock.error().code == ExitCode::kBusy) {
    sync.warn("nothing was written, as another pass is at work; the next sync looks again");
    return seen;
  }
  if (!lock) return tl::unexpected(lock.error());
  auto look = lookAround(session);
  if (!look) return tl::unexpected(look.error());
  if (look->drift && look->drift->patch) writeCronJob(sync, *look);
  if (look->status_differs) writeStatus(sync, *lock, *look);
  return *std::move(look);
}

void warnOfSchedules(Sync& sync, const Look& look) {
  const auto& of_cr = look.configuration.system.backup;
  const auto& flag = sync.session.settings.overrides.schedule;
  if (flag && of_cr && of_cr->schedule && *of_cr->schedule != *flag) {
    sync.warn("--schedule \"" + *flag + "\" hides the NooBaa CR's schedule \"" + *of_cr->schedule +
              "\"");
  }
  if (look.drift && !look.drift->obstacle.empty()) {
    sync.warn(sync.cronJob() + ": " + look.drift->obstacle);
  }
}

void warnOfMissedBackup(Sync& sync, const Look& look) {
  const auto& schedule = look.configuration.policy->schedule;
  if (!schedule) return;
  const auto last = timing::parseRfc3339(look.status->last_backup_time);
  const auto missed = missedFiring(last ? std::optional(*last) : std::nullopt,
                                   look.catalogue->groups, *schedule, sync.session.clock.now());
  if (!missed) return;
  sync.warn("a backup was due at " + timing::formatRfc3339(*missed) + " and there is none since; " +
            (last ? "the last good one ended at " + look.status->last_backup_time
                  : "there is no good one at all"));
}

/// CNPG lifts its fence a moment after it wrote a Backup's end, so a fence is looked at again.
void warnOfFences(Sync& sync, const Look& look) {
  constexpr int kLooks = 3;
  const auto& cluster = look.configuration.cluster;
  if (!cluster || cluster->fenced_instances.empty()) return;
  if (!anyLeftOver(explainFences(*cluster, look.catalogue->backups))) return;
  const auto sighting = lookForFences(sync.session, look.configuration.group, std::nullopt, kLooks);
  if (!sighting) return sync.warn("what is fenced is not known: " + sighting.error().message);
  if (!*sighting || !anyLeftOver((*sighting)->fences)) return;
  sync.result.fenced = (*sighting)->lasted(sync.session.clock.now());
  sync.warn("still fenced: " + (*sighting)->description() + "; " + (*sighting)->fix());
}

void describeBackups(Sync& sync, const Look& look) {
  PassResult& result = sync.result;
  result.max_snapshots = look.configuration.policy->max_snapshots;
  result.last_backup_time = look.status->last_backup_time;
  result.next_backup_time = look.status->next_backup_time;
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
  if (clauses.empty()) clauses.emplace_back("everything is in step");
  if (!look.configuration.policy) clauses.push_back(look.configuration.nothing_to_do);
  if (isDeferred(sync.session, look.configuration)) {
    clauses.push_back("ScheduledBackup " + namesOf(look.configuration.active_schedules) +
                      " schedules the backups of " + sync.session.cluster());
  }
  return joined(clauses, "; ");
}

Outcome<void> syncOnce(Sync& sync) {
  auto look = lookAround(sync.session);
  if (!look) return tl::unexpected(look.error());
  if (look->wantsWriting()) {
    look = write(sync, *std::move(look));
    if (!look) return tl::unexpected(look.error());
  }
  warnOfSchedules(sync, *look);
  if (look->drift) {
    sync.result.schedule_in_sync =
        look->drift->obstacle.empty() && (!look->drift->patch || sync.cron_job_written);
  }
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
  PassResult result;
  result.command = "sync";
  result.dry_run = session.client.options().dry_run;
  result.cluster = session.cluster();
  const timing::Monotonic began = session.clock.monotonic();
  Sync sync{session, result, {}, {}};
  if (const auto done = syncOnce(sync); !done) {
    result.exit_code = done.error().code;
    result.reason = done.error().message;
    result.said.reset();
  }
  result.duration = session.clock.monotonic() - began;
  session.log.info("sync ended", {{"exitCode", static_cast<std::int64_t>(result.exit_code)},
                                  {"outcome", toString(outcomeOf(result))},
                                  {"requests", session.client.counts().requests}});
  return result;
}

}  // namespace job
