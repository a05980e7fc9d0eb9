#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "common/time/clock.h"
#include "job/cli/settings.h"
#include "job/report/metrics.h"

namespace job {

/// Tells Prometheus, where the settings say so: the file first, then the Pushgateway, which gets
/// five seconds, or one when the process was told to stop. Nothing of it fails the command that it
/// tells of: returned are warnings, one line each.
std::vector<std::string> publishMetrics(const Settings& settings, const MetricsSample& sample,
                                        const timing::Clock& clock, const std::stop_token& stop);

}  // namespace job
