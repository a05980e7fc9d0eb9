#include "job/pass/sync.h"

#include <chrono>

#include "job/pass/check.h"
#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

/// A cluster with a CronJob as the chart installs it: suspended until the first sync.
class SyncTest : public PassTest {
 protected:
  explicit SyncTest(sim::WorldOptions options = {}) : PassTest(std::move(options)) {
    settings_.cron_job = "nightly";
    json::Value cron_job = json::Object{{"apiVersion", "batch/v1"}, {"kind", "CronJob"}};
    cron_job["metadata"]["name"] = "nightly";
    cron_job["metadata"]["namespace"] = world_.shape().name_space;
    cron_job["metadata"]["annotations"][kSuspendedAnnotation] = "until-first-sync";
    cron_job["spec"]["schedule"] = "@daily";
    cron_job["spec"]["suspend"] = true;
    world_.server().create(cron_job);
  }
  k8s::ObjectRef ref() const { return {cronJobType(), world_.shape().name_space, "nightly"}; }
  json::Value cronJob() { return world_.get(ref()); }
  json::Value spec() { return cronJob()["spec"]; }
  PassResult sync() { return inSession("sync-run", "sync-pod", job::sync); }
  /// In step, and the status written.
  void settle() {
    ASSERT_EQ(sync().exit_code, ExitCode::kDone);
    ASSERT_EQ(outcomeOf(sync()), PassOutcome::kNothingToDo);
  }
  void unconfigure() {
    world_.editNoobaa([](json::Value& noobaa) { noobaa["spec"]["dbSpec"]["dbBackup"] = {}; });
  }
  void setSchedule(const std::string& schedule) {
    world_.editNoobaa(
        [&](json::Value& noobaa) { noobaa["spec"]["dbSpec"]["dbBackup"]["schedule"] = schedule; });
  }
  k8s::ObjectRef leaseRef() const {
    return {{"coordination.k8s.io", "v1", "leases", "Lease"},
            world_.shape().name_space,
            world_.shape().clusterName() + "-db-backup"};
  }
  void holdLeaseByAnother() {
    json::Value lease = json::Object{{"apiVersion", "coordination.k8s.io/v1"}, {"kind", "Lease"}};
    lease["metadata"]["name"] = leaseRef().name;
    lease["metadata"]["namespace"] = world_.shape().name_space;
    lease["spec"]["holderIdentity"] = "another";
    lease["spec"]["leaseDurationSeconds"] = 30;
    lease["spec"]["renewTime"] = "2025-01-15T02:00:00.000000Z";
    world_.server().create(lease);
  }
};

TEST_F(SyncTest, TheFirstOneTakesTheCRsScheduleAndResumes) {
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_EQ(spec()["schedule"], json::Value("0 2 * * *"));
  EXPECT_EQ(spec()["timeZone"], json::Value("UTC"));
  EXPECT_EQ(spec()["suspend"], json::Value(false));
  EXPECT_THAT(json::write(cronJob()), Not(HasSubstr(kSuspendedAnnotation)));
  EXPECT_THAT(result.reason, AllOf(HasSubstr("CronJob noobaa/nightly was set to \"0 2 * * *\""),
                                   HasSubstr("resumed"), HasSubstr("status was refreshed")));
  EXPECT_THAT(eventReasons(), ElementsAre("CronJobSynced"));
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_EQ(result.schedule_in_sync, true);
}

TEST_F(SyncTest, AnUnchangedWorldIsOnlyReadWithAtMostEightRequests) {
  world_.add(sim::aBackup("backup-20250115-010000").ours());
  settle();
  const PassResult result = sync();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_EQ(result.reason, "everything is in step");
  EXPECT_THAT(writes(), IsEmpty());
  EXPECT_LE(counts_.requests, 8);
  EXPECT_EQ(result.kept, 1);
  EXPECT_EQ(result.schedule_in_sync, true);
  ASSERT_TRUE(result.backups);
  EXPECT_THAT(*result.backups, ElementsAre(Pair(Verdict::kCertified, 1)));
  EXPECT_THAT(result.warnings, IsEmpty());
}

TEST_F(SyncTest, AnEditedScheduleReachesTheCronJob) {
  settle();
  setSchedule("0 30 4 * * 1-5");
  EXPECT_EQ(outcomeOf(sync()), PassOutcome::kCompleted);
  EXPECT_EQ(spec()["schedule"], json::Value("30 4 * * 1-5"));
}

TEST_F(SyncTest, AScheduleThatNoCronJobCanSayIsWarnedOf) {
  settle();
  setSchedule("30 0 2 * * *");
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_THAT(result.warnings,
              Contains(AllOf(StartsWith("CronJob noobaa/nightly: "), HasSubstr("30 0 2 * * *"))));
  EXPECT_EQ(spec()["schedule"], json::Value("0 2 * * *"));
  EXPECT_EQ(result.schedule_in_sync, false);
}

