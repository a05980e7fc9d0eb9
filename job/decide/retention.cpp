#include "job/decide/retention.h"

#include <algorithm>
#include <tuple>

namespace job {
namespace {

/// Reasons that keep a backup whatever the others are, the first that applies: an operator's
/// backup, a hold, being deleted already, not having ended, a time that can't order it. After them
/// good ones are judged by count, the others by the newest good one; without a limit both are kept
/// as NoLimit, and without a good one whatever would go is kept as NoGoodBackupWouldRemain.
std::optional<RetentionReason> reasonOfItsOwn(const RetentionCandidate& candidate) {
  if (candidate.operators) return RetentionReason::kOperatorSchedule;
  switch (candidate.hold) {
    case Hold::kNone:
      break;
    case Hold::kAnnotation:
      return RetentionReason::kHeldByAnnotation;
    case Hold::kRecovery:
      return RetentionReason::kHeldByRecovery;
    case Hold::kCluster:
      return RetentionReason::kHeldByCluster;
    case Hold::kDrill:
      return RetentionReason::kHeldByDrill;
    case Hold::kPvc:
      return RetentionReason::kHeldByPvc;
    case Hold::kLastCertified:
      return RetentionReason::kLastCertified;
    case Hold::kLastOfItsDatabase:
      return RetentionReason::kLastOfItsDatabase;
    case Hold::kNothingMissing:
      return RetentionReason::kNothingMissing;
  }
  if (candidate.verdict == Verdict::kTerminating) return RetentionReason::kTerminating;
  if (candidate.verdict == Verdict::kPending) return RetentionReason::kInFlight;
  const Timestamp& ordered_by = isGood(candidate.verdict) ? candidate.end : candidate.begin;
  if (!ordered_by.instant()) return RetentionReason::kUnreadableTime;
  return std::nullopt;
}

std::optional<timing::Instant> newestGoodEnd(const std::vector<RetentionCandidate>& candidates) {
  std::optional<timing::Instant> newest;
  for (const RetentionCandidate& candidate : candidates) {
    if (candidate.operators || !isGood(candidate.verdict)) continue;
    newest = std::max(newest, candidate.end.instant());
  }
  return newest;
}

bool countsTowardsLimit(const RetentionCandidate& candidate) {
  return isGood(candidate.verdict) && !reasonOfItsOwn(candidate);
}

/// The oldest of those that count towards the limit and fit into it; nullptr when none counts.
const RetentionCandidate* oldestWithinLimit(const std::vector<RetentionCandidate>& candidates,
                                            std::int64_t max_snapshots) {
  std::vector<const RetentionCandidate*> newest_first;
  for (const RetentionCandidate& candidate : candidates) {
    if (countsTowardsLimit(candidate)) newest_first.push_back(&candidate);
  }
  if (newest_first.empty()) return nullptr;
  std::sort(
      newest_first.begin(), newest_first.end(),
      [](const RetentionCandidate* a, const RetentionCandidate* b) { return isNewer(*a, *b); });
  // A limit below one would leave nothing to recover from; it is refused long before this.
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(max_snapshots, 1));
  return newest_first[std::min(limit, newest_first.size()) - 1];
}

RetentionDecision removed(const RetentionCandidate& candidate, RetentionReason reason) {
  return {.name = candidate.name, .remove = true, .reason = reason};
}

RetentionDecision kept(const RetentionCandidate& candidate, RetentionReason reason) {
  return {.name = candidate.name, .remove = false, .reason = reason};
}

}  // namespace

bool isNewer(const RetentionCandidate& a, const RetentionCandidate& b) {
  return std::tuple(a.end.instant(), a.name) > std::tuple(b.end.instant(), b.name);
}

