#pragma once

#include <string>

#include "common/cron/schedule.h"

namespace job {

/// The next `count` firings after `from`, RFC 3339 in the zone's own offset (Z in UTC), each with
/// its line end. Empty when it never fires; the caller says so on stderr.
std::string scheduleReport(const cron::Schedule& schedule, timing::Instant from, int count);

}  // namespace job
