#include "job/report/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "common/time/rfc3339.h"

namespace job {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

timing::Instant at(const char* text) {
  return *timing::parseRfc3339(text);
}

PassResult aGoodPass() {
  PassResult result;
  result.command = "run";
  result.cluster = "noobaa-db-pg-cluster";
  result.verdict = Verdict::kCertified;
  result.pruned = {"backup-20250112-020000", "backup-20250111-020000"};
  result.failed_to_prune = {"backup-20250110-020000"};
  result.held = {"before-upgrade"};
  result.last_backup_time = "2025-01-15T02:01:00Z";
  result.next_backup_time = "2025-01-16T02:00:00Z";
  result.overdue = at("2025-01-17T02:00:00Z");
  result.duration = 61'500ms;
  result.fenced = 12'250ms;
  result.backups = {{Verdict::kCertified, 3}, {Verdict::kFailed, 1}};
  return result;
}

PassResult aBadPass() {
  PassResult result;
  result.command = "run";
  result.cluster = "noobaa-db-pg-cluster";
  result.exit_code = ExitCode::kBackupFailed;
  result.verdict = Verdict::kUnclean;
  result.last_backup_time = "2025-01-15T02:01:00Z";
  result.duration = 2s;
  result.reason = "the disk is full";
  return result;
}

MetricsSample sampleOf(const PassResult& result) {
  return sampleOf(result, "openshift-storage", at("2025-01-15T02:02:03.9Z"));
}

DrillReport aVerifiedDrill() {
  DrillReport report;
  report.cluster = "noobaa-db-pg-cluster";
  report.backup = "backup-20250115-020000";
  report.comparisons = {{.what = "system identifier",
                         .expected = "7",
                         .found = "7",
                         .result = DrillComparison::Result::kMatches}};
  report.answered_after = 30s;
  report.duration = 40'250ms;
  return report;
}
MetricsSample sampleOf(const DrillReport& report) {
  return sampleOf(report, false, "openshift-storage", at("2025-01-15T02:02:03.9Z"));
}

MetricsSample of(const std::string& name_space, const std::string& cluster) {
  return {.name_space = name_space, .cluster = cluster};
}

TEST(MetricsTest, OfAGoodPassAreAllThatItKnows) {
  EXPECT_EQ(
      pushedMetrics(sampleOf(aGoodPass())),
      R"(# HELP noobaa_db_backup_last_success_timestamp_seconds When the newest good backup ended, as of the last pass that made one.
# TYPE noobaa_db_backup_last_success_timestamp_seconds gauge
noobaa_db_backup_last_success_timestamp_seconds 1736906460
# HELP noobaa_db_backup_last_attempt_timestamp_seconds When the last pass ended, however it did.
# TYPE noobaa_db_backup_last_attempt_timestamp_seconds gauge
noobaa_db_backup_last_attempt_timestamp_seconds 1736906523
# HELP noobaa_db_backup_last_attempt_exit_code Exit code of the last pass; 0 and 4 mean a good backup, or nothing to do.
# TYPE noobaa_db_backup_last_attempt_exit_code gauge
noobaa_db_backup_last_attempt_exit_code 0
# HELP noobaa_db_backup_duration_seconds How long the last pass took.
# TYPE noobaa_db_backup_duration_seconds gauge
noobaa_db_backup_duration_seconds 61.5
# HELP noobaa_db_backup_fence_seconds How long an instance was seen stopped for a backup, or has been when it still is.
# TYPE noobaa_db_backup_fence_seconds gauge
noobaa_db_backup_fence_seconds 12.25
# HELP noobaa_db_backup_backups Backups there are, by what they are worth.
# TYPE noobaa_db_backup_backups gauge
noobaa_db_backup_backups{verdict="certified"} 3
noobaa_db_backup_backups{verdict="failed"} 1
noobaa_db_backup_backups{verdict="incomplete"} 0
noobaa_db_backup_backups{verdict="pending"} 0
noobaa_db_backup_backups{verdict="terminating"} 0
noobaa_db_backup_backups{verdict="uncertified"} 0
noobaa_db_backup_backups{verdict="unclean"} 0
# HELP noobaa_db_backup_backups_held Backups that are kept whatever their age.
# TYPE noobaa_db_backup_backups_held gauge
noobaa_db_backup_backups_held 1
# HELP noobaa_db_backup_pruned_total Backups that the last pass with a good backup deleted. Not a counter.
# TYPE noobaa_db_backup_pruned_total untyped
noobaa_db_backup_pruned_total 2
# HELP noobaa_db_backup_prune_failures Backups that the last pass with a good backup could not delete.
# TYPE noobaa_db_backup_prune_failures gauge
noobaa_db_backup_prune_failures 1
# HELP noobaa_db_backup_next_run_timestamp_seconds When the schedule fires next.
# TYPE noobaa_db_backup_next_run_timestamp_seconds gauge
noobaa_db_backup_next_run_timestamp_seconds 1736992800
# HELP noobaa_db_backup_overdue_timestamp_seconds The second firing of the schedule after the newest good backup ended.
# TYPE noobaa_db_backup_overdue_timestamp_seconds gauge
noobaa_db_backup_overdue_timestamp_seconds 1737079200
)");
}

TEST(MetricsTest, OfABadPassSayNothingOfASuccessOrOfPruning) {
  EXPECT_THAT(pushedMetrics(sampleOf(aBadPass())),
              AllOf(HasSubstr("last_attempt_exit_code 3\n"), Not(HasSubstr("last_success")),
                    Not(HasSubstr("prune")), Not(HasSubstr("backups")), Not(HasSubstr("fence"))));
}

TEST(MetricsTest, OfAGoodBackupWhosePassWasIncompleteAreASuccess) {
  PassResult result = aGoodPass();
  result.exit_code = ExitCode::kIncomplete;
  EXPECT_THAT(pushedMetrics(sampleOf(result)),
              AllOf(HasSubstr("last_attempt_exit_code 4\n"), HasSubstr("last_success")));
}

TEST(MetricsTest, OfAPassThatMadeNoBackupAreNoSuccess) {
  PassResult result = aGoodPass();
  result.said = PassOutcome::kDeferred;
  result.verdict.reset();
  EXPECT_THAT(pushedMetrics(sampleOf(result)),
              AllOf(HasSubstr("last_attempt_exit_code 0\n"), Not(HasSubstr("last_success"))));
}

TEST(MetricsTest, OfABackupOnDemandWithoutAVerdictTellOfNoAttempt) {
  PassResult result = aGoodPass();
  result.command = "db-backup";
  EXPECT_THAT(pushedMetrics(sampleOf(result)),
              AllOf(HasSubstr("last_attempt_exit_code 0\n"), HasSubstr("last_success")));
  result.verdict.reset();  // --no-wait
  EXPECT_THAT(pushedMetrics(sampleOf(result)),
              AllOf(Not(HasSubstr("last_")), Not(HasSubstr("duration"))));
  result.exit_code = ExitCode::kRefused;  // a name that is taken
  EXPECT_THAT(pushedMetrics(sampleOf(result)), Not(HasSubstr("last_attempt")));
}

TEST(MetricsTest, OfASyncTellWhetherTheScheduleIsInSyncAndOfNoAttempt) {
  PassResult result = aGoodPass();
  result.command = "sync";
  result.verdict.reset();
  result.schedule_in_sync = false;
  EXPECT_THAT(pushedMetrics(sampleOf(result)),
              AllOf(HasSubstr("schedule_in_sync 0\n"), HasSubstr("backups_held 1\n"),
                    Not(HasSubstr("last_")), Not(HasSubstr("duration"))));
  result.schedule_in_sync = true;
  EXPECT_THAT(pushedMetrics(sampleOf(result)), HasSubstr("schedule_in_sync 1\n"));
}

TEST(MetricsTest, OfAVerifiedDrillAreASuccessOfDrillsAlone) {
  EXPECT_EQ(
      pushedMetrics(sampleOf(aVerifiedDrill())),
      R"(# HELP noobaa_db_backup_last_drill_timestamp_seconds When the last restore drill ended, however it did.
# TYPE noobaa_db_backup_last_drill_timestamp_seconds gauge
noobaa_db_backup_last_drill_timestamp_seconds 1736906523
# HELP noobaa_db_backup_last_drill_exit_code Exit code of the last restore drill; 0 and 4 mean a verified backup.
# TYPE noobaa_db_backup_last_drill_exit_code gauge
noobaa_db_backup_last_drill_exit_code 0
# HELP noobaa_db_backup_last_drill_success_timestamp_seconds When the last restore drill that verified a backup ended.
# TYPE noobaa_db_backup_last_drill_success_timestamp_seconds gauge
noobaa_db_backup_last_drill_success_timestamp_seconds 1736906523
# HELP noobaa_db_backup_drill_duration_seconds How long the last restore drill took.
# TYPE noobaa_db_backup_drill_duration_seconds gauge
noobaa_db_backup_drill_duration_seconds 40.25
)");
}

TEST(MetricsTest, OfADrillThatVerifiedAndLeftSomethingAreASuccess) {
  DrillReport report = aVerifiedDrill();
  report.exit_code = ExitCode::kIncomplete;
  EXPECT_THAT(pushedMetrics(sampleOf(report)),
              AllOf(HasSubstr("last_drill_exit_code 4\n"), HasSubstr("last_drill_success")));
}

TEST(MetricsTest, OfADrillThatVerifiedNothingAreNoSuccess) {
  DrillReport report = aVerifiedDrill();
  report.comparisons.front().result = DrillComparison::Result::kDiffers;
  report.exit_code = ExitCode::kBackupFailed;
  EXPECT_THAT(pushedMetrics(sampleOf(report)),
              AllOf(HasSubstr("last_drill_exit_code 3\n"), Not(HasSubstr("success"))));
}

TEST(MetricsTest, OfADrillOfANamedBackupAreSentOnlyWithAVerdict) {
  const auto of_named = [](const DrillReport& report) {
    return pushedMetrics(sampleOf(report, true, "ns", at("2025-01-15T02:02:03Z")));
  };
  DrillReport report = aVerifiedDrill();
  EXPECT_THAT(of_named(report), HasSubstr("last_drill_success"));
  report.comparisons.clear();
  report.answered_after.reset();
  report.exit_code = ExitCode::kBackupFailed;  // it is known to be bad, and was not restored
  EXPECT_THAT(of_named(report), IsEmpty());
  report.removed_after = 5s;
  EXPECT_THAT(of_named(report), HasSubstr("last_drill_exit_code 3\n"));
  report.exit_code = ExitCode::kTimedOut;
  EXPECT_THAT(of_named(report), IsEmpty());
  EXPECT_THAT(pushedMetrics(sampleOf(report)), HasSubstr("last_drill_exit_code 124\n"));
}

TEST(MetricsTest, AreEachInTheDocumentationWithTheirType) {
  const std::ifstream file(NDB_TEST_DATA "/../../docs/metrics.md");
  std::ostringstream text;
  text << file.rdbuf();
  MetricsSample everything = sampleOf(aGoodPass());
  everything.drill = sampleOf(aVerifiedDrill()).drill;
  everything.fence_left_over = false;
  everything.schedule_in_sync = true;
  std::istringstream lines(pushedMetrics(everything));
  int seen = 0;
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kStart = "# TYPE noobaa_db_backup_";
    if (!line.starts_with(kStart)) continue;
    const std::size_t blank = line.rfind(' ');
    const std::string name = line.substr(kStart.size(), blank - kStart.size());
    EXPECT_THAT(text.str(), HasSubstr("\n| `" + name + "` | " + line.substr(blank + 1) + " |"));
    ++seen;
  }
  EXPECT_EQ(seen, 17);
}

