#include "job/report/schedule_report.h"

#include <gtest/gtest.h>

#include "common/time/rfc3339.h"

namespace job {
namespace {

std::string reportOf(const char* expression, const char* zone, const char* from, int count) {
  const auto schedule = cron::Schedule::parse(expression, *cron::TimeZone::find(zone));
  EXPECT_TRUE(schedule) << expression;
  return schedule ? scheduleReport(*schedule, *timing::parseRfc3339(from), count) : "";
}

TEST(ScheduleReportTest, ListsFiringsInUtcWithZ) {
  EXPECT_EQ(reportOf("0 2 * * *", "UTC", "2025-01-15T02:00:00Z", 2),
            "2025-01-16T02:00:00Z\n2025-01-17T02:00:00Z\n");
}

TEST(ScheduleReportTest, ShowsEachFiringInItsOwnOffset) {
  EXPECT_EQ(reportOf("0 4 * * *", "Europe/Berlin", "2025-03-29T00:00:00Z", 2),
            "2025-03-29T04:00:00+01:00\n2025-03-30T04:00:00+02:00\n");
  EXPECT_EQ(reportOf("0 4 * * *", "America/St_Johns", "2025-01-15T00:00:00Z", 1),
            "2025-01-15T04:00:00-03:30\n");
  EXPECT_EQ(reportOf("0 4 * * *", "Asia/Kolkata", "2025-01-15T00:00:00Z", 1),
            "2025-01-16T04:00:00+05:30\n");
  EXPECT_EQ(reportOf("0 4 * * *", "Europe/London", "2025-01-15T00:00:00Z", 1),
            "2025-01-15T04:00:00+00:00\n");
}

TEST(ScheduleReportTest, FollowsTheZoneInTheExpression) {
  EXPECT_EQ(reportOf("TZ=Asia/Tokyo 0 4 * * *", "UTC", "2025-01-15T00:00:00Z", 1),
            "2025-01-16T04:00:00+09:00\n");
}

TEST(ScheduleReportTest, CountsAnIntervalFromTheStart) {
  EXPECT_EQ(reportOf("@every 90m", "UTC", "2025-01-15T00:00:00Z", 3),
            "2025-01-15T01:30:00Z\n2025-01-15T03:00:00Z\n2025-01-15T04:30:00Z\n");
}

TEST(ScheduleReportTest, IsEmptyForWhatNeverFires) {
  EXPECT_EQ(reportOf("0 0 30 2 *", "UTC", "2025-01-15T00:00:00Z", 5), "");
}

}  // namespace
}  // namespace job
