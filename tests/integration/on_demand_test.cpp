#include "job/pass/back_up.h"
#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// `db-backup` on a cluster that `run` backs up every night.
class OnDemandTest : public PassTest {
 protected:
  explicit OnDemandTest(sim::WorldOptions world_options = options())
      : PassTest(std::move(world_options)) {
    settings_.command = Command::kBackup;
  }
  PassResult backUp(const std::string& run_id = "on-demand-1", const std::string& pod = "pod-1") {
    return inSession(run_id, pod, backUpNow);
  }
  /// One in flight as a pass of ours made it.
  void startOurs(const std::string& name, const std::string& run) {
    world_.startBackup(name);
    world_.server().update(world_.backupRef(name), [&](json::Value& backup) {
      backup["metadata"]["labels"][kOursLabel] = "true";
      backup["metadata"]["labels"][kRunLabel] = run;
    });
  }
  void inSeconds(int seconds, std::function<void()> act) {
    world_.timeline().at(world_.clock().now() + std::chrono::seconds(seconds), std::move(act));
  }
  json::Value annotation(json::Value object, std::string_view name) {
    return object["metadata"]["annotations"][name];
  }
};

TEST_F(OnDemandTest, MakesVerifiesPrunesAndWritesTheStatusAsAPassDoes) {
  for (const char* name : {"backup-20250110-020000", "backup-20250111-020000",
                           "backup-20250112-020000", "backup-20250113-020000"}) {
    world_.add(sim::aBackup(name).ours());
  }
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.command, "db-backup");
  EXPECT_EQ(result.backup, "backup-20250115-020000");
  EXPECT_EQ(result.verdict, Verdict::kCertified);
  EXPECT_THAT(result.pruned, ElementsAre("backup-20250110-020000", "backup-20250111-020000"));
  EXPECT_EQ(status()["totalSnapshots"], json::Value(3));
  EXPECT_THAT(eventReasons(), Contains("BackupCompleted"));
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(OnDemandTest, EndsWithItsRowOfTheStatusTable) {
  const std::string text = toText(backUp(), world_.clock().now());
  EXPECT_THAT(text, HasSubstr("\nNAME "));
  EXPECT_THAT(text.substr(text.rfind("\nbackup-") + 1),
              AllOf(testing::StartsWith("backup-20250115-020000 "), HasSubstr("certified"),
                    HasSubstr("yes, within max"), HasSubstr("1/1 ready")));
}

TEST_F(OnDemandTest, ABackupInFlightIsWaitedForAndNotTakenForThisOne) {
  startOurs("backup-20250115-015900", "nightly");
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_NE(result.backup, "backup-20250115-015900");
  EXPECT_THAT(world_.backupNames(), SizeIs(2));
  EXPECT_THAT(shown_, Contains(AllOf(HasSubstr("backup-20250115-015900 is started"),
                                     HasSubstr("noobaa-db-pg-cluster-2 is stopped for it"))));
}

