#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/cron/schedule.h"
#include "common/json/value.h"
#include "job/decide/judge_backups.h"
#include "job/model/noobaa_system.h"

namespace job {

/// Pure: what backupStatus should say once the backups named in `without` are gone. A good backup
/// dated ahead of `now` is the last one only when all are. @every counts from the last good backup,
/// so that an unchanged world needs no write; without one, and for other schedules, from `now`.
BackupStatus decideStatus(const JudgedGroups& groups, const std::optional<cron::Schedule>& schedule,
                          timing::Instant now, const std::vector<std::string>& without = {});

/// The merge patch that turns `current` into `wanted`, touching status.dbStatus.backupStatus alone;
/// empty when nothing differs. `wanted` empty clears it. Cleared times and lists are null, 0 is
/// written as the operator does (absent).
std::optional<json::Value> statusPatch(const std::optional<BackupStatus>& current,
                                       const std::optional<BackupStatus>& wanted);

/// What a CRD without these fields dropped: names of the fields of `wanted` that `response` (the CR
/// after the patch) does not show.
std::vector<std::string> fieldsDropped(const BackupStatus& wanted, const json::Value& response);

}  // namespace job
