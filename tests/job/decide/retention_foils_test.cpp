#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "tests/job/decide/retention_invariants.h"

// Two ways to prune that are in use, as planners. That the invariants catch both says that they ask
// for something; what they find is in docs/design.md.

namespace job::pools {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

using Candidates = std::vector<RetentionCandidate>;
using Decisions = std::vector<RetentionDecision>;

/// Removes the oldest until so many are left; what `is_spared` says stays, and takes the place of
/// one that would go.
template <typename Predicate>
Decisions keepTheNewest(const Candidates& candidates, std::optional<std::int64_t> limit,
                        Predicate is_spared) {
  Decisions decisions;
  for (const RetentionCandidate& candidate : candidates) {
    decisions.push_back({candidate.name, false, RetentionReason::kWithinMaxSnapshots});
  }
  std::vector<std::size_t> oldest_first(candidates.size());
  std::iota(oldest_first.begin(), oldest_first.end(), 0);
  std::stable_sort(oldest_first.begin(), oldest_first.end(), [&](std::size_t a, std::size_t b) {
    return candidates[a].begin.instant() < candidates[b].begin.instant();
  });
  const auto all = static_cast<std::int64_t>(candidates.size());
  for (std::int64_t i = 0; i < all - limit.value_or(all); ++i) {
    const std::size_t oldest = oldest_first[static_cast<std::size_t>(i)];
    if (is_spared(candidates[oldest])) continue;
    decisions[oldest] = {candidates[oldest].name, true, RetentionReason::kExceedsMaxSnapshots};
  }
  return decisions;
}

/// What noobaa-operator does since 5.21 with the snapshots of its ScheduledBackup
/// (db_reconciler.go): all there are count, whatever became of them, and only dbRecovery's is
/// spared. Those of others, here the `operators`, are not in its list.
Decisions asTheOperator(const Candidates& candidates, std::optional<std::int64_t> limit) {
  Candidates its_own;
  for (const RetentionCandidate& candidate : candidates) {
    if (!candidate.operators) its_own.push_back(candidate);
  }
  const Decisions decided = keepTheNewest(
      its_own, limit, [](const RetentionCandidate& c) { return c.hold == Hold::kRecovery; });
  Decisions decisions;
  auto next = decided.begin();
  for (const RetentionCandidate& candidate : candidates) {
    decisions.push_back(candidate.operators ? RetentionDecision{.name = candidate.name} : *next++);
  }
  return decisions;
}

/// kubectl get volumesnapshots --sort-by=.metadata.creationTimestamp | head -n -N | delete
Decisions asAScript(const Candidates& candidates, std::optional<std::int64_t> limit) {
  return keepTheNewest(candidates, limit, [](const RetentionCandidate&) { return false; });
}

/// What is usual: good, failed, underway, going, held, referenced, somebody else's.
const Kinds kUsual = {{.verdict = Verdict::kCertified},
                      {.verdict = Verdict::kFailed, .end = kAbsent},
                      {.verdict = Verdict::kPending, .end = kAbsent},
                      {.verdict = Verdict::kTerminating, .end = kAbsent},
                      {.hold = Hold::kAnnotation},
                      {.hold = Hold::kRecovery},
                      {.hold = Hold::kCluster},
                      {.hold = Hold::kPvc},
                      {.operators = true}};

/// The smallest pool that breaks each invariant, as code.
std::map<std::string_view, std::string> counterexamples(const Planner& planner) {
  std::map<std::string_view, std::string> found;
  forEachPool(kUsual, 3, [&](Pool pool) {
    for (PoolBackup& backup : pool) {
      if (backup.good()) backup.begin = backup.end;  // created in the order that counts
    }
    for (const Broken& broken : brokenInvariants(planner, pool, {1, 2, 3, std::nullopt})) {
      found.try_emplace(broken.invariant, asCode(pool, broken.limit));
    }
    return true;
  });
  // What they give as a reason is no concern of theirs.
  found.erase(kReasonIsTrue);
  found.erase(kAsRuled);
  for (const auto& [invariant, pool] : found) std::cout << invariant << "\n  " << pool << "\n";
  return found;
}

constexpr const char* kGoodThenFailed =
    R"(plan({aCandidate("a").goodAt(0), aCandidate("b").badAt(1, Verdict::kFailed)}, 1))";
constexpr const char* kFailedThenFailed =
    R"(plan({aCandidate("a").badAt(0, Verdict::kFailed), aCandidate("b").badAt(1, Verdict::kFailed)}, 1))";
constexpr const char* kHeldThenGood =
    R"(plan({aCandidate("a").goodAt(0).held(Hold::kAnnotation), aCandidate("b").goodAt(1)}, 1))";
constexpr const char* kUnderwayThenGood =
    R"(plan({aCandidate("a").badAt(0, Verdict::kPending), aCandidate("b").goodAt(1)}, 1))";
constexpr const char* kOperatorsThenGood =
    R"(plan({aCandidate("a").goodAt(0).operators(), aCandidate("b").goodAt(1)}, 1))";

TEST(RetentionFoilsTest, TheOperatorsRetentionIsCaught) {
  EXPECT_THAT(counterexamples(asTheOperator),
              UnorderedElementsAre(
                  Pair(kNewestGoodStay, kGoodThenFailed), Pair(kAGoodOneRemains, kGoodThenFailed),
                  Pair(kBadDisplaceNone, kGoodThenFailed), Pair(kNewestBadStay, kFailedThenFailed),
                  Pair(kHeldStay, kHeldThenGood), Pair(kUnderwayStay, kUnderwayThenGood)));
}

TEST(RetentionFoilsTest, AScriptThatKeepsTheNewestIsCaught) {
  EXPECT_THAT(counterexamples(asAScript),
              UnorderedElementsAre(
                  Pair(kNewestGoodStay, kGoodThenFailed), Pair(kAGoodOneRemains, kGoodThenFailed),
                  Pair(kBadDisplaceNone, kGoodThenFailed), Pair(kNewestBadStay, kFailedThenFailed),
                  Pair(kHeldStay, kHeldThenGood), Pair(kUnderwayStay, kUnderwayThenGood),
                  Pair(kOperatorsStay, kOperatorsThenGood)));
}

/// How many snapshots of each backup stay, when snapshots are counted. `members` are those of each
/// backup, oldest first.
std::vector<int> countingSnapshots(std::vector<int> members, int limit) {
  int excess = std::accumulate(members.begin(), members.end(), -limit);
  for (int& left : members) {
    const int removed = std::clamp(excess, 0, left);
    left -= removed;
    excess -= removed;
  }
  return members;
}

// A planner decides about backups, so that this fault can't even be written as one.
TEST(RetentionFoilsTest, BothLeaveHalfABackupWhereThereIsAWalVolume) {
  EXPECT_THAT(countingSnapshots({2}, 1), ElementsAre(1));
  EXPECT_THAT(countingSnapshots({2, 2, 2}, 3), ElementsAre(0, 1, 2));
}

// The invariants that the foils keep.

Candidates withTimesTakenForOld(Candidates candidates) {
  for (RetentionCandidate& candidate : candidates) {
    if (!candidate.begin.instant()) candidate.begin = Timestamp::of({});
    if (!candidate.end.instant()) candidate.end = Timestamp::of({});
  }
  return candidates;
}

Decisions withOneRemovalAtMost(Decisions decisions) {
  bool removed = false;
  for (RetentionDecision& decision : decisions) {
    if (std::exchange(removed, removed || decision.remove) && decision.remove)
      decision.remove = false;
  }
  return decisions;
}

Decisions withoutReasons(Decisions decisions) {
  for (RetentionDecision& decision : decisions) decision.reason = RetentionReason::kNoLimit;
  return decisions;
}

bool isCaughtBreaking(std::string_view invariant, const Planner& planner) {
  bool caught = false;
  forEachPool(someKinds(), 3, [&](const Pool& pool) {
    for (const Broken& broken : brokenInvariants(planner, pool, {1, 2, std::nullopt}))
      caught |= broken.invariant == invariant;
    return !caught;
  });
  return caught;
}

TEST(RetentionFoilsTest, EveryOtherInvariantCanBeBroken) {
  using C = const Candidates&;
  using L = std::optional<std::int64_t>;
  const std::map<std::string_view, Planner> planners = {
      {kOneDecisionEach, [](C, L) { return Decisions(); }},
      {kTimelessStay,
       [](C given, L limit) { return planRetention(withTimesTakenForOld(given), limit); }},
      {kNoLimitNoRemoval, [](C given, L limit) { return planRetention(given, limit.value_or(1)); }},
      {kMoreRemovesNoMore,
       [](C given, L limit) { return planRetention(given, limit == 1 ? L() : L(1)); }},
      {kAgainRemovesNothing,
       [](C given, L limit) { return withOneRemovalAtMost(planRetention(given, limit)); }},
      {kLimitIsKept, [](C given, L limit) { return planRetention(given, limit.value_or(1) + 1); }},
      {kReasonIsTrue, [](C given, L limit) { return withoutReasons(planRetention(given, limit)); }},
      {kAsRuled, [](C given, L limit) { return withoutReasons(planRetention(given, limit)); }}};
  for (const auto& [invariant, planner] : planners) {
    EXPECT_TRUE(isCaughtBreaking(invariant, planner)) << invariant;
    EXPECT_FALSE(isCaughtBreaking(invariant, planRetention)) << invariant;
  }
}

}  // namespace
}  // namespace job::pools
