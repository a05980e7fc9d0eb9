#pragma once

#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// Waits for the Backup that the run stands for to complete. Failures: 3 (it failed or was
/// deleted), 124 (it outlasts --timeout), 143; with the last two it is left alone.
Outcome<void> awaitCompletion(Run& run, const Configuration& configuration, const Backup& backup);

}  // namespace job
