#include "job/model/noobaa_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/json_objects.h"

namespace job {
namespace {

using testing::ElementsAre;

class NooBaaSystemTest : public testing::Test {
 protected:
  NooBaaSystemTest()
      : object_(parsed(R"({
          "metadata": {"name": "noobaa", "namespace": "openshift-storage", "uid": "u1",
                       "resourceVersion": "7"},
          "spec": {"dbSpec": {}}})")) {}

  json::Value& backup() { return object_["spec"]["dbSpec"]["dbBackup"]; }
  NooBaaSystem read() const { return readNooBaaSystem(object_).value(); }
  std::string problem() const { return readNooBaaSystem(object_).error().message(); }

  json::Value object_;
};

TEST_F(NooBaaSystemTest, ReadsASystemWithoutBackups) {
  const NooBaaSystem system = read();
  EXPECT_EQ(system.name, "noobaa");
  EXPECT_EQ(system.name_space, "openshift-storage");
  EXPECT_EQ(system.uid, "u1");
  EXPECT_EQ(system.resource_version, "7");
  EXPECT_TRUE(system.has_db_spec);
  EXPECT_FALSE(system.external_postgres);
  EXPECT_FALSE(system.backup);
  EXPECT_FALSE(system.recovery_snapshot);
  EXPECT_FALSE(system.backup_status);
  EXPECT_FALSE(system.recovery_status);
}

TEST_F(NooBaaSystemTest, SeesThatASystemIsBeingDeleted) {
  EXPECT_FALSE(read().deleting);
  object_["metadata"]["deletionTimestamp"] = "2025-01-15T02:00:00Z";
  EXPECT_TRUE(read().deleting);
}

TEST_F(NooBaaSystemTest, ReadsHowARecoveryStands) {
  object_["status"]["dbStatus"]["recoveryStatus"] = parsed(
      R"({"status": "Running", "snapshotName": "backup-1", "recoveryTime": "2025-01-15T02:00:00Z"})");
  EXPECT_EQ(read().recovery_status, (RecoveryStatus{.status = "Running",
                                                    .snapshot_name = "backup-1",
                                                    .recovery_time = "2025-01-15T02:00:00Z"}));
}

TEST_F(NooBaaSystemTest, ReadsASystemWithoutDbSpec) {
  object_["spec"] = nullptr;
  EXPECT_FALSE(read().has_db_spec);
  EXPECT_FALSE(read().backup);
}

TEST_F(NooBaaSystemTest, ReadsTheNestedForm) {
  backup() = parsed(R"({"schedule": "0 2 * * *",
    "volumeSnapshot": {"volumeSnapshotClass": "csi-snapshots", "maxSnapshots": 5}})");
  ASSERT_TRUE(read().backup);
  EXPECT_EQ(read().backup->schedule, "0 2 * * *");
  EXPECT_EQ(read().backup->snapshot_class, "csi-snapshots");
  EXPECT_EQ(read().backup->max_snapshots, 5);
}

TEST_F(NooBaaSystemTest, ReadsTheFlatForm) {
  backup() = parsed(
      R"({"schedule": "0 2 * * *", "volumeSnapshotClass": "csi-snapshots", "maxSnapshots": 5})");
  EXPECT_EQ(read().backup->snapshot_class, "csi-snapshots");
  EXPECT_EQ(read().backup->max_snapshots, 5);
}

TEST_F(NooBaaSystemTest, ReadsBothFormsWhenTheyAgree) {
  backup() = parsed(R"({"volumeSnapshotClass": "a", "maxSnapshots": 5,
                        "volumeSnapshot": {"volumeSnapshotClass": "a", "maxSnapshots": 5}})");
  EXPECT_EQ(read().backup->snapshot_class, "a");
  EXPECT_EQ(read().backup->max_snapshots, 5);
}

