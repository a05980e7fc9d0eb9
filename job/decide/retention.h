#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "job/decide/verdict.h"
#include "job/model/timestamp.h"

namespace job {

/// Why a backup is neither removed nor counted: somebody wants it, or it is too precious.
enum class Hold {
  kNone,
  kAnnotation,
  kRecovery,
  kCluster,
  kDrill,
  kPvc,
  kLastCertified,      ///< all newer good ones are uncertified
  kLastOfItsDatabase,  ///< newer good ones are of another database (system identifier)
  kNothingMissing      ///< not good now, but it may be again
};

/// A backup as retention sees it.
struct RetentionCandidate {
  std::string name;
  Verdict verdict = Verdict::kPending;
  Timestamp end;    // backupEndTime; orders good ones
  Timestamp begin;  // startedAt, else creation; orders the others
  Hold hold = Hold::kNone;
  bool operators = false;  // of an operator's ScheduledBackup that is not suspended
};

/// By when they ended; at the same time the greater name is the newer.
bool isNewer(const RetentionCandidate& a, const RetentionCandidate& b);

enum class RetentionReason {
  kWithinMaxSnapshots,
  kExceedsMaxSnapshots,
  kFailedSuperseded,
  kHeldByAnnotation,
  kHeldByRecovery,
  kHeldByCluster,
  kHeldByDrill,
  kHeldByPvc,
  kLastCertified,
  kLastOfItsDatabase,
  kNothingMissing,
  kInFlight,
  kTerminating,
  kNewerThanNewestGood,
  kNoGoodBackupWouldRemain,
  kUnreadableTime,
  kOperatorSchedule,
  kNoLimit
};
std::string_view toString(RetentionReason reason);  // "WithinMaxSnapshots"...
/// Empty: no reason is called so.
std::optional<RetentionReason> retentionReasonNamed(std::string_view code);
std::string_view inWords(RetentionReason reason);

struct RetentionDecision {
  std::string name;
  bool remove = false;
  RetentionReason reason = RetentionReason::kNoLimit;
};

/// Pure: one decision for each candidate, in the order given. No `max_snapshots`: nothing is
/// removed. Keeps the newest max_snapshots good ones by end time (tie: the greater name is the
/// newer), removes older good ones, and failed, unclean or incomplete ones older than the newest
/// good one. Held ones are neither removed nor counted, but the newest good one may be a held one.
/// An operator's backup is neither removed, counted nor the newest good one.
std::vector<RetentionDecision> planRetention(const std::vector<RetentionCandidate>& candidates,
                                             std::optional<std::int64_t> max_snapshots);

}  // namespace job
