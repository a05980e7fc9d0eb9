#pragma once

#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// Where --no-wait ends: the Backup is there, the result says how to follow it. The next pass
/// labels its snapshots, prunes and writes the status; beside an operator's schedule none comes,
/// and only the same command with this run id and without --no-wait verifies and labels it.
Outcome<void> endWithoutWaiting(Run& run, const Configuration& configuration, const Backup& backup);

}  // namespace job
