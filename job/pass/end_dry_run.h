#pragma once

#include <string>

#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// Where a dry run ends: the server has validated the Backup `name`; what would be pruned is
/// decided as if it had succeeded, where anything would.
Outcome<void> endDryRun(Run& run, const Configuration& configuration, const std::string& name);

}  // namespace job
