#include "job/decide/cron_job_drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/write.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

cron::Schedule scheduleOf(const std::string& expression, const std::string& zone = "UTC") {
  return cron::Schedule::parse(expression, cron::TimeZone::find(zone).value()).value();
}

BackupPolicy policyOf(const std::string& expression, const std::string& zone = "UTC") {
  return {.snapshot_class = "csi", .max_snapshots = 3, .schedule = scheduleOf(expression, zone)};
}

CronJob cronJob(const std::string& schedule, const std::string& zone = "UTC") {
  return {.name = "nightly",
          .resource_version = "7",
          .schedule = schedule,
          .time_zone = zone,
          .starting_deadline = {},
          .created = {},
          .suspended = false,
          .suspended_for = ""};
}

std::string patchFor(const CronJob& cron_job, const std::optional<BackupPolicy>& policy) {
  const CronJobDrift drift = compareCronJob(cron_job, policy);
  return drift.patch ? json::write(*drift.patch) : "";
}

CronJobSchedule said(const std::string& schedule, const std::string& zone = "UTC") {
  return {schedule, zone};
}

TEST(CronJobScheduleTest, FiveFieldsAndDescriptorsStayAsTheyAre) {
  EXPECT_EQ(asCronJobSchedule(scheduleOf("0 2 * * *")), said("0 2 * * *"));
  EXPECT_EQ(asCronJobSchedule(scheduleOf("@daily")), said("@daily"));
  EXPECT_EQ(asCronJobSchedule(scheduleOf("@every 12h")), said("@every 12h"));
}

TEST(CronJobScheduleTest, SixFieldsLoseALeadingZero) {
  EXPECT_EQ(asCronJobSchedule(scheduleOf("0 30 2 * * 1-5")), said("30 2 * * 1-5"));
  EXPECT_EQ(asCronJobSchedule(scheduleOf("00 30 2 * * *")), said("30 2 * * *"));
}

TEST(CronJobScheduleTest, SecondsThatACronJobCannotSayAreAnError) {
  for (const char* expression : {"30 0 2 * * *", "*/10 * * * * *", "0,30 0 2 * * *"}) {
    const auto result = asCronJobSchedule(scheduleOf(expression));
    ASSERT_FALSE(result) << expression;
    EXPECT_THAT(result.error(), HasSubstr(expression));
  }
}

TEST(CronJobScheduleTest, APrefixBecomesTheTimeZone) {
  EXPECT_EQ(asCronJobSchedule(scheduleOf("TZ=Europe/Berlin 0 2 * * *")),
            said("0 2 * * *", "Europe/Berlin"));
  EXPECT_EQ(asCronJobSchedule(scheduleOf("CRON_TZ=Asia/Tokyo 0 0 2 * * *", "Europe/Berlin")),
            said("0 2 * * *", "Asia/Tokyo"));
}

TEST(CronJobScheduleTest, SpaceIsOfNoConsequence) {
  EXPECT_EQ(asCronJobSchedule(scheduleOf("0  2 * *   *")), said("0 2 * * *"));
}

TEST(CronJobDriftTest, OneThatFiresAsConfiguredIsInStep) {
  EXPECT_TRUE(compareCronJob(cronJob("0 2 * * *"), policyOf("0 2 * * *")).inStep());
  EXPECT_TRUE(compareCronJob(cronJob("0 2 * * *"), policyOf("0 0 2 * * *")).inStep());
}

TEST(CronJobDriftTest, AnotherScheduleOrTimeZoneIsPatchedWithTheVersionItWasReadAt) {
  EXPECT_EQ(patchFor(cronJob("@daily"), policyOf("0 2 * * *")),
            R"({"metadata":{"resourceVersion":"7"},)"
            R"("spec":{"schedule":"0 2 * * *","timeZone":"UTC"}})");
  EXPECT_EQ(patchFor(cronJob("0 2 * * *"), policyOf("0 2 * * *", "Europe/Berlin")),
            R"({"metadata":{"resourceVersion":"7"},)"
            R"("spec":{"schedule":"0 2 * * *","timeZone":"Europe/Berlin"}})");
}

TEST(CronJobDriftTest, WithoutATimeZoneItFiresByTheControllersClock) {
  EXPECT_THAT(patchFor(cronJob("0 2 * * *", ""), policyOf("0 2 * * *")),
              HasSubstr(R"("timeZone":"UTC")"));
}

