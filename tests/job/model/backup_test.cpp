#include "job/model/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"
#include "tests/job/json_objects.h"

namespace job {
namespace {

class BackupTest : public testing::Test {
 protected:
  /// A completed offline backup, changed by the merge of `patch`.
  static tl::expected<Backup, json::Error> read(std::string_view patch = "{}") {
    json::Value object = parsed(R"({
      "apiVersion": "postgresql.cnpg.io/v1", "kind": "Backup",
      "metadata": {
        "name": "backup-20250115-000000", "namespace": "noobaa", "uid": "u1", "resourceVersion": "7",
        "creationTimestamp": "2025-01-15T00:00:00Z",
        "labels": {"noobaa.io/db-backup": "true", "noobaa.io/db-backup-run": "run-1",
                   "cnpg.io/scheduled-backup": "nightly"}},
      "spec": {"cluster": {"name": "noobaa-db-pg-cluster"}, "method": "volumeSnapshot",
               "online": false, "target": "prefer-standby"},
      "status": {"phase": "completed", "startedAt": "2025-01-15T00:01:00Z",
                 "stoppedAt": "2025-01-15T00:02:00Z", "online": true,
                 "instanceID": {"podName": "noobaa-db-pg-cluster-2", "ContainerID": "c"}}})");
    mergeInto(object, parsed(patch));
    return readBackup(object);
  }

  static BackupProgress progressIn(const std::string& phase) {
    return read(R"({"status": {"phase": ")" + phase + "\"}}").value().progress;
  }
};

TEST_F(BackupTest, ReadsACompletedBackup) {
  const auto backup = read();
  ASSERT_TRUE(backup) << backup.error().message();
  EXPECT_EQ(backup->name, "backup-20250115-000000");
  EXPECT_EQ(backup->uid, "u1");
  EXPECT_EQ(backup->resource_version, "7");
  EXPECT_EQ(backup->cluster, kTestCluster);
  EXPECT_TRUE(backup->isVolumeSnapshot());
  EXPECT_EQ(backup->phase, "completed");
  EXPECT_EQ(backup->progress, BackupProgress::kCompleted);
  EXPECT_EQ(backup->instance, "noobaa-db-pg-cluster-2");
  EXPECT_EQ(backup->created.instant(), atMinute(0));
  EXPECT_EQ(backup->started.instant(), atMinute(1));
  EXPECT_EQ(backup->stopped.instant(), atMinute(2));
  EXPECT_TRUE(backup->ours);
  EXPECT_EQ(backup->run, "run-1");
  EXPECT_EQ(backup->scheduled_by, "nightly");
  EXPECT_FALSE(backup->held);
  EXPECT_FALSE(backup->deleting);
}

TEST_F(BackupTest, TakesOnlineFromTheSpecAndNeverFromTheStatus) {
  EXPECT_EQ(read()->online, false);
  EXPECT_EQ(read(R"({"spec": {"online": null}})")->online, std::nullopt);
  EXPECT_EQ(read(R"({"spec": {"online": true}, "status": {"online": false}})")->online, true);
}

TEST_F(BackupTest, KnowsAnOnlineBackupByItsLabelFile) {
  EXPECT_FALSE(read(R"({"status": {"backupLabelFile": ""}})")->has_label_file);
  EXPECT_TRUE(read(R"({"status": {"backupLabelFile": "U1RBUlQ="}})")->has_label_file);
}

TEST_F(BackupTest, IsOfTheMethodCnpgDefaultsTo) {
  const auto backup = read(R"({"spec": {"method": null}})");
  EXPECT_EQ(backup->method, "barmanObjectStore");
  EXPECT_FALSE(backup->isVolumeSnapshot());
}

TEST_F(BackupTest, HasEndedOnlyInThePhasesThatEndIt) {
  EXPECT_EQ(progressIn("completed"), BackupProgress::kCompleted);
  EXPECT_EQ(progressIn("failed"), BackupProgress::kFailed);
  EXPECT_EQ(progressIn("invalid backup definition"), BackupProgress::kFailed);
  for (const char* phase : {"", "pending", "started", "running", "finalizing",
                            "walArchivingFailing", "Completed", "some phase of next year"}) {
    EXPECT_EQ(progressIn(phase), BackupProgress::kInFlight) << phase;
  }
}

TEST_F(BackupTest, IsInFlightBeforeCnpgLookedAtIt) {
  const auto backup = read(R"({"status": null})");
  ASSERT_TRUE(backup);
  EXPECT_EQ(backup->phase, "");
  EXPECT_EQ(backup->progress, BackupProgress::kInFlight);
  EXPECT_TRUE(backup->started.absent());
}

TEST_F(BackupTest, HasFailedWhenItsReconciliationTerminatedWithoutCompleting) {
  const auto progress = [](const std::string& phase) {
    return read(R"({"status": {"reconciliationTerminatedAt": "2025-01-15T00:03:00Z", "phase": ")" +
                phase + "\"}}")
        ->progress;
  };
  EXPECT_EQ(progress("started"), BackupProgress::kFailed);
  EXPECT_EQ(progress("completed"), BackupProgress::kCompleted);
}

TEST_F(BackupTest, IsHeldByAnyValueButFalse) {
  const auto held = [](const std::string& value) {
    return read(R"({"metadata": {"annotations": {"noobaa.io/db-backup-hold": )" + value + "}}}")
        ->held;
  };
  EXPECT_TRUE(held(R"("true")"));
  EXPECT_TRUE(held(R"("before the upgrade")"));
  EXPECT_TRUE(held(R"("")"));
  EXPECT_FALSE(held(R"("false")"));
}

TEST_F(BackupTest, IsOursOnlyByTheLabelsValueTrue) {
  EXPECT_FALSE(read(R"({"metadata": {"labels": {"noobaa.io/db-backup": "yes"}}})")->ours);
  EXPECT_FALSE(read(R"({"metadata": {"labels": null}})")->ours);
}

TEST_F(BackupTest, KeepsAnUnreadableTimeApart) {
  const auto backup = read(R"({"status": {"startedAt": "soon"}})");
  ASSERT_TRUE(backup);
  EXPECT_TRUE(backup->started.unreadable());
}

TEST_F(BackupTest, NamesThePathOfWhatIsWrong) {
  EXPECT_EQ(read(R"({"spec": {"cluster": null}})").error().message(),
            ".spec.cluster.name: is required");
  EXPECT_EQ(read(R"({"spec": {"online": "no"}})").error().message(),
            ".spec.online: must be a boolean, is \"no\"");
  EXPECT_EQ(read(R"({"metadata": {"uid": null}})").error().path, ".metadata.uid");
}

TEST_F(BackupTest, SeesThatItIsBeingDeleted) {
  EXPECT_TRUE(read(R"({"metadata": {"deletionTimestamp": "2025-01-15T00:05:00Z"}})")->deleting);
}

}  // namespace
}  // namespace job
