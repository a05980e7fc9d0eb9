#include "job/model/volume_snapshot.h"

#include <gtest/gtest.h>

#include "tests/job/builders.h"
#include "tests/job/json_objects.h"

namespace job {
namespace {

class VolumeSnapshotTest : public testing::Test {
 protected:
  VolumeSnapshotTest()
      : object_(parsed(R"({
          "metadata": {
            "name": "backup-1", "namespace": "noobaa", "uid": "u1", "resourceVersion": "7",
            "creationTimestamp": "2025-01-15T00:01:00Z",
            "labels": {"cnpg.io/cluster": "noobaa-db-pg-cluster", "cnpg.io/backupName": "backup-1",
                       "cnpg.io/majorVersion": "16"},
            "annotations": {
              "cnpg.io/pvcRole": "PG_DATA", "cnpg.io/onlineBackup": "false",
              "cnpg.io/backupStartTime": "2025-01-15T00:00:00Z",
              "cnpg.io/backupEndTime": "2025-01-15T00:02:00Z"}},
          "spec": {"source": {"persistentVolumeClaimName": "noobaa-db-pg-cluster-2"},
                   "volumeSnapshotClassName": "csi-snapshots"},
          "status": {"readyToUse": true, "restoreSize": "50Gi"}})")) {}

  void label(std::string_view key, json::Value value) {
    object_["metadata"]["labels"][key] = std::move(value);
  }
  void annotate(std::string_view key, json::Value value) {
    object_["metadata"]["annotations"][key] = std::move(value);
  }
  VolumeSnapshot read() const { return readVolumeSnapshot(object_).value(); }