TEST(MetricsTest, ArePushedToTheGroupOfNamespaceAndCluster) {
  EXPECT_EQ(pushPath(of("openshift-storage", "noobaa-db-pg-cluster")),
            "/metrics/job/noobaa-db-backup/namespace/openshift-storage/cluster/"
            "noobaa-db-pg-cluster");
}

TEST(MetricsTest, HaveAPathOfBase64ForWhatNoPathCanCarry) {
  EXPECT_EQ(pushPath(of("a/b", "")),
            "/metrics/job/noobaa-db-backup/namespace@base64/YS9i/cluster@base64/=");
  // Standard base64 has "+/+/" here, and two closing "=" there.
  EXPECT_EQ(pushPath(of("\xfb\xff\xbf", "..")),
            "/metrics/job/noobaa-db-backup/namespace@base64/-_-_/cluster@base64/Li4");
}

TEST(MetricsFileTest, HasTheLabelsThatAPushHasInItsPath) {
  EXPECT_THAT(metricsFileAfter("", sampleOf(aGoodPass())),
              AllOf(HasSubstr("\nnoobaa_db_backup_duration_seconds{namespace=\"openshift-storage\","
                              "cluster=\"noobaa-db-pg-cluster\"} 61.5\n"),
                    HasSubstr("\nnoobaa_db_backup_backups{namespace=\"openshift-storage\","
                              "cluster=\"noobaa-db-pg-cluster\",verdict=\"certified\"} 3\n")));
}

