#include "job/pass/check.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "common/time/rfc3339.h"
#include "job/decide/adoption.h"
#include "job/decide/cron_job_drift.h"
#include "job/decide/kubectl.h"
#include "job/decide/preflight.h"
#include "job/model/joined.h"
#include "job/model/names.h"
#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"
#include "job/pass/fence_watch.h"
#include "job/pass/preconditions.h"
#include "job/report/human_age.h"

namespace job {
namespace {

/// What the checks so far have seen. A later one leaves out what it lacks: why is shown by then.
struct Seen {
  Configuration configuration;
  bool found_group = false;
  std::optional<std::vector<Backup>> in_flight;  // of the cluster
  bool over = false;                             // no further check makes sense
};

/// One check: looks, adds to what was seen, returns its lines; none when it lacks what it needs.
using Check = CheckLines (*)(Session& session, Seen& seen);

CheckLine lineOf(const std::string& name, const Finding& finding, bool passes_by_itself) {
  const bool warns = finding.kind == Finding::Kind::kWarn ||
                     (finding.kind == Finding::Kind::kWait && passes_by_itself);
  return warns ? CheckLine::warn(name, finding.message, finding.fix)
               : CheckLine::fail(name, ExitCode::kRefused, finding.message, finding.fix);
}

CheckLines checkApi(Session& session, Seen& seen) {
  const std::string name = "api";
  const auto version = session.client.serverVersion(session.context());
  if (version) return {CheckLine::ok(name, "answers: Kubernetes " + *version)};
  const Failure failure = failureOf(version.error(), "ask the API server's version");
  // Any account may ask, and a proxy before the server may still say no.
  if (version.error().isForbidden()) return {CheckLine::warn(name, failure.message)};
  seen.over = true;
  return {CheckLine::fail(name, failure)};
}

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

CheckLines checkCluster(Session& session, Seen& seen) {
  const std::string name = "cluster";
  const auto found = findWhere(session, seen.configuration);
  if (!found) return {CheckLine::fail(name, found.error())};
  seen.found_group = true;
  const auto& cluster = seen.configuration.cluster;
  if (!cluster) return {lineOf(name, absentCluster(session, seen.configuration.group), false)};
  return {CheckLine::ok(name, nameOf(*cluster) + " of " + seen.configuration.group + " has " +
                                  std::to_string(cluster->instances) +
                                  (cluster->instances == 1 ? " instance" : " instances"))};
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

CheckLine lineOfBackupInFlight(const Session& session, const Seen& seen, const Backup& backup) {
  const std::string name = "backups-in-flight";
  const auto begun = backup.begun();
  const timing::Duration age = begun ? session.clock.now() - *begun : timing::Duration::zero();
  const bool ours = isOurs(backup);
  const bool stuck = age > timing::Duration(session.settings.timeout);
  std::string message = "Backup " + backup.name + (ours ? " of ours" : " of somebody else") +
                        " is in flight (phase " + backup.phaseInWords() +
                        (begun ? ", for " + humanAge(age) : "") + ")";
  if (stuck) message += ", longer than --timeout";
  message += ours ? ": a pass goes on with it" : ": a pass waits for it to end";
  const std::string fix = stuck
                              ? "see why with: " +
                                    kubectl(session.name_space, "describe",
                                            backupType(seen.configuration.group), backup.name) +
                                    "; delete it only if CloudNativePG no longer works on it: the "
                                    "instance it stopped then stays fenced until you lift that"
                              : "";
  if (!ours) return CheckLine::fail(name, ExitCode::kBusy, message, fix);
  return stuck ? CheckLine::warn(name, message, fix) : CheckLine::ok(name, message);
}

CheckLines checkBackupsInFlight(Session& session, Seen& seen) {
  const std::string name = "backups-in-flight";
  if (!seen.found_group) return {};
  auto backups = listBackups(session, seen.configuration.group);
  if (!backups) return {CheckLine::fail(name, backups.error())};
  std::erase_if(*backups, [&](const Backup& backup) {
    return backup.cluster != session.cluster() || backup.progress != BackupProgress::kInFlight;
  });
  seen.in_flight = *std::move(backups);
  CheckLines lines;
  for (const Backup& backup : *seen.in_flight) {
    lines.push_back(lineOfBackupInFlight(session, seen, backup));
  }
  if (lines.empty()) lines.push_back(CheckLine::ok(name, "no Backup is in flight"));
  return lines;
}

/// A rule as a Role has it.
std::string ruleFor(const Right& right) {
  return "add to the account's Role: {apiGroups: [\"" + right.group + "\"], resources: [\"" +
         right.resource + "\"], verbs: [\"" + right.verb + "\"]}";
}

CheckLine lineOfMissing(const Right& right, const std::string& name_space) {
  const std::string name = "rights";
  const std::string lacks = "this account lacks the right to " + describe(right, name_space);
  switch (right.needed) {
    case Right::Needed::kToBackUp:
      return CheckLine::fail(name, ExitCode::kForbidden, lacks, ruleFor(right));
    case Right::Needed::kToFinish:
      return CheckLine::fail(name, ExitCode::kIncomplete,
                             lacks + "; the backup is made, but a pass ends incomplete",
                             ruleFor(right));
    case Right::Needed::kToSync:
      break;
  }
  return CheckLine::warn(name, lacks + ", without which sync fails", ruleFor(right));
}

CheckLines checkRights(Session& session, Seen& seen) {
  const std::string name = "rights";
  if (!seen.found_group) return {};
  PassScope scope = scopeOf(session, seen.configuration);
  scope.cron_job = session.settings.cron_job;
  const auto missing = reviewRights(session, scope);
  if (!missing) {
    return {CheckLine::warn(name, "could not be reviewed; a missing one shows when it is used")};
  }
  CheckLines lines;
  for (const Right& right : *missing) {
    lines.push_back(lineOfMissing(right, session.name_space));
  }
  if (lines.empty()) lines.push_back(CheckLine::ok(name, "all that a pass uses are there"));
  return lines;
}

CheckLines checkClasses(Session& session, Seen& seen) {
  const std::string name = "snapshot-class";
  const Configuration& configuration = seen.configuration;
  if (!configuration.cluster || !configuration.policy) return {};
  const std::string& class_of_cr = configuration.policy->snapshot_class;
  const auto findings = reviewClasses(session, *configuration.cluster, class_of_cr);
  if (!findings) return {CheckLine::fail(name, findings.error())};
  CheckLines lines;
  for (const Finding& finding : *findings) lines.push_back(lineOf(name, finding, false));
  if (lines.empty()) {
    lines.push_back(CheckLine::ok(
        name, "VolumeSnapshotClass " + class_of_cr + " is there, of the volumes' driver"));
  }
  return lines;
}

CheckLine lineOfFences(const std::optional<FenceSighting>& sighting) {
  const std::string name(Finding::kAboutFences);
  if (!sighting) return CheckLine::ok(name, "no instance is fenced");
  const std::string message = "fenced: " + sighting->description();
  if (!anyLeftOver(sighting->fences)) return CheckLine::warn(name, message, sighting->fix());
  return CheckLine::fail(name, ExitCode::kRefused,
                         message + "; CloudNativePG fails every backup while it is there",
                         sighting->fix());
}

/// Judges as preflight does. What a Backup in flight brings about passes with it.
CheckLines checkFitness(Session& session, Seen& seen) {
  const auto& cluster = seen.configuration.cluster;
  if (!cluster) return {};
  constexpr int kLooks = 2;
  const auto sighting = lookForFences(session, seen.configuration.group, std::nullopt, kLooks);
  const bool in_flight = seen.in_flight && !seen.in_flight->empty();
  const bool passes = in_flight && sighting && (!*sighting || !anyLeftOver((*sighting)->fences));

  CheckLines lines;
  CheckLines ownership;
  for (const Finding& finding :
       judgeCluster(*cluster, session.settings.allow_primary, /*online=*/false)) {
    if (finding.about == Finding::kAboutFences) continue;
    const CheckLine line = lineOf(std::string(finding.about), finding, passes);
    (finding.about == Finding::kAboutOwnership ? ownership : lines).push_back(line);
  }
  if (lines.empty()) {
    lines.push_back(CheckLine::ok(
        std::string(Finding::kAboutHealth),
        std::to_string(cluster->ready_instances) + " of " + std::to_string(cluster->instances) +
            " instances are ready, the primary is " + cluster->current_primary));
  }
  lines.push_back(sighting ? lineOfFences(*sighting)
                           : CheckLine::fail(std::string(Finding::kAboutFences), sighting.error()));
  if (ownership.empty()) {
    ownership.push_back(CheckLine::ok(std::string(Finding::kAboutOwnership),
                                      "backups outlive the Cluster (snapshotOwnerReference is \"" +
                                          cluster->snapshot_owner_reference + "\")"));
  }
  lines.insert(lines.end(), ownership.begin(), ownership.end());
  return lines;
}

CheckLines checkBackups(Session& session, Seen& seen) {
  const std::string name = "backups";
  if (!seen.found_group) return {};
  const auto catalogue =
      readCatalogue(session, seen.configuration.group, seen.configuration.cluster);
  if (!catalogue) return {CheckLine::fail(name, catalogue.error())};
  std::map<Verdict, int> verdicts;
  std::optional<timing::Instant> newest;
  int good = 0;
  for (const JudgedGroup& judged : catalogue->groups) {
    ++verdicts[judged.judgement.verdict];
    if (!isGood(judged.judgement.verdict)) continue;
    ++good;
    const auto end = judged.group.endTime().instant();
    if (!end || !liesAhead(*end, session.clock.now())) newest = std::max(newest, end);
  }
  std::vector<std::string> counts;
  counts.reserve(verdicts.size());
  for (const auto& [verdict, count] : verdicts) {
    counts.push_back(std::to_string(count) + " " + std::string(toString(verdict)));
  }
  std::string message =
      std::to_string(good) + " good of " + std::to_string(catalogue->groups.size());
  if (!counts.empty()) message += " (" + joined(counts) + ")";
  if (newest)
    message += ", the newest good one ended " + humanAge(session.clock.now() - *newest) + " ago";
  CheckLines lines = {good == 0 ? CheckLine::warn(name, "there is no good backup: " + message)
                                : CheckLine::ok(name, message)};
  for (const std::string& warning : catalogue->warnings) {
    lines.push_back(CheckLine::warn(name, warning));
  }
  return lines;
}

constexpr std::array<Check, 9> kChecks = {
    checkApi,    checkSystem,  checkCluster, checkOtherSchedules, checkBackupsInFlight,
    checkRights, checkClasses, checkFitness, checkBackups};

bool wasInterrupted(const CheckLines& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const CheckLine& line) {
    return line.level == CheckLine::Level::kFail && line.code == ExitCode::kInterrupted;
  });
}

}  // namespace

CheckLines check(Session& session) {
  CheckLines lines;
  Seen seen;
  for (const Check each : kChecks) {
    for (CheckLine& line : each(session, seen)) lines.push_back(std::move(line));
    if (seen.over || wasInterrupted(lines)) break;
  }
  return lines;
}

}  // namespace job