TEST(CronJobDriftTest, IsSuspendedAndMarkedWhenNothingIsConfigured) {
  EXPECT_EQ(patchFor(cronJob("0 2 * * *"), std::nullopt),
            R"({"metadata":{"resourceVersion":"7",)"
            R"("annotations":{"noobaa.io/db-backup-suspended":"not-configured"}},)"
            R"("spec":{"suspend":true}})");
}

TEST(CronJobDriftTest, OneSuspendedAlreadyIsLeftAloneWhenNothingIsConfigured) {
  CronJob cron_job = cronJob("0 2 * * *");
  cron_job.suspended = true;
  EXPECT_TRUE(compareCronJob(cron_job, std::nullopt).inStep());
}

TEST(CronJobDriftTest, WhatWeSuspendedIsResumedAndSetInOnePatch) {
  CronJob cron_job = cronJob("@daily");
  cron_job.suspended = true;
  cron_job.suspended_for = "until-first-sync";
  EXPECT_EQ(patchFor(cron_job, policyOf("0 2 * * *")),
            R"({"metadata":{"resourceVersion":"7",)"
            R"("annotations":{"noobaa.io/db-backup-suspended":null}},)"
            R"("spec":{"schedule":"0 2 * * *","timeZone":"UTC","suspend":false}})");
}

TEST(CronJobDriftTest, WhatWasSuspendedByHandStaysSoAndIsSaid) {
  CronJob cron_job = cronJob("@daily");
  cron_job.suspended = true;
  const CronJobDrift drift = compareCronJob(cron_job, policyOf("0 2 * * *"));
  ASSERT_TRUE(drift.patch);
  EXPECT_THAT(json::write(*drift.patch), testing::Not(HasSubstr("suspend\"")));
  EXPECT_THAT(drift.obstacle, HasSubstr("by hand"));
  EXPECT_FALSE(drift.inStep());
}

TEST(CronJobDriftTest, WhatACronJobCannotSayIsLeftAloneAndSaid) {
  const CronJobDrift drift = compareCronJob(cronJob("@daily"), policyOf("30 0 2 * * *"));
  EXPECT_FALSE(drift.patch);
  EXPECT_THAT(drift.obstacle, HasSubstr("keeps \"@daily\" (UTC)"));
}

TEST(CronJobDriftTest, APlaceholderStaysSuspendedWhileItsScheduleCannotBeSaid) {
  CronJob cron_job = cronJob("@daily");
  cron_job.suspended = true;
  cron_job.suspended_for = "until-first-sync";
  const CronJobDrift drift = compareCronJob(cron_job, policyOf("30 0 2 * * *"));
  EXPECT_FALSE(drift.patch);
  EXPECT_THAT(drift.obstacle, HasSubstr("suspended"));
}

TEST(CronJobDriftTest, AMarkLeftBySomebodyWhoResumedItIsTakenAway) {
  CronJob cron_job = cronJob("0 2 * * *");
  cron_job.suspended_for = "not-configured";
  EXPECT_EQ(patchFor(cron_job, policyOf("0 2 * * *")),
            R"({"metadata":{"resourceVersion":"7",)"
            R"("annotations":{"noobaa.io/db-backup-suspended":null}}})");
}

TEST(CronJobDriftTest, AnIntervalBelowTheStartingDeadlineNeedsNoOther) {
  CronJob cron_job = cronJob("@every 30m");
  cron_job.starting_deadline = 3600;
  EXPECT_TRUE(compareCronJob(cron_job, policyOf("@every 30m")).inStep());
  cron_job.starting_deadline = 1800;
  EXPECT_THAT(patchFor(cron_job, policyOf("@every 30m")),
              HasSubstr(R"("startingDeadlineSeconds":5400)"));
  cron_job.starting_deadline.reset();
  EXPECT_TRUE(compareCronJob(cron_job, policyOf("@every 30m")).inStep());
}

TEST(CronJobDriftTest, WithoutAConfiguredScheduleItsOwnStands) {
  BackupPolicy policy{.snapshot_class = "csi", .max_snapshots = {}, .schedule = {}};
  EXPECT_TRUE(compareCronJob(cronJob("@weekly"), policy).inStep());
}

TEST(CronJobDriftTest, IsToldToWhoOnlyLooks) {
  EXPECT_THAT(describe(compareCronJob(cronJob("@daily"), policyOf("0 2 * * *")), "nightly"),
              ElementsAre(testing::AllOf(HasSubstr("CronJob nightly is out of step"),
                                         HasSubstr("set to \"0 2 * * *\" (UTC)"))));
  EXPECT_THAT(describe(compareCronJob(cronJob("@daily"), policyOf("@daily")), "nightly"),
              IsEmpty());
}

}  // namespace
}  // namespace job
