#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/parse.h"
#include "tests/sim/fencing.h"
#include "tests/sim/fields.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/test_world.h"

namespace sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kName = "backup-20250115-020000";

std::string phaseOf(const TestWorld& world, const std::string& name = kName) {
  return textAt(world.backup(name), {"status", "phase"});
}

std::string errorOf(const TestWorld& world, const std::string& name = kName) {
  return textAt(world.backup(name), {"status", "error"});
}

bool hasReadyInstances(const TestWorld& world) {
  return hasAt(world.cluster(), {"status", "readyInstances"});
}

std::int64_t readyInstances(const TestWorld& world) {
  return numberAt(world.cluster(), {"status", "readyInstances"});
}

std::string controlData(const TestWorld& world, const std::string& snapshot = kName) {
  return annotation(world.snapshot(snapshot), "cnpg.io/pgControldata");
}

std::vector<std::string> elementTypes(const TestWorld& world) {
  std::vector<std::string> types;
  for (const auto& element :
       elementsAt(world.backup(kName), {"status", "snapshotBackupStatus", "elements"})) {
    types.push_back(textAt(element, {"type"}));
  }
  return types;
}

TEST(CnpgOperatorTest, CompletesAnOfflineBackupInTheTimeARealOneTakes) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(seconds(14));
  EXPECT_EQ(phaseOf(world), "finalizing");
  world.advance(seconds(3));
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_THAT(fencedInstances(world.cluster()), IsEmpty());
}

TEST(CnpgOperatorTest, WritesTheMajorVersionBeforeThePhase) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(milliseconds(150));
  EXPECT_TRUE(hasAt(world.backup(kName), {"status", "majorVersion"}));
  EXPECT_EQ(phaseOf(world), "");
}

TEST(CnpgOperatorTest, FencesTheStandbyAndCountsItOutWhileTheClusterStaysHealthy) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(seconds(5));
  EXPECT_EQ(phaseOf(world), "started");
  EXPECT_THAT(fencedInstances(world.cluster()), ElementsAre("noobaa-db-pg-cluster-2"));
  EXPECT_EQ(textAt(world.backup(kName), {"status", "instanceID", "podName"}),
            "noobaa-db-pg-cluster-2");
  EXPECT_EQ(readyInstances(world), 1);
  EXPECT_EQ(textAt(world.cluster(), {"status", "phase"}), kHealthyPhase);
  EXPECT_THAT(world.snapshotNames(), IsEmpty());
}

TEST(CnpgOperatorTest, LiftsTheFenceBeforeItSaysFinalizing) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(milliseconds(13300));
  EXPECT_THAT(fencedInstances(world.cluster()), IsEmpty());
  EXPECT_EQ(phaseOf(world), "started");
}

TEST(CnpgOperatorTest, RestartsTheInstanceAfterTheFence) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(seconds(20));
  EXPECT_EQ(readyInstances(world), 2);
}

TEST(CnpgOperatorTest, LabelsAndAnnotatesTheSnapshotAsCnpgDoes) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(seconds(20));
  const json::Value snapshot = world.snapshot(kName);
  EXPECT_EQ(label(snapshot, "cnpg.io/cluster"), "noobaa-db-pg-cluster");
  EXPECT_EQ(label(snapshot, "cnpg.io/backupName"), kName);
  EXPECT_EQ(label(snapshot, "cnpg.io/backupDate"), "20250115");
  EXPECT_EQ(label(snapshot, "cnpg.io/backupMonth"), "202501");
  EXPECT_EQ(label(snapshot, "cnpg.io/backupYear"), "2025");
  EXPECT_EQ(label(snapshot, "cnpg.io/majorVersion"), "16");
  EXPECT_EQ(label(snapshot, "cnpg.io/backupTimeline"), "1");
  EXPECT_EQ(label(snapshot, "app"), "noobaa");
  EXPECT_EQ(label(snapshot, "cnpg.io/pvcRole"), "");
  EXPECT_EQ(annotation(snapshot, "cnpg.io/pvcRole"), "PG_DATA");
  EXPECT_EQ(annotation(snapshot, "cnpg.io/instanceName"), "noobaa-db-pg-cluster-2");
  EXPECT_EQ(annotation(snapshot, "cnpg.io/onlineBackup"), "false");
  EXPECT_EQ(annotation(snapshot, "cnpg.io/backupStartTime"), "2025-01-15T02:00:00Z");
  EXPECT_EQ(annotation(snapshot, "cnpg.io/backupEndTime"),
            textAt(world.backup(kName), {"status", "stoppedAt"}));
  EXPECT_THAT(controlData(world),
              HasSubstr("Database cluster state:               shut down in recovery\n"));
}