TEST(MetricsFileTest, KeepsTheLastSuccessOverABadPass) {
  const std::string after =
      metricsFileAfter(metricsFileAfter("", sampleOf(aGoodPass())), sampleOf(aBadPass()));
  EXPECT_THAT(after,
              AllOf(HasSubstr("last_success_timestamp_seconds{namespace=\"openshift-storage\""
                              ",cluster=\"noobaa-db-pg-cluster\"} 1736906460\n"),
                    HasSubstr("cluster=\"noobaa-db-pg-cluster\"} 3\n"),
                    HasSubstr("verdict=\"failed\"} 1\n"), Not(HasSubstr("} 61.5\n"))));
}

TEST(MetricsFileTest, IsTheSameAfterTheSamePassTwice) {
  const std::string once = metricsFileAfter("", sampleOf(aGoodPass()));
  EXPECT_EQ(metricsFileAfter(once, sampleOf(aGoodPass())), once);
}

TEST(MetricsFileTest, ReplacesAVerdictThatIsThereNoMore) {
  MetricsSample sample = of("ns", "db");
  sample.backups = {{Verdict::kFailed, 7}};
  const std::string before = metricsFileAfter("", sample);
  sample.backups->clear();
  EXPECT_THAT(metricsFileAfter(before, sample), HasSubstr("verdict=\"failed\"} 0\n"));
}

