#pragma once

#include <iosfwd>
#include <string>

#include "common/cron/schedule.h"
#include "job/cli/settings.h"
#include "job/failure.h"
#include "job/pass/session.h"

namespace job {

/// The schedule that was typed (kUsage when it is none).
Outcome<cron::Schedule> typedSchedule(const Settings& settings);
/// The NooBaa CR's, overridden by the flags as a pass would; a failure when there is none.
Outcome<cron::Schedule> configuredSchedule(Session& session);
/// Its next firings; one that never fires is said on `err`.
Outcome<std::string> showSchedule(const cron::Schedule& schedule, const Settings& settings,
                                  timing::Instant now, std::ostream& err);

}  // namespace job
