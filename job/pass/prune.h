#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "job/decide/references.h"
#include "job/decide/retention.h"
#include "job/pass/catalogue.h"
#include "job/pass/configuration.h"
#include "job/pass/pass_lock.h"

namespace job {

/// What retention decides about a catalogue, one decision for each of its groups in their order.
struct PrunePlan {
  std::vector<RetentionDecision> decisions;
  std::vector<std::string> held;
  std::int64_t kept = 0;  // good ones that stay and are not held
  /// By which CR; set by planPrune() when something is to go.
  std::optional<std::int64_t> max_snapshots;
  std::optional<std::string> recovery_snapshot;

  std::vector<std::string> removals() const;
};

/// Without asking anything: what the catalogue and the configuration say. `verified` is the backup
/// that this pass made: it stays, however the clocks of others date older ones.
PrunePlan decidePrune(const Configuration& configuration, const Catalogue& catalogue,
                      const std::string& verified, timing::Instant now);

/// Decides by what is true now: when something would go, the CR (maxSnapshots, dbRecovery), the
/// schedules, the Clusters and the PVCs are read anew. `imagined` is a backup that a dry run
/// supposes.
Outcome<PrunePlan> planPrune(Session& session, const Configuration& configuration,
                             const Catalogue& catalogue, const std::string& verified,
                             const std::optional<RetentionCandidate>& imagined = std::nullopt);

/// The same, but reads everything in any case: for who shows or files every reason.
Outcome<PrunePlan> planPruneInFull(Session& session, const Configuration& configuration,
                                   const Catalogue& catalogue);

/// What came of a plan.
struct PruneOutcome {
  std::vector<std::string> pruned;                 // backup names
  std::map<std::string, RetentionReason> reasons;  // of each of `pruned`
  std::vector<std::string> failed;                 // backup names; `problems` says why, one each
  std::vector<std::string> problems;
  std::vector<std::string> changed;  // not touched: not as judged any more; to be judged again
};

/// Deletes what the plan removes: the snapshots of each backup, then its terminal Backup, each only
/// if the whole backup is as it was judged, the good ones that replace it are still whole, and the
/// CR still asks for the same. One that fails does not stop the others; what is not as it was
/// judged does where `on_change` says so. Updates `catalogue` to what is left.
enum class OnChange { kGoOn, kStop };
PruneOutcome applyPlan(Session& session, PassLock& lock, const Configuration& configuration,
                       const PrunePlan& plan, Catalogue& catalogue,
                       OnChange on_change = OnChange::kGoOn);

/// Called with the names of what is about to go, before the first of it does.
using Announce = std::function<void(const std::vector<std::string>& going)>;

/// Plan and apply; what changed in between is judged once more. `plan` is the last one made, as far
/// as it got.
PruneOutcome prune(Session& session, PassLock& lock, const Configuration& configuration,
                   const std::string& verified, Catalogue& catalogue, PrunePlan& plan,
                   const Announce& announce);

}  // namespace job
