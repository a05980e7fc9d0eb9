#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/time/rfc3339.h"
#include "job/report/status_report.h"

namespace job {

inline constexpr const char* kWorldCluster = "noobaa-db-pg-cluster";

inline timing::Instant at(const std::string& text) {
  return *timing::parseRfc3339(text);
}

/// A system with a nightly schedule and maxSnapshots 2, and the backups a test adds.
struct StatusWorld {
  StatusWorld() {
    system.name = "noobaa";
    policy = BackupPolicy{.snapshot_class = "csi",
                          .max_snapshots = 2,
                          .schedule = *cron::Schedule::parse("0 2 * * *", cron::TimeZone::utc())};
  }

  StatusWorld& good(const std::string& name, const std::string& end) {
    add(name, Verdict::kCertified, Timestamp::of(at(end)));
    groups.back().group.members.front().backup_end = Timestamp::of(at(end));
    return *this;
  }
  StatusWorld& failed(const std::string& name, const std::string& begin) {
    return add(name, Verdict::kFailed, Timestamp::of(at(begin)));
  }
  /// With one snapshot; has begun then and not ended.
  StatusWorld& add(const std::string& name, Verdict verdict, Timestamp begin) {
    Backup backup;
    backup.name = name;
    backup.cluster = kWorldCluster;
    backup.phase = isGood(verdict) ? "completed" : "failed";
    backup.started = begin;
    VolumeSnapshot data;
    data.name = name;
    data.cluster = kWorldCluster;
    data.backup_name = name;
    data.role = VolumeRole::kData;
    data.ready = true;
    data.restore_size = "50Gi";
    groups.push_back({.group = {.name = name, .backup = backup, .members = {data}},
                      .judgement = {.verdict = verdict, .reason = "because"}});
    return *this;
  }
  BackupGroup& last() { return groups.back().group; }

  StatusReport report() const {
    return makeStatusReport(system, kWorldCluster, policy, groups, references, active_schedules,
                            now);
  }

  NooBaaSystem system;
  std::optional<BackupPolicy> policy;
  std::vector<JudgedGroup> groups;
  References references;
  std::vector<ScheduledBackup> active_schedules;
  timing::Instant now = at("2025-01-15T12:00:00Z");
};

}  // namespace job
