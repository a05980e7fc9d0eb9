#include "tests/integration/drill_fixture.h"

#include <chrono>
#include <memory>
#include <optional>

#include "common/k8s/call_context.h"
#include "job/pass/pass_lock.h"

namespace job {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using Result = DrillComparison::Result;

TEST_F(DrillTest, ProvesTheNewestGoodBackupAndLeavesNothing) {
  world_.add(sim::aBackup(kOld).ours());
  world_.add(sim::aBackup(kNew).ours());
  world_.add(sim::aBackup("backup-20250114-030000").ours().failed());
  const json::Value live = world_.cluster();
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_TRUE(report.verified());
  EXPECT_EQ(report.cluster, kLive);
  EXPECT_EQ(report.backup, kNew);
  EXPECT_EQ(report.drill, kDrill);
  ASSERT_THAT(report.comparisons, SizeIs(2));
  EXPECT_EQ(report.comparisons[0].result, Result::kMatches);
  EXPECT_EQ(report.comparisons[1].result, Result::kMatches);
  EXPECT_GT(*report.answered_after, 10s);
  EXPECT_GE(report.duration, *report.answered_after + *report.removed_after);
  EXPECT_THAT(report.left, IsEmpty());
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(leftOfDrills(), IsEmpty());
  EXPECT_EQ(world_.cluster(), live);
  EXPECT_THAT(world_.backupNames(), SizeIs(3));
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_FALSE(world_.get(drillLeaseRef()).isNull());
  EXPECT_EQ(drillLeaseHolder(), "");
  EXPECT_THAT(eventNote("DrillSucceeded"), HasSubstr(kNew));
}

TEST_F(DrillTest, RestoresIntoOneInstanceMarkedAsTheDrillOfThisProcess) {
  world_.add(sim::aBackup(kNew).ours());
  json::Value seen;
  whenBegun([&] { seen = drillCluster(); });
  drill("run-7");
  json::Value& metadata = seen["metadata"];
  EXPECT_EQ(metadata["labels"][kDrillLabel], json::Value(kLive));
  EXPECT_EQ(metadata["labels"]["app"], json::Value());
  EXPECT_EQ(metadata["annotations"][kDrillHolderAnnotation], json::Value("run-7/pod-1"));
  EXPECT_TRUE(metadata["ownerReferences"].isNull());
  json::Value& spec = seen["spec"];
  EXPECT_EQ(spec["instances"], json::Value(1));
  EXPECT_TRUE(spec["backup"].isNull());
  EXPECT_EQ(spec["bootstrap"]["recovery"]["volumeSnapshots"]["storage"]["name"], json::Value(kNew));
}

TEST_F(DrillTest, ProvesTheNamedBackup) {
  world_.add(sim::aBackup(kOld).ours());
  world_.add(sim::aBackup(kNew).ours());
  settings_.backup_name = kOld;
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_EQ(report.backup, kOld);
}

TEST_F(DrillTest, ANamedBackupThatIsNoGoodFailsItWithoutARestore) {
  world_.add(sim::aBackup(kOld).ours());
  world_.add(sim::aBackup(kNew).ours().unclean());
  settings_.backup_name = kNew;
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(report.reason, HasSubstr(std::string(kNew) + " is unclean"));
  EXPECT_THAT(eventNote("DrillFailed"), HasSubstr("unclean"));
  EXPECT_FALSE(report.removed_after);
}

TEST_F(DrillTest, ANamedBackupThatHasNotEndedIsRefused) {
  world_.faults().operator_down = {
      {world_.clock().now(), world_.clock().now() + std::chrono::hours(5)}};
  world_.add(sim::aBackup(kNew).ours().inPhase("finalizing"));
  settings_.backup_name = kNew;
  EXPECT_EQ(drill().exit_code, ExitCode::kRefused);
}

TEST_F(DrillTest, ANameThatNoBackupHasIsAMistakeInTheCall) {
  world_.add(sim::aBackup(kOld).ours());
  settings_.backup_name = kNew;
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kConfiguration);
  EXPECT_THAT(report.reason, HasSubstr("no backup " + std::string(kNew)));
}

TEST_F(DrillTest, WithoutAGoodBackupItHasFailed) {
  world_.add(sim::aBackup(kNew).ours().failed());
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(report.reason, HasSubstr("no good backup"));
  EXPECT_EQ(report.backup, "");
  EXPECT_EQ(leaseHolder(), "");
  EXPECT_EQ(drillLeaseHolder(), "");
}

