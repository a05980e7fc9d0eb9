#include "job/model/scheduled_backup.h"

#include <gtest/gtest.h>

#include "tests/job/json_objects.h"

namespace job {
namespace {

constexpr const char* kScheduledBackup = R"({
  "metadata": {"name": "nightly", "uid": "u1", "resourceVersion": "7",
    "ownerReferences": [
      {"kind": "StorageCluster", "name": "ocs"},
      {"kind": "NooBaa", "name": "noobaa", "controller": true}]},
  "spec": {"cluster": {"name": "noobaa-db-pg-cluster"}, "schedule": "0 0 2 * * *"}})";

TEST(ScheduledBackupTest, ReadsItsClusterAndController) {
  const auto schedule = readScheduledBackup(parsed(kScheduledBackup));
  ASSERT_TRUE(schedule) << schedule.error().message();
  EXPECT_EQ(schedule->name, "nightly");
  EXPECT_EQ(schedule->uid, "u1");
  EXPECT_EQ(schedule->cluster, "noobaa-db-pg-cluster");
  EXPECT_EQ(schedule->owner_kind, "NooBaa");
}

TEST(ScheduledBackupTest, IsSuspendedOnlyWhenItSaysSo) {
  json::Value object = parsed(kScheduledBackup);
  EXPECT_FALSE(readScheduledBackup(object)->suspended);
  object["spec"]["suspend"] = false;
  EXPECT_FALSE(readScheduledBackup(object)->suspended);
  object["spec"]["suspend"] = true;
  EXPECT_TRUE(readScheduledBackup(object)->suspended);
  object["spec"]["suspend"] = "true";
  EXPECT_EQ(readScheduledBackup(object).error().path, ".spec.suspend");
}

TEST(ScheduledBackupTest, HasNoOwnerKindWithoutAController) {
  json::Value object = parsed(kScheduledBackup);
  object["metadata"]["ownerReferences"] = nullptr;
  EXPECT_EQ(readScheduledBackup(object)->owner_kind, "");
}

}  // namespace
}  // namespace job