  json::Value object_;
};

TEST_F(VolumeSnapshotTest, ReadsWhatCnpgMade) {
  const VolumeSnapshot snapshot = read();
  EXPECT_EQ(snapshot.name, "backup-1");
  EXPECT_EQ(snapshot.uid, "u1");
  EXPECT_EQ(snapshot.resource_version, "7");
  EXPECT_EQ(snapshot.cluster, kTestCluster);
  EXPECT_EQ(snapshot.backup_name, "backup-1");
  EXPECT_EQ(snapshot.role, VolumeRole::kData);
  EXPECT_EQ(snapshot.source_pvc, "noobaa-db-pg-cluster-2");
  EXPECT_TRUE(snapshot.ready);
  EXPECT_EQ(snapshot.restore_size, "50Gi");
  EXPECT_EQ(snapshot.created.instant(), atMinute(1));
  EXPECT_EQ(snapshot.backup_start.instant(), atMinute(0));
  EXPECT_EQ(snapshot.backup_end.instant(), atMinute(2));
  EXPECT_FALSE(snapshot.deleting);
  EXPECT_FALSE(snapshot.ours);
  EXPECT_FALSE(snapshot.held);
}

TEST_F(VolumeSnapshotTest, ReadsTheRoleOfEveryVolume) {
  annotate("cnpg.io/pvcRole", "PG_WAL");
  EXPECT_EQ(read().role, VolumeRole::kWal);
  annotate("cnpg.io/pvcRole", "PG_TABLESPACE");
  label("cnpg.io/tablespaceName", "hot");
  EXPECT_EQ(read().role, VolumeRole::kTablespace);
  EXPECT_EQ(read().tablespace, "hot");
}

TEST_F(VolumeSnapshotTest, HasNoRoleWhenItIsUnknownOrAbsent) {
  annotate("cnpg.io/pvcRole", "PG_TEMP");
  EXPECT_EQ(read().role, std::nullopt);
  annotate("cnpg.io/pvcRole", nullptr);
  EXPECT_EQ(read().role, std::nullopt);
}

TEST_F(VolumeSnapshotTest, ReadsAForeignSnapshotWithoutCnpgsMarks) {
  object_["metadata"]["labels"] = nullptr;
  object_["metadata"]["annotations"] = nullptr;
  object_["spec"] = parsed(R"({"source": {"volumeSnapshotContentName": "content-1"}})");
  object_["status"] = nullptr;
  const VolumeSnapshot snapshot = read();
  EXPECT_EQ(snapshot.backup_name, "");
  EXPECT_EQ(snapshot.source_pvc, "");
  EXPECT_FALSE(snapshot.ready);
  EXPECT_TRUE(snapshot.backup_end.absent());
}

TEST_F(VolumeSnapshotTest, IsReadWithAnUnreadableEndTime) {
  annotate("cnpg.io/backupEndTime", "2025-01-15 00:02");
  EXPECT_TRUE(read().backup_end.unreadable());
}

TEST_F(VolumeSnapshotTest, TakesTheVolumesFromTheManifest) {
  annotate("cnpg.io/clusterManifest",
           R"({"spec": {"walStorage": {"size": "1Gi"}, "tablespaces": [{"name": "hot"}]}})");
  EXPECT_EQ(read().manifest_volumes, (VolumeSet{.wal = true, .tablespaces = {"hot"}}));
  annotate("cnpg.io/clusterManifest", R"({"spec": {"instances": 2}})");
  EXPECT_EQ(read().manifest_volumes, VolumeSet());
}

TEST_F(VolumeSnapshotTest, IsReadWithAnUnreadableManifest) {
  for (const char* manifest : {"", "{\"spec\": ", "[]", "{}", R"({"spec": null})", "\xff"}) {
    annotate("cnpg.io/clusterManifest", manifest);
    EXPECT_EQ(read().manifest_volumes, std::nullopt) << manifest;
  }
}

TEST_F(VolumeSnapshotTest, TakesTheUidOfItsClusterFromTheManifest) {
  EXPECT_EQ(read().manifest_cluster_uid, "");
  annotate("cnpg.io/clusterManifest", R"({"metadata": {"uid": "u-1"}, "spec": {}})");
  EXPECT_EQ(read().manifest_cluster_uid, "u-1");
}

TEST_F(VolumeSnapshotTest, ReadsTheControlData) {
  EXPECT_EQ(read().control_data, std::nullopt);
  annotate("cnpg.io/pgControldata", "Database cluster state:    shut down in recovery\n");
  ASSERT_TRUE(read().control_data);
  EXPECT_EQ(read().control_data->state, "shut down in recovery");
}

TEST_F(VolumeSnapshotTest, KnowsAnOnlineBackupByItsLabelFileAndNotByTheAnnotationThatLies) {
  annotate("cnpg.io/onlineBackup", "true");
  EXPECT_FALSE(read().has_label_file);
  annotate("cnpg.io/backupLabelFile", "");
  EXPECT_FALSE(read().has_label_file);
  annotate("cnpg.io/backupLabelFile", "U1RBUlQ=");
  EXPECT_TRUE(read().has_label_file);
}

TEST_F(VolumeSnapshotTest, ReadsOurOwnMarks) {
  label("noobaa.io/db-backup", "true");
  label("noobaa.io/db-backup-run", "run-1");
  annotate("noobaa.io/db-backup-hold", "for the audit");
  annotate("noobaa.io/db-backup-verdict", "certified");
  const VolumeSnapshot snapshot = read();
  EXPECT_TRUE(snapshot.ours);
  EXPECT_EQ(snapshot.run, "run-1");
  EXPECT_TRUE(snapshot.held);
  EXPECT_EQ(snapshot.recorded_verdict, "certified");
}

TEST_F(VolumeSnapshotTest, IsReadyOnlyWhenItsStatusSaysSo) {
  object_["status"] = parsed(R"({"readyToUse": false, "error": {"message": "no space"}})");
  EXPECT_FALSE(read().ready);
  EXPECT_EQ(read().error, "no space");
}

TEST_F(VolumeSnapshotTest, ReadsASizeThatIsAPlainNumber) {
  object_["status"]["restoreSize"] = std::int64_t{53687091200};
  EXPECT_EQ(read().restore_size, "53687091200");
}

TEST_F(VolumeSnapshotTest, SeesThatItIsBeingDeleted) {
  object_["metadata"]["deletionTimestamp"] = "2025-01-15T00:05:00Z";
  EXPECT_TRUE(read().deleting);
}

TEST_F(VolumeSnapshotTest, NamesThePathOfWhatIsWrong) {
  object_["status"]["readyToUse"] = "true";
  EXPECT_EQ(readVolumeSnapshot(object_).error().message(),
            ".status.readyToUse: must be a boolean, is \"true\"");
}

}  // namespace
}  // namespace job
