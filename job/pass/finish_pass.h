#pragma once

#include <vector>

#include "job/decide/rights.h"
#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"
#include "job/pass/run.h"

namespace job {

/// From a verified backup to the written status: labels, prunes, publishes and tells. Pruning and
/// the status are left out where an operator's schedule looks after them. Whatever fails here
/// leaves a good backup: 4.
Outcome<void> finishPass(Run& run, PassLock& lock, const Configuration& configuration,
                         const std::vector<Right>& missing_rights, Catalogue catalogue);

}  // namespace job
