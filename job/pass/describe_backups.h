#pragma once

#include <string>
#include <vector>

#include "job/pass/prune.h"
#include "job/pass/run.h"

namespace job {

/// Decides the status, which stops offering the backups `without`, and puts its times and the
/// verdicts into the result.
BackupStatus describeStatus(Run& run, const Configuration& configuration,
                            const Catalogue& catalogue,
                            const std::vector<std::string>& without = {});

/// Puts into the result what is left: `catalogue` after pruning, or as a pass without a backup
/// found it; and the row of a backup on demand.
void describeKept(Run& run, const PrunePlan& plan, const Catalogue& catalogue);

}  // namespace job
