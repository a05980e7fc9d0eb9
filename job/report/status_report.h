#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/json/value.h"
#include "job/decide/backup_policy.h"
#include "job/decide/references.h"
#include "job/decide/retention.h"
#include "job/decide/status_patch.h"
#include "job/model/noobaa_system.h"

namespace job {

/// What db-backup-status shows, read live; every format is made from it.
struct StatusReport {
  std::string system;
  std::string cluster;
  std::string schedule;    // "" when there is none
  std::string time_zone;
  std::optional<std::int64_t> max_snapshots;
  std::optional<timing::Instant> last_backup;  // newest good one's end
  std::optional<timing::Instant> next_backup;
  bool overdue = false;    // the firing after last_backup has passed by more than an hour without a good backup
  std::int64_t total_snapshots = 0;
  std::vector<std::string> available_snapshots;
  struct Row {
    BackupGroup group;
    Judgement judgement;
    Hold hold = Hold::kNone;
    RetentionDecision retention;  // what a pass would do with it now
    bool managed = false;         // in the retention pool: not of an operator's active schedule
  };
  std::vector<Row> rows;  // newest first
  std::vector<std::string> warnings;
};

/// Pure.
StatusReport makeStatusReport(const NooBaaSystem& system, const std::string& cluster,
                              const std::optional<BackupPolicy>& policy, std::vector<JudgedGroup> groups,
                              const References& references, const std::vector<ScheduledBackup>& active_schedules,
                              timing::Instant now);

json::Value toJson(const StatusReport& report);
/// -o table (the default) or wide: a head of a few lines, then a row a backup, ages relative to `now`.
std::string toTable(const StatusReport& report, timing::Instant now, bool wide);
std::string toYaml(const StatusReport& report);
/// PG_DATA snapshot names of the good backups, one a line.
std::string toNames(const StatusReport& report);

/// "3m", "5h", "2d4h": an age for a table.
std::string humanAge(timing::Duration age);

}  // namespace job
