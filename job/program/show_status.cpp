#include "job/program/show_status.h"

#include <utility>

#include "common/json/write.h"
#include "job/decide/backup_policy.h"
#include "job/decide/coexistence.h"
#include "job/decide/cron_job_drift.h"
#include "job/pass/catalogue.h"
#include "job/pass/cluster_reader.h"
#include "job/report/status_report.h"

namespace job {
namespace {

/// What holds backups; what this account may not see is a warning, as a reader's rights may be few.
References readReferences(Session& session, const NooBaaSystem& system,
                          const std::vector<std::string>& groups,
                          std::vector<std::string>& warnings) {
  References references;
  if (auto claims = readVolumeClaims(session)) {
    references = std::move(claims->pending);
  } else {
    warnings.push_back("backups held by a Pending PVC are not shown: " + claims.error().message);
  }
  if (auto clusters = readClusterReferences(session, groups)) {
    references.cluster_snapshots = std::move(clusters->cluster_snapshots);
    references.cluster_backups = std::move(clusters->cluster_backups);
    references.drill_snapshots = std::move(clusters->drill_snapshots);
  } else {
    warnings.push_back("backups held by a Cluster are not shown: " + clusters.error().message);
  }
  if (system.recovery_snapshot) references.recovery_snapshots.insert(*system.recovery_snapshot);
  return references;
}

/// Whether the CronJob named by --cronjob starts passes as configured.
std::vector<std::string> driftOfCronJob(Session& session,
                                        const std::optional<BackupPolicy>& policy) {
  const std::string& name = session.settings.cron_job;
  if (name.empty()) return {};
  const auto cron_job = findCronJob(session);
  if (!cron_job) return {cron_job.error().message};
  return describe(compareCronJob(*cron_job, policy), name);
}

std::string render(const StatusReport& report, Output output, timing::Instant now, bool colours) {
  switch (output) {
    case Output::kJson:
      return json::writePretty(toJson(report)) + "\n";
    case Output::kYaml:
      return toYaml(report);
    case Output::kName:
      return toNames(report);
    case Output::kWide:
      return toTable(report, now, true, colours);
    default:
      return toTable(report, now, false, colours);
  }
}

}  // namespace

Outcome<std::string> showStatus(Session& session) {
  auto system = readSystem(session);
  if (!system) return tl::unexpected(system.error());
  std::vector<std::string> warnings;
  std::optional<BackupPolicy> policy;
  if (auto decided = decidePolicy(*system, session.settings.overrides)) {
    policy = *std::move(decided);
    warnings = driftOfCronJob(session, policy);
  } else {
    warnings.push_back(decided.error());
  }

  auto finding = findCluster(session);
  if (!finding) return tl::unexpected(finding.error());
  auto catalogue = readCatalogue(session, finding->group, finding->cluster);
  if (!catalogue) return tl::unexpected(catalogue.error());
  std::vector<ScheduledBackup> active;
  if (auto schedules = listScheduledBackups(session, finding->group)) {
    active = activeSchedules(*schedules, session.cluster());
  } else {
    warnings.push_back("operators' schedules are not shown: " + schedules.error().message);
  }
  const References references = readReferences(session, *system, finding->all_groups, warnings);

  const timing::Instant now = session.clock.now();
  StatusReport report = makeStatusReport(*system, session.cluster(), policy,
                                         std::move(catalogue->groups), references, active, now);
  report.warnings.insert(report.warnings.begin(), warnings.begin(), warnings.end());
  report.warnings.insert(report.warnings.end(), catalogue->warnings.begin(),
                         catalogue->warnings.end());
  if (!finding->cluster) {
    report.warnings.push_back("Cluster " + session.name_space + "/" + session.cluster() +
                              " does not exist");
  }
  return render(report, session.settings.output, now, session.colours);
}

}  // namespace job
