#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/job/decide/retention_invariants.h"

namespace job::pools {

void showValue(const PoolBackup& backup, std::ostream& stream) {
  stream << asCode({backup}, std::nullopt);
}

namespace {

/// 6 to 60 backups with every trait, plain ones among them more often, of times that are often
/// equal, in any order.
Pool drawPool() {
  const Kinds any = allKinds();
  const Kinds plain = kindsOfOneTrait();
  const auto size = *rc::gen::inRange<std::size_t>(6, 61);
  const int spread = *rc::gen::element(1, 3, 10, 100);
  Pool pool;
  for (std::size_t i = 0; i < size; ++i) {
    PoolBackup backup = *rc::gen::oneOf(rc::gen::elementOf(any), rc::gen::elementOf(plain),
                                        rc::gen::just(PoolBackup{.verdict = Verdict::kFailed}),
                                        rc::gen::just(PoolBackup{}));
    if (backup.begin >= 0) backup.begin = *rc::gen::inRange(0, spread);
    if (backup.end >= 0) backup.end = *rc::gen::inRange(0, spread);
    // All different, in no order: 61 is a prime.
    backup.name = "b" + std::to_string(10 + (i + 1) * 37 % 61);
    pool.push_back(std::move(backup));
  }
  return pool;
}

std::vector<Limit> limitsAround(std::size_t size) {
  std::vector<Limit> limits = {1, 2, 3, 5, 12};
  for (const std::size_t limit : {size - 1, size, size + 1}) {
    if (limit > 12) limits.emplace_back(static_cast<std::int64_t>(limit));
  }
  limits.emplace_back(std::nullopt);
  return limits;
}

RC_GTEST_PROP(RetentionPropertiesTest, HoldForLargePools, ()) {
  const Pool pool = *rc::gen::exec(drawPool);
  for (const Broken& broken : brokenInvariants(planRetention, pool, limitsAround(pool.size()))) {
    RC_FAIL(std::string(broken.invariant) + ": " + asCode(pool, broken.limit));
  }
}

RC_GTEST_PROP(RetentionPropertiesTest, HoldInWhateverOrderThePoolIsGiven, ()) {
  Pool pool = *rc::gen::exec(drawPool);
  const auto limit = *rc::gen::inRange<std::int64_t>(1, 10);
  const auto by_name = [](const RetentionDecision& a, const RetentionDecision& b) {
    return a.name < b.name;
  };
  auto decisions = planRetention(candidatesOf(pool), limit);
  std::sort(decisions.begin(), decisions.end(), by_name);
  const auto turn = *rc::gen::inRange<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(pool.size()));
  std::rotate(pool.begin(), pool.begin() + turn, pool.end());
  if (*rc::gen::arbitrary<bool>()) std::reverse(pool.begin(), pool.end());
  auto again = planRetention(candidatesOf(pool), limit);
  std::sort(again.begin(), again.end(), by_name);
  RC_ASSERT(describe(decisions) == describe(again));
}

}  // namespace
}  // namespace job::pools
