#pragma once

#include <string>
#include <vector>

#include "job/model/backup_group.h"
#include "job/model/scheduled_backup.h"

namespace job {

enum class OperatorSchedulePolicy { kDefer, kSuspend, kIgnore };

/// ScheduledBackups of `cluster` that are not suspended: someone else who schedules.
std::vector<ScheduledBackup> activeSchedules(const std::vector<ScheduledBackup>& all,
                                             const std::string& cluster);

/// Does the backup belong to one of these schedules: by the label cnpg.io/scheduled-backup, or,
/// when the Backup is gone, by a name "<scheduledbackup>-<14 digits>..." (its WAL and tablespace
/// siblings share the group)?
bool belongsToSchedule(const BackupGroup& group, const std::vector<ScheduledBackup>& active);

/// "a, b", for messages.
std::string namesOf(const std::vector<ScheduledBackup>& schedules);
/// "ScheduledBackup a, b schedules the backups of C", for messages.
std::string whoSchedules(const std::vector<ScheduledBackup>& schedules, const std::string& cluster);
/// The same with what follows from it, and what to do: "..., so this pass made nothing; ...".
std::string deferredTo(const std::vector<ScheduledBackup>& schedules, const std::string& cluster,
                       const std::string& consequence);

}  // namespace job
