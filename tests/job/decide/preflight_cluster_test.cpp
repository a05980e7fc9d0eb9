#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job/decide/preflight.h"
#include "tests/job/builders.h"
#include "tests/job/decide/findings.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class PreflightClusterTest : public testing::Test {
 protected:
  std::vector<std::string> offline() const {
    return texts(judgeCluster(cluster_, /*allow_primary=*/false, /*online=*/false));
  }
  std::vector<std::string> offlineOnPrimary() const {
    return texts(judgeCluster(cluster_, /*allow_primary=*/true, /*online=*/false));
  }
  std::vector<std::string> online() const {
    return texts(judgeCluster(cluster_, /*allow_primary=*/false, /*online=*/true));
  }
  void makeSingle() {
    cluster_.instances = 1;
    cluster_.ready_instances = 1;
    cluster_.healthy_instances = {cluster_.current_primary};
  }
  void loseTheStandby() {
    cluster_.ready_instances = 1;
    cluster_.healthy_instances = {cluster_.current_primary};
  }

  Cluster cluster_ = aCluster();
};

TEST_F(PreflightClusterTest, FindsNothingAgainstAHealthyCluster) {
  EXPECT_THAT(offline(), IsEmpty());
  EXPECT_THAT(offlineOnPrimary(), IsEmpty());
  EXPECT_THAT(online(), IsEmpty());
}

TEST_F(PreflightClusterTest, RefusesAClusterThatIsBeingDeleted) {
  cluster_.deleting = true;
  EXPECT_THAT(offline(),
              ElementsAre(AllOf(StartsWith("refuse: Cluster noobaa/" + std::string(kTestCluster)),
                                HasSubstr("metadata.deletionTimestamp"))));
}

TEST_F(PreflightClusterTest, RefusesAHibernatedClusterAndSaysHowToWakeIt) {
  cluster_.hibernated = true;
  EXPECT_THAT(offline(),
              ElementsAre(AllOf(StartsWith("refuse: "), HasSubstr("cnpg.io/hibernation is \"on\""),
                                HasSubstr("kubectl -n noobaa annotate clusters.postgresql.cnpg.io "
                                          "noobaa-db-pg-cluster cnpg.io/hibernation=off "
                                          "--overwrite"))));
}

TEST_F(PreflightClusterTest, WaitsForAFenceToBeLiftedAndSaysHow) {
  cluster_.fenced_instances = {"noobaa-db-pg-cluster-2"};
  EXPECT_THAT(offline(),
              ElementsAre(AllOf(StartsWith("wait: "),
                                HasSubstr("cnpg.io/fencedInstances: noobaa-db-pg-cluster-2"),
                                HasSubstr("kubectl -n noobaa annotate clusters.postgresql.cnpg.io "
                                          "noobaa-db-pg-cluster cnpg.io/fencedInstances-"))));
  cluster_.fenced_instances = {"*"};
  EXPECT_THAT(offline(), ElementsAre(HasSubstr("cnpg.io/fencedInstances: *")));
  EXPECT_THAT(offlineOnPrimary(), ElementsAre(StartsWith("wait: ")));
}

TEST_F(PreflightClusterTest, WaitsForAPhaseThatMayPass) {
  cluster_.phase = "Switchover in progress";
  cluster_.phase_reason = "primary is gone";
  cluster_.ready_condition = false;
  EXPECT_THAT(
      offline(),
      ElementsAre(AllOf(StartsWith("wait: "),
                        HasSubstr("status.phase is \"Switchover in progress\" (primary is gone)"),
                        HasSubstr("kubectl -n noobaa describe clusters.postgresql.cnpg.io"))));
}

TEST_F(PreflightClusterTest, WaitsForAPhaseNobodyWroteYet) {
  cluster_.phase = "";
  EXPECT_THAT(offline(), ElementsAre(AllOf(StartsWith("wait: "), HasSubstr("phase is \"\""))));
}

TEST_F(PreflightClusterTest, DoesNotWaitForAPhaseThatNeedsPeople) {
  for (const char* phase : {"Cluster is unrecoverable and needs manual intervention",
                            "Waiting for user action", "Not enough disk space"}) {
    cluster_.phase = phase;
    EXPECT_THAT(offline(), ElementsAre(AllOf(StartsWith("refuse: "), HasSubstr(phase))));
  }
}

TEST_F(PreflightClusterTest, WaitsForTheReadyCondition) {
  cluster_.ready_condition = false;
  EXPECT_THAT(offline(), ElementsAre(AllOf(StartsWith("wait: "), HasSubstr("condition Ready"))));
}

TEST_F(PreflightClusterTest, WaitsForASwitchoverToEnd) {
  cluster_.target_primary = "noobaa-db-pg-cluster-2";
  EXPECT_THAT(offline(),
              ElementsAre(AllOf(StartsWith("wait: "),
                                HasSubstr("currentPrimary is \"noobaa-db-pg-cluster-1\""),
                                HasSubstr("targetPrimary is \"noobaa-db-pg-cluster-2\""))));
  EXPECT_THAT(offlineOnPrimary(), ElementsAre(StartsWith("wait: ")));
}

