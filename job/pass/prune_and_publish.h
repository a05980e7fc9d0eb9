#pragma once

#include <functional>
#include <string>
#include <vector>

#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"
#include "job/pass/prune.h"
#include "job/pass/run.h"

namespace job {

/// What came of pruning and of the status.
struct PublishedPruning {
  PruneOutcome pruned;
  std::vector<std::string> problems;  // of both, one clause each
};

/// How to prune: as prune() does, or by a plan that is given. Leaves in the catalogue what is left,
/// and in the plan what was decided.
using Pruning = std::function<PruneOutcome(Catalogue&, PrunePlan&, const Announce&)>;

/// Prunes, and writes the status that follows: before the first delete without what is about to go,
/// as a pass can be cut short anywhere, and afterwards where that differs. Puts into the result
/// what was pruned, what is kept, and the times.
PublishedPruning pruneAndPublish(Run& run, PassLock& lock, const Configuration& configuration,
                                 Catalogue& catalogue, const Pruning& pruning);

/// The Events on what was pruned and what could not be.
void tellOfPruning(Run& run, const Configuration& configuration, const PruneOutcome& pruned);

}  // namespace job