TEST_F(OnDemandTest, ARetryOfTheSameRunGoesOnWithItsForerunnersBackup) {
  inSeconds(5, [&] { stop_.request_stop(); });
  settings_.hold = true;
  const PassResult stopped = backUp("the-run");
  ASSERT_EQ(stopped.exit_code, ExitCode::kInterrupted);
  stop_ = std::stop_source();
  const PassResult retried = backUp("the-run", "pod-2");
  EXPECT_EQ(retried.exit_code, ExitCode::kDone) << retried.reason;
  EXPECT_EQ(retried.backup, stopped.backup);
  EXPECT_EQ(backUp("the-run", "pod-3").backup, stopped.backup);
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

/// A next pass waits for an online or a held one, and for a person any is somebody else's matter.
TEST_F(OnDemandTest, OneCutShortSaysHowToFollowItAndTheRunIdToGoOnWith) {
  const auto says_how = AllOf(HasSubstr("kubectl -n noobaa get backups."), HasSubstr(" --watch"),
                              HasSubstr("--run-id the-run"), Not(HasSubstr("next pass")));
  inSeconds(5, [&] { stop_.request_stop(); });
  const PassResult stopped = backUp("the-run");
  EXPECT_EQ(stopped.exit_code, ExitCode::kInterrupted);
  EXPECT_THAT(stopped.reason, says_how);
  stop_ = std::stop_source();
  world_.faults().driver_silent = true;
  settings_.timeout = std::chrono::seconds(20);
  const PassResult late = backUp("the-run");
  EXPECT_EQ(late.exit_code, ExitCode::kTimedOut) << late.reason;
  EXPECT_THAT(late.reason, says_how);
}

TEST_F(OnDemandTest, OneThatSomebodyReleasesIsStillTheRetrysAndSaidToBeNotHeld) {
  const auto release = [&](const std::string& name) {
    world_.server().update(world_.backupRef(name), [](json::Value& backup) {
      backup["metadata"]["annotations"].object()->erase(std::string(kHoldAnnotation));
    });
  };
  inSeconds(5, [&] {
    release(world_.backupNames().front());
    stop_.request_stop();
  });
  settings_.hold = true;
  ASSERT_EQ(backUp("the-run").exit_code, ExitCode::kInterrupted);
  stop_ = std::stop_source();
  const PassResult in_flight = backUp("the-run");
  EXPECT_EQ(in_flight.exit_code, ExitCode::kDone) << in_flight.reason;
  EXPECT_THAT(in_flight.warnings, Contains(HasSubstr("hold " + *in_flight.backup)));
  const PassResult completed = backUp("the-run");
  EXPECT_EQ(completed.exit_code, ExitCode::kDone) << completed.reason;
  EXPECT_THAT(completed.warnings, Contains(HasSubstr("is not held")));
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(OnDemandTest, ARetryUnderAGivenNameIsNotRefusedForTheNameOfItsForerunner) {
  settings_.backup_name = "before-upgrade";
  ASSERT_EQ(backUp("the-run").exit_code, ExitCode::kDone);
  const PassResult retried = backUp("the-run");
  EXPECT_EQ(retried.exit_code, ExitCode::kDone) << retried.reason;
  EXPECT_EQ(retried.backup, "before-upgrade");
}

TEST_F(OnDemandTest, AScheduledPassWaitsForAHeldOneAndMakesItsOwn) {
  inSeconds(5, [&] { stop_.request_stop(); });
  settings_.hold = true;
  const PassResult held = backUp();
  stop_ = std::stop_source();
  settings_ = Settings();
  settings_.name_space = world_.shape().name_space;
  const PassResult nightly = run("nightly");
  EXPECT_EQ(nightly.exit_code, ExitCode::kDone) << nightly.reason;
  EXPECT_NE(nightly.backup, held.backup);
  EXPECT_THAT(nightly.held, ElementsAre(*held.backup));
  EXPECT_THAT(world_.backupNames(), SizeIs(2));
}

TEST_F(OnDemandTest, AScheduledPassWaitsForAnOnlineOneAndMakesItsOwn) {
  inSeconds(1, [&] { stop_.request_stop(); });
  settings_.online = true;
  const PassResult online = backUp();
  ASSERT_EQ(online.exit_code, ExitCode::kInterrupted);
  stop_ = std::stop_source();
  const PassResult nightly = run("nightly");
  EXPECT_EQ(nightly.exit_code, ExitCode::kDone) << nightly.reason;
  EXPECT_NE(nightly.backup, online.backup);
  EXPECT_EQ(nightly.verdict, Verdict::kCertified);
}

TEST_F(OnDemandTest, AScheduledPassAdoptsAPlainOne) {
  inSeconds(5, [&] { stop_.request_stop(); });
  const PassResult stopped = backUp();
  stop_ = std::stop_source();
  EXPECT_EQ(run("nightly").backup, stopped.backup);
}

TEST_F(OnDemandTest, IsOfTheNameGiven) {
  settings_.backup_name = "before-upgrade";
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "before-upgrade");
  EXPECT_THAT(result.snapshots, ElementsAre("before-upgrade"));
}

/// What refuses a name, before anything is created.
class TakenNameTest : public OnDemandTest {
 protected:
  TakenNameTest() { settings_.backup_name = "before-upgrade"; }
  void expectRefusal(const std::string& taker) {
    const auto before = world_.backupNames();
    const PassResult result = backUp();
    EXPECT_EQ(result.exit_code, ExitCode::kRefused);
    EXPECT_THAT(result.reason, AllOf(HasSubstr("\"before-upgrade\" is taken by " + taker),
                                     HasSubstr("take a name that was never used")));
    EXPECT_EQ(world_.backupNames(), before);
    EXPECT_THAT(writes(), IsEmpty());
  }
};

TEST_F(TakenNameTest, IsThatOfABackup) {
  world_.add(sim::aBackup("before-upgrade").failed());
  expectRefusal("a Backup");
}

TEST_F(TakenNameTest, IsThatOfSnapshotsWhoseBackupIsGone) {
  world_.add(sim::aBackup("before-upgrade").withoutBackupObject());
  expectRefusal("VolumeSnapshot");
}

TEST_F(TakenNameTest, IsThatOfASnapshotThatIsNoBackups) {
  json::Value snapshot;
  snapshot["apiVersion"] = "snapshot.storage.k8s.io/v1";
  snapshot["kind"] = "VolumeSnapshot";
  snapshot["metadata"]["name"] = "before-upgrade";
  snapshot["metadata"]["namespace"] = world_.shape().name_space;
  snapshot["spec"]["source"]["persistentVolumeClaimName"] = "noobaa-db-pg-cluster-1";
  world_.server().create(snapshot);
  expectRefusal("VolumeSnapshot");
}

TEST_F(TakenNameTest, IsRefusedWithoutWaitingForABackupInFlight) {
  world_.add(sim::aBackup("before-upgrade"));
  world_.startBackup("by-hand");
  expectRefusal("a Backup");
}

TEST_F(TakenNameTest, IsRefusedInADryRunToo) {
  world_.add(sim::aBackup("before-upgrade"));
  settings_.dry_run = true;
  expectRefusal("a Backup");
}

TEST_F(TakenNameTest, IsNeverReplacedByAnotherWhenItIsTakenAtTheLastMoment) {
  transport_.intercept([&](const k8s::HttpRequest& request, int,
                           bool acted) -> tl::expected<void, k8s::TransportError> {
    const bool creation =
        request.method == "POST" && request.target.find("/backups") != std::string::npos;
    if (creation && !acted) world_.startBackup("before-upgrade");
    return {};
  });
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kRefused) << result.reason;
  EXPECT_THAT(world_.backupNames(), ElementsAre("before-upgrade"));
}