TEST_F(PreflightClusterTest, WaitsForEveryInstanceToBeReady) {
  cluster_.instances = 3;
  EXPECT_THAT(offline(),
              ElementsAre(AllOf(StartsWith("wait: "), HasSubstr("2 of 3 instances are ready"),
                                HasSubstr("--allow-primary"))));
}

TEST_F(PreflightClusterTest, WaitsWhileMoreInstancesRunThanAreWanted) {
  cluster_.ready_instances = 3;
  EXPECT_THAT(offline(), ElementsAre(HasSubstr("3 of 2 instances are ready")));
}

TEST_F(PreflightClusterTest, WaitsForAStandbyThatIsKnownToBeReady) {
  cluster_.healthy_instances = {cluster_.current_primary};
  EXPECT_THAT(offline(), ElementsAre(AllOf(StartsWith("wait: "), HasSubstr("no ready standby"),
                                           HasSubstr("--allow-primary"))));
}

TEST_F(PreflightClusterTest, StopsTheOnlyInstanceThereIs) {
  makeSingle();
  EXPECT_THAT(offline(), IsEmpty());
  EXPECT_THAT(offlineOnPrimary(), IsEmpty());
}

TEST_F(PreflightClusterTest, WaitsForTheOnlyInstance) {
  makeSingle();
  cluster_.ready_instances = 0;
  cluster_.healthy_instances = {};
  EXPECT_THAT(offline(), ElementsAre(AllOf(StartsWith("wait: "), HasSubstr("0 of 1"))));
}

TEST_F(PreflightClusterTest, StopsThePrimaryWhenThatIsAllowedAndWarns) {
  loseTheStandby();
  EXPECT_THAT(offline(), ElementsAre(StartsWith("wait: ")));
  EXPECT_THAT(offlineOnPrimary(),
              ElementsAre(AllOf(StartsWith("warn: "), HasSubstr("\"noobaa-db-pg-cluster-1\""),
                                HasSubstr("is stopped"))));
}

TEST_F(PreflightClusterTest, SparesThePrimaryWhereAStandbyIsReadyWhateverIsAllowed) {
  cluster_.instances = 3;
  EXPECT_THAT(offlineOnPrimary(), IsEmpty());
}

TEST_F(PreflightClusterTest, NeverStopsAPrimaryThatIsNotReady) {
  cluster_.ready_instances = 1;
  cluster_.healthy_instances = {"noobaa-db-pg-cluster-2"};
  EXPECT_THAT(offlineOnPrimary(),
              ElementsAre(AllOf(StartsWith("wait: "), HasSubstr("primary"),
                                HasSubstr("\"noobaa-db-pg-cluster-1\" is not ready"))));
}

TEST_F(PreflightClusterTest, TrustsNoHealthyListOfAClusterWithoutReadyInstances) {
  cluster_.ready_instances = 0;
  EXPECT_THAT(offlineOnPrimary(), ElementsAre(HasSubstr("is not ready")));
}

TEST_F(PreflightClusterTest, NeedsNoStandbyOnline) {
  loseTheStandby();
  EXPECT_THAT(online(), IsEmpty());
}

TEST_F(PreflightClusterTest, NeedsAReadyPrimaryOnline) {
  cluster_.healthy_instances = {"noobaa-db-pg-cluster-2"};
  EXPECT_THAT(online(), ElementsAre(StartsWith("wait: ")));
}

TEST_F(PreflightClusterTest, RefusesAnOnlineBackupWhoseVolumesWouldBeOfDifferentMoments) {
  cluster_.volumes = {.wal = true, .tablespaces = {}};
  EXPECT_THAT(online(), ElementsAre(AllOf(StartsWith("refuse: "), HasSubstr("spec.walStorage"),
                                          HasSubstr("--online"))));
  EXPECT_THAT(offline(), IsEmpty());
  cluster_.volumes = {.wal = false, .tablespaces = {"hot"}};
  EXPECT_THAT(online(), ElementsAre(HasSubstr("spec.tablespaces")));
}

TEST_F(PreflightClusterTest, WarnsOfSnapshotsThatDieWithTheCluster) {
  cluster_.snapshot_owner_reference = "cluster";
  EXPECT_THAT(offline(),
              ElementsAre(AllOf(StartsWith("warn: "), HasSubstr("snapshotOwnerReference"),
                                HasSubstr("DELETES EVERY BACKUP"), HasSubstr("\"none\""))));
  for (const char* harmless : {"none", "backup", ""}) {
    cluster_.snapshot_owner_reference = harmless;
    EXPECT_THAT(offline(), IsEmpty()) << harmless;
  }
}

TEST_F(PreflightClusterTest, NamesAllThatIsWrongAtOnce) {
  cluster_.fenced_instances = {"*"};
  cluster_.phase = "Failing over";
  cluster_.target_primary = "pending";
  loseTheStandby();
  EXPECT_THAT(offline(), ElementsAre(HasSubstr("fenced"), HasSubstr("Failing over"),
                                     HasSubstr("switching over"), HasSubstr("1 of 2")));
}

TEST_F(PreflightClusterTest, SpellsNoGroupItDoesNotKnow) {
  cluster_.group = "";
  cluster_.hibernated = true;
  EXPECT_THAT(offline(),
              ElementsAre(HasSubstr("kubectl -n noobaa annotate clusters noobaa-db-pg-cluster")));
}

}  // namespace
}  // namespace job
