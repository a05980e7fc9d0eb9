#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/controldata.h"
#include "tests/sim/fields.h"
#include "tests/sim/object_meta.h"
#include "tests/sim/test/api_request.h"
#include "tests/sim/test_world.h"

namespace sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsEmpty;

constexpr const char* kBackup = "backup-20250101-020000";
constexpr const char* kPrimary = "noobaa-db-pg-cluster-1";

class ClusterControllerTest : public testing::Test {
 protected:
  /// A Cluster as a client creates it: no status, perhaps recovered from snapshots.
  void createCluster(const Shape& shape, const std::string& snapshot = "",
                     const std::string& wal_snapshot = "") {
    json::Value cluster = clusterObject(shape, world_.noobaa());
    eraseAt(cluster, {"status"});
    if (!snapshot.empty()) {
      json::Object sources{
          {"storage", json::Object{{"kind", "VolumeSnapshot"}, {"name", snapshot}}}};
      if (!wal_snapshot.empty()) {
        sources.set("walStorage", json::Object{{"kind", "VolumeSnapshot"}, {"name", wal_snapshot}});
      }
      placeAt(cluster, {"spec", "bootstrap"}) =
          json::Object{{"recovery", json::Object{{"volumeSnapshots", std::move(sources)}}}};
    }
    world_.server().create(cluster);
  }
  void removeCluster() {
    world_.server().remove(world_.clusterRef());
    world_.advance(seconds(30));
  }
  std::string phase() const { return textAt(world_.cluster(), {"status", "phase"}); }
  json::Value claim(const std::string& name) const { return world_.get(world_.claimRef(name)); }

  Answer controlDataOf(const std::string& pod) {
    return Requester(world_.server())
        .get("/api/v1/namespaces/noobaa/pods/https:" + pod + ":8000/proxy/pg/controldata");
  }

  TestWorld world_;
};

TEST_F(ClusterControllerTest, InstancesAndClaimsGoWithTheirClusterClaimsLast) {
  world_.server().remove(world_.clusterRef());
  EXPECT_TRUE(world_.get(world_.podRef(kPrimary)).isNull());
  EXPECT_TRUE(isTerminating(claim(kPrimary)));
  world_.advance(seconds(30));
  EXPECT_TRUE(claim(kPrimary).isNull());
}

TEST_F(ClusterControllerTest, RecoversFromASnapshotStepByStep) {
  world_.add(aBackup(kBackup));
  removeCluster();
  createCluster(world_.shape(), kBackup);
  world_.advance(seconds(5));
  EXPECT_EQ(phase(), "Setting up primary");
  EXPECT_EQ(textAt(claim(kPrimary), {"spec", "dataSource", "name"}), kBackup);
  EXPECT_EQ(textAt(claim(kPrimary), {"status", "phase"}), "Pending");
  world_.advance(seconds(10));
  EXPECT_EQ(phase(), "Creating a new replica");
  EXPECT_EQ(textAt(world_.cluster(), {"status", "currentPrimary"}), kPrimary);
  world_.advance(seconds(10));
  EXPECT_EQ(phase(), kHealthyPhase);
  EXPECT_EQ(numberAt(world_.cluster(), {"status", "readyInstances"}), 2);
}

TEST_F(ClusterControllerTest, ARecoveredInstanceTellsOfItsDatabaseByTheApiServersProxy) {
  world_.add(aBackup(kBackup));
  removeCluster();
  createCluster(world_.shape(), kBackup);
  world_.advance(minutes(1));
  const std::string before =
      checkpointIn(annotation(world_.snapshot(kBackup), "cnpg.io/pgControldata"));
  const std::string now = checkpointIn(textAt(controlDataOf(kPrimary).body, {"data"}));
  EXPECT_EQ(now, checkpointAfter(before));
}

TEST_F(ClusterControllerTest, TheProxyLeadsToWhatThereIsAlone) {
  EXPECT_EQ(controlDataOf(kPrimary).status, 200);
  const Answer nobody = controlDataOf("nobody-1");
  EXPECT_EQ(nobody.status, 404);
  EXPECT_EQ(nobody.reason(), "NotFound");
  Requester requester(world_.server());
  EXPECT_EQ(
      requester
          .get("/api/v1/namespaces/noobaa/pods/" + std::string(kPrimary) + ":9187/proxy/metrics")
          .reason(),
      "ServiceUnavailable");
  world_.faults().controldata_missing = true;
  EXPECT_EQ(controlDataOf(kPrimary).status, 500);
  world_.server().forbid("admin", "get", "pods/proxy");
  EXPECT_EQ(controlDataOf(kPrimary).status, 403);
}

TEST_F(ClusterControllerTest, ARecoveredClusterCanBeBackedUp) {
  world_.add(aBackup(kBackup));
  removeCluster();
  createCluster(world_.shape(), kBackup);
  world_.advance(minutes(1));
  world_.startBackup("next");
  world_.advance(seconds(20));
  EXPECT_EQ(textAt(world_.backup("next"), {"status", "phase"}), "completed");
}