TEST_F(DrillTest, AnotherDatabaseThanTheBackupSaysIsAFailure) {
  world_.add(sim::aBackup(kNew).ours());
  world_.faults().restored_system_id = "7777777777777777777";
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(report.reason,
              AllOf(HasSubstr("system identifier differs"), HasSubstr("7777777777777777777")));
  EXPECT_FALSE(report.verified());
  EXPECT_TRUE(report.answered_after);
  EXPECT_THAT(leftOfDrills(), IsEmpty());
  EXPECT_THAT(eventNote("DrillFailed"), HasSubstr("system identifier differs"));
}

TEST_F(DrillTest, ADatabaseThatWentBackIsAFailure) {
  world_.add(sim::aBackup(kNew).ours());
  world_.faults().controldata_checkpoint = "0/10";
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(report.reason, HasSubstr("latest checkpoint differs"));
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

TEST_F(DrillTest, WithoutTheRightToAskTheInstanceTheCheckpointIsUnknownAndSaidSo) {
  world_.add(sim::aBackup(kNew).ours());
  world_.server().forbid("admin", "get", "pods/proxy");
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_TRUE(report.verified());
  EXPECT_EQ(report.comparisons[0].result, Result::kMatches);
  EXPECT_EQ(report.comparisons[1].result, Result::kUnknown);
  EXPECT_THAT(report.warnings, ElementsAre(AllOf(HasSubstr("latest checkpoint was not compared"),
                                                 HasSubstr("pods/proxy"))));
}

TEST_F(DrillTest, AnInstanceThatDoesNotAnswerLeavesTheCheckpointUnknown) {
  world_.add(sim::aBackup(kNew).ours());
  world_.faults().controldata_missing = true;
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_EQ(report.comparisons[1].result, Result::kUnknown);
}

TEST_F(DrillTest, ABackupThatSaysNothingOfItsDatabaseIsRestoredButNotVerified) {
  world_.add(sim::aBackup(kNew).ours().uncertified());
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(report.reason, HasSubstr("its system identifier could not be compared"));
  EXPECT_TRUE(report.answered_after);
  EXPECT_FALSE(report.verified());
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

TEST_F(DrillTest, AFailedRecoveryIsToldAtOnceAndRemoved) {
  world_.add(sim::aBackup(kNew).ours());
  world_.faults().recovery_job_fails = true;
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(report.reason, HasSubstr("could not be restored"));
  EXPECT_FALSE(report.answered_after);
  EXPECT_LT(report.duration, 5min);
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

TEST_F(DrillTest, OneThatDoesNotComeUpEndsWithTheTimeoutAndIsRemoved) {
  world_.add(sim::aBackup(kNew).ours());
  world_.faults().operator_down = {
      {world_.clock().now(), world_.clock().now() + std::chrono::hours(5)}};
  settings_.timeout = 5min;
  // The simulated operator's Cluster controller is never down: its snapshot is not ready instead.
  whenBegun([&] {
    world_.server().update(world_.snapshotRef(kNew),
                           [](json::Value& snapshot) { snapshot["status"]["readyToUse"] = false; });
  });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kTimedOut) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("did not answer within --timeout"));
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

TEST_F(DrillTest, ClaimsThatDoNotGoAreNamedBesideAVerifiedBackup) {
  world_.add(sim::aBackup(kNew).ours());
  world_.faults().claims_never_go = true;
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kIncomplete) << report.reason;
  EXPECT_TRUE(report.verified());
  EXPECT_THAT(report.left, ElementsAre(HasSubstr(std::string(kDrill) + "-1")));
  EXPECT_THAT(report.reason, HasSubstr("is verified, but not gone yet"));
}

TEST_F(DrillTest, AClusterThatSomebodyElseDeletesIsAFailure) {
  world_.add(sim::aBackup(kNew).ours());
  whenBegun([&] { world_.server().remove(drillRef()); });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBackupFailed);
  EXPECT_THAT(report.reason, HasSubstr("deleted by somebody else"));
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

// --- Whose turn it is ---

class DrillOfAnotherTest : public DrillTest {
 protected:
  /// The Cluster that a drill of that process made.
  void addDrill(const std::string& holder, const std::string& of = kLive) {
    if (world_.backupNames().empty()) world_.add(sim::aBackup(kNew).ours());
    world_.addClusterFrom(kDrill, kNew);
    world_.server().update(drillRef(), [&](json::Value& cluster) {
      if (of.empty()) return;
      cluster["metadata"]["labels"][kDrillLabel] = of;
      cluster["metadata"]["annotations"][kDrillHolderAnnotation] = holder;
    });
  }
  /// Whoever holds the drill's Lease is alive.
  void renewDrillLeaseForEver() {
    world_.timeline().at(world_.clock().now() + 10s, [this] {
      world_.server().update(drillLeaseRef(), [&](json::Value& lease) {
        lease["spec"]["renewTime"] = timing::formatMicroTime(world_.clock().now());
      });
      renewDrillLeaseForEver();
    });
  }
};

TEST_F(DrillOfAnotherTest, ThatIsOnIsWaitedForAndLeftAlone) {
  addDrill("other-run/laptop");
  giveDrillLeaseTo("other-run/laptop");
  renewDrillLeaseForEver();
  settings_.lock_wait = 2min;
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBusy);
  EXPECT_THAT(report.reason, AllOf(HasSubstr("-db-backup-drill is held by other-run/laptop"),
                                   HasSubstr("another restore drill"), HasSubstr("--lock-wait")));
  EXPECT_GE(report.duration, 2min);
  EXPECT_LT(report.duration, 3min);
  EXPECT_FALSE(drillCluster().isNull());
  EXPECT_EQ(drillLeaseHolder(), "other-run/laptop");
  EXPECT_THAT(eventReasons(), Not(Contains("DrillFailed")));
}

