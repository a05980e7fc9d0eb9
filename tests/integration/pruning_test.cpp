#include "tests/integration/pass_fixture.h"

namespace job {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using PruningTest = PassTest;

TEST_F(PruningTest, TheOldestGoodOnesGoWithTheirBackups) {
  for (const char* night : {"10", "11", "12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, ElementsAre("backup-20250110-020000", "backup-20250111-020000",
                                         "backup-20250112-020000"));
  EXPECT_EQ(result.kept, 3);
  world_.advance(std::chrono::minutes(1));  // snapshots go asynchronously
  EXPECT_THAT(
      world_.snapshotNames(),
      ElementsAre("backup-20250113-020000", "backup-20250114-020000", "backup-20250115-020000"));
  EXPECT_THAT(world_.backupNames(), ElementsAre("backup-20250113-020000", "backup-20250114-020000",
                                                "backup-20250115-020000"));
  EXPECT_EQ(status()["totalSnapshots"], json::Value(3));
  EXPECT_THAT(eventReasons(), Contains("SnapshotPruned"));
}

TEST_F(PruningTest, FailedNightsNeverEvictGoodBackups) {
  world_.add(sim::aBackup("backup-20250108-020000").ours());
  for (const char* night : {"09", "10", "11", "12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours().failed());
  }
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_FALSE(world_.snapshot("backup-20250108-020000").isNull());
  EXPECT_EQ(result.kept, 2);
  EXPECT_THAT(result.pruned, testing::SizeIs(6));
}

TEST_F(PruningTest, AGroupGoesAsAWhole) {
  world_.add(sim::aBackup("backup-20250111-020000").ours().withWal());
  for (const char* night : {"12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  const PassResult result = run();
  EXPECT_THAT(result.pruned, ElementsAre("backup-20250111-020000", "backup-20250112-020000"))
      << result.reason << testing::PrintToString(writes());
  world_.advance(std::chrono::minutes(1));
  EXPECT_THAT(world_.snapshotNames(), Not(Contains(HasSubstr("20250111"))));
}

TEST_F(PruningTest, HeldBackupsStayAndAreNotCounted) {
  world_.add(sim::aBackup("backup-20250101-020000").ours().held());
  for (const char* night : {"12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  const PassResult result = run();
  EXPECT_THAT(result.pruned, ElementsAre("backup-20250112-020000"));
  EXPECT_THAT(result.held, ElementsAre("backup-20250101-020000"));
  EXPECT_EQ(result.kept, 3);
}

TEST_F(PruningTest, WhatDbRecoveryAClusterOrAPendingClaimNeedsStays) {
  for (const char* night : {"07", "08", "09", "10", "12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  world_.editNoobaa([](json::Value& noobaa) {
    noobaa["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = "backup-20250107-020000";
  });
  world_.addClusterFrom("drill", "backup-20250108-020000");
  world_.addPendingClaim("restoring", "backup-20250109-020000");
  const PassResult result = run();
  ASSERT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, ElementsAre("backup-20250110-020000", "backup-20250112-020000"));
  EXPECT_THAT(result.held, ElementsAre("backup-20250107-020000", "backup-20250108-020000",
                                       "backup-20250109-020000"));
}

TEST_F(PruningTest, AForbiddenDeleteIsFourAndNamesTheVerb) {
  for (const char* night : {"12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  world_.server().forbid("admin", "delete", "volumesnapshots.snapshot.storage.k8s.io");
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kIncomplete);
  EXPECT_EQ(outcomeOf(result), PassOutcome::kCompleted);
  EXPECT_THAT(result.reason, HasSubstr("delete"));
  EXPECT_THAT(result.failed_to_prune, ElementsAre("backup-20250112-020000"));
  EXPECT_EQ(result.kept, 4);  // it is still there, and good
  EXPECT_FALSE(world_.snapshot("backup-20250112-020000").isNull());
}

TEST_F(PruningTest, AHoldSetBetweenJudgingAndDeletingWins) {
  for (const char* night : {"12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  bool held = false;
  transport_.intercept([&](const k8s::HttpRequest& request, int,
                           bool acted) -> tl::expected<void, k8s::TransportError> {
    if (request.method == "DELETE" && !acted && !held) {
      held = true;
      world_.server().update(world_.snapshotRef("backup-20250112-020000"),
                             [](json::Value& snapshot) {
                               snapshot["metadata"]["annotations"][kHoldAnnotation] = "true";
                             });
    }
    return {};
  });
  const PassResult result = run();
  EXPECT_TRUE(held);
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, IsEmpty());
  EXPECT_THAT(result.held, ElementsAre("backup-20250112-020000"));
}

TEST_F(PruningTest, AHoldOnOneMemberSavesTheWholeGroup) {
  world_.add(sim::aBackup("backup-20250111-020000").ours().withWal());
  for (const char* night : {"13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  bool held = false;
  transport_.intercept([&](const k8s::HttpRequest& request, int,
                           bool acted) -> tl::expected<void, k8s::TransportError> {
    // Between the plan and its execution: the last read of the plan is of the PVCs.
    const bool reads_claims = request.target.find("/persistentvolumeclaims") != std::string::npos;
    if (reads_claims && acted && !world_.snapshot("backup-20250115-020000").isNull() && !held) {
      held = true;
      world_.server().update(world_.snapshotRef("backup-20250111-020000"),
                             [](json::Value& snapshot) {
                               snapshot["metadata"]["annotations"][kHoldAnnotation] = "true";
                             });
    }
    return {};
  });
  const PassResult result = run();
  EXPECT_TRUE(held);
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_FALSE(world_.snapshot("backup-20250111-020000").isNull());
  EXPECT_FALSE(world_.snapshot("backup-20250111-020000-wal").isNull());
  EXPECT_THAT(result.held, ElementsAre("backup-20250111-020000"));
}

TEST_F(PruningTest, ARaisedMaxSnapshotsCountsAlthoughItCameDuringTheBackup) {
  for (const char* night : {"11", "12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  world_.timeline().at(world_.clock().now() + std::chrono::seconds(5), [&] {
    world_.editNoobaa([](json::Value& noobaa) {
      noobaa["spec"]["dbSpec"]["dbBackup"]["volumeSnapshot"]["maxSnapshots"] = 10;
    });
  });
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, IsEmpty());
}

TEST_F(PruningTest, ASizeGivenAsANumberIsRead) {
  world_.add(sim::aBackup("backup-20250114-020000").ours());
  world_.server().update(world_.snapshotRef("backup-20250114-020000"), [](json::Value& snapshot) {
    snapshot["status"]["restoreSize"] = 53687091200;
  });
  const PassResult result = run();
  EXPECT_THAT(result.warnings, IsEmpty());
  EXPECT_EQ(result.kept, 2);
}

TEST_F(PruningTest, WhatAKilledPassLeftIsFinished) {
  for (const char* night : {"11", "12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  // Killed in the middle of pruning: the snapshot is gone, its Backup is not.
  world_.server().remove(world_.snapshotRef("backup-20250111-020000"));
  world_.advance(std::chrono::minutes(1));
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(world_.backupNames(), Not(Contains("backup-20250111-020000")));
}

TEST_F(PruningTest, WithoutALimitNothingGoes) {
  for (const char* night : {"10", "11", "12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  world_.editNoobaa(
      [](json::Value& noobaa) { noobaa["spec"]["dbSpec"].object()->erase("dbBackup"); });
  settings_.overrides.snapshot_class = world_.shape().snapshot_class;
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, IsEmpty());
}

TEST_F(PruningTest, AnUnreadableTimeKeepsItsBackup) {
  world_.add(sim::aBackup("backup-20250101-020000").ours().withUnreadableTime());
  for (const char* night : {"12", "13", "14"}) {
    world_.add(sim::aBackup(std::string("backup-202501") + night + "-020000").ours());
  }
  const PassResult result = run();
  EXPECT_EQ(result.exit_code, ExitCode::kDone) << result.reason;
  EXPECT_THAT(result.pruned, Not(Contains("backup-20250101-020000")));
  EXPECT_FALSE(world_.snapshot("backup-20250101-020000").isNull());
}

}  // namespace
}  // namespace job
