#pragma once

#include <vector>

#include "job/decide/coexistence.h"
#include "job/decide/references.h"
#include "job/decide/retention.h"
#include "job/decide/status_patch.h"

namespace job {

/// The judged backups as retention sees them, in the same order.
std::vector<RetentionCandidate> retentionCandidates(
    const std::vector<JudgedGroup>& groups, const References& references,
    const std::vector<ScheduledBackup>& active_schedules);

}  // namespace job
