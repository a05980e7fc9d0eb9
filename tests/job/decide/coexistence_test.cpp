#include "job/decide/coexistence.h"

#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

ScheduledBackup aSchedule(const std::string& name) {
  ScheduledBackup schedule;
  schedule.name = name;
  schedule.cluster = kTestCluster;
  return schedule;
}

bool belongs(const BackupGroup& group) {
  return belongsToSchedule(group, {aSchedule("nightly")});
}

TEST(CoexistenceTest, FindsTheSchedulesOfTheClusterThatAreNotSuspended) {
  ScheduledBackup suspended = aSchedule("suspended");
  suspended.suspended = true;
  ScheduledBackup other = aSchedule("other");
  other.cluster = "other";
  const auto active = activeSchedules({suspended, aSchedule("nightly"), other}, kTestCluster);
  ASSERT_EQ(active.size(), 1U);
  EXPECT_EQ(active[0].name, "nightly");
}

TEST(CoexistenceTest, KnowsAScheduledBackupByTheLabelOfEitherPart) {
  EXPECT_TRUE(belongs(aGroup("b", aBackup("b").scheduledBy("nightly"), {aSnapshot("b")})));
  EXPECT_TRUE(belongs(aGroup("b", {}, {aSnapshot("b").scheduledBy("nightly")})));
  EXPECT_FALSE(belongs(aGroup("b", aBackup("b").scheduledBy("weekly"), {aSnapshot("b")})));
}

TEST(CoexistenceTest, KnowsAScheduledBackupByItsNameWhenTheBackupIsGone) {
  EXPECT_TRUE(belongs(aGroup("nightly-20250115020000", {}, {aSnapshot("nightly-20250115020000")})));
  EXPECT_TRUE(belongs(aGroup("nightly-20250115020000-1", {}, {})));
}

TEST(CoexistenceTest, GoesByTheLabelAloneWhileTheBackupIsThere) {
  const std::string name = "nightly-20250115020000";
  EXPECT_FALSE(belongs(aGroup(name, aBackup(name), {aSnapshot(name)})));
}

TEST(CoexistenceTest, DoesNotTakeASimilarNameForAScheduledBackup) {
  for (const char* name :
       {"nightly", "nightly-", "nightly-before-upgrade", "nightly2-20250115020000",
        "nightly-2025011502000", "nightly-2025011502000x", "my-nightly-20250115020000"}) {
    EXPECT_FALSE(belongs(aGroup(name, {}, {aSnapshot(name)}))) << name;
  }
}

TEST(CoexistenceTest, KnowsNoScheduledBackupWithoutASchedule) {
  EXPECT_FALSE(belongsToSchedule(
      aGroup("nightly-20250115020000", aBackup("b").scheduledBy("nightly"), {}), {}));
}

}  // namespace
}  // namespace job
