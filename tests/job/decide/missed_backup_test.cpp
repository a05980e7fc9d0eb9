#include "job/decide/missed_backup.h"

#include <gtest/gtest.h>

#include "common/time/rfc3339.h"

namespace job {
namespace {

timing::Instant at(const std::string& text) {
  return timing::parseRfc3339(text).value();
}

/// Nightly at two.
std::optional<timing::Instant> missed(std::optional<timing::Instant> last_good,
                                      const std::string& now,
                                      const std::vector<JudgedGroup>& groups = {}) {
  const auto schedule = cron::Schedule::parse("0 2 * * *", cron::TimeZone::utc()).value();
  return missedFiring(last_good, groups, schedule, at(now));
}

JudgedGroup begunAt(const std::string& time) {
  Backup backup;
  backup.started = Timestamp::read(time);
  JudgedGroup judged;
  judged.group.backup = backup;
  return judged;
}

TEST(MissedFiringTest, IsToldOnceAnHourHasPassed) {
  const auto last = at("2025-01-14T02:01:00Z");
  EXPECT_EQ(missed(last, "2025-01-15T03:00:00Z"), std::nullopt);
  EXPECT_EQ(missed(last, "2025-01-15T03:00:01Z"), at("2025-01-15T02:00:00Z"));
}

TEST(MissedFiringTest, IsTheFirstOfManyThatWereMissed) {
  EXPECT_EQ(missed(at("2025-01-10T02:01:00Z"), "2025-01-15T09:00:00Z"), at("2025-01-11T02:00:00Z"));
}

TEST(MissedFiringTest, CountsFromTheFirstAttemptWhenNoneEverSucceeded) {
  EXPECT_EQ(missed(std::nullopt, "2025-01-15T09:00:00Z",
                   {begunAt("2025-01-13T02:00:00Z"), begunAt("2025-01-12T02:00:00Z")}),
            at("2025-01-13T02:00:00Z"));
}

TEST(MissedFiringTest, NothingWasDueBeforeTheFirstAttempt) {
  EXPECT_EQ(missed(std::nullopt, "2025-01-15T09:00:00Z"), std::nullopt);
}

}  // namespace
}  // namespace job