TEST(CnpgOperatorTest, KeepsTheFencedClusterInTheManifest) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(seconds(20));
  const auto manifest =
      json::parse(annotation(world.snapshot(kName), "cnpg.io/clusterManifest")).value();
  EXPECT_EQ(nameOf(manifest), "noobaa-db-pg-cluster");
  EXPECT_THAT(fencedInstances(manifest), ElementsAre("noobaa-db-pg-cluster-2"));
}

TEST(CnpgOperatorTest, SnapshotsEveryVolumeOfTheInstance) {
  TestWorld world({.shape = {.wal_storage = true, .tablespaces = {"Hot_data"}}});
  world.startBackup(kName);
  world.advance(seconds(20));
  EXPECT_THAT(world.snapshotNames(), ElementsAre(kName, std::string(kName) + "-tbs-hot-data",
                                                 std::string(kName) + "-wal"));
  EXPECT_THAT(elementTypes(world), ElementsAre("PG_DATA", "PG_TABLESPACE", "PG_WAL"));
}

TEST(CnpgOperatorTest, FallsBackToThePrimaryOfASingleInstanceAndOmitsTheCount) {
  TestWorld world({.shape = {.instances = 1}});
  world.startBackup(kName);
  world.advance(seconds(5));
  EXPECT_THAT(fencedInstances(world.cluster()), ElementsAre("noobaa-db-pg-cluster-1"));
  EXPECT_FALSE(hasReadyInstances(world));
  world.advance(seconds(15));
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_THAT(controlData(world), HasSubstr("shut down\n"));
}

TEST(CnpgOperatorTest, ReportsTheClustersOnlineDefaultWhateverTheBackupSays) {
  TestWorld world;
  world.editCluster([](json::Value& cluster) {
    placeAt(cluster, {"spec", "backup", "volumeSnapshot", "online"}) = true;
  });
  world.startBackup(kName);
  world.advance(seconds(20));
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_TRUE(flagAt(world.backup(kName), {"status", "online"}));
}

TEST(CnpgOperatorTest, QueuesABackupBehindAnotherOfTheCluster) {
  TestWorld world;
  world.startBackup("b-first");
  world.advance(seconds(1));
  world.startBackup("a-second");
  world.advance(seconds(10));
  EXPECT_EQ(phaseOf(world, "a-second"), "");
  world.advance(seconds(60));
  EXPECT_EQ(phaseOf(world, "b-first"), "completed");
  EXPECT_EQ(phaseOf(world, "a-second"), "completed");
}

TEST(CnpgOperatorTest, SaysPendingInTheQueueFrom129On) {
  TestWorld world({.cnpg = {.release = Release::v1_29()}});
  world.startBackup("a-first");
  world.advance(seconds(1));
  world.startBackup("b-second");
  world.advance(seconds(5));
  EXPECT_EQ(phaseOf(world, "b-second"), "pending");
  world.advance(seconds(60));
  EXPECT_EQ(phaseOf(world, "b-second"), "completed");
}

TEST(CnpgOperatorTest, ServesTheOldestFirstFrom130On) {
  TestWorld world({.cnpg = {.release = Release::v1_30()}});
  world.startBackup("c-running");
  world.advance(seconds(1));
  world.startBackup("b-older");
  world.advance(seconds(1));
  world.startBackup("a-younger");
  world.advance(seconds(25));
  EXPECT_EQ(phaseOf(world, "b-older"), "started");
  EXPECT_EQ(phaseOf(world, "a-younger"), "pending");
}

TEST(CnpgOperatorTest, CallsAnImpossibleBackupAnInvalidDefinitionFrom130On) {
  TestWorld world({.cnpg = {.release = Release::v1_30()}});
  world.hibernate();
  world.startBackup(kName);
  world.advance(seconds(1));
  EXPECT_EQ(phaseOf(world), "invalid backup definition");
}

