#include "tests/sim/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/parse.h"
#include "common/json/write.h"
#include "tests/sim/fields.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/test_world.h"

namespace sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kName = "backup-20250101-020000";
constexpr const char* kWalName = "backup-20250101-020000-wal";

std::string phaseOf(const TestWorld& world) {
  return textAt(world.backup(kName), {"status", "phase"});
}

TEST(WorldTest, StartsWithAHealthyTwoInstanceCluster) {
  TestWorld world;
  EXPECT_EQ(textAt(world.cluster(), {"status", "phase"}), kHealthyPhase);
  EXPECT_EQ(numberAt(world.cluster(), {"status", "readyInstances"}), 2);
  EXPECT_EQ(textAt(world.cluster(), {"apiVersion"}), "postgresql.cnpg.noobaa.io/v1");
  EXPECT_EQ(
      numberAt(world.noobaa(), {"spec", "dbSpec", "dbBackup", "volumeSnapshot", "maxSnapshots"}),
      3);
  EXPECT_EQ(annotation(world.get(world.claimRef("noobaa-db-pg-cluster-2")),
                       "volume.kubernetes.io/storage-provisioner"),
            "csi.example.com");
}

TEST(WorldTest, SpeaksTheUpstreamGroupWhenAsked) {
  TestWorld world({.shape = {.cnpg_group = kUpstreamCnpgGroup}});
  EXPECT_EQ(textAt(world.cluster(), {"apiVersion"}), "postgresql.cnpg.io/v1");
  world.startBackup(kName);
  world.advance(seconds(20));
  EXPECT_EQ(phaseOf(world), "completed");
}

TEST(WorldTest, HoldsTheClusterInBothGroupsWhenAsked) {
  TestWorld world({.more_cnpg_groups = {kUpstreamCnpgGroup}});
  world.addClusterInGroup(kUpstreamCnpgGroup);
  EXPECT_FALSE(
      world.get({clusterType(kUpstreamCnpgGroup), "noobaa", "noobaa-db-pg-cluster"}).isNull());
}

TEST(WorldTest, OldCrdPrunesWhatItDoesNotKnow) {
  TestWorld world({.crd_knows_backups = false});
  EXPECT_FALSE(hasAt(world.noobaa(), {"spec", "dbSpec", "dbBackup"}));
  world.editNoobaa([](json::Value& noobaa) {
    placeAt(noobaa, {"status", "dbStatus", "backupStatus", "totalSnapshots"}) = 1;
  });
  EXPECT_FALSE(hasAt(world.noobaa(), {"status", "dbStatus", "backupStatus"}));
}

TEST(WorldTest, APastBackupIsCompleteAndReady) {
  TestWorld world;
  world.add(aBackup(kName));
  const json::Value snapshot = world.snapshot(kName);
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_EQ(textAt(world.backup(kName), {"status", "stoppedAt"}), "2025-01-01T02:00:16Z");
  EXPECT_EQ(textAt(world.backup(kName), {"metadata", "creationTimestamp"}), "2025-01-01T02:00:00Z");
  EXPECT_EQ(textAt(snapshot, {"metadata", "creationTimestamp"}), "2025-01-01T02:00:10Z");
  EXPECT_EQ(annotation(snapshot, "cnpg.io/backupEndTime"), "2025-01-01T02:00:16Z");
  EXPECT_TRUE(flagAt(snapshot, {"status", "readyToUse"}));
  EXPECT_THAT(annotation(snapshot, "cnpg.io/pgControldata"), HasSubstr("shut down in recovery"));
  EXPECT_EQ(label(snapshot, "noobaa.io/db-backup"), "");
}

TEST(WorldTest, ActorsLeaveThePastAlone) {
  TestWorld world;
  world.add(aBackup(kName));
  world.add(aBackup("backup-20250102-020000").notReady());
  const std::string before = json::write(world.backup(kName)) + json::write(world.snapshot(kName));
  world.advance(minutes(10));
  EXPECT_EQ(json::write(world.backup(kName)) + json::write(world.snapshot(kName)), before);
  EXPECT_FALSE(flagAt(world.snapshot("backup-20250102-020000"), {"status", "readyToUse"}));
}

