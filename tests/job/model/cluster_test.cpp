#include "job/model/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"
#include "tests/job/json_objects.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ClusterTest : public testing::Test {
 protected:
  ClusterTest()
      : object_(parsed(R"({
          "apiVersion": "postgresql.cnpg.noobaa.io/v1", "kind": "Cluster",
          "metadata": {"name": "noobaa-db-pg-cluster", "namespace": "noobaa", "uid": "u1",
                       "resourceVersion": "7"},
          "spec": {"instances": 2,
            "backup": {"volumeSnapshot": {"className": "csi-snapshots", "online": false}}},
          "status": {"readyInstances": 2, "phase": "Cluster in healthy state",
            "currentPrimary": "noobaa-db-pg-cluster-1", "targetPrimary": "noobaa-db-pg-cluster-1",
            "instancesStatus": {"healthy": ["noobaa-db-pg-cluster-1", "noobaa-db-pg-cluster-2"]},
            "conditions": [{"type": "ContinuousArchiving", "status": "True"},
                           {"type": "Ready", "status": "True"}]}})")) {}

  void annotate(std::string_view key, json::Value value) {
    object_["metadata"]["annotations"][key] = std::move(value);
  }
  Cluster read() const { return readCluster(object_).value(); }

  json::Value object_;
};

TEST_F(ClusterTest, ReadsAHealthyCluster) {
  const Cluster cluster = read();
  EXPECT_EQ(cluster.group, "postgresql.cnpg.noobaa.io");
  EXPECT_EQ(cluster.name, kTestCluster);
  EXPECT_EQ(cluster.name_space, "noobaa");
  EXPECT_EQ(cluster.uid, "u1");
  EXPECT_EQ(cluster.instances, 2);
  EXPECT_EQ(cluster.ready_instances, 2);
  EXPECT_EQ(cluster.phase, kHealthyPhase);
  EXPECT_TRUE(cluster.ready_condition);
  EXPECT_EQ(cluster.current_primary, "noobaa-db-pg-cluster-1");
  EXPECT_EQ(cluster.target_primary, "noobaa-db-pg-cluster-1");
  EXPECT_THAT(cluster.healthy_instances,
              ElementsAre("noobaa-db-pg-cluster-1", "noobaa-db-pg-cluster-2"));
  EXPECT_THAT(cluster.fenced_instances, IsEmpty());
  EXPECT_FALSE(cluster.hibernated);
  EXPECT_FALSE(cluster.deleting);
  EXPECT_TRUE(cluster.has_backup_section);
  EXPECT_EQ(cluster.snapshot_class, "csi-snapshots");
  EXPECT_EQ(cluster.online, false);
  EXPECT_EQ(cluster.snapshot_owner_reference, "none");
}

TEST_F(ClusterTest, HasNoReadyInstancesWhenTheFieldIsOmitted) {
  object_["status"]["readyInstances"] = nullptr;
  EXPECT_EQ(read().ready_instances, 0);
}

TEST_F(ClusterTest, IsReadyOnlyByTheReadyConditionBeingTrue) {
  object_["status"]["conditions"] = parsed(R"([
    {"type": "ContinuousArchiving", "status": "True"}, {"type": "Ready", "status": "Unknown"}])");
  EXPECT_FALSE(read().ready_condition);
  object_["status"]["conditions"] = nullptr;
  EXPECT_FALSE(read().ready_condition);
}

TEST_F(ClusterTest, ReadsTheFencedInstances) {
  annotate("cnpg.io/fencedInstances", R"(["noobaa-db-pg-cluster-2"])");
  EXPECT_THAT(read().fenced_instances, ElementsAre("noobaa-db-pg-cluster-2"));
  annotate("cnpg.io/fencedInstances", R"(["*"])");
  EXPECT_THAT(read().fenced_instances, ElementsAre("*"));
  annotate("cnpg.io/fencedInstances", "[]");
  EXPECT_THAT(read().fenced_instances, IsEmpty());
}

