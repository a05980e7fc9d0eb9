#pragma once

#include "job/pass/configuration.h"
#include "job/pass/run.h"

namespace job {

/// Reads what is to be done with the backups; true: there is something, and it is for us. Else the
/// result says why not: nothing is configured, and a status left from when it was is cleared; or an
/// operator's schedule looks after them. On demand there is always something, or it is a failure
/// (78).
Outcome<bool> configurePass(Run& run, Configuration& configuration);

}  // namespace job
