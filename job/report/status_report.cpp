#include "job/report/status_report.h"

#include <algorithm>
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

StatusReport::Rows::Rows(JudgedGroups groups, const std::vector<RetentionCandidate>& candidates,
                         const std::vector<RetentionDecision>& decisions)
    : groups_(std::move(groups)) {
  std::vector<std::pair<std::optional<timing::Instant>, std::uint32_t>> order;
  order.reserve(groups_.size());
  for (std::uint32_t i = 0; i < groups_.size(); ++i) {
    order.emplace_back(Row{.group = groups_[i].group, .judgement = {}, .retention = {}}.time(), i);
  }
  std::ranges::sort(order, [&](const auto& a, const auto& b) {
    return std::pair(a.first, groups_.nameOf(a.second)) >
           std::pair(b.first, groups_.nameOf(b.second));
  });
  places_.reserve(order.size());
  for (const auto& [time, i] : order) {
    places_.push_back({.group = i,
                       .hold = candidates[i].hold,
                       .reason = decisions[i].reason,
                       .remove = decisions[i].remove,
                       .managed = !candidates[i].operators});
  }
}

Row StatusReport::Rows::operator[](std::size_t index) const {
  const Place& place = places_[index];
  JudgedGroup judged = groups_[place.group];
  RetentionDecision retention{
      .name = judged.group.name, .remove = place.remove, .reason = place.reason};
  return {.group = std::move(judged.group),
          .judgement = std::move(judged.judgement),
          .hold = place.hold,
          .retention = std::move(retention),
          .managed = place.managed};
}

void StatusReport::Rows::push_back(const Row& row) {
  places_.push_back({.group = static_cast<std::uint32_t>(groups_.size()),
                     .hold = row.hold,
                     .reason = row.retention.reason,
                     .remove = row.retention.remove,
                     .managed = row.managed});
  groups_.push_back({row.group, row.judgement});
}

StatusReport makeStatusReport(const NooBaaSystem& system, const std::string& cluster,
                              const std::optional<BackupPolicy>& policy, JudgedGroups groups,
                              const References& references,
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
  const auto candidates = retentionCandidates(groups, references, active_schedules, now);
  report.rows = StatusReport::Rows(std::move(groups), candidates,
                                   planRetention(candidates, report.max_snapshots));
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