TEST_F(ClusterTest, TakesAnUnreadableFenceForAFence) {
  for (const char* text : {"noobaa-db-pg-cluster-2", "[", "[1]", "{}", ""}) {
    annotate("cnpg.io/fencedInstances", text);
    EXPECT_THAT(read().fenced_instances, ElementsAre(text));
  }
}

TEST_F(ClusterTest, IsHibernatedOnlyByOn) {
  annotate("cnpg.io/hibernation", "off");
  EXPECT_FALSE(read().hibernated);
  annotate("cnpg.io/hibernation", "on");
  EXPECT_TRUE(read().hibernated);
}

TEST_F(ClusterTest, ReadsItsVolumes) {
  EXPECT_EQ(read().volumes, VolumeSet());
  object_["spec"]["walStorage"] = parsed(R"({"size": "1Gi"})");
  object_["spec"]["tablespaces"] = parsed(R"([{"name": "cold"}, {"name": "hot"}])");
  EXPECT_EQ(read().volumes, (VolumeSet{.wal = true, .tablespaces = {"cold", "hot"}}));
  EXPECT_EQ(volumesOf(object_), read().volumes);
}

TEST_F(ClusterTest, ReadsAClusterWithoutABackupSection) {
  object_["spec"]["backup"] = nullptr;
  const Cluster cluster = read();
  EXPECT_FALSE(cluster.has_backup_section);
  EXPECT_EQ(cluster.snapshot_class, "");
  EXPECT_EQ(cluster.online, std::nullopt);
}

TEST_F(ClusterTest, ReadsTheClassesOfTheOtherVolumes) {
  object_["spec"]["backup"]["volumeSnapshot"] = parsed(R"({
    "walClassName": "wal-class", "tablespaceClassName": {"hot": "hot-class"},
    "snapshotOwnerReference": "cluster"})");
  const Cluster cluster = read();
  EXPECT_TRUE(cluster.has_backup_section);
  EXPECT_EQ(cluster.wal_snapshot_class, "wal-class");
  EXPECT_THAT(cluster.tablespace_snapshot_classes, ElementsAre(Pair("hot", "hot-class")));
  EXPECT_EQ(cluster.snapshot_owner_reference, "cluster");
}

TEST_F(ClusterTest, RefersToEverySnapshotItIsBootstrappedFrom) {
  object_["spec"]["bootstrap"]["recovery"] = parsed(R"({
    "volumeSnapshots": {
      "storage": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "b1"},
      "walStorage": {"kind": "VolumeSnapshot", "name": "b1-wal"},
      "tablespaceStorage": {"hot": {"kind": "VolumeSnapshot", "name": "b1-tbs-hot"}}}})");
  EXPECT_THAT(read().bootstrap.snapshots, ElementsAre("b1", "b1-wal", "b1-tbs-hot"));
  EXPECT_THAT(bootstrapReferencesOf(object_).snapshots, ElementsAre("b1", "b1-wal", "b1-tbs-hot"));
}

TEST_F(ClusterTest, RefersToTheBackupItIsBootstrappedFrom) {
  object_["spec"]["bootstrap"]["recovery"] = parsed(R"({"backup": {"name": "b1"}})");
  EXPECT_EQ(read().bootstrap.backup, "b1");
  EXPECT_THAT(read().bootstrap.snapshots, IsEmpty());
}

TEST_F(ClusterTest, RefersToNoSnapshotWhenItIsBootstrappedFromAVolume) {
  object_["spec"]["bootstrap"]["recovery"]["volumeSnapshots"]["storage"] =
      parsed(R"({"kind": "PersistentVolumeClaim", "name": "b1"})");
  EXPECT_THAT(read().bootstrap.snapshots, IsEmpty());
}

TEST_F(ClusterTest, NamesThePathOfWhatIsWrong) {
  object_["spec"]["instances"] = "two";
  EXPECT_EQ(readCluster(object_).error().message(),
            ".spec.instances: must be an integer, is \"two\"");
}

}  // namespace
}  // namespace job