TEST(CnpgOperatorTest, CutsAnOnlineBackupWithoutAFence) {
  TestWorld world;
  world.server().create(json::Object{
      {"apiVersion", "postgresql.cnpg.noobaa.io/v1"},
      {"kind", "Backup"},
      {"metadata", json::Object{{"name", kName}, {"namespace", "noobaa"}}},
      {"spec", json::Object{{"cluster", json::Object{{"name", "noobaa-db-pg-cluster"}}},
                            {"method", "volumeSnapshot"},
                            {"online", true}}}});
  world.advance(seconds(1));
  EXPECT_THAT(fencedInstances(world.cluster()), IsEmpty());
  EXPECT_THAT(world.snapshotNames(), ElementsAre(kName));
  world.advance(seconds(20));
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_NE(textAt(world.backup(kName), {"status", "backupLabelFile"}), "");
  EXPECT_NE(annotation(world.snapshot(kName), "cnpg.io/backupLabelFile"), "");
  EXPECT_EQ(annotation(world.snapshot(kName), "cnpg.io/onlineBackup"), "false");
}

TEST(CnpgOperatorTest, StaysFencedWhileItIsDown) {
  TestWorld world;
  const timing::Instant now = world.clock().now();
  world.faults().operator_down = {{now + seconds(5), now + minutes(10)}};
  world.startBackup(kName);
  world.advance(minutes(9));
  EXPECT_EQ(phaseOf(world), "started");
  EXPECT_THAT(fencedInstances(world.cluster()), ElementsAre("noobaa-db-pg-cluster-2"));
  world.advance(minutes(2));
  EXPECT_EQ(phaseOf(world), "completed");
}

TEST(CnpgOperatorTest, WaitsForEverWithoutACluster) {
  TestWorld world({.with_cluster = false});
  world.startBackup(kName);
  world.advance(minutes(30));
  EXPECT_FALSE(hasAt(world.backup(kName), {"status"}));
}

TEST(CnpgOperatorTest, WaitsPendingForAMissingInstance) {
  TestWorld world({.shape = {.instances = 1}});
  world.server().remove(world.podRef("noobaa-db-pg-cluster-1"));
  world.startBackup(kName);
  world.advance(seconds(5));
  EXPECT_EQ(phaseOf(world), "pending");
}

TEST(CnpgOperatorTest, FailsAtOnceWithoutABackupSection) {
  TestWorld world;
  world.editCluster([](json::Value& cluster) { eraseAt(cluster, {"spec", "backup"}); });
  world.startBackup(kName);
  world.advance(seconds(1));
  EXPECT_EQ(phaseOf(world), "failed");
  EXPECT_THAT(errorOf(world), HasSubstr("no backup section"));
}

TEST(CnpgOperatorTest, FailsOnAHibernatedCluster) {
  TestWorld world;
  world.hibernate();
  world.startBackup(kName);
  world.advance(seconds(1));
  EXPECT_EQ(errorOf(world), "cannot backup a hibernated cluster");
}

TEST(CnpgOperatorTest, FailsOnAClusterSomebodyElseFenced) {
  TestWorld world;
  world.fenceInstance("noobaa-db-pg-cluster-1");
  world.startBackup(kName);
  world.advance(seconds(1));
  EXPECT_EQ(phaseOf(world), "failed");
  EXPECT_THAT(errorOf(world), HasSubstr("has fenced instances"));
  EXPECT_THAT(fencedInstances(world.cluster()), ElementsAre("noobaa-db-pg-cluster-1"));
}

TEST(CnpgOperatorTest, TakesAnAdministratorsFenceOfItsTargetForItsOwn) {
  TestWorld world({.shape = {.instances = 1}});
  world.fenceInstance("noobaa-db-pg-cluster-1");
  world.startBackup(kName);
  world.advance(seconds(30));
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_THAT(fencedInstances(world.cluster()), IsEmpty());
}

TEST(CnpgOperatorTest, CutsAnUnreadyInstanceAtOnceWhileItsDatabaseRuns) {
  TestWorld world({.shape = {.instances = 1}});
  world.setInstanceReady(1, false);
  world.startBackup(kName);
  world.advance(seconds(1));
  EXPECT_THAT(world.snapshotNames(), ElementsAre(kName));
  EXPECT_THAT(controlData(world), HasSubstr("in production\n"));
}