TEST_F(NooBaaSystemTest, RefusesBothFormsWhenTheyDiffer) {
  backup() =
      parsed(R"({"volumeSnapshotClass": "a", "volumeSnapshot": {"volumeSnapshotClass": "b"}})");
  EXPECT_EQ(
      problem(),
      ".spec.dbSpec.dbBackup.volumeSnapshotClass: is \"a\", but "
      ".spec.dbSpec.dbBackup.volumeSnapshot.volumeSnapshotClass is \"b\": remove one of them");
  backup() = parsed(R"({"maxSnapshots": 3, "volumeSnapshot": {"maxSnapshots": 5}})");
  EXPECT_EQ(problem(),
            ".spec.dbSpec.dbBackup.maxSnapshots: is 3, but "
            ".spec.dbSpec.dbBackup.volumeSnapshot.maxSnapshots is 5: remove one of them");
}

TEST_F(NooBaaSystemTest, KeepsWhatIsMissingOrSenselessForThePolicyToJudge) {
  backup() = parsed(R"({"schedule": "12345", "volumeSnapshot": {"maxSnapshots": -1}})");
  EXPECT_EQ(read().backup->schedule, "12345");
  EXPECT_EQ(read().backup->snapshot_class, std::nullopt);
  EXPECT_EQ(read().backup->max_snapshots, -1);
}

TEST_F(NooBaaSystemTest, NamesThePathOfAWrongType) {
  backup() = parsed(R"({"volumeSnapshot": {"maxSnapshots": "5"}})");
  EXPECT_EQ(problem(),
            ".spec.dbSpec.dbBackup.volumeSnapshot.maxSnapshots: must be an integer, is \"5\"");
}

TEST_F(NooBaaSystemTest, ReadsTheSnapshotToRecoverFrom) {
  object_["spec"]["dbSpec"]["dbRecovery"]["volumeSnapshotName"] = "backup-1";
  EXPECT_EQ(read().recovery_snapshot, "backup-1");
}

TEST_F(NooBaaSystemTest, RefusesARecoveryFromNothing) {
  constexpr const char* kPath = ".spec.dbSpec.dbRecovery.volumeSnapshotName";
  json::Value& recovery = object_["spec"]["dbSpec"]["dbRecovery"];
  recovery = json::Object();
  EXPECT_EQ(readNooBaaSystem(object_).error().path, kPath);
  recovery["volumeSnapshotName"] = "";
  EXPECT_EQ(readNooBaaSystem(object_).error().path, kPath);
}

TEST_F(NooBaaSystemTest, KnowsAnExternalPostgres) {
  object_["spec"]["externalPgSecret"]["name"] = "my-postgres";
  EXPECT_TRUE(read().external_postgres);
}

TEST_F(NooBaaSystemTest, ReadsTheStatusAsItStands) {
  object_["status"]["dbStatus"]["backupStatus"] = parsed(R"({
    "lastBackupTime": "2025-01-15T00:02:00Z", "nextBackupTime": "2025-01-16T00:00:00Z",
    "totalSnapshots": 2, "availableSnapshots": ["b1", "b2"]})");
  const auto status = read().backup_status;
  ASSERT_TRUE(status);
  EXPECT_EQ(status->last_backup_time, "2025-01-15T00:02:00Z");
  EXPECT_EQ(status->next_backup_time, "2025-01-16T00:00:00Z");
  EXPECT_EQ(status->total_snapshots, 2);
  EXPECT_THAT(status->available_snapshots, ElementsAre("b1", "b2"));
}

TEST_F(NooBaaSystemTest, ReadsAbsentStatusFieldsAsEmpty) {
  object_["status"]["dbStatus"]["backupStatus"] = json::Object();
  EXPECT_EQ(read().backup_status, BackupStatus());
}

TEST_F(NooBaaSystemTest, OwnsAsControllerWithoutBlockingItsOwnDeletion) {
  NooBaaSystem system;
  system.name = "noobaa";
  system.uid = "u";
  EXPECT_EQ(ownerReferenceTo(system), parsed(R"({"apiVersion": "noobaa.io/v1alpha1",
    "kind": "NooBaa", "name": "noobaa", "uid": "u", "controller": true,
    "blockOwnerDeletion": false})"));
}

}  // namespace
}  // namespace job
