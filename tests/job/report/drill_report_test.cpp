#include "job/report/drill_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "common/json/write.h"

namespace job {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Result = DrillComparison::Result;

DrillReport aGoodDrill() {
  DrillReport report;
  report.cluster = "noobaa-db-pg-cluster";
  report.backup = "backup-20250115-020000";
  report.drill = "noobaa-db-pg-cluster-drill";
  report.comparisons = {{"system identifier", "7460", "7460", Result::kMatches},
                        {"latest checkpoint", "0/7000028 on timeline 1", "0/70000A0 on timeline 1",
                         Result::kMatches}};
  report.answered_after = 72'300ms;
  report.duration = 90'500ms;
  report.removed_after = 12s;
  return report;
}

TEST(DrillReportTest, HasTheDocumentedKeysInTheirOrder) {
  EXPECT_EQ(json::write(toJson(aGoodDrill())),
            R"({"command":"verify","outcome":"completed","exitCode":0,)"
            R"("cluster":"noobaa-db-pg-cluster","backup":"backup-20250115-020000",)"
            R"("drillCluster":"noobaa-db-pg-cluster-drill","verified":true,)"
            R"("comparisons":[{"what":"system identifier","expected":"7460","found":"7460",)"
            R"("result":"matches"},{"what":"latest checkpoint",)"
            R"("expected":"0/7000028 on timeline 1","found":"0/70000A0 on timeline 1",)"
            R"("result":"matches"}],"answeredAfterSeconds":72.3,"durationSeconds":90.5,)"
            R"("left":[],"warnings":[],"reason":""})");
}

TEST(DrillReportTest, WhatIsNotKnownIsNull) {
  DrillReport report;
  report.cluster = "noobaa-db-pg-cluster";
  report.exit_code = ExitCode::kBackupFailed;
  report.reason = "there is no good backup";
  report.comparisons = {{"system identifier", "", "", Result::kUnknown}};
  EXPECT_EQ(json::write(toJson(report)),
            R"({"command":"verify","outcome":"failed","exitCode":3,)"
            R"("cluster":"noobaa-db-pg-cluster","backup":null,"drillCluster":null,)"
            R"("verified":false,"comparisons":[{"what":"system identifier","expected":null,)"
            R"("found":null,"result":"unknown"}],"answeredAfterSeconds":null,)"
            R"("durationSeconds":0.0,"left":[],"warnings":[],)"
            R"("reason":"there is no good backup"})");
}

TEST(DrillReportTest, ADatabaseOfWhichNothingIsKnownIsNotVerified) {
  DrillReport report = aGoodDrill();
  for (DrillComparison& each : report.comparisons) each.result = Result::kUnknown;
  EXPECT_FALSE(report.verified());
  report.comparisons.clear();
  EXPECT_FALSE(report.verified());
}

TEST(DrillReportTest, OneMatchIsEnoughAndOneDifferenceTooMuch) {
  DrillReport report = aGoodDrill();
  report.comparisons[1].result = Result::kUnknown;
  EXPECT_TRUE(report.verified());
  report.comparisons[1].result = Result::kDiffers;
  EXPECT_FALSE(report.verified());
}

TEST(DrillReportTest, ADatabaseThatNeverAnsweredIsNotVerified) {
  DrillReport report = aGoodDrill();
  report.answered_after.reset();
  EXPECT_FALSE(report.verified());
}

TEST(DrillReportTest, TellsPeopleWhatWasRestoredHowLongItTookAndThatItIsGone) {
  EXPECT_EQ(toText(aGoodDrill()),
            "Verified: Backup backup-20250115-020000 was restored as Cluster "
            "noobaa-db-pg-cluster-drill, and its database is the one that was backed up\n"
            "PostgreSQL answered 1m12s after the Cluster was created\n"
            "system identifier matches: the backup says 7460, the restored database says 7460\n"
            "latest checkpoint matches: the backup says 0/7000028 on timeline 1, the restored "
            "database says 0/70000A0 on timeline 1\n"
            "Cluster noobaa-db-pg-cluster-drill was removed in 12s\n");
}

TEST(DrillReportTest, AFailureComesFirstWithItsCode) {
  DrillReport report = aGoodDrill();
  report.exit_code = ExitCode::kBackupFailed;
  report.reason = "system identifier differs";
  report.comparisons[0].result = Result::kDiffers;
  EXPECT_THAT(toText(report), StartsWith("Failed (exit 3): system identifier differs\n"));
}

TEST(DrillReportTest, WhatIsLeftIsNamedBesideAVerifiedBackup) {
  DrillReport report = aGoodDrill();
  report.exit_code = ExitCode::kIncomplete;
  report.reason = "the backup is verified, but not all is gone";
  report.left = {"PersistentVolumeClaim noobaa-db-pg-cluster-drill-1"};
  const std::string text = toText(report);
  EXPECT_THAT(text, StartsWith("Verified: "));
  EXPECT_THAT(text, HasSubstr("\nIncomplete (exit 4): the backup is verified"));
  EXPECT_THAT(text, HasSubstr("Still there, for the next drill to remove: PersistentVolumeClaim "));
  EXPECT_THAT(text, Not(HasSubstr("was removed")));
}

TEST(DrillReportTest, ATextOfTheServersStaysInItsLine) {
  DrillReport report;
  report.exit_code = ExitCode::kRefused;
  report.reason = "quota\nexceeded";
  report.warnings = {"a\nb"};
  EXPECT_EQ(toText(report), "Refused (exit 6): quota\\nexceeded\nWarning: a\\nb\n");
}

TEST(DrillReportTest, ADryRunSaysWhatWouldBeRestored) {
  DrillReport report;
  report.dry_run = true;
  report.backup = "b";
  report.drill = "c-drill";
  EXPECT_EQ(toText(report),
            "Dry run: Backup b would be restored as Cluster c-drill; nothing was changed\n");
}

}  // namespace
}  // namespace job