TEST(CnpgOperatorTest, LeavesTheFenceOfABackupDeletedUnderway) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(seconds(5));
  world.server().remove(world.backupRef(kName));
  world.advance(minutes(5));
  EXPECT_THAT(fencedInstances(world.cluster()), ElementsAre("noobaa-db-pg-cluster-2"));
  EXPECT_EQ(readyInstances(world), 1);
}

TEST(CnpgOperatorTest, CompletesAPhantomFromOldSnapshotsOfTheName) {
  TestWorld world;
  world.add(aBackup(kName).endedAt("2025-01-10T02:00:16Z").withoutBackupObject());
  world.startBackup(kName);
  world.advance(seconds(1));
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_THAT(world.snapshotNames(), ElementsAre(kName));
  EXPECT_EQ(annotation(world.snapshot(kName), "cnpg.io/backupEndTime"), "2025-01-15T02:00:00Z");
}

TEST(CnpgOperatorTest, FailsWhenAForeignSnapshotHasTheName) {
  TestWorld world;
  world.add(aBackup(kName).withoutBackupObject());
  world.server().update(world.snapshotRef(kName), [](json::Value& snapshot) {
    eraseAt(snapshot, {"metadata", "labels", "cnpg.io/backupName"});
  });
  world.startBackup(kName);
  world.advance(seconds(12));
  EXPECT_EQ(phaseOf(world), "failed");
  EXPECT_THAT(errorOf(world), HasSubstr("already exists"));
  EXPECT_THAT(fencedInstances(world.cluster()), IsEmpty());
}

TEST(CnpgOperatorTest, FailsATooLongNameOnlyAfterFencing) {
  TestWorld world;
  const std::string name(64, 'b');
  world.startBackup(name);
  world.advance(seconds(5));
  EXPECT_EQ(phaseOf(world, name), "started");
  world.advance(seconds(6));
  EXPECT_EQ(phaseOf(world, name), "failed");
}

TEST(CnpgOperatorTest, StaysStartedAndFencedWhileTheDriverIsSilent) {
  TestWorld world;
  world.faults().driver_silent = true;
  world.startBackup(kName);
  world.advance(minutes(60));
  EXPECT_EQ(phaseOf(world), "started");
  EXPECT_THAT(fencedInstances(world.cluster()), ElementsAre("noobaa-db-pg-cluster-2"));
}

TEST(CnpgOperatorTest, FailsOnASnapshotErrorThatIsNotWorthRetrying) {
  TestWorld world;
  world.faults().snapshot_errors = {{.message = "volume is gone"}};
  world.startBackup(kName);
  world.advance(seconds(14));
  EXPECT_EQ(errorOf(world), "can't execute snapshot backup: volume is gone");
  EXPECT_FALSE(hasAt(world.backup(kName), {"status", "stoppedAt"}));
  EXPECT_THAT(fencedInstances(world.cluster()), IsEmpty());
}

TEST(CnpgOperatorTest, SitsOutARetryableSnapshotError) {
  TestWorld world;
  world.faults().snapshot_errors = {{.message = "rpc error: timed out", .times = 2}};
  world.startBackup(kName);
  world.advance(minutes(2));
  EXPECT_EQ(phaseOf(world), "completed");
}

TEST(CnpgOperatorTest, GivesUpOnRetryableErrorsAtTheAnnotatedDeadline) {
  TestWorld world;
  world.faults().snapshot_errors = {{.message = "HTTPStatusCode: 503", .times = 1000}};
  world.startBackup(kName);
  world.server().update(world.backupRef(kName), [](json::Value& backup) {
    setAnnotation(backup, "cnpg.io/volumeSnapshotDeadline", "2");
  });
  world.advance(seconds(100));
  EXPECT_EQ(phaseOf(world), "started");
  world.advance(seconds(60));
  EXPECT_EQ(phaseOf(world), "failed");
}

TEST(CnpgOperatorTest, FailsWithoutTheSnapshotClass) {
  TestWorld world;
  world.server().remove({snapshotClassType(), "", world.shape().snapshot_class});
  world.startBackup(kName);
  world.advance(seconds(14));
  EXPECT_THAT(errorOf(world), HasSubstr("Failed to get snapshot class with error"));
}

