#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/json/value.h"
#include "common/time/instant.h"
#include "job/decide/judge_backups.h"
#include "job/decide/retention.h"

namespace job {

/// What was decided of one backup, and of which objects.
struct PlannedBackup {
  std::string name;
  bool remove = false;
  RetentionReason reason = RetentionReason::kNoLimit;
  Verdict verdict = Verdict::kPending;
  /// When it ended; of one that is not good, when it began. Empty when that can't be read.
  std::optional<timing::Instant> time;
  std::vector<std::string> uids;  // of its Backup and its VolumeSnapshots, in order
};

/// All of what retention decided at a moment and by what, as `prune --plan-out` writes it for
/// people to look at and `prune --plan` takes it up again. docs/reference.md describes the file.
struct PrunePlanFile {
  timing::Instant made;
  std::string name_space;
  std::string cluster;
  std::string cluster_uid;                       // empty: there was no Cluster
  std::optional<std::int64_t> max_snapshots;     // empty: no limit
  std::optional<std::string> recovery_snapshot;  // dbRecovery
  std::vector<PlannedBackup> backups;
};

/// Pure: each backup with its decision, in the same order.
std::vector<PlannedBackup> plannedBackups(const JudgedGroups& groups,
                                          const std::vector<RetentionDecision>& decisions);

json::Value toJson(const PrunePlanFile& plan);

/// Strict, for each word of it decides what is deleted: a missing, unknown or odd key or value is
/// an error, as is a decision that contradicts its reason, or a name given twice. The error is one
/// clause for people.
tl::expected<PrunePlanFile, std::string> readPrunePlan(std::string_view text);

/// Pure: why `filed` must not be applied, one clause each; none when it may be. `now` is what would
/// be decided at this moment, of the same namespace and cluster.
///
/// Every deletion of the plan has to follow still, of the same objects and for the same reason; of
/// what it keeps nothing may have changed or gone. Neither of them is at fault:
/// - newer backups that came since, for whose sake more might go, and one that was in flight or
///   being deleted when the plan was made;
/// - deletions of the plan that have been made, in whole or in part, as by a run that was killed.
std::vector<std::string> whyStale(const PrunePlanFile& filed, const PrunePlanFile& now);

}  // namespace job