TEST_F(DrillOfAnotherTest, ThatEndsMeanwhileMakesRoom) {
  world_.add(sim::aBackup(kNew).ours());
  giveDrillLeaseTo("other-run/laptop");
  world_.timeline().at(world_.clock().now() + 15s, [this] { giveDrillLeaseTo(""); });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST_F(DrillOfAnotherTest, ThatWasKilledIsRemovedOnceItsLeaseStoodStill) {
  addDrill("other-run/laptop");
  giveDrillLeaseTo("other-run/laptop");
  const auto began = world_.clock().monotonic();
  std::optional<timing::Duration> removed_after;
  world_.server().onChange([&](const sim::Change& change) {
    if (change.type != sim::Change::Type::kDeleted || sim::nameOf(change.object) != kDrill) return;
    if (!removed_after) removed_after = world_.clock().monotonic() - began;
  });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("was left of a drill that was killed")));
  ASSERT_TRUE(removed_after);
  EXPECT_GE(*removed_after, 30s);
  EXPECT_LT(*removed_after, 45s);
  EXPECT_THAT(leftOfDrills(), IsEmpty());
  EXPECT_EQ(drillLeaseHolder(), "");
}

TEST_F(DrillOfAnotherTest, OfTheSameRunIsTakenForItsKilledForerunners) {
  addDrill("drill-run/pod-0");
  giveDrillLeaseTo("drill-run/pod-0");
  const DrillReport report = drill("drill-run");
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

TEST_F(DrillOfAnotherTest, AClusterThatIsNoDrillIsNeverTouched) {
  addDrill("", "");
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kRefused);
  EXPECT_THAT(report.reason, HasSubstr("is no restore drill"));
  EXPECT_FALSE(drillCluster().isNull());
}

TEST_F(DrillOfAnotherTest, ADrillOfAnotherDatabaseIsNeverTouched) {
  addDrill("other-run/laptop", "another-cluster");
  EXPECT_EQ(drill().exit_code, ExitCode::kRefused);
  EXPECT_FALSE(drillCluster().isNull());
}

TEST_F(DrillOfAnotherTest, AClusterThatIsMadeAtTheSameMomentIsLeftAlone) {
  world_.add(sim::aBackup(kNew).ours());
  bool began = false;
  transport_.intercept([&](const k8s::HttpRequest& request, int,
                           bool acted) -> tl::expected<void, k8s::TransportError> {
    const bool creates =
        request.method == "POST" && request.target.find("/clusters") != std::string::npos;
    // A late request of a killed process of the same run.
    if (creates && !acted && !std::exchange(began, true)) addDrill("drill-run/pod-0");
    return {};
  });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBusy) << report.reason;
  EXPECT_FALSE(drillCluster().isNull());
}

// --- When another takes the Lease over, as after an outage ---

