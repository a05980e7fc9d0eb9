#include "job/decide/recovery_need.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace job {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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

TEST_F(RecoveryNeedTest, AnotherClusterIsInTheWayAndToldWithTheCommand) {
  const RecoveryNeed need = withCluster();
  EXPECT_FALSE(need.wanted);
  EXPECT_THAT(need.why_not, AllOf(HasSubstr("exists"), HasSubstr("delete it first"),
                                  HasSubstr("delete clusters.postgresql.cnpg.noobaa.io "
                                            "noobaa-db-pg-cluster")));
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
  EXPECT_THAT(withCluster().why_not,
              AllOf(HasSubstr("from backup-0"), HasSubstr("delete the Cluster first")));
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
