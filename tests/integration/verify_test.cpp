#include <functional>
#include <initializer_list>
#include <utility>

#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::SizeIs;

/// From the Backup that is made to the one that is known to be good.
class VerifyTest : public PassTest {
 protected:
  using PassTest::PassTest;

  void inSeconds(int seconds, std::function<void()> step) {
    world_.timeline().at(world_.clock().now() + std::chrono::seconds(seconds), std::move(step));
  }
  void setReady(const std::string& snapshot, bool ready) {
    world_.server().update(world_.snapshotRef(snapshot),
                           [&](json::Value& object) { object["status"]["readyToUse"] = ready; });
  }
  /// The driver takes it back at the moment at which CNPG calls the Backup completed.
  void unreadyOnceCompleted(const std::function<void(const std::string&)>& then) {
    world_.server().onChange([this, then, done = false](const sim::Change& change) mutable {
      if (done || change.resource.kind != "Backup") return;
      json::Value backup = change.object;
      if (backup["status"]["phase"] != json::Value("completed")) return;
      done = true;
      inSeconds(0, [this, then, name = *backup["metadata"]["name"].string()] {
        setReady(name, false);
        then(name);
      });
    });
  }
  void editControlData(const std::string& snapshot, const std::string& from,
                       const std::string& to) {
    world_.server().update(world_.snapshotRef(snapshot), [&](json::Value& object) {
      json::Value& text = object["metadata"]["annotations"]["cnpg.io/pgControldata"];
      std::string edited = *text.string();
      const auto at = edited.find(from);
      ASSERT_NE(at, std::string::npos);
      text = edited.replace(at, from.size(), to);
    });
  }
  void setCheckpoint(const std::string& snapshot, const std::string& lsn) {
    json::Value object = world_.snapshot(snapshot);
    const std::string text = *object["metadata"]["annotations"]["cnpg.io/pgControldata"].string();
    const auto at = text.find("0/", text.find("Latest checkpoint location"));
    editControlData(snapshot, text.substr(at, text.find('\n', at) - at), lsn);
  }
  std::string recordedVerdict(const std::string& snapshot) {
    json::Value object = world_.snapshot(snapshot);
    const json::Value& verdict = object["metadata"]["annotations"]["noobaa.io/db-backup-verdict"];
    return verdict.string() == nullptr ? "" : *verdict.string();
  }
  void addNights(std::initializer_list<const char*> nights) {
    for (const char* night : nights) {
      world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
    }
  }
};

TEST_F(VerifyTest, ACompletedBackupWhoseSnapshotIsNotReadyIsWaitedFor) {
  bool ready_again = false;
  unreadyOnceCompleted([&](const std::string& name) {
    inSeconds(60, [&, name] {
      setReady(name, true);
      ready_again = true;
    });
  });
  const PassResult result = run();
  EXPECT_TRUE(ready_again);
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.verdict, Verdict::kCertified);
}

TEST_F(VerifyTest, ASnapshotThatNeverBecomesReadyIsATimeoutAndPrunesNothing) {
  addNights({"11", "12", "13", "14"});
  settings_.timeout = std::chrono::minutes(5);
  unreadyOnceCompleted([](const std::string&) {});
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kTimedOut);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("did not become ready"), HasSubstr("--timeout")));
  EXPECT_THAT(result.pruned, IsEmpty());
  EXPECT_THAT(world_.snapshotNames(), SizeIs(5));
  EXPECT_THAT(world_.backupNames(), SizeIs(5));
}

TEST_F(VerifyTest, BackupsOfAStandbyThatFellBehindNeverDisplaceTheLastCertifiedOne) {
  addNights({"13", "14"});
  setCheckpoint("backup-20250114-020000", "1/9000028");
  settings_.overrides.max_snapshots = 1;
  for (const char* night : {"15", "16", "17"}) {
    const PassResult result = run(night);
    EXPECT_EQ(result.exit_code, ExitCode::kDone);
    EXPECT_EQ(result.verdict, Verdict::kUncertified);
    EXPECT_THAT(result.reason, AllOf(HasSubstr("fallen behind"), HasSubstr("1/9000028"),
                                     HasSubstr("backup-20250114-020000")));
    EXPECT_THAT(result.warnings, Contains(HasSubstr("uncertified")));
    EXPECT_THAT(result.held, ElementsAre("backup-20250114-020000"));
    EXPECT_EQ(recordedVerdict(*result.backup), "uncertified");
    EXPECT_THAT(world_.backupNames(), ElementsAre("backup-20250114-020000", *result.backup));
    world_.advance(std::chrono::hours(24));
  }
}