TEST(WorldTest, PastSnapshotsLookLikeThoseOfALiveBackup) {
  TestWorld world({}, "2025-01-01T02:00:00Z");
  world.startBackup("live");
  world.advance(seconds(20));
  world.add(aBackup("past"));
  const auto keysOf = [&](const std::string& name, std::string_view part) {
    std::vector<std::string> keys;
    const json::Value snapshot = world.snapshot(name);
    for (const auto& member : *valueAt(snapshot, {"metadata", part})->object()) {
      keys.push_back(member.first);
    }
    return keys;
  };
  EXPECT_THAT(keysOf("past", "labels"),
              testing::UnorderedElementsAreArray(keysOf("live", "labels")));
  EXPECT_THAT(keysOf("past", "annotations"),
              testing::UnorderedElementsAreArray(keysOf("live", "annotations")));
}

TEST(WorldTest, AWalMemberJoinsTheGroup) {
  TestWorld world;
  world.add(aBackup(kName).withWal());
  EXPECT_THAT(world.snapshotNames(), ElementsAre(kName, kWalName));
  EXPECT_EQ(label(world.snapshot(kWalName), "cnpg.io/backupName"), kName);
  EXPECT_EQ(annotation(world.snapshot(kWalName), "cnpg.io/pvcRole"), "PG_WAL");
}

TEST(WorldTest, AMissingWalMemberIsStillInTheManifest) {
  TestWorld world;
  world.add(aBackup(kName).withoutWalMember());
  const auto manifest =
      json::parse(annotation(world.snapshot(kName), "cnpg.io/clusterManifest")).value();
  EXPECT_THAT(world.snapshotNames(), ElementsAre(kName));
  EXPECT_TRUE(hasAt(manifest, {"spec", "walStorage"}));
}

TEST(WorldTest, AFailedBackupMayHaveAReadySnapshotButNoEndTime) {
  TestWorld world;
  world.add(aBackup(kName).failed());
  EXPECT_EQ(phaseOf(world), "failed");
  EXPECT_TRUE(flagAt(world.snapshot(kName), {"status", "readyToUse"}));
  EXPECT_EQ(annotation(world.snapshot(kName), "cnpg.io/backupEndTime"), "");
  EXPECT_FALSE(hasAt(world.backup(kName), {"status", "snapshotBackupStatus"}));
}

TEST(WorldTest, OursAndHeldAreMarkedOnBothParts) {
  TestWorld world;
  world.add(aBackup(kName).ours("run-1").held());
  for (const auto& object : {world.backup(kName), world.snapshot(kName)}) {
    EXPECT_EQ(label(object, "noobaa.io/db-backup"), "true");
    EXPECT_EQ(label(object, "noobaa.io/db-backup-run"), "run-1");
    EXPECT_EQ(annotation(object, "noobaa.io/db-backup-hold"), "true");
  }
}

TEST(WorldTest, EveryKindOfPastBackupHasItsFlaw) {
  TestWorld world;
  world.add(aBackup("b-1").uncertified());
  world.add(aBackup("b-2").unclean());
  world.add(aBackup("b-3").incomplete());
  world.add(aBackup("b-4").withUnreadableTime());
  world.add(aBackup("b-5").erroneous("no space"));
  EXPECT_EQ(annotation(world.snapshot("b-1"), "cnpg.io/pgControldata"), "");
  EXPECT_THAT(annotation(world.snapshot("b-2"), "cnpg.io/pgControldata"),
              HasSubstr("in production"));
  EXPECT_EQ(annotation(world.snapshot("b-3"), "cnpg.io/backupEndTime"), "");
  EXPECT_EQ(annotation(world.snapshot("b-4"), "cnpg.io/backupEndTime"), "yesterday");
  EXPECT_EQ(textAt(world.snapshot("b-5"), {"status", "error", "message"}), "no space");
}

