#include "tests/job/decide/retention_invariants.h"

#include <algorithm>
#include <array>
#include <utility>

namespace job::pools {
namespace {

using Decisions = std::vector<RetentionDecision>;

bool isUnderway(const PoolBackup& backup) {
  return backup.verdict == Verdict::kPending || backup.verdict == Verdict::kTerminating;
}

bool isCounted(const PoolBackup& backup) {
  return backup.good() && !backup.operators && backup.hold == Hold::kNone && backup.end >= 0;
}

/// Can it stand in for a bad one? A held one can, the operator's can't: it may go any moment.
bool replaces(const PoolBackup& good, const PoolBackup& bad) {
  return good.good() && !good.operators && good.end > bad.begin;
}

bool hasReplacement(const Pool& pool, const PoolBackup& bad) {
  return std::any_of(pool.begin(), pool.end(),
                     [&](const PoolBackup& other) { return replaces(other, bad); });
}

bool hasGoodOfItsOwn(const Pool& pool) {
  return std::any_of(pool.begin(), pool.end(), [](const PoolBackup& backup) {
    return backup.good() && !backup.operators && backup.end >= 0;
  });
}

/// How many of those counted are newer.
std::int64_t rankOf(const PoolBackup& backup, const Pool& pool) {
  return std::count_if(pool.begin(), pool.end(), [&](const PoolBackup& other) {
    return isCounted(other) &&
           (other.end > backup.end || (other.end == backup.end && other.name > backup.name));
  });
}

/// The rules of docs/design.md with no thought of speed, the first that applies.
RetentionDecision ruled(const PoolBackup& backup, const Pool& pool, Limit limit) {
  const auto kept = [&](RetentionReason reason) {
    return RetentionDecision{backup.name, false, reason};
  };
  const auto removed = [&](RetentionReason reason) {
    return RetentionDecision{backup.name, true, reason};
  };
  if (backup.operators) return kept(RetentionReason::kOperatorSchedule);
  if (backup.hold == Hold::kAnnotation) return kept(RetentionReason::kHeldByAnnotation);
  if (backup.hold == Hold::kRecovery) return kept(RetentionReason::kHeldByRecovery);
  if (backup.hold == Hold::kCluster) return kept(RetentionReason::kHeldByCluster);
  if (backup.hold == Hold::kDrill) return kept(RetentionReason::kHeldByDrill);
  if (backup.hold == Hold::kPvc) return kept(RetentionReason::kHeldByPvc);
  if (backup.verdict == Verdict::kTerminating) return kept(RetentionReason::kTerminating);
  if (backup.verdict == Verdict::kPending) return kept(RetentionReason::kInFlight);
  if (backup.time() < 0) return kept(RetentionReason::kUnreadableTime);
  if (!limit) return kept(RetentionReason::kNoLimit);
  if (backup.good()) {
    return rankOf(backup, pool) >= *limit ? removed(RetentionReason::kExceedsMaxSnapshots)
                                          : kept(RetentionReason::kWithinMaxSnapshots);
  }
  if (hasReplacement(pool, backup)) return removed(RetentionReason::kFailedSuperseded);
  return kept(hasGoodOfItsOwn(pool) ? RetentionReason::kNewerThanNewestGood
                                    : RetentionReason::kNoGoodBackupWouldRemain);
}

bool isTrue(RetentionReason reason, const PoolBackup& backup, const Pool& pool, Limit limit) {
  switch (reason) {
    case RetentionReason::kWithinMaxSnapshots:
      return limit && isCounted(backup) && rankOf(backup, pool) < *limit;
    case RetentionReason::kExceedsMaxSnapshots:
      return limit && isCounted(backup) && rankOf(backup, pool) >= *limit;
    case RetentionReason::kFailedSuperseded:
      return limit && backup.bad() && backup.begin >= 0 && hasReplacement(pool, backup);
    case RetentionReason::kHeldByAnnotation:
      return backup.hold == Hold::kAnnotation;
    case RetentionReason::kHeldByRecovery:
      return backup.hold == Hold::kRecovery;
    case RetentionReason::kHeldByCluster:
      return backup.hold == Hold::kCluster;
    case RetentionReason::kHeldByDrill:
      return backup.hold == Hold::kDrill;
    case RetentionReason::kHeldByPvc:
      return backup.hold == Hold::kPvc;
    case RetentionReason::kLastCertified:
      return backup.hold == Hold::kLastCertified;
    case RetentionReason::kLastOfItsDatabase:
      return backup.hold == Hold::kLastOfItsDatabase;
    case RetentionReason::kNothingMissing:
      return backup.hold == Hold::kNothingMissing;
    case RetentionReason::kInFlight:
      return backup.verdict == Verdict::kPending;
    case RetentionReason::kTerminating:
      return backup.verdict == Verdict::kTerminating;
    case RetentionReason::kNewerThanNewestGood:
      return backup.bad() && hasGoodOfItsOwn(pool) && !hasReplacement(pool, backup);
    case RetentionReason::kNoGoodBackupWouldRemain:
      return backup.bad() && !hasGoodOfItsOwn(pool);
    case RetentionReason::kUnreadableTime:
      return backup.time() < 0;
    case RetentionReason::kOperatorSchedule:
      return backup.operators;
    case RetentionReason::kNoLimit:
      return !limit;
  }
  return false;
}

bool removes(RetentionReason reason) {
  return reason == RetentionReason::kExceedsMaxSnapshots ||
         reason == RetentionReason::kFailedSuperseded;
}

/// A plan for a pool, and what it takes to check it.
struct Plan {
  const Planner& planner;
  const Pool& pool;
  const std::vector<RetentionCandidate>& candidates;
  Limit limit;
  const Decisions& decisions;
  const Decisions& with_more;  // with the next greater limit

