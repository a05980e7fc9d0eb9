#pragma once

#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"
#include "job/pass/run.h"

namespace job {

/// Nobody would notice an instance that stays stopped. Says so in the failure's message, the
/// warnings and an Event; after a good backup only of a fence that is nobody's.
void reportFences(Run& run, const PassLock& lock, const Configuration& configuration,
                  Outcome<void>& done);

}  // namespace job
