#include "job/report/status_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "common/json/write.h"
#include "tests/job/report/status_world.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> namesOf(const StatusReport& report) {
  std::vector<std::string> names;
  for (const auto& row : report.rows) names.push_back(row.group.name);
  return names;
}

TEST(StatusReportTest, ShowsBackupsNewestFirst) {
  StatusWorld world;
  world.good("b-1", "2025-01-13T02:01:00Z").good("b-3", "2025-01-15T02:01:00Z");
  world.good("b-2", "2025-01-14T02:01:00Z").good("a-2", "2025-01-14T02:01:00Z");
  EXPECT_THAT(namesOf(world.report()), ElementsAre("b-3", "b-2", "a-2", "b-1"));
}

TEST(StatusReportTest, ShowsABackupWithoutTimesLast) {
  StatusWorld world;
  world.good("b-1", "2025-01-13T02:01:00Z");
  world.add("odd", Verdict::kFailed, Timestamp::read("yesterday"));
  EXPECT_THAT(namesOf(world.report()), ElementsAre("b-1", "odd"));
}

TEST(StatusReportTest, LastAndNextComeFromTheGoodBackupsAndTheSchedule) {
  StatusWorld world;
  world.good("b-1", "2025-01-14T02:01:00Z").failed("b-2", "2025-01-15T02:00:00Z");
  const StatusReport report = world.report();
  EXPECT_EQ(report.last_backup, at("2025-01-14T02:01:00Z"));
  EXPECT_EQ(report.next_backup, at("2025-01-16T02:00:00Z"));
  EXPECT_THAT(report.available_snapshots, ElementsAre("b-1"));
}

TEST(StatusReportTest, IsOverdueWhenAFiringPassedByMoreThanAnHour) {
  StatusWorld world;
  world.good("b-1", "2025-01-14T02:01:00Z");
  world.now = at("2025-01-15T02:59:00Z");
  EXPECT_FALSE(world.report().overdue());
  world.now = at("2025-01-15T03:00:01Z");
  EXPECT_EQ(world.report().missed, at("2025-01-15T02:00:00Z"));
}

TEST(StatusReportTest, AFailedAttemptDoesNotHideAMissedBackup) {
  StatusWorld world;
  world.good("b-1", "2025-01-13T02:01:00Z").failed("b-2", "2025-01-15T09:00:00Z");
  EXPECT_EQ(world.report().missed, at("2025-01-14T02:00:00Z"));
}

TEST(StatusReportTest, IsOverdueWhenNoneEverSucceeded) {
  StatusWorld world;
  world.failed("b-1", "2025-01-12T02:00:00Z").failed("b-2", "2025-01-13T02:00:00Z");
  EXPECT_EQ(world.report().missed, at("2025-01-13T02:00:00Z"));
}

TEST(StatusReportTest, IsNotOverdueWithoutAScheduleOrAnyAttempt) {
  StatusWorld world;
  EXPECT_FALSE(world.report().overdue());
  world.good("b-1", "2024-01-01T00:00:00Z");
  world.policy->schedule.reset();
  EXPECT_FALSE(world.report().overdue());
}

TEST(StatusReportTest, SaysWhatAPassWouldKeep) {
  StatusWorld world;
  world.good("b-1", "2025-01-12T02:01:00Z").good("b-2", "2025-01-13T02:01:00Z");
  world.good("b-3", "2025-01-14T02:01:00Z").failed("b-0", "2025-01-11T02:00:00Z");
  const StatusReport report = world.report();
  EXPECT_FALSE(report.rows[0].retention.remove);
  EXPECT_FALSE(report.rows[1].retention.remove);
  EXPECT_EQ(report.rows[2].retention.reason, RetentionReason::kExceedsMaxSnapshots);
  EXPECT_EQ(report.rows[3].retention.reason, RetentionReason::kFailedSuperseded);
}

