#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

using AdoptionTest = PassTest;

/// A Backup in flight as an earlier pass of ours made it, underway in the simulated operator.
void startOurs(sim::TestWorld& world, const std::string& name, const std::string& run) {
  world.startBackup(name);
  world.server().update(world.backupRef(name), [&](json::Value& backup) {
    backup["metadata"]["labels"][kOursLabel] = "true";
    backup["metadata"]["labels"][kRunLabel] = run;
  });
}

TEST_F(AdoptionTest, OurBackupInFlightIsAwaitedInsteadOfASecond) {
  startOurs(world_, "backup-20250115-015900", "killed-run");
  const PassResult result = run("next-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-015900");
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(AdoptionTest, AHoldPutOnThisRunsBackupInFlightMakesNoSecond) {
  startOurs(world_, "backup-20250115-015900", "the-run");
  world_.server().update(world_.backupRef("backup-20250115-015900"), [](json::Value& backup) {
    backup["metadata"]["annotations"][kHoldAnnotation] = "true";
  });
  const PassResult result = run("the-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-015900");
  EXPECT_THAT(result.held, ElementsAre("backup-20250115-015900"));
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(AdoptionTest, NorDoesOnePutOnItOnceItHasCompleted) {
  world_.add(sim::aBackup("backup-20250115-015900").ours("the-run").held());
  const PassResult result = run("the-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-015900");
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(AdoptionTest, ACompletedBackupOfThisRunIsTheResult) {
  world_.add(sim::aBackup("backup-20250115-015900").ours("the-run"));
  const PassResult result = run("the-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-015900");
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(AdoptionTest, AnUncleanBackupOfThisRunIsMadeAnew) {
  world_.add(sim::aBackup("backup-20250115-015800").ours("the-run").unclean());
  const PassResult result = run("the-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.backup, testing::Optional(testing::StartsWith("backup-20250115-0200")));
}

TEST_F(AdoptionTest, ARunIdThatIsUsedEveryNightStillMakesABackupEveryNight) {
  world_.add(sim::aBackup("backup-20250114-020000").ours("constant"));
  const PassResult result = run("constant");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-020000");
}

TEST_F(AdoptionTest, ARunIdThatIsAUuidStandsForOneBackupHoweverLateTheRetry) {
  const std::string job = "3d5f6b5e-0f0b-4c58-9d8a-6a9f5d1f2b11";
  world_.add(sim::aBackup("backup-20250113-020000").ours(job));
  const PassResult result = run(job);
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250113-020000");
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(AdoptionTest, WhatTheUserChangedWhileAnothersBackupWasAwaitedIsHeeded) {
  world_.startBackup("by-hand");
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(5), [&] {
    world_.editNoobaa(
        [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(outcomeOf(result), PassOutcome::kNothingToDo);
  EXPECT_THAT(world_.backupNames(), ElementsAre("by-hand"));
}

TEST_F(AdoptionTest, AnothersBackupThatBeginsDuringPreflightIsAwaitedAndNotRefusedForItsFence) {
  transport_.intercept([&](const k8s::HttpRequest& request, int,
                           bool acted) -> tl::expected<void, k8s::TransportError> {
    // After the first look at what is in flight; it is fenced before the Cluster is judged again.
    const bool review = request.target.find("selfsubjectrulesreviews") != std::string::npos;
    if (review && acted && world_.backupNames().empty()) {
      world_.startBackup("by-hand");
      world_.setInstanceReady(1, false);
      world_.timeline().at(world_.clock().now() + std::chrono::seconds(2),
                           [&] { world_.setInstanceReady(1, true); });
    }
    return {};
  });
  settings_.preflight_wait = std::chrono::seconds(1);
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(world_.backupNames(), testing::IsSupersetOf({std::string("by-hand")}));
  EXPECT_THAT(world_.backupNames(), SizeIs(2));
}

TEST_F(AdoptionTest, ABackupThatOutlastsASecondPassIsToldHowToEnd) {
  startOurs(world_, "backup-20250114-020000", "last-night");
  world_.faults().driver_silent = true;
  world_.advance(std::chrono::hours(24));
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kTimedOut);
  EXPECT_THAT(result.reason, HasSubstr("delete backups.postgresql.cnpg.noobaa.io "
                                       "backup-20250114-020000"));
}

TEST_F(AdoptionTest, ABackupOfThisPassIsNotToldHowToEnd) {
  world_.faults().driver_silent = true;
  EXPECT_THAT(run().reason, testing::Not(HasSubstr("kubectl -n noobaa delete")));
}

TEST_F(AdoptionTest, OurBackupInFlightIsAwaitedThoughTheClassIsGone) {
  startOurs(world_, "backup-20250115-015900", "killed-run");
  world_.advance(std::chrono::seconds(14));  // its snapshots are cut
  world_.server().remove({volumeSnapshotClassType(), "", world_.shape().snapshot_class});
  const PassResult result = run("next-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-015900");
}

TEST_F(AdoptionTest, AFailedBackupOfThisRunIsMadeAnew) {
  world_.add(sim::aBackup("backup-20250115-015800").ours("the-run").failed());
  const PassResult result = run("the-run");
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(result.backup, "backup-20250115-020000");
}

TEST_F(AdoptionTest, SomebodyElsesBackupIsWaitedForThenOursIsMade) {
  world_.startBackup("manual");
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_NE(result.backup, "manual");
  json::Value manual = world_.backup("manual");
  EXPECT_EQ(manual["status"]["phase"], json::Value("completed"));
}

TEST_F(AdoptionTest, SomebodyElsesBackupThatNeverEndsIsBusy) {
  world_.add(
      sim::aBackup("manual-20250115-010000").inPhase("running").byMethod("barmanObjectStore"));
  settings_.timeout = std::chrono::minutes(5);
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBusy);
  EXPECT_THAT(result.reason, HasSubstr("manual-20250115-010000"));
  EXPECT_THAT(world_.backupNames(), SizeIs(1));
}

TEST_F(AdoptionTest, ALeaseHeldByAnotherIsBusyAfterTheLockWait) {
  // A holder that lives: it renews as long as virtual time passes.
  const k8s::ObjectRef lease{{"coordination.k8s.io", "v1", "leases", "Lease"},
                             world_.shape().name_space,
                             world_.shape().clusterName() + "-db-backup"};
  json::Value object;
  object["apiVersion"] = "coordination.k8s.io/v1";
  object["kind"] = "Lease";
  object["metadata"]["name"] = lease.name;
  object["metadata"]["namespace"] = lease.name_space;
  object["spec"]["holderIdentity"] = "other-run/other-pod";
  object["spec"]["leaseDurationSeconds"] = 30;
  object["spec"]["renewTime"] = "2025-01-15T02:00:00.000000Z";
  world_.server().create(object);
  std::function<void()> renew = [&] {
    world_.server().update(lease, [&](json::Value& held) {
      held["spec"]["renewTime"] = timing::formatMicroTime(world_.clock().now());
    });
    world_.timeline().at(world_.clock().now() + std::chrono::seconds(10), renew);
  };
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(10), renew);

  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBusy);
  EXPECT_THAT(result.reason, HasSubstr("other-run/other-pod"));
  EXPECT_THAT(world_.backupNames(), SizeIs(0));
  EXPECT_EQ(leaseHolder(), "other-run/other-pod");
}

TEST_F(AdoptionTest, ALeaseThatStandsStillIsTakenOver) {
  json::Value object;
  object["apiVersion"] = "coordination.k8s.io/v1";
  object["kind"] = "Lease";
  object["metadata"]["name"] = world_.shape().clusterName() + "-db-backup";
  object["metadata"]["namespace"] = world_.shape().name_space;
  object["spec"]["holderIdentity"] = "killed-run/pod";
  object["spec"]["leaseDurationSeconds"] = 30;
  object["spec"]["renewTime"] = "2025-01-15T02:00:00.000000Z";
  world_.server().create(object);
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(AdoptionTest, ABackupDeletedWhileAwaitedFailsAndNamesTheFencedInstance) {
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(5), [&] {
    for (const std::string& name : world_.backupNames())
      world_.server().remove(world_.backupRef(name));
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(result.reason, HasSubstr("noobaa-db-pg-cluster-2"));
}

}  // namespace
}  // namespace job
