#include "job/pass/check_steps.h"

#include <utility>

#include "job/decide/cron_job_drift.h"
#include "job/model/joined.h"
#include "job/model/names.h"

namespace job {
namespace {

CheckLine lineOfCronJob(Session& session, const Seen& seen) {
  const std::string name = "cronjob";
  const auto cron_job = findCronJob(session);
  // A pass does not need it.
  if (!cron_job) return CheckLine::warn(name, cron_job.error().message);
  const CronJobDrift drift = compareCronJob(*cron_job, seen.configuration.policy);
  if (drift.inStep()) {
    return CheckLine::ok(name, "CronJob " + cron_job->name + " is in step: \"" +
                                   cron_job->schedule + "\"" +
                                   (cron_job->suspended ? ", suspended" : ""));
  }
  return CheckLine::warn(name, joined(describe(drift, cron_job->name), "; "),
                         drift.patch ? "run: " + std::string(kProgramName) + " sync --cronjob " +
                                           cron_job->name + " -n " + session.name_space
                                     : "");
}

}  // namespace

CheckLines checkSystem(Session& session, Seen& seen) {
  const std::string name = "noobaa";
  auto system = readSystem(session);
  if (!system) {
    // The database may be looked at without it.
    return {CheckLine::fail(name, system.error())};
  }
  seen.configuration.system = *std::move(system);
  const std::string what = "NooBaa " + session.name_space + "/" + seen.configuration.system.name;
  CheckLines lines = {CheckLine::ok(name, what + " is there")};

  const std::string configured = "backup-configuration";
  if (const auto decided = decideWhatToDo(session, seen.configuration); !decided) {
    lines.push_back(CheckLine::fail(configured, decided.error()));
    return lines;
  }
  if (!seen.configuration.policy) {
    lines.push_back(CheckLine::warn(configured, seen.configuration.nothing_to_do));
    if (!session.settings.cron_job.empty()) lines.push_back(lineOfCronJob(session, seen));
    // A recovery does not need them.
    if (seen.configuration.system.recovery_snapshot)
      seen.found_group = findWhere(session, seen.configuration).has_value();
    for (CheckLine& line : checkRecovery(session, seen)) lines.push_back(std::move(line));
    seen.over = true;
    return lines;
  }
  const BackupPolicy& policy = *seen.configuration.policy;
  const std::string count = policy.max_snapshots
                                ? std::to_string(*policy.max_snapshots) + " are kept"
                                : "none is pruned (no maxSnapshots)";
  lines.push_back(CheckLine::ok(
      configured, "VolumeSnapshotClass " + policy.snapshot_class + ", " + count + ", " +
                      (policy.schedule ? "schedule \"" + policy.schedule->expression() + "\""
                                       : "no schedule")));
  if (!session.settings.cron_job.empty()) lines.push_back(lineOfCronJob(session, seen));
  return lines;
}

CheckLines checkOtherSchedules(Session& session, Seen& seen) {
  const std::string name = "operator-schedule";
  if (!seen.found_group) return {};
  const auto read = readActiveSchedules(session, seen.configuration);
  if (!read) return {CheckLine::fail(name, read.error())};
  const std::string names = namesOf(seen.configuration.active_schedules);
  if (names.empty()) return {CheckLine::ok(name, "nobody else schedules backups of the Cluster")};
  const std::string who = "ScheduledBackup " + names + " schedules backups of the Cluster: ";
  switch (session.settings.operator_schedule) {
    case OperatorSchedulePolicy::kDefer:
      return {CheckLine::warn(name,
                              who + "a pass defers to it, and makes, prunes and writes nothing",
                              "to take over, run with --operator-schedule suspend")};
    case OperatorSchedulePolicy::kSuspend:
      return {CheckLine::warn(name, who + "a pass suspends it (--operator-schedule suspend)")};
    case OperatorSchedulePolicy::kIgnore:
      break;
  }
  return {CheckLine::warn(
      name, who + "a pass goes on beside it (--operator-schedule ignore), and both prune",
      "have one of them: run with --operator-schedule suspend")};
}

}  // namespace job
