#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>

#include "job/decide/retention.h"
#include "tests/job/builders.h"

namespace job {
namespace {

using Candidates = std::vector<RetentionCandidate>;

constexpr std::array kVerdicts = {Verdict::kCertified,  Verdict::kUncertified, Verdict::kUnclean,
                                  Verdict::kIncomplete, Verdict::kFailed,      Verdict::kPending,
                                  Verdict::kTerminating};
enum class Trait { kNone, kHeld, kOperators, kUnreadable };
constexpr std::array kTraits = {Trait::kNone, Trait::kHeld, Trait::kOperators, Trait::kUnreadable};
constexpr std::size_t kKinds = kVerdicts.size() * kTraits.size();

/// Of one of the kKinds kinds of backup, begun and ended at the minute.
RetentionCandidate candidateOf(std::size_t kind, const std::string& name, int minute) {
  CandidateBuilder candidate = aCandidate(name).goodAt(minute);
  candidate.verdict(kVerdicts[kind % kVerdicts.size()]);
  switch (kTraits[kind / kVerdicts.size()]) {
    case Trait::kNone:
      break;
    case Trait::kHeld:
      candidate.held();
      break;
    case Trait::kOperators:
      candidate.operators();
      break;
    case Trait::kUnreadable:
      candidate.withUnreadableTimes();
      break;
  }
  return candidate;
}

std::string show(const Candidates& candidates, std::int64_t max_snapshots) {
  std::string text = "maxSnapshots " + std::to_string(max_snapshots);
  for (const RetentionDecision& decision : planRetention(candidates, max_snapshots)) {
    text += "; " + decision.name + (decision.remove ? " removed " : " kept ") +
            std::string(toString(decision.reason));
  }
  for (const RetentionCandidate& candidate : candidates) {
    text += "; " + candidate.name + " " + std::string(toString(candidate.verdict)) +
            (candidate.hold != Hold::kNone ? " held" : "") +
            (candidate.operators ? " operator's" : "") +
            (candidate.end.unreadable() ? " unreadable" : "");
  }
  return text;
}

bool isUntouchable(const RetentionCandidate& candidate) {
  return candidate.operators || candidate.hold != Hold::kNone || candidate.end.unreadable() ||
         candidate.verdict == Verdict::kPending || candidate.verdict == Verdict::kTerminating;
}

bool isCounted(const RetentionCandidate& candidate) {
  return isGood(candidate.verdict) && !isUntouchable(candidate);
}

bool isGoodOfPool(const RetentionCandidate& candidate) {
  return isGood(candidate.verdict) && !candidate.operators && !candidate.end.unreadable();
}

/// How many counted ones are newer.
std::int64_t rankOf(const RetentionCandidate& candidate, const Candidates& candidates) {
  return std::count_if(candidates.begin(), candidates.end(), [&](const RetentionCandidate& other) {
    return isCounted(other) && std::pair(other.end.instant(), other.name) >
                                   std::pair(candidate.end.instant(), candidate.name);
  });
}

/// The one right decision, from the rules alone and with no thought of speed.
bool shouldRemove(const RetentionCandidate& candidate, const Candidates& candidates,
                  std::int64_t max_snapshots) {
  if (isUntouchable(candidate)) return false;
  if (isGood(candidate.verdict)) return rankOf(candidate, candidates) >= max_snapshots;
  return std::any_of(candidates.begin(), candidates.end(), [&](const RetentionCandidate& other) {
    return isGoodOfPool(other) && other.end.instant() > candidate.begin.instant();
  });
}

bool anyGood(const Candidates& candidates) {
  return std::any_of(candidates.begin(), candidates.end(),
                     [](const RetentionCandidate& c) { return isGood(c.verdict); });
}

/// The first invariant that does not hold for these; empty when all do.
std::string brokenInvariant(const Candidates& candidates, std::int64_t max_snapshots) {
  const auto decisions = planRetention(candidates, max_snapshots);
  const auto with_more = planRetention(candidates, max_snapshots + 1);
  if (decisions.size() != candidates.size()) return "one decision for each";

  Candidates remaining;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const RetentionCandidate& candidate = candidates[i];
    const bool removed = decisions[i].remove;
    if (decisions[i].name != candidate.name) return "decisions in the order given";
    if (removed && isUntouchable(candidate)) return "the untouchable stays";
    if (removed && isCounted(candidate) && rankOf(candidate, candidates) < max_snapshots) {
      return "the newest good ones stay";
    }
    if (removed != shouldRemove(candidate, candidates, max_snapshots)) return "as the rules say";
    if (with_more[i].remove && !removed) return "a greater limit removes no more";
    if (!removed) remaining.push_back(candidate);
  }