TEST_F(OnDemandTest, AHeldOneIsHeldBeforeItIsMadeAndByEachSnapshotThen) {
  settings_.hold = true;
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(annotation(world_.backup(*result.backup), kHoldAnnotation), json::Value("true"));
  EXPECT_EQ(annotation(world_.snapshot(*result.backup), kHoldAnnotation), json::Value("true"));
  EXPECT_THAT(result.held, ElementsAre(*result.backup));
  EXPECT_EQ(result.kept, 0);
}

TEST_F(OnDemandTest, AHeldOneOutlivesPruning) {
  settings_.hold = true;
  settings_.backup_name = "before-upgrade";
  ASSERT_EQ(backUp().exit_code, ExitCode::kDone);
  settings_.overrides.max_snapshots = 1;
  for (const char* night : {"night-1", "night-2", "night-3"}) {
    world_.advance(std::chrono::hours(24));
    ASSERT_EQ(run(night).exit_code, ExitCode::kDone);
  }
  EXPECT_THAT(world_.backupNames(), AllOf(SizeIs(2), Contains("before-upgrade")));
}

TEST_F(OnDemandTest, AnOnlineOneStopsNothingIsUncertifiedAndSaysWhatItRestores) {
  settings_.online = true;
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.verdict, Verdict::kUncertified);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("online backup"), HasSubstr("crash recovery"),
                                   HasSubstr("no other point in time")));
  EXPECT_THAT(result.warnings, Contains(HasSubstr("crash recovery")));
  json::Value backup = world_.backup(*result.backup);
  EXPECT_EQ(backup["spec"]["online"], json::Value(true));
  EXPECT_EQ(backup["spec"]["onlineConfiguration"]["waitForArchive"], json::Value(false));
  EXPECT_THAT(shown_, Each(Not(HasSubstr("is stopped"))));
  EXPECT_EQ(result.fenced, timing::Duration::zero());
}