TEST_F(VerifyTest, OnceTheStandbyHasCaughtUpTheStaleOnesGoAsUsual) {
  addNights({"14"});
  settings_.overrides.max_snapshots = 1;
  world_.faults().controldata_checkpoint = "0/6000000";
  EXPECT_EQ(run("stale").verdict, Verdict::kUncertified);
  world_.faults().controldata_checkpoint.clear();
  world_.advance(std::chrono::hours(24));
  const PassResult result = run("next");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.verdict, Verdict::kCertified);
  EXPECT_THAT(world_.backupNames(), ElementsAre(*result.backup));
}

TEST_F(VerifyTest, TheResultOfAGoodBackupSaysByWhatItIsCertified) {
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("shut down in recovery"));
}

TEST_F(VerifyTest, AnotherDatabaseUnderTheSameNameNeverDisplacesTheLastOfTheOld) {
  addNights({"13", "14"});
  for (const char* old : {"backup-20250113-020000", "backup-20250114-020000"}) {
    editControlData(old, "7460012345678901234", "6999999999999999999");
  }
  settings_.overrides.max_snapshots = 1;
  const PassResult first = run("first");
  EXPECT_EQ(first.exit_code, ExitCode::kDone) << first.reason;
  EXPECT_THAT(first.warnings, Contains(HasSubstr("another database")));
  world_.advance(std::chrono::hours(24));
  const PassResult second = run("second");
  EXPECT_THAT(second.warnings, testing::Not(Contains(HasSubstr("another database"))));
  EXPECT_THAT(world_.backupNames(), ElementsAre("backup-20250114-020000", *second.backup));
}

TEST_F(VerifyTest, AnOlderBackupThatIsNotReadyForAMomentIsNotDeletedForThat) {
  addNights({"13", "14"});
  settings_.overrides.max_snapshots = 3;
  setReady("backup-20250114-020000", false);
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, IsEmpty());
  EXPECT_THAT(result.held, ElementsAre("backup-20250114-020000"));
}

TEST_F(VerifyTest, BackupsDatedAheadDoNotDisplaceNewOnes) {
  addNights({"14"});
  world_.add(sim::aBackup("backup-20260101-020000").ours());
  settings_.overrides.max_snapshots = 1;
  const PassResult first = run("first");
  world_.advance(std::chrono::hours(24));
  const PassResult second = run("second");
  EXPECT_EQ(second.exit_code, ExitCode::kDone) << second.reason;
  EXPECT_THAT(second.pruned, ElementsAre(*first.backup));
  EXPECT_THAT(world_.backupNames(), ElementsAre(*second.backup, "backup-20260101-020000"));
  EXPECT_LT(second.last_backup_time, "2025-01-17");
}

TEST_F(VerifyTest, AFailedBackupsSnapshotIsMarkedAsSuch) {
  world_.faults().creation_refused = "quota exceeded";
  const PassResult nothing = run("refused");
  EXPECT_EQ(nothing.exit_code, ExitCode::kBackupFailed);
  world_.faults().creation_refused.clear();
  world_.faults().snapshot_errors = {{.message = "the array said no"}};
  const PassResult result = run("next");
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_EQ(recordedVerdict(*result.backup), "failed");
}

TEST_F(VerifyTest, AStatusThatMayNotBeWrittenIsFourAndTheBackupIsGood) {
  world_.server().forbid("admin", "patch", "noobaas/status.noobaa.io");
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_EQ(result.verdict, Verdict::kCertified);
  EXPECT_THAT(result.reason, HasSubstr("write the status of NooBaa noobaa/noobaa"));
}

TEST_F(VerifyTest, AStatusThatIsForbiddenOnlyDuringTheBackupIsFourToo) {
  // The review of the rights, before the backup, finds nothing missing.
  inSeconds(5, [&] { world_.server().forbid("admin", "patch", "noobaas/status.noobaa.io"); });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_EQ(result.verdict, Verdict::kCertified);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("the backup is good, but"),
                                   HasSubstr("write the status of NooBaa noobaa/noobaa")));
  EXPECT_TRUE(status().isNull());
}

