#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using RunPassTest = PassTest;

TEST_F(RunPassTest, MakesACertifiedOfflineBackupOfAStandby) {
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-020000");
  EXPECT_EQ(result.verdict, Verdict::kCertified);
  EXPECT_THAT(result.snapshots, ElementsAre("backup-20250115-020000"));
  json::Value backup = world_.backup("backup-20250115-020000");
  EXPECT_EQ(backup["status"]["phase"], json::Value("completed"));
  EXPECT_EQ(backup["spec"]["online"], json::Value(false));
  EXPECT_EQ(backup["spec"]["method"], json::Value("volumeSnapshot"));
  EXPECT_EQ(backup["status"]["instanceID"]["podName"], json::Value("noobaa-db-pg-cluster-2"));
}

TEST_F(RunPassTest, LeavesNoFenceAndNoLeaseBehind) {
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  EXPECT_EQ(fence(), "");
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(RunPassTest, LabelsTheSnapshotsAndRecordsTheVerdict) {
  const PassResult result = run("the-run");
  json::Value snapshot = world_.snapshot(*result.backup);
  EXPECT_EQ(snapshot["metadata"]["labels"][kOursLabel], json::Value("true"));
  EXPECT_EQ(snapshot["metadata"]["labels"][kRunLabel], json::Value("the-run"));
  EXPECT_EQ(snapshot["metadata"]["annotations"][kVerdictAnnotation], json::Value("certified"));
}

TEST_F(RunPassTest, WritesTheStatusOfWhatIsThere) {
  world_.add(sim::aBackup("backup-20250114-020000").ours());
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  json::Value written = status();
  EXPECT_EQ(written["totalSnapshots"], json::Value(2));
  EXPECT_EQ(written["availableSnapshots"],
            json::Value(json::Array{"backup-20250114-020000", "backup-20250115-020000"}));
  EXPECT_EQ(written["nextBackupTime"], json::Value("2025-01-16T02:00:00Z"));
  EXPECT_EQ(written["lastBackupTime"], json::Value(result.last_backup_time));
  json::Value snapshot = world_.snapshot(*result.backup);
  EXPECT_EQ(written["lastBackupTime"], snapshot["metadata"]["annotations"][kBackupEndAnnotation]);
}

TEST_F(RunPassTest, TouchesNothingElseInTheStatus) {
  json::Value before = world_.noobaa();
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  json::Value after = world_.noobaa();
  after["status"]["dbStatus"].object()->erase("backupStatus");
  before["status"]["dbStatus"].object()->erase("backupStatus");
  EXPECT_EQ(after["status"], before["status"]);
  EXPECT_EQ(after["spec"], before["spec"]);
}

TEST_F(RunPassTest, RecordsAnEventOnTheNooBaa) {
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  EXPECT_THAT(eventReasons(), ElementsAre("BackupCompleted"));
}

TEST_F(RunPassTest, NeedsAtMostTwentyOneRequestsWhenNothingIsPruned) {
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  // The lease exists from the second pass on; one label patch, and watches and renewals are apart.
  world_.advance(std::chrono::hours(24));
  ASSERT_EQ(run("run-2").exit_code, ExitCode::kDone);
  int requests = 0;
  int renewals = -3;  // take (read, write) and release
  for (const std::string& line : world_.server().requestLog()) {
    ++requests;
    if (line.find("/leases") != std::string::npos) ++renewals;
  }
  const int labels = 1;
  EXPECT_LE(requests - static_cast<int>(counts_.watches) - renewals - labels, 21)
      << testing::PrintToString(world_.server().requestLog());
}

TEST_F(RunPassTest, LetsCnpgGiveUpOnAStorageAfterTenMinutesOrSooner) {
  const auto deadline = [&](std::chrono::minutes timeout) {
    settings_.timeout = timeout;
    world_.advance(std::chrono::hours(1));
    const PassResult result = run("run-" + std::to_string(timeout.count()));
    json::Value backup = world_.backup(*result.backup);
    return *backup["metadata"]["annotations"]["cnpg.io/volumeSnapshotDeadline"].string();
  };
  EXPECT_EQ(deadline(std::chrono::hours(4)), "10");
  EXPECT_EQ(deadline(std::chrono::minutes(30)), "10");
  EXPECT_EQ(deadline(std::chrono::minutes(10)), "4");
  EXPECT_EQ(deadline(std::chrono::minutes(2)), "1");
}

TEST_F(RunPassTest, RenewsTheLeaseWhileItWaits) {
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  int writes_of_lease = 0;
  for (const std::string& line : writes()) {
    if (line.find("/leases") != std::string::npos) ++writes_of_lease;
  }
  EXPECT_GE(writes_of_lease, 3);  // created, renewed, released
}

TEST_F(RunPassTest, SetsTheClustersSnapshotClassWhereItIsMissing) {
  world_.editCluster([](json::Value& cluster) { cluster["spec"].object()->erase("backup"); });
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  json::Value cluster = world_.cluster();
  EXPECT_EQ(cluster["spec"]["backup"]["volumeSnapshot"]["className"],
            json::Value(world_.shape().snapshot_class));
  EXPECT_EQ(cluster["spec"]["backup"]["volumeSnapshot"]["online"], json::Value(false));
}

TEST_F(RunPassTest, AnUncertifiedBackupIsGoodButWarnedAbout) {
  world_.faults().controldata_missing = true;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.verdict, Verdict::kUncertified);
  EXPECT_THAT(result.warnings, Contains(HasSubstr("uncertified")));
}