TEST_F(OnDemandTest, AnOnlineOneNeedsNoStandby) {
  world_.setInstanceReady(2, false);
  settings_.online = true;
  EXPECT_EQ(backUp().exit_code, ExitCode::kDone);
}

class WalVolumeOnDemandTest : public OnDemandTest {
 protected:
  static sim::WorldOptions withWal() {
    sim::WorldOptions options;
    options.shape.wal_storage = true;
    return options;
  }
  WalVolumeOnDemandTest() : OnDemandTest(withWal()) {}
};

TEST_F(WalVolumeOnDemandTest, AnOnlineOneIsRefusedAsItCouldNotBeRestored) {
  settings_.online = true;
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kRefused);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("spec.walStorage"), HasSubstr("without --online")));
  EXPECT_THAT(world_.backupNames(), IsEmpty());
}

TEST_F(WalVolumeOnDemandTest, TheHoldIsOnTheWalSnapshotToo) {
  settings_.hold = true;
  const PassResult result = backUp();
  EXPECT_EQ(annotation(world_.snapshot(*result.backup + "-wal"), kHoldAnnotation),
            json::Value("true"));
}

TEST_F(OnDemandTest, WithoutWaitingItEndsOnceTheBackupIsThereAndSaysHowToFollowIt) {
  settings_.no_wait = true;
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_EQ(result.verdict, std::nullopt);
  EXPECT_THAT(world_.backupNames(), ElementsAre(*result.backup));
  EXPECT_THAT(result.reason,
              AllOf(HasSubstr("kubectl -n noobaa get backups."),
                    HasSubstr(*result.backup + " --watch"), HasSubstr("db-backup-status")));
  EXPECT_THAT(toText(result, world_.clock().now()),
              AllOf(testing::StartsWith("Done: Backup "), HasSubstr("pending")));
  EXPECT_EQ(leaseHolder(), "");
  json::Value backup = world_.backup(*result.backup);
  EXPECT_NE(backup["status"]["phase"], json::Value("completed"));
}

TEST_F(OnDemandTest, NotConfiguredIsAFailureAsSomebodyAsked) {
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(result.reason,
              AllOf(HasSubstr(".spec.dbSpec.dbBackup"), HasSubstr("--volume-snapshot-class")));
  EXPECT_THAT(writes(), IsEmpty());
}

TEST_F(OnDemandTest, AClassGivenIsConfigurationEnough) {
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  settings_.overrides.snapshot_class = world_.shape().snapshot_class;
  EXPECT_EQ(backUp().exit_code, ExitCode::kDone);
}

TEST_F(OnDemandTest, AStopLeavesTheBackupAloneAndGivesTheLeaseBack) {
  inSeconds(5, [&] { stop_.request_stop(); });
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted);
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(OnDemandTest, AFailedOneEndsWithItsRowToo) {
  world_.faults().creation_refused = "no space";
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(toText(result, world_.clock().now()), HasSubstr("  failed"));
}

TEST_F(OnDemandTest, ADryRunMakesNothingAndCountsAHeldOneAsHeld) {
  for (const char* name : {"backup-20250110-020000", "backup-20250111-020000"}) {
    world_.add(sim::aBackup(name).ours());
  }
  settings_.overrides.max_snapshots = 2;
  settings_.dry_run = true;
  settings_.hold = true;
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.would_prune, IsEmpty()) << "a held one counts for none";
  EXPECT_THAT(toText(result, world_.clock().now()),
              testing::StartsWith("Dry run: Backup backup-20250115-020000 would be made"));
  EXPECT_THAT(world_.backupNames(), SizeIs(2));
  settings_.hold = false;
  EXPECT_THAT(backUp().would_prune, ElementsAre("backup-20250110-020000"));
}

TEST_F(OnDemandTest, AnotherPassIsWaitedForInSight) {
  inSeconds(5, [&] { stop_.request_stop(); });
  // A process that stood still: its Lease is there, and it does not renew it.
  json::Value lease;
  lease["apiVersion"] = "coordination.k8s.io/v1";
  lease["kind"] = "Lease";
  lease["metadata"]["name"] = world_.shape().clusterName() + "-db-backup";
  lease["metadata"]["namespace"] = world_.shape().name_space;
  lease["spec"]["holderIdentity"] = "other-run/other-pod";
  lease["spec"]["leaseDurationSeconds"] = 30;
  lease["spec"]["renewTime"] = "2025-01-15T02:00:00.000000Z";
  world_.server().create(lease);
  EXPECT_EQ(backUp().exit_code, ExitCode::kInterrupted);
  EXPECT_THAT(shown_, ElementsAre("waiting for another pass to end, other-run/other-pod"));
}