TEST_F(SyncTest, APlaceholderThatCannotBeResumedIsAFailureAndAnEvent) {
  setSchedule("30 0 2 * * *");
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(result.reason, HasSubstr("30 0 2 * * *"));
  EXPECT_THAT(eventReasons(), ElementsAre("BackupsNotScheduled"));
  EXPECT_EQ(spec()["suspend"], json::Value(true));
}

TEST_F(SyncTest, WhatIsFoundAgainIsToldOnce) {
  setSchedule("30 0 2 * * *");
  sync();
  sync();
  EXPECT_THAT(eventReasons(), ElementsAre("BackupsNotScheduled"));
}

TEST_F(SyncTest, AnIntervalLongerThanTheStartingDeadlineGetsALongerOne) {
  setSchedule("@every 12h");
  world_.server().update(ref(),
                         [](json::Value& job) { job["spec"]["startingDeadlineSeconds"] = 3600; });
  EXPECT_EQ(sync().exit_code, ExitCode::kDone);
  EXPECT_EQ(spec()["startingDeadlineSeconds"], json::Value(13 * 3600));
  EXPECT_EQ(outcomeOf(sync()), PassOutcome::kNothingToDo);
}

TEST_F(SyncTest, AnIntervalIsNotPutOffByEachSync) {
  setSchedule("@every 12h");
  sync();
  const std::string before = json::write(status());
  world_.advance(std::chrono::hours(1));
  sync();
  EXPECT_EQ(json::write(status()), before);
  EXPECT_THAT(before, HasSubstr("nextBackupTime"));
}

TEST_F(SyncTest, WarnsOfAFiringThatNeverCame) {
  settle();
  world_.advance(std::chrono::hours(26));
  const PassResult result = sync();
  EXPECT_THAT(result.warnings, Contains(AllOf(HasSubstr("was due at 2025-01-16T02:00:00Z"),
                                              HasSubstr("no good one at all"))));
  EXPECT_THAT(eventReasons(), Contains("BackupMissed"));
}

TEST_F(SyncTest, IsSuspendedWhileNoBackupsAreConfiguredAndTheStatusIsCleared) {
  settle();
  unconfigure();
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(spec()["suspend"], json::Value(true));
  EXPECT_THAT(result.reason, HasSubstr("has no .spec.dbSpec.dbBackup"));
  EXPECT_TRUE(status().isNull());
  EXPECT_EQ(outcomeOf(sync()), PassOutcome::kNothingToDo);
}

TEST_F(SyncTest, IsResumedOnceTheyAreConfiguredAgain) {
  settle();
  const json::Value configured = world_.noobaa()["spec"]["dbSpec"]["dbBackup"];
  unconfigure();
  sync();
  world_.editNoobaa(
      [&](json::Value& noobaa) { noobaa["spec"]["dbSpec"]["dbBackup"] = configured; });
  sync();
  EXPECT_EQ(spec()["suspend"], json::Value(false));
}

TEST_F(SyncTest, OneSuspendedByHandStaysSoThroughEverything) {
  settle();
  world_.server().update(ref(), [](json::Value& job) { job["spec"]["suspend"] = true; });
  const PassResult result = sync();
  EXPECT_THAT(result.warnings, Contains(HasSubstr("by hand")));
  unconfigure();
  sync();
  EXPECT_EQ(spec()["suspend"], json::Value(true));
  EXPECT_THAT(json::write(cronJob()), Not(HasSubstr(kSuspendedAnnotation)));
}

TEST_F(SyncTest, RefreshesTheStatusAfterABackupWentWithoutMakingAny) {
  settle();
  world_.add(sim::aBackup("backup-20250115-010000").ours());
  const PassResult result = sync();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_THAT(json::write(status()), HasSubstr("backup-20250115-010000"));
  EXPECT_THAT(world_.backupNames(), ElementsAre("backup-20250115-010000"));
}

TEST_F(SyncTest, LeavesTheStatusToThePassThatHoldsTheLeaseButNotTheCronJob) {
  world_.add(sim::aBackup("backup-20250115-010000").ours());
  holdLeaseByAnother();
  // Alive: it renews.
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(5), [&] {
    world_.server().update(leaseRef(), [](json::Value& lease) {
      lease["spec"]["renewTime"] = "2025-01-15T02:00:05.000000Z";
    });
  });
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_THAT(result.warnings, Contains(HasSubstr("another pass is at work")));
  EXPECT_EQ(spec()["schedule"], json::Value("0 2 * * *"));
  EXPECT_TRUE(status().isNull());
  EXPECT_EQ(result.schedule_in_sync, true);
}

