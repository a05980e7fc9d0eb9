#include "job/report/status_report.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/time/rfc3339.h"
#include "job/decide/missed_backup.h"
#include "job/decide/recovery_status.h"
#include "job/decide/retention_candidates.h"
#include "job/report/json_parts.h"
#include "job/report/yaml.h"

namespace job {
namespace {

using Row = StatusReport::Row;

std::optional<timing::Instant> timeOf(const std::string& text) {
  const auto instant = timing::parseRfc3339(text);
  return instant ? std::optional(*instant) : std::nullopt;
}

bool isNewer(const Row& a, const Row& b) {
  return std::tuple(a.time(), a.group.name) > std::tuple(b.time(), b.group.name);
}

std::vector<Row> rowsOf(std::vector<JudgedGroup> groups, const References& references,
                        const std::vector<ScheduledBackup>& active_schedules,
                        std::optional<std::int64_t> max_snapshots, timing::Instant now) {
  const auto candidates = retentionCandidates(groups, references, active_schedules, now);
  auto decisions = planRetention(candidates, max_snapshots);
  std::vector<Row> rows;
  rows.reserve(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    rows.push_back({.group = std::move(groups[i].group),
                    .judgement = std::move(groups[i].judgement),
                    .hold = candidates[i].hold,
                    .retention = std::move(decisions[i]),
                    .managed = !candidates[i].operators});
  }
  std::ranges::sort(rows, isNewer);
  return rows;
}

std::string recoveryOf(const NooBaaSystem& system) {
  const auto& snapshot = system.recovery_snapshot;
  const auto& status = system.recovery_status;
  if (snapshot && (!status || status->snapshot_name != *snapshot))
    return "asked for from " + *snapshot;
  if (snapshot) return inWords(*status);
  const auto unfinished = unfinishedRecovery(system);
  return unfinished ? inWords(*unfinished) : "";
}

json::Value timeOrNull(const std::optional<timing::Instant>& time) {
  return time ? json::Value(timing::formatRfc3339(*time)) : json::Value();
}

json::Value memberObject(const VolumeSnapshot& member) {
  return json::Object{
      {"name", member.name},
      {"role", member.role ? json::Value(toString(*member.role)) : json::Value()},
      {"ready", member.ready},
      {"restoreSize", orNull(member.restore_size)},
  };
}

json::Value backupObject(const Row& row) {
  json::Array members;
  for (const VolumeSnapshot& member : row.group.members) members.push_back(memberObject(member));
  return json::Object{
      {"name", row.group.name},
      {"time", timeOrNull(row.time())},
      {"verdict", toString(row.judgement.verdict)},
      {"good", isGood(row.judgement.verdict)},
      {"held", row.hold != Hold::kNone},
      {"managed", row.managed},
      {"online", row.group.online()},
      {"phase", orNull(row.group.backup ? row.group.backup->phase : "")},
      {"reason", row.judgement.reason},
      {"members", std::move(members)},
  };
}

}  // namespace

std::optional<timing::Instant> StatusReport::Row::time() const {
  const auto end = group.endTime().instant();
  return end ? end : group.beginTime().instant();
}

StatusReport makeStatusReport(const NooBaaSystem& system, const std::string& cluster,
                              const std::optional<BackupPolicy>& policy,
                              std::vector<JudgedGroup> groups, const References& references,
                              const std::vector<ScheduledBackup>& active_schedules,
                              timing::Instant now) {
  const auto schedule = policy ? policy->schedule : std::nullopt;
  BackupStatus status = decideStatus(groups, schedule, now);
  StatusReport report;
  report.system = system.name;
  report.cluster = cluster;
  report.schedule = schedule ? schedule->expression() : "";
  report.time_zone = schedule ? schedule->zone().name() : "UTC";
  report.max_snapshots = policy ? policy->max_snapshots : std::nullopt;
  report.last_backup = timeOf(status.last_backup_time);
  report.next_backup = timeOf(status.next_backup_time);
  report.total_snapshots = status.total_snapshots;
  report.available_snapshots = std::move(status.available_snapshots);
  report.recovery = recoveryOf(system);
  if (schedule) report.missed = missedFiring(report.last_backup, groups, *schedule, now);
  report.rows = rowsOf(std::move(groups), references, active_schedules, report.max_snapshots, now);
  for (const ScheduledBackup& other : active_schedules) {
    report.warnings.push_back("ScheduledBackup " + other.name + " schedules backups of " + cluster +
                              " too");
  }
  return report;
}

json::Value toJson(const StatusReport& report) {
  json::Array backups;
  for (const Row& row : report.rows) backups.push_back(backupObject(row));
  return json::Object{
      {"system", report.system},
      {"cluster", report.cluster},
      {"schedule", orNull(report.schedule)},
      {"timeZone", report.time_zone},
      {"maxSnapshots", report.max_snapshots ? json::Value(*report.max_snapshots) : json::Value()},
      {"lastBackupTime", timeOrNull(report.last_backup)},
      {"nextBackupTime", timeOrNull(report.next_backup)},
      {"overdue", report.overdue()},
      {"totalSnapshots", report.total_snapshots},
      {"availableSnapshots", arrayOf(report.available_snapshots)},
      {"backups", std::move(backups)},
      {"warnings", arrayOf(report.warnings)},
  };
}

std::string toYaml(const StatusReport& report) {
  return writeYaml(toJson(report));
}

std::string toNames(const StatusReport& report) {
  std::string lines;
  for (const std::string& name : report.available_snapshots) lines += name + "\n";
  return lines;
}

}  // namespace job
