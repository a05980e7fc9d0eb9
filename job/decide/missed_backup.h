#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/cron/schedule.h"
#include "common/time/instant.h"
#include "job/decide/judge_backups.h"

namespace job {

/// Pure: the firing that passed more than an hour ago with no good backup since; empty when none
/// was missed. The waiting began at `last_good`, or, when none ever succeeded, at the first attempt
/// among `groups`, or when passes were set up, if that is known; before that nothing was due.
std::optional<timing::Instant> missedFiring(std::optional<timing::Instant> last_good,
                                            const JudgedGroups& groups,
                                            const cron::Schedule& schedule, timing::Instant now,
                                            std::optional<timing::Instant> set_up = std::nullopt);

/// Pure: when a second backup in a row is missed: the second firing after the last good one ended,
/// as a status has it (RFC 3339). Empty when one of the two is not known, or the schedule does not
/// fire that often again.
std::optional<timing::Instant> overdueAfter(const std::string& last_good,
                                            const std::optional<cron::Schedule>& schedule);

}  // namespace job