TEST_F(ClusterControllerTest, StartsEmptyWithInitdb) {
  removeCluster();
  createCluster(world_.shape());
  world_.advance(minutes(1));
  EXPECT_EQ(phase(), kHealthyPhase);
  EXPECT_FALSE(hasAt(claim(kPrimary), {"spec", "dataSource"}));
}

TEST_F(ClusterControllerTest, SaysNothingWhileTheSnapshotIsMissing) {
  removeCluster();
  createCluster(world_.shape(), kBackup);
  world_.advance(minutes(5));
  EXPECT_FALSE(hasAt(world_.cluster(), {"status"}));
  world_.add(aBackup(kBackup));
  world_.advance(minutes(1));
  EXPECT_EQ(phase(), kHealthyPhase);
}

TEST_F(ClusterControllerTest, SaysNothingAboutASnapshotOfTheWrongRole) {
  world_.add(aBackup(kBackup).withWal());
  removeCluster();
  createCluster(world_.shape(), std::string(kBackup) + "-wal");
  world_.advance(minutes(5));
  EXPECT_EQ(phase(), "");
}

TEST_F(ClusterControllerTest, StopsHalfwayWithoutASourceForTheWal) {
  world_.add(aBackup(kBackup));
  removeCluster();
  Shape with_wal = world_.shape();
  with_wal.wal_storage = true;
  createCluster(with_wal, kBackup);
  world_.advance(minutes(5));
  EXPECT_EQ(phase(), "");
  EXPECT_EQ(numberAt(world_.cluster(), {"status", "latestGeneratedNode"}), 1);
  EXPECT_FALSE(claim(kPrimary).isNull());
}

TEST_F(ClusterControllerTest, RestoresTheWalVolumeToo) {
  world_.add(aBackup(kBackup).withWal());
  removeCluster();
  Shape with_wal = world_.shape();
  with_wal.wal_storage = true;
  createCluster(with_wal, kBackup, std::string(kBackup) + "-wal");
  world_.advance(minutes(1));
  EXPECT_EQ(phase(), kHealthyPhase);
  EXPECT_EQ(textAt(claim(std::string(kPrimary) + "-wal"), {"spec", "dataSource", "name"}),
            std::string(kBackup) + "-wal");
}

TEST_F(ClusterControllerTest, SetsUpForEverFromASnapshotThatIsNotReady) {
  world_.add(aBackup(kBackup).notReady());
  removeCluster();
  createCluster(world_.shape(), kBackup);
  world_.advance(minutes(30));
  EXPECT_EQ(phase(), "Setting up primary");
  EXPECT_EQ(textAt(claim(kPrimary), {"status", "phase"}), "Pending");
}

TEST_F(ClusterControllerTest, SetsUpForEverOnAVolumeSmallerThanTheSnapshot) {
  world_.add(aBackup(kBackup));
  removeCluster();
  Shape small = world_.shape();
  small.volume_size = "20Gi";
  createCluster(small, kBackup);
  world_.advance(minutes(30));
  EXPECT_EQ(phase(), "Setting up primary");
}

TEST_F(ClusterControllerTest, SetsUpForEverAfterTheJobFailed) {
  world_.faults().recovery_job_fails = true;
  world_.add(aBackup(kBackup));
  removeCluster();
  createCluster(world_.shape(), kBackup);
  world_.advance(minutes(30));
  EXPECT_EQ(phase(), "Setting up primary");
  const json::Value job =
      world_.get({jobType(), "noobaa", std::string(kPrimary) + "-snapshot-recovery"});
  EXPECT_EQ(textAt(elementsAt(job, {"status", "conditions"}).at(0), {"type"}), "Failed");
}

TEST_F(ClusterControllerTest, IsUnrecoverableWhileOldClaimsAreTerminating) {
  world_.add(aBackup(kBackup));
  world_.faults().claims_never_go = true;
  removeCluster();
  createCluster(world_.shape(), kBackup);
  world_.advance(minutes(1));
  EXPECT_EQ(phase(), "Cluster is unrecoverable and needs manual intervention");
}

TEST_F(ClusterControllerTest, AdoptsOrphanedClaimsAndIgnoresTheSnapshot) {
  world_.add(aBackup(kBackup));
  for (const char* name : {kPrimary, "noobaa-db-pg-cluster-2"}) {
    world_.server().update(world_.claimRef(name), [](json::Value& object) {
      eraseAt(object, {"metadata", "ownerReferences"});
    });
  }
  removeCluster();
  createCluster(world_.shape(), kBackup);
  world_.advance(minutes(1));
  EXPECT_EQ(phase(), kHealthyPhase);
  EXPECT_FALSE(hasAt(claim(kPrimary), {"spec", "dataSource"}));
  EXPECT_THAT(world_.server().list(jobType(), "noobaa"), IsEmpty());
}

}  // namespace
}  // namespace sim
