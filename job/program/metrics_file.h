#pragma once

#include <optional>
#include <string>

#include "job/report/metrics.h"

namespace job {

/// Replaces the file by what it is to hold after `sample`, whole at any moment and for all to read,
/// as the collector runs as somebody else. A file that is there and can't be read is left alone:
/// what it says of the last success would be lost. What went wrong, for people; empty: nothing.
std::optional<std::string> updateMetricsFile(const std::string& path, const MetricsSample& sample);

}  // namespace job