std::string_view toString(RetentionReason reason) {
  switch (reason) {
    case RetentionReason::kWithinMaxSnapshots:
      return "WithinMaxSnapshots";
    case RetentionReason::kExceedsMaxSnapshots:
      return "ExceedsMaxSnapshots";
    case RetentionReason::kFailedSuperseded:
      return "FailedSuperseded";
    case RetentionReason::kHeldByAnnotation:
      return "HeldByAnnotation";
    case RetentionReason::kHeldByRecovery:
      return "HeldByRecovery";
    case RetentionReason::kHeldByCluster:
      return "HeldByCluster";
    case RetentionReason::kHeldByDrill:
      return "HeldByDrill";
    case RetentionReason::kHeldByPvc:
      return "HeldByPVC";
    case RetentionReason::kLastCertified:
      return "LastCertified";
    case RetentionReason::kLastOfItsDatabase:
      return "LastOfItsDatabase";
    case RetentionReason::kNothingMissing:
      return "NothingMissing";
    case RetentionReason::kInFlight:
      return "InFlight";
    case RetentionReason::kTerminating:
      return "Terminating";
    case RetentionReason::kNewerThanNewestGood:
      return "NewerThanNewestGood";
    case RetentionReason::kNoGoodBackupWouldRemain:
      return "NoGoodBackupWouldRemain";
    case RetentionReason::kUnreadableTime:
      return "UnreadableTime";
    case RetentionReason::kOperatorSchedule:
      return "OperatorSchedule";
    case RetentionReason::kNoLimit:
      return "NoLimit";
  }
  return "";
}

std::optional<RetentionReason> retentionReasonNamed(std::string_view code) {
  for (int i = 0; i <= static_cast<int>(RetentionReason::kNoLimit); ++i) {
    const auto reason = static_cast<RetentionReason>(i);
    if (toString(reason) == code) return reason;
  }
  return std::nullopt;
}

std::string_view inWords(RetentionReason reason) {
  switch (reason) {
    case RetentionReason::kWithinMaxSnapshots:
      return "it is one of the newest maxSnapshots good backups";
    case RetentionReason::kExceedsMaxSnapshots:
      return "maxSnapshots newer good backups exist";
    case RetentionReason::kFailedSuperseded:
      return "it is no good backup, and a newer good one exists";
    case RetentionReason::kHeldByAnnotation:
      return "annotation noobaa.io/db-backup-hold holds it";
    case RetentionReason::kHeldByRecovery:
      return "the NooBaa CR's dbRecovery names it";
    case RetentionReason::kHeldByCluster:
      return "a Cluster's bootstrap refers to it";
    case RetentionReason::kHeldByDrill:
      return "a restore drill is on from it, or was killed";
    case RetentionReason::kHeldByPvc:
      return "a pending PersistentVolumeClaim is to be filled from it";
    case RetentionReason::kLastCertified:
      return "it is the newest certified one, all newer good backups are uncertified";
    case RetentionReason::kLastOfItsDatabase:
      return "it is the newest of its database, newer good backups are of another one";
    case RetentionReason::kNothingMissing:
      return "it is not good now, but nothing of it is missing, so it may be again";
    case RetentionReason::kInFlight:
      return "it has not ended";
    case RetentionReason::kTerminating:
      return "it is being deleted already";
    case RetentionReason::kNewerThanNewestGood:
      return "it is no good backup, but newer than the newest good one";
    case RetentionReason::kNoGoodBackupWouldRemain:
      return "no good backup exists that could replace it";
    case RetentionReason::kUnreadableTime:
      return "its time can't be read, so nothing says how old it is";
    case RetentionReason::kOperatorSchedule:
      return "it belongs to a ScheduledBackup that is not suspended";
    case RetentionReason::kNoLimit:
      return "maxSnapshots is not set, so nothing is pruned";
  }
  return "";
}

std::vector<RetentionDecision> planRetention(const std::vector<RetentionCandidate>& candidates,
                                             std::optional<std::int64_t> max_snapshots) {
  const std::optional<timing::Instant> newest_good = newestGoodEnd(candidates);
  const RetentionCandidate* oldest_within =
      oldestWithinLimit(candidates, max_snapshots.value_or(1));

  const auto decide = [&](const RetentionCandidate& candidate) {
    if (const auto reason = reasonOfItsOwn(candidate)) return kept(candidate, *reason);
    if (!max_snapshots) return kept(candidate, RetentionReason::kNoLimit);
    if (isGood(candidate.verdict)) {
      return isNewer(*oldest_within, candidate)
                 ? removed(candidate, RetentionReason::kExceedsMaxSnapshots)
                 : kept(candidate, RetentionReason::kWithinMaxSnapshots);
    }
    if (!newest_good) return kept(candidate, RetentionReason::kNoGoodBackupWouldRemain);
    return candidate.begin.instant() < newest_good
               ? removed(candidate, RetentionReason::kFailedSuperseded)
               : kept(candidate, RetentionReason::kNewerThanNewestGood);
  };

  std::vector<RetentionDecision> decisions;
  decisions.reserve(candidates.size());
  for (const RetentionCandidate& candidate : candidates) decisions.push_back(decide(candidate));
  return decisions;
}

}  // namespace job
