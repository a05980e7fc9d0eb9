#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/cron/schedule.h"
#include "common/json/value.h"
#include "job/decide/backup_policy.h"
#include "job/model/cron_job.h"

namespace job {

/// A schedule as batch/v1 CronJob's spec says it.
struct CronJobSchedule {
  std::string schedule;   // 5 fields or a descriptor, without a time zone
  std::string time_zone;  // IANA name
  friend bool operator==(const CronJobSchedule&, const CronJobSchedule&) = default;
};

/// Six fields lose a leading 0, a TZ= prefix becomes the time zone. The error is one clause: what a
/// CronJob, whose seconds are always 0, can't say.
tl::expected<CronJobSchedule, std::string> asCronJobSchedule(const cron::Schedule& schedule);

/// How the CronJob that starts the passes differs from what is configured.
struct CronJobDrift {
  /// The merge patch that puts it in step, with the resourceVersion it was decided by; empty: it is
  /// in step, or nothing that we may change.
  std::optional<json::Value> patch;
  std::string change;    // what the patch does, one clause for people; empty without a patch
  std::string obstacle;  // what keeps it out of step and is not ours to change; may be empty
  /// Backups are configured, it is suspended by us, and nothing here can resume it: none is made.
  bool is_stuck = false;

  bool inStep() const { return !patch && obstacle.empty(); }
};

/// Pure. `policy` empty: nothing is to be backed up, so the CronJob is suspended, and marked as
/// suspended by us. Only a suspension so marked is ever lifted: one by hand is somebody's wish.
CronJobDrift compareCronJob(const CronJob& cron_job, const std::optional<BackupPolicy>& policy);

/// For who only looks: one line each, about "CronJob <name>"; none when it is in step.
std::vector<std::string> describe(const CronJobDrift& drift, const std::string& name);

}  // namespace job