TEST(WorldTest, HalvesOfABackupCanBeGone) {
  TestWorld world;
  world.add(aBackup("b-1").withoutBackupObject());
  world.add(aBackup("b-2").withoutSnapshots());
  EXPECT_THAT(world.backupNames(), ElementsAre("b-2"));
  EXPECT_THAT(world.snapshotNames(), ElementsAre("b-1"));
}

TEST(WorldTest, ATerminatingBackupStaysSo) {
  TestWorld world;
  world.add(aBackup(kName).terminating());
  world.advance(minutes(10));
  EXPECT_TRUE(isTerminating(world.snapshot(kName)));
}

TEST(WorldTest, ABackupUnderwayIsCarriedOnByTheOperator) {
  TestWorld world;
  world.add(aBackup("backup-20250115-015959").inPhase("started"));
  world.advance(seconds(30));
  EXPECT_EQ(textAt(world.backup("backup-20250115-015959"), {"status", "phase"}), "completed");
}

TEST(WorldTest, AScheduledBackupIsNooBaasByDefault) {
  TestWorld world;
  world.add(World::ScheduledBackup{});
  const json::Value scheduled = world.get(
      {scheduledBackupType(kNoobaaCnpgGroup), "noobaa", "noobaa-db-pg-cluster-scheduled-backup"});
  EXPECT_EQ(ownersOf(scheduled).at(0).kind, "NooBaa");
}

TEST(WorldTest, ClustersReferToSnapshotsOrToABackup) {
  TestWorld world;
  world.addClusterFrom("drill", kName, kWalName);
  world.addClusterFromBackup("copy", kName);
  const auto recovery = [&](const std::string& name) {
    const json::Value cluster = world.get({clusterType(kNoobaaCnpgGroup), "noobaa", name});
    return *valueAt(cluster, {"spec", "bootstrap", "recovery"});
  };
  EXPECT_EQ(textAt(recovery("drill"), {"volumeSnapshots", "storage", "name"}), kName);
  EXPECT_EQ(textAt(recovery("drill"), {"volumeSnapshots", "walStorage", "name"}), kWalName);
  EXPECT_EQ(textAt(recovery("copy"), {"backup", "name"}), kName);
}

TEST(WorldTest, TheCrdRefusesWhatTheRealOneRefuses) {
  TestWorld world;
  const auto statusOf = [&](const std::string& patch) {
    return world.server()
        .handle({.method = "PATCH",
                 .target = "/apis/noobaa.io/v1alpha1/namespaces/noobaa/noobaas/noobaa",
                 .content_type = "application/merge-patch+json",
                 .body = R"({"spec":{"dbSpec":{"dbBackup":)" + patch + "}}}"})
        .status;
  };
  EXPECT_EQ(statusOf(R"({"schedule":"every night"})"), 422);
  EXPECT_EQ(statusOf(R"({"volumeSnapshot":{"maxSnapshots":0}})"), 422);
  EXPECT_EQ(statusOf(R"({"volumeSnapshot":{"volumeSnapshotClass":""}})"), 422);
  EXPECT_EQ(statusOf(R"({"volumeSnapshot":null})"), 422);
  // Nonsense that the real pattern lets through.
  EXPECT_EQ(statusOf(R"({"schedule":"12345"})"), 200);
  EXPECT_EQ(statusOf(R"({"schedule":"@reboot"})"), 200);
}

TEST(WorldTest, DeletedSnapshotsOfThePastGoWithTheirContents) {
  TestWorld world;
  world.add(aBackup(kName).withWal());
  world.server().remove(world.snapshotRef(kName));
  world.server().remove(world.snapshotRef(kWalName));
  world.advance(seconds(5));
  EXPECT_THAT(world.snapshotNames(), IsEmpty());
  EXPECT_THAT(world.server().list(snapshotContentType(), ""), IsEmpty());
}

}  // namespace
}  // namespace sim