TEST(MetricsFileTest, KeepsOtherClustersWhole) {
  MetricsSample other = of("openshift-storage", "noobaa-db-pg-cluster-2");
  other.attempt = {.ended = at("2025-01-01T00:00:00Z"), .exit_code = ExitCode::kRefused};
  const std::string before = metricsFileAfter("", other);
  const std::string after = metricsFileAfter(before, sampleOf(aGoodPass()));
  EXPECT_THAT(after, AllOf(HasSubstr("exit_code{namespace=\"openshift-storage\",cluster=\"noobaa-db"
                                     "-pg-cluster-2\"} 6\n"),
                           HasSubstr("cluster=\"noobaa-db-pg-cluster\"} 0\n")));
}

TEST(MetricsFileTest, EscapesWhatALabelsValueCannotHold) {
  MetricsSample sample = of("a\"b\\c\nd", "db");
  sample.held = 1;
  EXPECT_THAT(metricsFileAfter("", sample), HasSubstr(R"({namespace="a\"b\\c\nd",cluster="db"} 1)"
                                                      "\n"));
}

TEST(MetricsFileTest, LosesWhatWouldMakeTheWholeFileUnreadable) {
  const MetricsSample nothing = of("ns", "db");
  for (const std::string line :
       {"noobaa_db_backup_backups_held{a=\"b\"}", "noobaa_db_backup_backups_held{a=\"b\"} ",
        "noobaa_db_backup_backups_held{a=\"b\"} x", "noobaa_db_backup_backups_held{a=\"b\"} 1 2 x",
        "noobaa_db_backup_backups_held{a=\"b\"} inf", "noobaa_db_backup_backups_held{a=\"b} 1",
        "noobaa_db_backup_backups_held{a=\"b\" } 1", "noobaa_db_backup_backups_held{a=\"b\",} 1",
        "noobaa_db_backup_backups_held{a=\"\\x\"} 1", "noobaa_db_backup_backups_held{a=b} 1",
        "noobaa_db_backup_backups_held{} 1", "noobaa_db_backup_backups_held 1",
        "noobaa_db_backup_other{a=\"b\"} 1", "other{a=\"b\"} 1", "} {", "# HELP x", ""}) {
    EXPECT_THAT(metricsFileAfter(line, nothing), IsEmpty()) << line;
    EXPECT_THAT(metricsFileAfter(line + "\n", nothing), IsEmpty()) << line;
  }
  EXPECT_THAT(metricsFileAfter("noobaa_db_backup_backups_held{a=\"b\"} 1", nothing),
              HasSubstr("\nnoobaa_db_backup_backups_held{a=\"b\"} 1\n"));
}

RC_GTEST_PROP(MetricsFileTest, IsOneThatIsReadBackTheSame, (std::string before)) {
  const std::string once = metricsFileAfter(before, of("ns", "db"));
  RC_ASSERT(metricsFileAfter(once, of("ns", "db")) == once);
}

}  // namespace
}  // namespace job