TEST(CnpgOperatorTest, LeavesASnapshotThatBecomesReadyAfterItsBackupFailed) {
  TestWorld world;
  world.faults().snapshot_errors = {{.message = "volume is busy"}};
  world.startBackup(kName);
  world.advance(minutes(1));
  EXPECT_EQ(phaseOf(world), "failed");
  EXPECT_TRUE(flagAt(world.snapshot(kName), {"status", "readyToUse"}));
  EXPECT_EQ(annotation(world.snapshot(kName), "cnpg.io/backupEndTime"), "");
}

TEST(CnpgOperatorTest, CanLeaveTheFenceAfterAFailure) {
  TestWorld world;
  world.faults().snapshot_errors = {{.message = "volume is busy"}};
  world.faults().fence_stays_after_failure = true;
  world.startBackup(kName);
  world.advance(minutes(1));
  EXPECT_THAT(fencedInstances(world.cluster()), ElementsAre("noobaa-db-pg-cluster-2"));
}

TEST(CnpgOperatorTest, CompletesWithoutTheWalMemberWhenItWasMissed) {
  TestWorld world({.shape = {.wal_storage = true}});
  world.faults().omitted_role = "PG_WAL";
  world.startBackup(kName);
  world.advance(seconds(20));
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_THAT(elementTypes(world), ElementsAre("PG_DATA"));
}

TEST(CnpgOperatorTest, CompletesWithoutEndTimeWhenTold) {
  TestWorld world;
  world.faults().no_end_time = true;
  world.startBackup(kName);
  world.advance(seconds(20));
  EXPECT_EQ(phaseOf(world), "completed");
  EXPECT_EQ(annotation(world.snapshot(kName), "cnpg.io/backupEndTime"), "");
}

TEST(CnpgOperatorTest, StaysFinalizingWhileSnapshotsAreNotReady) {
  TestWorld world;
  world.faults().snapshot_never_ready = true;
  world.startBackup(kName);
  world.advance(minutes(30));
  EXPECT_EQ(phaseOf(world), "finalizing");
}

TEST(CnpgOperatorTest, DoesNothingWhileItIsDown) {
  TestWorld world;
  const timing::Instant now = world.clock().now();
  world.faults().operator_down = {{now, now + minutes(3)}};
  world.startBackup(kName);
  world.advance(minutes(2));
  EXPECT_FALSE(hasAt(world.backup(kName), {"status"}));
  world.advance(minutes(2));
  EXPECT_EQ(phaseOf(world), "completed");
}

TEST(CnpgOperatorTest, StoresNoControlDataWhenTheInstanceDoesNotAnswer) {
  TestWorld world;
  world.faults().controldata_missing = true;
  world.startBackup(kName);
  world.advance(seconds(20));
  EXPECT_EQ(controlData(world), "");
  EXPECT_EQ(label(world.snapshot(kName), "cnpg.io/backupTimeline"), "");
}

TEST(CnpgOperatorTest, RefusedCreationFailsTheBackup) {
  TestWorld world;
  world.faults().creation_refused = "exceeded quota: snapshots";
  world.startBackup(kName);
  world.advance(seconds(12));
  EXPECT_EQ(errorOf(world), "can't execute snapshot backup: exceeded quota: snapshots");
}

TEST(CnpgOperatorTest, LeavesBackupsOfOtherMethodsAlone) {
  TestWorld world;
  world.add(aBackup("barman").byMethod("barmanObjectStore").inPhase("running"));
  world.startBackup(kName);
  world.advance(minutes(5));
  EXPECT_EQ(phaseOf(world, "barman"), "running");
  EXPECT_EQ(phaseOf(world), "");
}

TEST(CnpgOperatorTest, OwnsSnapshotsByTheBackupWhenConfigured) {
  TestWorld world;
  world.editCluster([](json::Value& cluster) {
    placeAt(cluster, {"spec", "backup", "volumeSnapshot", "snapshotOwnerReference"}) = "backup";
  });
  world.startBackup(kName);
  world.advance(seconds(20));
  world.server().remove(world.backupRef(kName));
  world.advance(seconds(20));
  EXPECT_THAT(world.snapshotNames(), IsEmpty());
}

TEST(CnpgOperatorTest, LeavesSnapshotsBehindADeletedBackup) {
  TestWorld world;
  world.startBackup(kName);
  world.advance(seconds(20));
  world.server().remove(world.backupRef(kName));
  world.advance(seconds(20));
  EXPECT_THAT(world.snapshotNames(), ElementsAre(kName));
}

}  // namespace
}  // namespace sim
