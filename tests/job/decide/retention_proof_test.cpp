#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <numeric>

#include "tests/job/decide/retention_invariants.h"

namespace job::pools {
namespace {

const std::vector<Limit> kLimits = {1, 2, 3, 4, std::nullopt};

/// Every pool of up to `size` of these kinds with every limit.
void prove(const Kinds& kinds, std::size_t size) {
  std::uint64_t pools = 0;
  forEachPool(kinds, size, [&](const Pool& pool) {
    ++pools;
    const std::vector<Broken> broken = brokenInvariants(planRetention, pool, kLimits);
    if (broken.empty()) return true;
    const Limit limit = broken.front().limit;
    ADD_FAILURE() << broken.front().invariant << "\n  " << asCode(pool, limit) << "\n  "
                  << describe(planRetention(candidatesOf(pool), limit));
    return false;
  });
  EXPECT_EQ(pools, countPools(kinds.size(), size));
  std::cout << pools << " pools of up to " << size << " of " << kinds.size() << " kinds, "
            << pools * kLimits.size() << " states\n";
}

TEST(RetentionProofTest, HoldsForPoolsOfUpToTwoOfAnyKind) {
  prove(allKinds(), 2);
}

TEST(RetentionProofTest, HoldsForPoolsOfUpToThreeOfAnyVerdictAndTrait) {
  prove(kindsOfOneTrait(), 3);
}

TEST(RetentionProofTest, HoldsForPoolsOfUpToFourOfAnyVerdict) {
  prove(someKinds(), 4);
}

TEST(RetentionProofTest, HoldsForPoolsOfUpToFiveOfTheKindsToldApart) {
  prove(kindsToldApart(), 5);
}

/// What a backup is to the others: that is all the planner may go by.
enum class Role { kCounted, kStandIn, kReplaceable, kBystander };

Role roleOf(const PoolBackup& backup) {
  const bool ended = backup.verdict != Verdict::kPending && backup.verdict != Verdict::kTerminating;
  if (backup.operators || !ended || backup.time() < 0) return Role::kBystander;
  const bool held = backup.hold != Hold::kNone;
  if (backup.good()) return held ? Role::kStandIn : Role::kCounted;
  return held ? Role::kBystander : Role::kReplaceable;
}

/// One of each role.
const Kinds kRoles = {{.verdict = Verdict::kCertified},
                      {.verdict = Verdict::kCertified, .hold = Hold::kAnnotation},
                      {.verdict = Verdict::kFailed},
                      {.verdict = Verdict::kPending}};

Kinds kindsOfRole(Role role) {
  Kinds kinds = allKinds();
  for (const Verdict verdict : kVerdicts) {
    kinds.push_back({.verdict = verdict, .begin = kAbsent});
    kinds.push_back({.verdict = verdict, .end = kAbsent});
  }
  kinds.erase(std::remove_if(kinds.begin(), kinds.end(),
                             [&](const PoolBackup& kind) { return roleOf(kind) != role; }),
              kinds.end());
  return kinds;
}

bool areSame(const RetentionDecision& a, const RetentionDecision& b) {
  return a.name == b.name && a.remove == b.remove && a.reason == b.reason;
}

using Decisions = std::vector<RetentionDecision>;

bool areSameBut(std::size_t one, const Decisions& a, const Decisions& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (i != one && !areSame(a[i], b[i])) return false;
  }
  return a[one].remove == b[one].remove;
}

/// All kinds of the role of each.
std::vector<Kinds> kindsOfRolesOf(const Pool& pool) {
  static const std::vector<Kinds> by_role = {
      kindsOfRole(Role::kCounted), kindsOfRole(Role::kStandIn), kindsOfRole(Role::kReplaceable),
      kindsOfRole(Role::kBystander)};
  std::vector<Kinds> kinds;
  for (const PoolBackup& backup : pool)
    kinds.push_back(by_role[static_cast<std::size_t>(roleOf(backup))]);
  return kinds;
}

// With this, what holds for kindsToldApart() holds for all that have their roles.
TEST(RetentionProofTest, DoesNotTellBackupsOfOneRoleApart) {
  std::uint64_t plans = 0;
  forEachPool(kRoles, 4, [&](const Pool& pool) {
    const std::vector<Kinds> kinds = kindsOfRolesOf(pool);
    for (const Limit limit : {Limit(1), Limit(2), Limit()}) {
      std::vector<RetentionCandidate> candidates = candidatesOf(pool);
      const Decisions decisions = planRetention(candidates, limit);
      for (std::size_t i = 0; i < pool.size(); ++i) {
        const RetentionCandidate original = candidates[i];
        for (const PoolBackup& kind : kinds[i]) {
          candidates[i] = candidateOf(placed(kind, i, pool[i].time(), pool.size()));
          ++plans;
          if (areSameBut(i, decisions, planRetention(candidates, limit))) continue;
          ADD_FAILURE() << asCode(pool, limit) << "\n  with " << i << " as "
                        << asCode({kind}, limit);
          return false;
        }
        candidates[i] = original;
      }
    }
    return true;
  });
  std::cout << plans << " plans compared\n";
}

TEST(RetentionProofTest, GivesBystandersNoSay) {
  forEachPool(kRoles, 4, [&](const Pool& pool) {
    for (const Limit limit : kLimits) {
      Decisions decisions = planRetention(candidatesOf(pool), limit);
      Pool others;
      for (std::size_t i = pool.size(); i-- > 0;) {
        if (roleOf(pool[i]) != Role::kBystander) {
          others.insert(others.begin(), pool[i]);
        } else {
          decisions.erase(decisions.begin() + static_cast<std::ptrdiff_t>(i));
        }
      }
      const Decisions alone = planRetention(candidatesOf(others), limit);
      if (std::equal(alone.begin(), alone.end(), decisions.begin(), decisions.end(), areSame))
        continue;
      ADD_FAILURE() << asCode(pool, limit);
      return false;
    }
    return true;
  });
}

/// The decisions for the pool in each order of input are those for the order given.
bool isPlannedAlikeInAnyOrder(const Pool& pool, Limit limit) {
  const std::vector<RetentionCandidate> candidates = candidatesOf(pool);
  const Decisions decisions = planRetention(candidates, limit);
  std::vector<std::size_t> order(pool.size());
  std::iota(order.begin(), order.end(), 0);
  while (std::next_permutation(order.begin(), order.end())) {
    std::vector<RetentionCandidate> shuffled;
    shuffled.reserve(order.size());
    for (const std::size_t i : order) shuffled.push_back(candidates[i]);
    const Decisions again = planRetention(shuffled, limit);
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (!areSame(again[i], decisions[order[i]])) return false;
    }
  }
  return true;
}