TEST_F(DrillOfAnotherTest, ThatTookOverWhileThisOneWaitsEndsIt) {
  world_.add(sim::aBackup(kNew).ours());
  whenBegun([&] { giveDrillLeaseTo("other-run/laptop"); });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kBusy) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("taken over by other-run/laptop"));
  EXPECT_FALSE(report.verified());
  EXPECT_TRUE(drillCluster().isNull());
  EXPECT_EQ(drillLeaseHolder(), "other-run/laptop");
  EXPECT_THAT(eventReasons(), IsEmpty());
}

TEST_F(DrillOfAnotherTest, ThatPutItsOwnInPlaceOfThisOnesIsNoFailureAndLosesNothing) {
  world_.add(sim::aBackup(kNew).ours());
  bool taken_over = false;
  whenBegun([&] {
    if (std::exchange(taken_over, true)) return;
    // Even of the same run, as by a Job's second Pod.
    giveDrillLeaseTo("drill-run/pod-9");
    world_.server().remove(drillRef());
    addDrill("drill-run/pod-9");
  });
  const DrillReport report = drill("drill-run");
  EXPECT_EQ(report.exit_code, ExitCode::kBusy) << report.reason;
  world_.advance(1min);
  EXPECT_FALSE(drillCluster().isNull());
  EXPECT_EQ(drillLeaseHolder(), "drill-run/pod-9");
  EXPECT_THAT(eventReasons(), IsEmpty());
}

/// The drill's Lease, and the pass's within it.
class NestedLocksTest : public DrillTest {
 protected:
  static bool sleep(Session& session, timing::Duration time) {
    return k8s::pauseUntil(session.clock, session.clock.monotonic() + time, session.context());
  }
  /// Calls `act` with the session, the drill's lock and the pass's.
  template <typename Act>
  void withBoth(Act act) {
    inSession("run", "pod", [&](Session& session) {
      auto outer = PassLock::acquire(session, timing::Duration::zero(), LockedPart::kDrill);
      EXPECT_TRUE(outer);
      auto inner =
          std::make_unique<Outcome<PassLock>>(PassLock::acquire(session, timing::Duration::zero()));
      EXPECT_TRUE(*inner);
      act(session, *outer, inner);
      return 0;
    });
  }
  std::string renewTime(const std::string& lease) {
    k8s::ObjectRef ref = drillLeaseRef();
    ref.name = lease;
    json::Value object = world_.get(ref);
    return *object["spec"]["renewTime"].string();
  }
  static constexpr const char* kPassLease = "noobaa-db-pg-cluster-db-backup";
  static constexpr const char* kDrillLease = "noobaa-db-pg-cluster-db-backup-drill";
};

TEST_F(NestedLocksTest, AreBothRenewedAndTheOuterOneStillWhenTheInnerOneIsGone) {
  withBoth([&](Session& session, PassLock& outer, auto& inner) {
    EXPECT_TRUE(sleep(session, 2min));
    const std::string lately = timing::formatMicroTime(world_.clock().now() - 15s);
    EXPECT_GT(renewTime(kPassLease), lately);
    EXPECT_GT(renewTime(kDrillLease), lately);
    inner.reset();
    EXPECT_EQ(leaseHolder(), "");
    EXPECT_TRUE(sleep(session, 2min));
    EXPECT_GT(renewTime(kDrillLease), timing::formatMicroTime(world_.clock().now() - 15s));
    EXPECT_TRUE(outer.confirm());
  });
  EXPECT_EQ(drillLeaseHolder(), "");
}

TEST_F(NestedLocksTest, EndTheCallsWhenTheOuterOneIsLost) {
  withBoth([&](Session& session, PassLock& outer, auto& inner) {
    giveDrillLeaseTo("other-run/laptop");
    EXPECT_FALSE(sleep(session, 2min));
    const Failure stopped{ExitCode::kInterrupted, "stopped"};
    EXPECT_EQ((*inner)->causeOf(stopped).code, ExitCode::kInterrupted);
    EXPECT_EQ(outer.causeOf(stopped).code, ExitCode::kBusy);
  });
  EXPECT_EQ(drillLeaseHolder(), "other-run/laptop");
  EXPECT_EQ(leaseHolder(), "");
}

