#pragma once

#include <vector>

#include "job/decide/coexistence.h"
#include "job/decide/judge_backups.h"
#include "job/decide/references.h"
#include "job/decide/retention.h"

namespace job {

/// The judged backups as retention sees them, in the same order. What ended more than a few minutes
/// after `now` has no time to order it by: one dated ahead would displace each night's new one
/// until its date is reached. Besides what somebody holds, precious ones are held: see Hold.
std::vector<RetentionCandidate> retentionCandidates(
    const JudgedGroups& groups, const References& references,
    const std::vector<ScheduledBackup>& active_schedules, timing::Instant now);

}  // namespace job