TEST_F(OnDemandTest, AnUnhealthyClusterIsWaitedForInSight) {
  world_.setInstanceReady(2, false);
  inSeconds(20, [&] { world_.setInstanceReady(2, true); });
  EXPECT_EQ(backUp().exit_code, ExitCode::kDone);
  EXPECT_THAT(shown_, Contains(AllOf(HasSubstr("waiting until the cluster is fit"),
                                     HasSubstr("1 of 2 instances are ready"))));
}

/// With an operator that schedules backups of the same database.
class OnDemandBesideAnOperatorTest : public OnDemandTest {
 protected:
  OnDemandBesideAnOperatorTest() { world_.add(sim::World::ScheduledBackup{}); }
  std::string schedule() const { return world_.shape().clusterName() + "-scheduled-backup"; }
};

TEST_F(OnDemandBesideAnOperatorTest, ItIsMadeVerifiedAndLabelledAndTheRestIsLeftAlone) {
  for (const char* night : {"10", "11", "12", "13", "14"}) {
    world_.add(sim::aBackup("backup-202501" + std::string(night) + "-020000").ours());
  }
  const json::Value before = status();
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_EQ(result.verdict, Verdict::kCertified);
  EXPECT_THAT(result.pruned, IsEmpty());
  EXPECT_THAT(world_.backupNames(), SizeIs(6));
  EXPECT_EQ(status(), before);
  json::Value snapshot = world_.snapshot(*result.backup);
  EXPECT_EQ(snapshot["metadata"]["labels"][kOursLabel], json::Value("true"));
  const auto says_so = AllOf(HasSubstr(schedule()), HasSubstr("prunes nothing"));
  EXPECT_THAT(result.warnings, Contains(says_so));
  EXPECT_THAT(result.reason, says_so);
}

TEST_F(OnDemandBesideAnOperatorTest, AFailureWritesNoStatusEither) {
  const json::Value before = status();
  world_.faults().creation_refused = "no space";
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_EQ(status(), before);
  EXPECT_THAT(result.reason, AllOf(HasSubstr("no space"), HasSubstr("writes no status")));
  EXPECT_THAT(writes(), Each(Not(HasSubstr("/status"))));
}

TEST_F(OnDemandBesideAnOperatorTest, ASectionOfTheOperatorsThatSufficesIsNotPatched) {
  world_.editCluster(
      [](json::Value& cluster) { cluster["spec"]["backup"]["volumeSnapshot"]["online"] = true; });
  EXPECT_EQ(backUp().verdict, Verdict::kCertified);
  EXPECT_THAT(writes(), Each(Not(HasSubstr("/clusters/"))));
}

TEST_F(OnDemandBesideAnOperatorTest, RightsToPruneAndWriteTheStatusAreNotMissed) {
  world_.server().forbid("admin", "delete", "volumesnapshots.snapshot.storage.k8s.io");
  world_.server().forbid("admin", "patch", "noobaas/status.noobaa.io");
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.warnings, Each(Not(HasSubstr("the right to"))));
}

TEST_F(OnDemandBesideAnOperatorTest, ADryRunSaysSo) {
  settings_.dry_run = true;
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(toText(result, world_.clock().now()),
              AllOf(HasSubstr("would be made"), HasSubstr("Warning: ScheduledBackup")));
}

TEST_F(OnDemandBesideAnOperatorTest, ToldToSuspendTheScheduleItPrunesAsEver) {
  settings_.operator_schedule = OperatorSchedulePolicy::kSuspend;
  for (const char* night : {"11", "12", "13"}) {
    world_.add(sim::aBackup("backup-202501" + std::string(night) + "-020000").ours());
  }
  const PassResult result = backUp();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, ElementsAre("backup-20250111-020000"));
}

}  // namespace
}  // namespace job
