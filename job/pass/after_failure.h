#pragma once

#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"
#include "job/pass/run.h"

namespace job {

/// After a pass without a verified backup: the status, true as things are now unless an operator's
/// schedule looks after it, and an Event. Can only warn.
void afterFailure(Run& run, PassLock& lock, const Configuration& configuration,
                  const Failure& failure);

}  // namespace job