TEST_F(NestedLocksTest, EndTheCallsWhenTheInnerOneIsLost) {
  withBoth([&](Session& session, PassLock& outer, auto& inner) {
    k8s::ObjectRef lease = drillLeaseRef();
    lease.name = kPassLease;
    world_.server().update(
        lease, [](json::Value& held) { held["spec"]["holderIdentity"] = "nightly/pod"; });
    EXPECT_FALSE(sleep(session, 2min));
    EXPECT_EQ((*inner)->causeOf({ExitCode::kInterrupted, "stopped"}).code, ExitCode::kBusy);
    inner.reset();
    EXPECT_TRUE(sleep(session, 2min));
    EXPECT_TRUE(outer.confirm());
  });
  EXPECT_EQ(leaseHolder(), "nightly/pod");
}

TEST_F(DrillTest, KeepsItsLeaseUntilAllIsRemoved) {
  world_.add(sim::aBackup(kNew).ours());
  std::string holder_at_the_end;
  world_.server().onChange([&](const sim::Change& change) {
    if (change.type == sim::Change::Type::kDeleted &&
        sim::nameOf(change.object) == std::string(kDrill) + "-1") {
      holder_at_the_end = drillLeaseHolder();
    }
  });
  EXPECT_EQ(drill("run-7").exit_code, ExitCode::kDone);
  EXPECT_EQ(holder_at_the_end, "run-7/pod-1");
}

TEST_F(DrillTest, APassThatHoldsTheLeaseIsWaitedForOnlyToChooseTheBackup) {
  world_.add(sim::aBackup(kNew).ours());
  std::string holder_meanwhile = "?";
  whenBegun([&] { holder_meanwhile = leaseHolder(); });
  EXPECT_EQ(drill().exit_code, ExitCode::kDone);
  EXPECT_EQ(holder_meanwhile, "");
}

TEST_F(DrillTest, APassMeanwhileNeitherPrunesNorCountsTheBackupThatIsRestored) {
  for (const char* name : {kOld, kNew, "backup-20250112-020000", "backup-20250111-020000"}) {
    world_.add(sim::aBackup(name).ours());
  }
  settings_.backup_name = "backup-20250111-020000";
  PassResult pass;
  whenBegun([&] {
    settings_.backup_name.clear();
    pass = run("nightly");
  });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_EQ(pass.exit_code, ExitCode::kDone) << pass.reason;
  EXPECT_THAT(pass.held, ElementsAre("backup-20250111-020000"));
  EXPECT_THAT(pass.pruned, ElementsAre("backup-20250112-020000"));
}

TEST_F(DrillTest, WhatTheServerRefusesToCreateWasNeverThere) {
  world_.add(sim::aBackup(kNew).ours());
  world_.server().forbid("admin", "create", "clusters." + world_.shape().cnpg_group);
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kForbidden);
  EXPECT_FALSE(report.removed_after);
  EXPECT_THAT(toText(report), Not(HasSubstr("removed")));
}

// --- What has to be there ---

TEST_F(DrillTest, WithoutRoomInAQuotaNothingIsMade) {
  world_.add(sim::aBackup(kNew).ours());
  addQuota("requests.storage", "100Gi", "80Gi");
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kRefused);
  EXPECT_THAT(report.reason, AllOf(HasSubstr("ResourceQuota team"), HasSubstr("requests.storage")));
  EXPECT_THAT(writes(), Each(HasSubstr("/leases")));
}

TEST_F(DrillTest, WithRoomInTheQuotaItGoesOn) {
  world_.add(sim::aBackup(kNew).ours());
  addQuota("requests.storage", "200Gi", "80Gi");
  EXPECT_EQ(drill().exit_code, ExitCode::kDone);
}

TEST_F(DrillTest, WithoutTheRightToReadQuotasItWarnsAndGoesOn) {
  world_.add(sim::aBackup(kNew).ours());
  addQuota("requests.storage", "100Gi", "80Gi");
  world_.server().forbid("admin", "list", "resourcequotas");
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("resourcequotas")));
}

TEST_F(DrillTest, WithoutTheRightToDeleteItNothingIsMade) {
  world_.add(sim::aBackup(kNew).ours());
  world_.server().forbid("admin", "delete", "clusters." + world_.shape().cnpg_group);
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kForbidden);
  EXPECT_THAT(report.reason, HasSubstr("may not delete clusters."));
  EXPECT_TRUE(drillCluster().isNull());
}