TEST_F(RunPassTest, AnUncleanBackupFailsAndPrunesNothing) {
  for (const char* night : {"10", "11", "12", "13"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  world_.faults().controldata_state = "in production";
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(result.reason, HasSubstr("unclean"));
  EXPECT_THAT(world_.snapshotNames(), SizeIs(5));
  EXPECT_THAT(eventReasons(), ElementsAre("BackupFailed"));
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(RunPassTest, AFailedBackupFailsRefreshesTheStatusAndPrunesNothing) {
  for (const char* night : {"10", "11", "12", "13"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  world_.faults().snapshot_errors = {{.message = "quota exceeded"}};
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(result.reason, HasSubstr("quota exceeded"));
  EXPECT_THAT(result.reason, testing::Not(HasSubstr("fenced")));
  EXPECT_THAT(result.pruned, IsEmpty());
  EXPECT_EQ(status()["availableSnapshots"],
            json::Value(json::Array{"backup-20250110-020000", "backup-20250111-020000",
                                    "backup-20250112-020000", "backup-20250113-020000"}));
  EXPECT_EQ(result.last_backup_time, *status()["lastBackupTime"].string());
}

TEST_F(RunPassTest, SnapshotsThatBecomeReadyLateAreWaitedFor) {
  world_.faults().ready_after = std::chrono::minutes(3);
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.verdict, Verdict::kCertified);
}

TEST_F(RunPassTest, AtTheDeadlineTheBackupIsLeftAloneAndTheFenceNamed) {
  settings_.timeout = std::chrono::minutes(5);
  world_.faults().driver_silent = true;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kTimedOut);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kTimedOut);
  EXPECT_THAT(result.reason, HasSubstr("still fenced: noobaa-db-pg-cluster-2"));
  EXPECT_FALSE(world_.backup(*result.backup).isNull());
  EXPECT_EQ(status()["nextBackupTime"], json::Value("2025-01-16T02:00:00Z"));
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(RunPassTest, DryRunChangesNothingAndSaysWhatItWould) {
  for (const char* night : {"11", "12", "13"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  settings_.dry_run = true;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.would_prune, ElementsAre("backup-20250111-020000"));
  EXPECT_EQ(result.kept, 3);  // the imagined one included
  EXPECT_THAT(world_.backupNames(), SizeIs(3));
  EXPECT_THAT(world_.snapshotNames(), SizeIs(3));
  EXPECT_TRUE(status().isNull());
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_THAT(eventReasons(), IsEmpty());
}

class OldCrdTest : public PassTest {
 protected:
  static sim::WorldOptions oldCrd() {
    sim::WorldOptions options;
    options.crd_knows_backups = false;
    return options;
  }
  OldCrdTest() : PassTest(oldCrd()) {}
};

TEST_F(OldCrdTest, StatusFieldsThatTheCrdDropsAreWarnedAboutAndTheBackupStands) {
  settings_.overrides.snapshot_class = world_.shape().snapshot_class;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.warnings, Contains(HasSubstr("CRD drops")));
}

class WalTest : public PassTest {
 protected:
  static sim::WorldOptions walStorage() {
    sim::WorldOptions options;
    options.shape.wal_storage = true;
    return options;
  }
  WalTest() : PassTest(walStorage()) {}
};

TEST_F(WalTest, ABackupIsItsDataAndItsWalSnapshot) {
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.snapshots,
              testing::UnorderedElementsAre(*result.backup, *result.backup + "-wal"));
  EXPECT_EQ(status()["totalSnapshots"], json::Value(1));
  json::Value wal = world_.snapshot(*result.backup + "-wal");
  EXPECT_EQ(wal["metadata"]["labels"][kOursLabel], json::Value("true"));
}

TEST_F(WalTest, ACompletedBackupWithoutItsWalMemberFails) {
  world_.faults().omitted_role = "PG_WAL";
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(result.reason, HasSubstr("PG_WAL"));
}

}  // namespace
}  // namespace job