TEST(StatusReportTest, AnOperatorsBackupIsNotManaged) {
  StatusWorld world;
  world.good("nightly-20250115020000", "2025-01-15T02:01:00Z").last().backup->scheduled_by =
      "nightly";
  world.good("b-1", "2025-01-14T02:01:00Z");
  ScheduledBackup nightly;
  nightly.name = "nightly";
  nightly.cluster = kWorldCluster;
  world.active_schedules = {nightly};
  const StatusReport report = world.report();
  EXPECT_FALSE(report.rows[0].managed);
  EXPECT_TRUE(report.rows[1].managed);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("ScheduledBackup nightly")));
}

TEST(StatusReportTest, NothingConfiguredIsReportedAllTheSame) {
  StatusWorld world;
  world.policy.reset();
  world.good("b-1", "2025-01-14T02:01:00Z");
  const StatusReport report = world.report();
  EXPECT_EQ(report.schedule, "");
  EXPECT_EQ(report.max_snapshots, std::nullopt);
  EXPECT_EQ(report.rows[0].retention.reason, RetentionReason::kNoLimit);
}

TEST(StatusJsonTest, HasTheDocumentedKeysInTheirOrder) {
  StatusWorld world;
  world.good("b-1", "2025-01-15T02:01:00Z");
  StatusReport report = world.report();
  report.warnings = {"careful"};
  EXPECT_EQ(json::write(toJson(report)),
            R"({"system":"noobaa","cluster":"noobaa-db-pg-cluster","schedule":"0 2 * * *",)"
            R"("timeZone":"UTC","maxSnapshots":2,"lastBackupTime":"2025-01-15T02:01:00Z",)"
            R"("nextBackupTime":"2025-01-16T02:00:00Z","overdue":false,"totalSnapshots":1,)"
            R"("availableSnapshots":["b-1"],"backups":[{"name":"b-1",)"
            R"("time":"2025-01-15T02:01:00Z","verdict":"certified","good":true,"held":false,)"
            R"("managed":true,"online":false,"phase":"completed","reason":"because",)"
            R"("members":[{"name":"b-1","role":"PG_DATA","ready":true,"restoreSize":"50Gi"}]}],)"
            R"("warnings":["careful"]})");
}

TEST(StatusJsonTest, WhatIsAbsentIsNull) {
  StatusWorld world;
  world.policy.reset();
  EXPECT_EQ(json::write(toJson(world.report())),
            R"({"system":"noobaa","cluster":"noobaa-db-pg-cluster","schedule":null,)"
            R"("timeZone":"UTC","maxSnapshots":null,"lastBackupTime":null,"nextBackupTime":null,)"
            R"("overdue":false,"totalSnapshots":0,"availableSnapshots":[],"backups":[],)"
            R"("warnings":[]})");
}

TEST(StatusYamlTest, SaysWhatTheJsonSays) {
  StatusWorld world;
  world.good("b-1", "2025-01-15T02:01:00Z").failed("b-2", "2025-01-15T03:00:00Z");
  const YAML::Node yaml = YAML::Load(toYaml(world.report()));
  EXPECT_EQ(yaml["schedule"].as<std::string>(), "0 2 * * *");
  EXPECT_EQ(yaml["maxSnapshots"].as<int>(), 2);
  EXPECT_EQ(yaml["backups"][0]["name"].as<std::string>(), "b-2");
  EXPECT_EQ(yaml["backups"][1]["time"].as<std::string>(), "2025-01-15T02:01:00Z");
  EXPECT_EQ(yaml["backups"][1]["members"][0]["role"].as<std::string>(), "PG_DATA");
  EXPECT_TRUE(yaml["warnings"].IsSequence());
}

TEST(StatusNamesTest, AreTheDataSnapshotsOfGoodBackupsOldestFirst) {
  StatusWorld world;
  world.good("b-2", "2025-01-15T02:01:00Z").good("b-1", "2025-01-14T02:01:00Z");
  world.failed("b-3", "2025-01-16T02:00:00Z");
  EXPECT_EQ(toNames(world.report()), "b-1\nb-2\n");
}

TEST(StatusNamesTest, AreNothingWhenThereAreNone) {
  EXPECT_EQ(toNames(StatusWorld().report()), "");
}

}  // namespace
}  // namespace job