TEST_F(DrillTest, VolumesThatOutliveTheirClaimsAreNamed) {
  world_.add(sim::aBackup(kNew).ours());
  world_.server().update({sim::storageClassType(), "", world_.shape().storage_class},
                         [](json::Value& object) { object["reclaimPolicy"] = "Retain"; });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_THAT(report.warnings,
              ElementsAre(HasSubstr("reclaimPolicy Retain"),
                          HasSubstr("PersistentVolumes pv-" + std::string(kDrill) + "-1")));
}

TEST_F(DrillTest, RestoresTheWalVolumeToo) {
  world_.add(sim::aBackup(kNew).ours().withWal());
  json::Value seen;
  whenBegun([&] { seen = drillCluster(); });
  EXPECT_EQ(drill().exit_code, ExitCode::kDone);
  EXPECT_EQ(seen["spec"]["bootstrap"]["recovery"]["volumeSnapshots"]["walStorage"]["name"],
            json::Value(std::string(kNew) + "-wal"));
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

TEST_F(DrillTest, AnUnhealthyLiveClusterMakesNoDifference) {
  world_.add(sim::aBackup(kNew).ours());
  world_.setInstanceReady(2, false);
  world_.setPhase("Failing over");
  world_.fenceInstance(world_.shape().instanceName(1));
  EXPECT_EQ(drill().exit_code, ExitCode::kDone);
}

TEST_F(DrillTest, ALostClusterIsWhenItMattersMost) {
  world_.add(sim::aBackup(kNew).ours());
  world_.server().remove(world_.clusterRef());
  world_.advance(1min);
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_TRUE(report.verified());
  EXPECT_TRUE(world_.cluster().isNull());
}

TEST_F(DrillTest, WithoutTheNooBaaCrItGoesOnWithoutEvents) {
  world_.add(sim::aBackup(kNew).ours());
  world_.server().remove(world_.noobaaRef());
  world_.add(sim::aBackup(kOld).ours());
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_THAT(report.warnings, Contains(HasSubstr("goes on without Events")));
}

TEST_F(DrillTest, ADryRunSaysWhatItWouldRestoreAndChangesNothing) {
  world_.add(sim::aBackup(kNew).ours());
  settings_.dry_run = true;
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_EQ(report.backup, kNew);
  EXPECT_FALSE(report.verified());
  EXPECT_THAT(toText(report), StartsWith("Dry run: Backup backup-20250114-020000 would be"));
  EXPECT_THAT(leftOfDrills(), IsEmpty());
  EXPECT_THAT(writes(), ElementsAre(HasSubstr("dryRun=All")));
}

/// Both CNPG groups are served, and the live Cluster is gone: the backup's manifest says which.
class DrillInTwoGroupsTest : public DrillTest {
 protected:
  DrillInTwoGroupsTest() : DrillTest(twoGroups()) {
    world_.add(sim::aBackup(kNew).ours());
    world_.server().remove(world_.clusterRef());
    world_.advance(1min);
  }
  static sim::WorldOptions twoGroups() {
    sim::WorldOptions options;
    options.shape.cnpg_group = sim::kUpstreamCnpgGroup;
    options.more_cnpg_groups = {sim::kNoobaaCnpgGroup};
    return options;
  }
};

TEST_F(DrillInTwoGroupsTest, IsMadeInTheGroupOfTheBackupsCluster) {
  bool seen = false;
  whenBegun([&] { seen = !drillCluster().isNull(); });
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kDone) << report.reason;
  EXPECT_TRUE(seen);
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

// --- Cut short ---

TEST_F(DrillTest, AStopWhileItWaitsRemovesWhatWasMade) {
  world_.add(sim::aBackup(kNew).ours());
  whenBegun([&] { stop_.request_stop(); });
  const auto began = world_.clock().monotonic();
  const DrillReport report = drill();
  EXPECT_EQ(report.exit_code, ExitCode::kInterrupted);
  EXPECT_LT(world_.clock().monotonic() - began, 8s);
  EXPECT_TRUE(drillCluster().isNull());
  world_.advance(1min);
  EXPECT_THAT(leftOfDrills(), IsEmpty());
  EXPECT_THAT(eventReasons(), IsEmpty());
}

TEST_F(DrillTest, AStopBeforeAnythingIsMadeMakesNothing) {
  world_.add(sim::aBackup(kNew).ours());
  stop_.request_stop();
  EXPECT_EQ(drill().exit_code, ExitCode::kInterrupted);
  EXPECT_THAT(leftOfDrills(), IsEmpty());
}

}  // namespace
}  // namespace job