TEST_F(SyncTest, TakesALeaseWhoseHolderIsDead) {
  holdLeaseByAnother();
  world_.add(sim::aBackup("backup-20250115-010000").ours());
  EXPECT_EQ(sync().exit_code, ExitCode::kDone);
  EXPECT_THAT(json::write(status()), HasSubstr("backup-20250115-010000"));
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(SyncTest, LeavesTheStatusToAnOperatorThatSchedules) {
  world_.add(sim::World::ScheduledBackup{});
  world_.add(sim::aBackup("backup-20250115-010000").ours());
  const PassResult result = sync();
  EXPECT_EQ(outcomeOf(result), PassOutcome::kDeferred);
  EXPECT_THAT(result.reason, HasSubstr("-scheduled-backup schedules the backups"));
  EXPECT_TRUE(status().isNull());
  EXPECT_EQ(spec()["schedule"], json::Value("0 2 * * *"));
}

TEST_F(SyncTest, WarnsOfAMissedBackup) {
  world_.add(sim::aBackup("backup-20250113-020000").ours());
  const PassResult result = sync();
  EXPECT_THAT(result.warnings, Contains(AllOf(HasSubstr("was due at 2025-01-14T02:00:00Z"),
                                              HasSubstr("last good one ended at 2025-01-13"))));
}

TEST_F(SyncTest, WarnsOfAnInstanceThatIsFencedForNobody) {
  world_.editCluster([](json::Value& cluster) {
    cluster["metadata"]["annotations"][kFencedInstancesAnnotation] =
        R"(["noobaa-db-pg-cluster-2"])";
  });
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_THAT(result.warnings, Contains(AllOf(StartsWith("still fenced: noobaa-db-pg-cluster-2"),
                                              HasSubstr("cnpg.io/fencedInstances-"))));
}

TEST_F(SyncTest, SaysWhenAFlagHidesTheCRsSchedule) {
  settings_.overrides.schedule = "0 5 * * *";
  const PassResult result = sync();
  EXPECT_EQ(spec()["schedule"], json::Value("0 5 * * *"));
  EXPECT_THAT(result.warnings, Contains(AllOf(HasSubstr("0 5 * * *"), HasSubstr("0 2 * * *"))));
}

TEST_F(SyncTest, AnInvalidCRChangesNothing) {
  setSchedule("12345");
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(result.reason, HasSubstr("12345"));
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(SyncTest, ACronJobThatIsNotThereIsAConfigurationError) {
  settings_.cron_job = "nigthly";
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("CronJob noobaa/nigthly"), HasSubstr("--cronjob")));
}

TEST_F(SyncTest, WithoutACronJobItKeepsTheStatusAlone) {
  settings_.cron_job = "";
  world_.add(sim::aBackup("backup-20250115-010000").ours());
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone);
  EXPECT_EQ(result.schedule_in_sync, std::nullopt);
  EXPECT_THAT(json::write(status()), HasSubstr("backup-20250115-010000"));
  EXPECT_EQ(spec()["schedule"], json::Value("@daily"));
}

TEST_F(SyncTest, ADryRunSaysWhatItWouldDoAndDoesNot) {
  settings_.dry_run = true;
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.reason, AllOf(HasSubstr("0 2 * * *"), HasSubstr("dry run")));
  EXPECT_EQ(spec()["schedule"], json::Value("@daily"));
  EXPECT_THAT(eventReasons(), IsEmpty());
}

TEST_F(SyncTest, WithoutTheRightToPatchTheCronJobItRefreshesTheStatusAndNamesTheRight) {
  world_.server().forbid("admin", "patch", "cronjobs.batch");
  world_.add(sim::aBackup("backup-20250115-010000").ours());
  const PassResult result = sync();
  EXPECT_EQ(result.exit_code, ExitCode::kForbidden);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("patch"), HasSubstr("cronjobs")));
  EXPECT_EQ(result.schedule_in_sync, false);
  EXPECT_EQ(result.schedule_in_sync, false);
  EXPECT_THAT(json::write(status()), HasSubstr("backup-20250115-010000"));
}

TEST_F(SyncTest, CheckNamesTheRightThatSyncLacks) {
  world_.server().forbid("admin", "patch", "cronjobs.batch");
  const auto lines = inSession("run", "pod", check);
  EXPECT_THAT(lines, Contains(testing::Field(&CheckLine::message,
                                             AllOf(HasSubstr("patch cronjobs.batch \"nightly\""),
                                                   HasSubstr("sync fails")))));
}

TEST_F(SyncTest, CheckShowsWhetherTheCronJobIsInStep) {
  const auto lines = inSession("run", "pod", check);
  EXPECT_THAT(lines, Contains(testing::Field(&CheckLine::message,
                                             HasSubstr("CronJob nightly is out of step"))));
}

}  // namespace
}  // namespace job
