#include "job/decide/missed_backup.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

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

std::optional<timing::Instant> overdue(std::string_view expression, const std::string& last_good,
                                       std::string_view zone = "UTC") {
  const auto schedule =
      cron::Schedule::parse(expression, cron::TimeZone::find(zone).value()).value();
  return overdueAfter(last_good, schedule);
}

TEST(OverdueAfterTest, IsTheSecondFiringSinceTheLastGoodBackup) {
  EXPECT_EQ(overdue("0 2 * * *", "2025-01-15T02:01:00Z"), at("2025-01-17T02:00:00Z"));
  EXPECT_EQ(overdue("@every 12h", "2025-01-15T02:01:00Z"), at("2025-01-16T02:01:00Z"));
}

TEST(OverdueAfterTest, LeavesOutWhatTheScheduleDoes) {
  // Friday; Monday is one, Tuesday two.
  EXPECT_EQ(overdue("0 2 * * 1-5", "2025-01-17T02:01:00Z"), at("2025-01-21T02:00:00Z"));
}

TEST(OverdueAfterTest, KeepsToTheZonesClock) {
  EXPECT_EQ(overdue("0 12 * * *", "2025-10-25T10:05:00Z", "Europe/Berlin"),
            at("2025-10-27T11:00:00Z"));
}

TEST(OverdueAfterTest, IsNotKnownWithoutAGoodBackupOrASchedule) {
  EXPECT_EQ(overdue("0 2 * * *", ""), std::nullopt);
  EXPECT_EQ(overdueAfter("2025-01-15T02:01:00Z", std::nullopt), std::nullopt);
}

TEST(OverdueAfterTest, IsNeverOfAScheduleThatNeverFires) {
  EXPECT_EQ(overdue("0 0 30 2 *", "2025-01-15T02:01:00Z"), std::nullopt);
}

}  // namespace
}  // namespace job
