#pragma once

#include <string>

#include "common/cron/schedule.h"

namespace job {

/// The next `count` firings after `from`, RFC 3339 with the zone's own offset, one a line. Never fires: empty,
/// and the caller says so on stderr.
std::string scheduleReport(const cron::Schedule& schedule, timing::Instant from, int count);

}  // namespace job