  /// Does it hold for every backup that the plan removes?
  template <typename Predicate>
  bool ofEachRemoved(Predicate holds) const {
    for (std::size_t i = 0; i < pool.size(); ++i) {
      if (decisions[i].remove && !holds(pool[i])) return false;
    }
    return true;
  }

  /// The candidates of those backups that `stays` says true of.
  template <typename Predicate>
  std::vector<RetentionCandidate> without(Predicate stays) const {
    std::vector<RetentionCandidate> rest;
    for (std::size_t i = 0; i < pool.size(); ++i) {
      if (stays(i)) rest.push_back(candidates[i]);
    }
    return rest;
  }
};

bool decidesEach(const Plan& plan) {
  return std::equal(plan.decisions.begin(), plan.decisions.end(), plan.pool.begin(),
                    plan.pool.end(),
                    [](const auto& decision, const auto& b) { return decision.name == b.name; });
}

bool leavesHeldAlone(const Plan& plan) {
  return plan.ofEachRemoved([](const PoolBackup& backup) { return backup.hold == Hold::kNone; });
}

bool leavesUnderwayAlone(const Plan& plan) {
  return plan.ofEachRemoved([](const PoolBackup& backup) { return !isUnderway(backup); });
}

bool leavesOperatorsAlone(const Plan& plan) {
  return plan.ofEachRemoved([](const PoolBackup& backup) { return !backup.operators; });
}

bool leavesTimelessAlone(const Plan& plan) {
  return plan.ofEachRemoved([](const PoolBackup& backup) { return backup.time() >= 0; });
}

bool keepsNewestGood(const Plan& plan) {
  return !plan.limit || plan.ofEachRemoved([&](const PoolBackup& backup) {
    return !isCounted(backup) || rankOf(backup, plan.pool) >= *plan.limit;
  });
}

bool leavesAGoodOne(const Plan& plan) {
  bool before = false;
  bool after = false;
  for (std::size_t i = 0; i < plan.pool.size(); ++i) {
    const bool good = plan.pool[i].good() && !plan.pool[i].operators;
    before |= good;
    after |= good && !plan.decisions[i].remove;
  }
  return after || !before;
}

bool treatsGoodOnesAsIfAlone(const Plan& plan) {
  const auto good = plan.without([&](std::size_t i) { return plan.pool[i].good(); });
  if (good.size() == plan.pool.size()) return true;
  const Decisions alone = plan.planner(good, plan.limit);
  auto decision = alone.begin();
  for (std::size_t i = 0; i < plan.pool.size(); ++i) {
    if (plan.pool[i].good() && plan.decisions[i].remove != (decision++)->remove) return false;
  }
  return true;
}

bool keepsNewestBad(const Plan& plan) {
  return plan.ofEachRemoved(
      [&](const PoolBackup& backup) { return !backup.bad() || hasReplacement(plan.pool, backup); });
}

bool needsALimit(const Plan& plan) {
  return plan.limit || plan.ofEachRemoved([](const PoolBackup&) { return false; });
}

bool isMonotone(const Plan& plan) {
  return std::equal(plan.decisions.begin(), plan.decisions.end(), plan.with_more.begin(),
                    [](const auto& less, const auto& more) { return less.remove || !more.remove; });
}

bool isIdempotent(const Plan& plan) {
  const auto rest = plan.without([&](std::size_t i) { return !plan.decisions[i].remove; });
  if (rest.size() == plan.pool.size()) return true;
  const Decisions again = plan.planner(rest, plan.limit);
  return std::none_of(again.begin(), again.end(), [](const auto& d) { return d.remove; });
}

bool keepsToTheLimit(const Plan& plan) {
  std::int64_t stay = 0;
  for (std::size_t i = 0; i < plan.pool.size(); ++i) {
    stay += isCounted(plan.pool[i]) && !plan.decisions[i].remove ? 1 : 0;
  }
  return !plan.limit || stay <= *plan.limit;
}

bool givesTrueReasons(const Plan& plan) {
  for (std::size_t i = 0; i < plan.pool.size(); ++i) {
    const RetentionDecision& decision = plan.decisions[i];
    if (decision.remove != removes(decision.reason)) return false;
    if (!isTrue(decision.reason, plan.pool[i], plan.pool, plan.limit)) return false;
  }
  return true;
}

bool decidesAsRuled(const Plan& plan) {
  for (std::size_t i = 0; i < plan.pool.size(); ++i) {
    const RetentionDecision right = ruled(plan.pool[i], plan.pool, plan.limit);
    if (plan.decisions[i].remove != right.remove) return false;
    if (plan.decisions[i].reason != right.reason) return false;
  }
  return true;
}

struct Invariant {
  std::string_view name;
  bool (*holds)(const Plan&);
};
/// All but kOneDecisionEach, without which nothing else can be looked at.
constexpr std::array kInvariants = {Invariant{kHeldStay, leavesHeldAlone},
                                    Invariant{kUnderwayStay, leavesUnderwayAlone},
                                    Invariant{kOperatorsStay, leavesOperatorsAlone},
                                    Invariant{kTimelessStay, leavesTimelessAlone},
                                    Invariant{kNewestGoodStay, keepsNewestGood},
                                    Invariant{kAGoodOneRemains, leavesAGoodOne},
                                    Invariant{kBadDisplaceNone, treatsGoodOnesAsIfAlone},
                                    Invariant{kNewestBadStay, keepsNewestBad},
                                    Invariant{kNoLimitNoRemoval, needsALimit},
                                    Invariant{kMoreRemovesNoMore, isMonotone},
                                    Invariant{kAgainRemovesNothing, isIdempotent},
                                    Invariant{kLimitIsKept, keepsToTheLimit},
                                    Invariant{kReasonIsTrue, givesTrueReasons},
                                    Invariant{kAsRuled, decidesAsRuled}};

void add(std::vector<Broken>& broken, std::string_view invariant, Limit limit) {
  const bool known = std::any_of(broken.begin(), broken.end(),
                                 [&](const Broken& b) { return b.invariant == invariant; });
  if (!known) broken.push_back({invariant, limit});
}

}  // namespace

std::vector<Broken> brokenInvariants(const Planner& planner, const Pool& pool,
                                     const std::vector<Limit>& limits) {
  const std::vector<RetentionCandidate> candidates = candidatesOf(pool);
  std::vector<Decisions> plans;
  plans.reserve(limits.size());
  for (const Limit limit : limits) plans.push_back(planner(candidates, limit));

  std::vector<Broken> broken;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const Decisions& with_more = plans[std::min(i + 1, limits.size() - 1)];
    const Plan plan{planner, pool, candidates, limits[i], plans[i], with_more};
    if (!decidesEach(plan)) {
      add(broken, kOneDecisionEach, limits[i]);
      return broken;
    }
    for (const Invariant& invariant : kInvariants) {
      if (!invariant.holds(plan)) add(broken, invariant.name, limits[i]);
    }
  }
  return broken;
}

std::string describe(const std::vector<RetentionDecision>& decisions) {
  std::string text;
  for (const RetentionDecision& decision : decisions) {
    text += (text.empty() ? "" : "; ") + decision.name +
            (decision.remove ? ": removed, " : ": kept, ") + std::string(toString(decision.reason));
  }
  return text;
}

}  // namespace job::pools