  if (anyGood(candidates) && !anyGood(remaining)) return "a good one remains";
  if (std::count_if(remaining.begin(), remaining.end(), isCounted) > max_snapshots) {
    return "no more than the limit remain";
  }
  for (const RetentionDecision& again : planRetention(remaining, max_snapshots)) {
    if (again.remove) return "a second pass removes nothing";
  }
  for (const RetentionDecision& unlimited : planRetention(candidates, std::nullopt)) {
    if (unlimited.remove) return "without a limit nothing goes";
  }
  return "";
}

TEST(RetentionInvariantsTest, HoldForEveryPoolOfUpToThreeBackups) {
  std::vector<Candidates> pools = {{}};
  for (std::size_t size = 0, begin = 0; size < 3; ++size) {
    const std::size_t end = pools.size();
    for (; begin < end; ++begin) {
      for (std::size_t kind = 0; kind < kKinds; ++kind) {
        Candidates pool = pools[begin];
        const auto minute = static_cast<int>(size);
        pool.push_back(candidateOf(kind, "b" + std::to_string(minute), minute));
        pools.push_back(std::move(pool));
      }
    }
  }
  ASSERT_EQ(pools.size(), 1 + kKinds + kKinds * kKinds + kKinds * kKinds * kKinds);

  for (const Candidates& pool : pools) {
    for (const std::int64_t max_snapshots : {1, 2, 3}) {
      const std::string broken = brokenInvariant(pool, max_snapshots);
      if (!broken.empty()) FAIL() << broken << ": " << show(pool, max_snapshots);
    }
  }
}

RC_GTEST_PROP(RetentionInvariantsTest, HoldForLargePoolsWithEqualTimes, ()) {
  const auto kinds =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, kKinds));
  const auto max_snapshots = *rc::gen::inRange<std::int64_t>(1, 6);
  Candidates pool;
  for (const std::size_t kind : kinds) {
    pool.push_back(candidateOf(kind, "b" + std::to_string(pool.size()), *rc::gen::inRange(0, 4)));
  }
  const std::string broken = brokenInvariant(pool, max_snapshots);
  if (!broken.empty()) RC_FAIL(broken + ": " + show(pool, max_snapshots));
}

RC_GTEST_PROP(RetentionInvariantsTest, HoldInWhateverOrderThePoolIsGiven, ()) {
  const auto kinds =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, kKinds));
  Candidates pool;
  for (const std::size_t kind : kinds) {
    pool.push_back(candidateOf(kind, "b" + std::to_string(pool.size()), *rc::gen::inRange(0, 4)));
  }
  const auto decisions = planRetention(pool, 2);
  std::reverse(pool.begin(), pool.end());
  auto reversed = planRetention(pool, 2);
  std::reverse(reversed.begin(), reversed.end());
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    RC_ASSERT(decisions[i].name == reversed[i].name);
    RC_ASSERT(decisions[i].remove == reversed[i].remove);
    RC_ASSERT(decisions[i].reason == reversed[i].reason);
  }
}

}  // namespace
}  // namespace job
