#pragma once

#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// Where --no-wait ends: the Backup is there, the result says how to follow it. The next pass
/// labels its snapshots, prunes and writes the status.
Outcome<void> endWithoutWaiting(Run& run, const Configuration& configuration, const Backup& backup);

}  // namespace job
