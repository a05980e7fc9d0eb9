#include "job/pass/prune_and_publish.h"

#include <optional>

#include "job/model/joined.h"
#include "job/pass/describe_backups.h"
#include "job/pass/publish_status.h"
#include "job/pass/tell.h"

namespace job {

PublishedPruning pruneAndPublish(Run& run, PassLock& lock, const Configuration& configuration,
                                 Catalogue& catalogue, const Pruning& pruning) {
  NooBaaSystem system = configuration.system;
  const auto publish = [&](const std::vector<std::string>& without) -> std::optional<Failure> {
    const BackupStatus status = describeStatus(run, configuration, catalogue, without);
    Published published = publishStatus(run.session, system, status, mayWrite(lock));
    run.warn(published.warnings);
    return published.failure;
  };
  // A status that can't be written keeps nothing from going: it is tried again below, and told of.
  const auto announce = [&](const std::vector<std::string>& going) { publish(going); };
  PrunePlan plan;
  PublishedPruning done{.pruned = pruning(catalogue, plan, announce), .problems = {}};
  done.problems = done.pruned.problems;
  run.result.pruned = done.pruned.pruned;
  run.result.why_pruned = done.pruned.reasons;
  run.result.failed_to_prune = done.pruned.failed;
  describeKept(run, plan, catalogue);
  if (const auto failure = publish({})) done.problems.push_back(failure->message);
  return done;
}

void tellOfPruning(Run& run, const Configuration& configuration, const PruneOutcome& pruned) {
  if (!pruned.pruned.empty()) {
    tell(run.session, configuration.system, events::kSnapshotPruned,
         "Pruned " + joined(pruned.pruned));
  }
  if (!pruned.problems.empty()) {
    tell(run.session, configuration.system, events::kPruneFailed, pruned.problems.front());
  }
}

}  // namespace job
