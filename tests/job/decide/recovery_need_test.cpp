#include "job/decide/recovery_need.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace job {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RecoveryNeedTest : public testing::Test {
 protected:
  RecoveryNeedTest() {
    system_.name = "noobaa";
    system_.name_space = "ns";
    system_.recovery_snapshot = "backup-1";
    cluster_.name = "noobaa-db-pg-cluster";
    cluster_.name_space = "ns";
    cluster_.group = "postgresql.cnpg.noobaa.io";
  }
  RecoveryNeed withCluster() const { return recoveryNeed(system_, cluster_); }
  RecoveryNeed withoutCluster() const { return recoveryNeed(system_, std::nullopt); }
  void setStatus(const std::string& status, const std::string& snapshot = "backup-1") {
    system_.recovery_status = RecoveryStatus{
        .status = status, .snapshot_name = snapshot, .recovery_time = "2025-01-15T02:00:00Z"};
  }

  NooBaaSystem system_;
  Cluster cluster_;
};

TEST_F(RecoveryNeedTest, AnAbsentClusterIsRecoveredWhateverTheStatusSays) {
  for (const char* status : {"", "Pending", "Running", "Completed", "Failed"}) {
    setStatus(status);
    EXPECT_TRUE(withoutCluster().wanted) << status;
    EXPECT_EQ(withoutCluster().snapshot, "backup-1");
  }
}

TEST_F(RecoveryNeedTest, ADyingClusterIsAsGoodAsAbsent) {
  cluster_.deleting = true;
  EXPECT_TRUE(withCluster().wanted);
}

TEST_F(RecoveryNeedTest, AnotherClusterIsInTheWay) {
  const RecoveryNeed need = withCluster();
  EXPECT_FALSE(need.wanted);
  EXPECT_TRUE(need.in_the_way);
  EXPECT_EQ(need.snapshot, "backup-1");
  EXPECT_THAT(need.why_not, HasSubstr("exists and was not made by this recovery"));
}

TEST_F(RecoveryNeedTest, NothingIsToldToDeleteBeforeItIsKnownThatTheSnapshotIsFit) {
  EXPECT_THAT(withCluster().why_not, Not(HasSubstr("kubectl")));
  cluster_.recovery_source = "backup-0/uid-0";
  EXPECT_THAT(withCluster().why_not, Not(HasSubstr("kubectl")));
}

TEST_F(RecoveryNeedTest, AClusterThatIsBeingMadeBySomebodyElseIsNotInTheWay) {
  setStatus("Running");
  EXPECT_FALSE(withCluster().wanted);
  EXPECT_FALSE(withCluster().in_the_way);
}

TEST_F(RecoveryNeedTest, OneThatSomebodyElseMadeFromTheSnapshotIsDone) {
  cluster_.bootstrap.snapshots = {"backup-1", "backup-1-wal"};
  const RecoveryNeed need = withCluster();
  EXPECT_FALSE(need.wanted);
  EXPECT_FALSE(need.in_the_way);
  EXPECT_THAT(need.why_not,
              AllOf(HasSubstr("was made from backup-1 already"), HasSubstr("take dbRecovery out")));
}

TEST_F(RecoveryNeedTest, OurClusterIsFollowedByItsOwnSnapshotWhateverIsWantedMeanwhile) {
  cluster_.recovery_source = "backup-0/uid-0";
  for (const char* status : {"Pending", "Running", "Failed"}) {
    setStatus(status, "backup-0");
    EXPECT_TRUE(withCluster().wanted) << status;
    EXPECT_EQ(withCluster().snapshot, "backup-0") << status;
  }
  setStatus("Completed", "backup-0");
  EXPECT_FALSE(withCluster().wanted);
  EXPECT_TRUE(withCluster().in_the_way);
  EXPECT_EQ(withCluster().snapshot, "backup-1");
}

TEST_F(RecoveryNeedTest, WhereNothingIsUnderWayAPendingIsOver) {
  EXPECT_TRUE(withCluster().over);
  EXPECT_FALSE(withoutCluster().over);
  system_.recovery_snapshot.reset();
  EXPECT_TRUE(withoutCluster().over);
  EXPECT_TRUE(withCluster().over);
}

TEST_F(RecoveryNeedTest, ASystemThatIsBeingDeletedGetsNothingBack) {
  system_.deleting = true;
  EXPECT_FALSE(withoutCluster().wanted);
  EXPECT_FALSE(withoutCluster().over);
  EXPECT_THAT(withoutCluster().why_not, HasSubstr("is being deleted"));
}

TEST_F(RecoveryNeedTest, OurClusterIsFollowedUntilItIsCompleted) {
  cluster_.recovery_source = "backup-1/uid-1";
  EXPECT_TRUE(withCluster().wanted);
  for (const char* status : {"Pending", "Running", "Failed"}) {
    setStatus(status);
    EXPECT_TRUE(withCluster().wanted) << status;
  }
  setStatus("Completed");
  EXPECT_FALSE(withCluster().wanted);
  EXPECT_THAT(withCluster().why_not, HasSubstr("was recovered from backup-1"));
}

TEST_F(RecoveryNeedTest, AnEarlierRecoverysCompletedIsNotThisOnes) {
  cluster_.recovery_source = "backup-1/uid-1";
  setStatus("Completed", "backup-0");
  EXPECT_TRUE(withCluster().wanted);
}

TEST_F(RecoveryNeedTest, AClusterFromAnotherSnapshotHasToBeDeletedFirst) {
  cluster_.recovery_source = "backup-0/uid-0";
  EXPECT_FALSE(withCluster().wanted);
  EXPECT_TRUE(withCluster().in_the_way);
  EXPECT_THAT(withCluster().why_not,
              AllOf(HasSubstr("from backup-0"), HasSubstr("dbRecovery names backup-1")));
}

TEST_F(RecoveryNeedTest, WithoutTheWishNothingIsRecovered) {
  system_.recovery_snapshot.reset();
  EXPECT_FALSE(withoutCluster().wanted);
  EXPECT_FALSE(withCluster().wanted);
}

TEST_F(RecoveryNeedTest, WhatWasBegunIsFollowedAlsoWithoutTheWish) {
  system_.recovery_snapshot.reset();
  cluster_.recovery_source = "backup-1/uid-1";
  setStatus("Running");
  EXPECT_TRUE(withCluster().wanted);
  EXPECT_EQ(withCluster().snapshot, "backup-1");
  setStatus("Completed");
  EXPECT_FALSE(withCluster().wanted);
}

TEST_F(RecoveryNeedTest, AnExternalDatabaseIsNotOurs) {
  system_.external_postgres = true;
  EXPECT_FALSE(withoutCluster().wanted);
}

}  // namespace
}  // namespace job