TEST_F(VerifyTest, TheLeaseIsRenewedWhileTheBackupIsInFlight) {
  world_.faults().ready_after = std::chrono::minutes(1);
  ASSERT_EQ(run().exit_code, ExitCode::kDone);
  int renewals = 0;
  bool waiting = false;
  for (const std::string& line : world_.server().requestLog()) {
    if (line.starts_with("POST ") && line.find("/backups?") != std::string::npos) waiting = true;
    // The first reading afterwards, once the Backup is completed.
    if (line.starts_with("GET ") && line.find("/volumesnapshots?") != std::string::npos && waiting)
      break;
    if (waiting && line.starts_with("PUT ") && line.find("/leases/") != std::string::npos)
      ++renewals;
  }
  EXPECT_TRUE(waiting);
  EXPECT_THAT(renewals, Ge(5));
}

TEST_F(VerifyTest, AFailedPassCountsTheGoodBackupsThatAreLeft) {
  addNights({"13", "14"});
  world_.add(sim::aBackup("backup-20250112-020000").ours().unclean());
  world_.add(sim::aBackup("backup-20250111-020000").ours().held());
  world_.faults().snapshot_errors = {{.message = "quota exceeded"}};
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_EQ(result.kept, 2);
  EXPECT_THAT(result.held, ElementsAre("backup-20250111-020000"));
}

TEST_F(VerifyTest, AFailedPassCountsWhatItWouldHavePrunedAsKept) {
  addNights({"10", "11", "12", "13", "14"});
  world_.faults().snapshot_errors = {{.message = "quota exceeded"}};
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_EQ(result.kept, 5);
}

class VerifyWithWalTest : public VerifyTest {
 protected:
  static sim::WorldOptions walStorage() {
    sim::WorldOptions options;
    options.shape.wal_storage = true;
    return options;
  }
  VerifyWithWalTest() : VerifyTest(walStorage()) {}
};

TEST_F(VerifyWithWalTest, AHoldSetWhileTheBackupIsInFlightIsCopiedToItsSnapshots) {
  // CNPG copies annotations when it cuts; this one comes later.
  world_.server().onChange([this](const sim::Change& change) {
    if (change.type != sim::Change::Type::kAdded || change.resource.kind != "VolumeSnapshot")
      return;
    inSeconds(1, [this] {
      for (const std::string& name : world_.backupNames()) {
        world_.server().update(world_.backupRef(name), [](json::Value& backup) {
          EXPECT_NE(backup["status"]["phase"], json::Value("completed"));
          backup["metadata"]["annotations"][kHoldAnnotation] = "true";
        });
      }
    });
  });
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  ASSERT_THAT(result.snapshots, SizeIs(2));
  for (const std::string& name : result.snapshots) {
    json::Value snapshot = world_.snapshot(name);
    EXPECT_EQ(snapshot["metadata"]["annotations"][kHoldAnnotation], json::Value("true")) << name;
  }
  EXPECT_THAT(result.held, ElementsAre(*result.backup));
}

TEST_F(VerifyTest, PreflightWaitBoundsTheWait) {
  world_.setPhase("Failing over");
  settings_.preflight_wait = std::chrono::minutes(1);
  const auto began = world_.clock().monotonic();
  const PassResult result = run();
  const auto took = world_.clock().monotonic() - began;
  EXPECT_EQ(result.exit_code, ExitCode::kRefused) << result.reason;
  EXPECT_THAT(took, AllOf(Ge(std::chrono::minutes(1)), Lt(std::chrono::seconds(90))));
  EXPECT_THAT(world_.backupNames(), IsEmpty());
}

TEST_F(VerifyTest, AllowPrimaryStopsThePrimaryAndWarns) {
  world_.setInstanceReady(2, false);
  settings_.allow_primary = true;
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  json::Value backup = world_.backup(*result.backup);
  EXPECT_EQ(backup["status"]["instanceID"]["podName"], json::Value("noobaa-db-pg-cluster-1"));
  EXPECT_THAT(result.warnings, Contains(AllOf(HasSubstr("noobaa-db-pg-cluster-1"),
                                              HasSubstr("is stopped for the backup"),
                                              HasSubstr("--allow-primary"))));
}

TEST_F(VerifyTest, WithAReadyStandbyAllowPrimaryStopsTheStandbyAndDoesNotWarn) {
  settings_.allow_primary = true;
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  json::Value backup = world_.backup(*result.backup);
  EXPECT_EQ(backup["status"]["instanceID"]["podName"], json::Value("noobaa-db-pg-cluster-2"));
  EXPECT_THAT(result.warnings, IsEmpty());
}

}  // namespace
}  // namespace job