// With this, pools in order of age and of names stand for all.
TEST(RetentionProofTest, DoesNotGoByTheOrderOfInput) {
  const auto check = [](const Pool& pool) {
    for (const Limit limit : {Limit(1), Limit(2)}) {
      if (isPlannedAlikeInAnyOrder(pool, limit)) continue;
      ADD_FAILURE() << asCode(pool, limit);
      return false;
    }
    return true;
  };
  forEachPool(someKinds(), 3, check);
  forEachPool(kRoles, 4, check);
}

/// Reverses the names, but not among those of one time, where they decide.
Pool withNamesReversed(Pool pool) {
  for (std::size_t begin = 0, rest = pool.size(); begin < pool.size();) {
    std::size_t end = begin;
    while (end < pool.size() && pool[end].time() == pool[begin].time()) ++end;
    rest -= end - begin;
    for (std::size_t i = 0; begin < end; ++begin, ++i) {
      pool[begin].name = static_cast<char>('a' + rest + i);
    }
  }
  return pool;
}

TEST(RetentionProofTest, DoesNotGoByTheNamesOfBackupsOfUnequalTimes) {
  forEachPool(kRoles, 5, [](const Pool& pool) {
    for (const Limit limit : {Limit(1), Limit(2)}) {
      const Decisions decisions = planRetention(candidatesOf(pool), limit);
      const Decisions renamed = planRetention(candidatesOf(withNamesReversed(pool)), limit);
      for (std::size_t i = 0; i < pool.size(); ++i) {
        if (decisions[i].remove == renamed[i].remove && decisions[i].reason == renamed[i].reason)
          continue;
        ADD_FAILURE() << asCode(pool, limit);
        return false;
      }
    }
    return true;
  });
}

}  // namespace
}  // namespace job::pools
