#pragma once

#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"

namespace job {

/// With --operator-schedule suspend: suspends the schedules of others, once it is sure that this
/// pass has a backup to show for it. They are no longer active in `configuration` then.
Outcome<void> takeOverSchedules(Session& session, PassLock& lock, Configuration& configuration);

}  // namespace job
