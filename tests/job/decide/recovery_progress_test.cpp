#include "job/decide/recovery_progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/time/rfc3339.h"
#include "tests/job/recovery_objects.h"

namespace job {
namespace {

using testing::HasSubstr;
using Cause = RecoveryProgress::Cause;
using State = RecoveryProgress::State;

const std::string kFirst = "noobaa-db-pg-cluster-1";

class RecoveryProgressTest : public testing::Test {
 protected:
  RecoveryProgressTest() {
    seen_.cluster = aRecoveredCluster();
    seen_.claims = {aClaim(kFirst, "b")};
    seen_.snapshots = {aSnapshotObject("b")};
    seen_.now = *timing::parseRfc3339("2025-01-15T10:10:00Z");
  }

  RecoveryProgress progress() { return recoveryProgress(seen_, "b"); }
  void expect(State state, Cause cause, bool must_delete, const std::string& words) {
    const RecoveryProgress found = progress();
    EXPECT_EQ(found.state, state) << found.words;
    EXPECT_EQ(toString(found.cause), toString(cause)) << found.words;
    EXPECT_EQ(found.must_delete, must_delete) << found.words;
    EXPECT_THAT(found.words, HasSubstr(words));
  }

  void edit(std::string_view patch) { seen_.cluster = edited(seen_.cluster, patch); }
  void editClaim(std::string_view patch) {
    seen_.claims.front() = edited(seen_.claims.front(), patch);
  }
  /// The primary is being made: nothing is ready yet.
  void settingUp() {
    edit(R"({"status": {"phase": "Setting up primary", "readyInstances": 0, "currentPrimary": "",
             "latestGeneratedNode": 1, "conditions": [{"type": "Ready", "status": "False"}]}})");
  }
  void claimPending() { editClaim(R"({"status": {"phase": "Pending"}})"); }
  /// CNPG has not got to it, or waits for the snapshot.
  void notBegun() {
    settingUp();
    edit(R"({"status": {"phase": "", "latestGeneratedNode": 0}})");
    seen_.claims.clear();
  }
  static json::Value failedJob(const std::string& name) {
    return edited(aPartOfCluster("Job", name), R"({"status": {"conditions": [
      {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded",
       "message": "Job has reached the specified backoff limit"}]}})");
  }
  static json::Value crashingPod(const std::string& name, int restarts) {
    json::Value status = parsed(R"({"name": "postgres",
      "state": {"waiting": {"reason": "CrashLoopBackOff"}},
      "lastState": {"terminated": {"exitCode": 1, "message": "incompatible"}}})");
    status["restartCount"] = restarts;
    json::Value pod = aPartOfCluster("Pod", name);
    pod["status"]["containerStatuses"] = json::Array{status};
    return pod;
  }
  static json::Value warningAbout(const std::string& claim, const std::string& time,
                                  const std::string& message) {
    json::Value event = parsed(R"({"type": "Warning", "reason": "ProvisioningFailed",
                                   "involvedObject": {"kind": "PersistentVolumeClaim"}})");
    event["involvedObject"]["name"] = claim;
    event["lastTimestamp"] = time;
    event["message"] = message;
    return event;
  }

  RecoverySighting seen_;
};

TEST_F(RecoveryProgressTest, UpAndFromTheSnapshotIsDone) {
  expect(State::kDone, Cause::kProven, false, "was made from VolumeSnapshot b");
}

TEST_F(RecoveryProgressTest, HealthyButOneInstanceShortGoesOn) {
  edit(R"({"status": {"readyInstances": 1}})");
  expect(State::kGoingOn, Cause::kInProgress, false, "1 of 2 instances ready");
}

TEST_F(RecoveryProgressTest, HealthyButNotReadyGoesOn) {
  edit(R"({"status": {"conditions": [{"type": "Ready", "status": "False"}]}})");
  EXPECT_EQ(progress().state, State::kGoingOn);
}

TEST_F(RecoveryProgressTest, HealthyInTheMiddleOfASwitchoverGoesOn) {
  edit(R"({"status": {"targetPrimary": "noobaa-db-pg-cluster-2"}})");
  EXPECT_EQ(progress().state, State::kGoingOn);
}

TEST_F(RecoveryProgressTest, AClaimFromNowhereIsNotTheSnapshots) {
  settingUp();
  seen_.claims.front()["spec"].object()->erase("dataSource");
  expect(State::kFailed, Cause::kNotFromSnapshot, true,
         "was made from no VolumeSnapshot, not from b");
}

TEST_F(RecoveryProgressTest, AClaimFromAnotherSnapshotIsNotTheSnapshots) {
  settingUp();
  seen_.claims = {aClaim(kFirst, "older")};
  expect(State::kFailed, Cause::kNotFromSnapshot, true, "from VolumeSnapshot older, not from b");
}

TEST_F(RecoveryProgressTest, UpWithAClaimOlderThanTheClusterHasTakenItUp) {
  editClaim(R"({"metadata": {"creationTimestamp": "2025-01-15T09:59:59Z"}})");
  expect(State::kFailed, Cause::kNotFromSnapshot, false, "is older than the Cluster");
}

TEST_F(RecoveryProgressTest, UpWithoutTheFirstInstancesClaimIsNeitherProvenNorFailed) {
  seen_.claims = {aClaim("noobaa-db-pg-cluster-2", "b")};
  expect(State::kGoingOn, Cause::kUnproven, false, "nothing proves");
}

TEST_F(RecoveryProgressTest, AFirstInstanceMadeAgainFromTheOthersIsNeitherProvenNorFailed) {
  edit(R"({"status": {"currentPrimary": "noobaa-db-pg-cluster-2",
                      "targetPrimary": "noobaa-db-pg-cluster-2"}})");
  seen_.claims.front()["spec"].object()->erase("dataSource");
  expect(State::kGoingOn, Cause::kUnproven, false, "was made from no VolumeSnapshot");
  edit(R"({"status": {"readyInstances": 1}})");
  expect(State::kGoingOn, Cause::kInProgress, false, "1 of 2 instances ready");
}

TEST_F(RecoveryProgressTest, AFirstInstanceThatEndsAgainAndAgainBehindAnotherPrimaryIsAStandby) {
  edit(R"({"status": {"readyInstances": 1, "currentPrimary": "noobaa-db-pg-cluster-2",
                      "targetPrimary": "noobaa-db-pg-cluster-2"}})");
  seen_.pods = {crashingPod(kFirst, 5)};
  expect(State::kFailed, Cause::kReplicaFailed, false, kFirst);
  seen_.pods.clear();
  seen_.jobs = {failedJob(kFirst + "-join")};
  expect(State::kFailed, Cause::kReplicaFailed, false, kFirst);
}

TEST_F(RecoveryProgressTest, NoDatabaseThatHasBeenUpIsToBeDeleted) {
  seen_.claims.push_back(aClaim("noobaa-db-pg-cluster-2", ""));
  settingUp();  // nothing is ready, and no primary is known any more
  seen_.pods = {crashingPod(kFirst, 5)};
  expect(State::kFailed, Cause::kReplicaFailed, false, "0 of 2 instances are ready");
  seen_.pods.clear();
  edit(R"({"status": {"phase": "Cluster is unrecoverable and needs manual intervention"}})");
  expect(State::kFailed, Cause::kPhase, false, "unrecoverable");
  edit(R"({"spec": {"bootstrap": {"recovery": {"volumeSnapshots": {"storage": {"name": "x"}}}}}})");
  expect(State::kFailed, Cause::kNotFromSnapshot, false, "not from b");
}

TEST_F(RecoveryProgressTest, ASnapshotIsNotMissedByADatabaseThatHasBeenUp) {
  edit(R"({"status": {"phase": "Creating a new replica", "readyInstances": 1}})");
  seen_.claims.clear();
  seen_.snapshots.clear();
  expect(State::kGoingOn, Cause::kInProgress, false, "1 of 2 instances ready");
}

TEST_F(RecoveryProgressTest, AVolumeThatNoSnapshotIsNamedForIsNeverProven) {
  edit(R"({"spec": {"walStorage": {"size": "10Gi"}}})");
  seen_.claims.push_back(aClaim(kFirst + "-wal", ""));
  seen_.claims.back()["spec"].object()->erase("dataSource");
  expect(State::kGoingOn, Cause::kUnproven, false, "names no VolumeSnapshot for PG_WAL");
}

TEST_F(RecoveryProgressTest, OtherDataIsFoundOutBeforeTheDatabaseIsUp) {
  settingUp();
  editClaim(R"({"metadata": {"creationTimestamp": "2025-01-15T09:59:59Z"}})");
  expect(State::kFailed, Cause::kNotFromSnapshot, true, "is older than the Cluster");
}

TEST_F(RecoveryProgressTest, TheWalVolumeIsProvenToo) {
  edit(R"({"spec": {"walStorage": {"size": "10Gi"}, "bootstrap": {"recovery": {"volumeSnapshots":
           {"walStorage": {"name": "b-wal"}}}}}})");
  seen_.snapshots.push_back(aSnapshotObject("b-wal", "PG_WAL"));
  seen_.claims.push_back(aClaim(kFirst + "-wal", "b-wal"));
  EXPECT_EQ(progress().state, State::kDone);
  settingUp();
  seen_.claims.back() = aClaim(kFirst + "-wal", "older-wal");
  expect(State::kFailed, Cause::kNotFromSnapshot, true, kFirst + "-wal");
}

TEST_F(RecoveryProgressTest, TheTablespacesVolumesAreProvenToo) {
  edit(R"({"spec": {"tablespaces": [{"name": "hot_1"}], "bootstrap": {"recovery":
           {"volumeSnapshots": {"tablespaceStorage": {"hot_1": {"name": "b-tbs-hot-1"}}}}}}})");
  seen_.snapshots.push_back(aSnapshotObject("b-tbs-hot-1", "PG_TABLESPACE"));
  json::Value claim = aClaim(kFirst + "-tbs-hot-1", "b-tbs-hot-1");
  claim["metadata"]["labels"]["cnpg.io/tablespaceName"] = "hot_1";
  seen_.claims.push_back(claim);
  EXPECT_EQ(progress().state, State::kDone);
  settingUp();
  seen_.claims.back()["spec"].object()->erase("dataSource");
  expect(State::kFailed, Cause::kNotFromSnapshot, true, kFirst + "-tbs-hot-1");
}

TEST_F(RecoveryProgressTest, AClusterFromAnotherSnapshotIsNotOurs) {
  edit(R"({"spec": {"bootstrap": {"recovery": {"volumeSnapshots": {"storage": {"name": "x"}}}}}})");
  expect(State::kFailed, Cause::kNotFromSnapshot, false,
         "was made from VolumeSnapshot x, not from b");
  settingUp();
  expect(State::kFailed, Cause::kNotFromSnapshot, true, "not from b");
}

TEST_F(RecoveryProgressTest, AClusterThatIsBeingDeletedIsLeftToGo) {
  edit(R"({"metadata": {"deletionTimestamp": "2025-01-15T10:09:00Z"}})");
  expect(State::kGoingOn, Cause::kDeleting, false, "is being deleted");
}

TEST_F(RecoveryProgressTest, SettingUpGoesOn) {
  settingUp();
  expect(State::kGoingOn, Cause::kInProgress, false, "Setting up primary");
}

TEST_F(RecoveryProgressTest, AFailedRecoveryJobIsTheEndThoughThePhaseNeverSaysSo) {
  settingUp();
  seen_.jobs = {failedJob(kFirst + "-snapshot-recovery")};
  expect(State::kFailed, Cause::kJobFailed, true, "BackoffLimitExceeded");
}

TEST_F(RecoveryProgressTest, AnotherClustersFailedJobIsNotOurs) {
  settingUp();
  seen_.jobs = {edited(failedJob(kFirst + "-snapshot-recovery"),
                       R"({"metadata": {"labels": {"cnpg.io/cluster": "other"}}})")};
  EXPECT_EQ(progress().state, State::kGoingOn);
}

TEST_F(RecoveryProgressTest, AStandbyThatCannotJoinLeavesThePrimaryBe) {
  settingUp();
  edit(R"({"status": {"phase": "Creating a new replica", "readyInstances": 1}})");
  seen_.jobs = {failedJob("noobaa-db-pg-cluster-2-join")};
  expect(State::kFailed, Cause::kReplicaFailed, false, "1 of 2 instances are ready");
}

TEST_F(RecoveryProgressTest, AnUnrecoverablePhaseNeedsTheClusterDeleted) {
  settingUp();
  edit(R"({"status": {"phase": "Cluster is unrecoverable and needs manual intervention",
                      "phaseReason": "no PVCs"}})");
  expect(State::kFailed, Cause::kPhase, true, "no PVCs");
}

TEST_F(RecoveryProgressTest, ObjectsThatCannotBeCreatedMayBeLater) {
  settingUp();
  edit(R"({"status": {"phase": "Unable to create required cluster objects"}})");
  expect(State::kFailed, Cause::kPhase, false, "Unable to create required cluster objects");
}

TEST_F(RecoveryProgressTest, AnInstanceThatEndsAgainAndAgainHasWrongDataOrMajor) {
  settingUp();
  seen_.pods = {crashingPod(kFirst, 3)};
  expect(State::kFailed, Cause::kCrashLooping, true, "last with exit code 1: \"incompatible\"");
}

TEST_F(RecoveryProgressTest, OneThatEndedOnceMayStillComeUp) {
  settingUp();
  seen_.pods = {crashingPod(kFirst, 2)};
  EXPECT_EQ(progress().state, State::kGoingOn);
}

TEST_F(RecoveryProgressTest, AStandbyThatEndsAgainAndAgainLeavesThePrimaryBe) {
  edit(R"({"status": {"readyInstances": 1}})");
  seen_.pods = {crashingPod("noobaa-db-pg-cluster-2", 5)};
  expect(State::kFailed, Cause::kReplicaFailed, false, "noobaa-db-pg-cluster-2");
}

TEST_F(RecoveryProgressTest, TheTenthInstanceIsNotTheFirst) {
  edit(R"({"status": {"readyInstances": 1}})");
  seen_.pods = {crashingPod(kFirst + "0", 5)};
  EXPECT_EQ(progress().cause, Cause::kReplicaFailed);
}

TEST_F(RecoveryProgressTest, NotBegunGoesOn) {
  notBegun();
  expect(State::kGoingOn, Cause::kInProgress, false, "has not begun");
}

TEST_F(RecoveryProgressTest, ASnapshotThatVanishedIsWaitedForForEver) {
  notBegun();
  seen_.snapshots.clear();
  expect(State::kFailed, Cause::kSnapshotGone, true, "VolumeSnapshot b");
}

TEST_F(RecoveryProgressTest, ASnapshotThatVanishedAfterItsDataWasCopiedIsNotMissed) {
  seen_.snapshots.clear();
  EXPECT_EQ(progress().state, State::kDone);
  settingUp();
  EXPECT_EQ(progress().state, State::kGoingOn);
}

TEST_F(RecoveryProgressTest, ASnapshotThatVanishedBeforeItsDataWasCopiedIsMissed) {
  settingUp();
  claimPending();
  seen_.snapshots.clear();
  EXPECT_EQ(progress().cause, Cause::kSnapshotGone);
}

TEST_F(RecoveryProgressTest, ASnapshotOfAnotherRoleIsWaitedForForEver) {
  notBegun();
  seen_.snapshots = {aSnapshotObject("b", "PG_WAL")};
  expect(State::kFailed, Cause::kSnapshotUnfit, true, "is of role \"PG_WAL\", not PG_DATA");
}

TEST_F(RecoveryProgressTest, ASiblingOfAnotherBackupIsWaitedForForEver) {
  notBegun();
  edit(R"({"spec": {"walStorage": {"size": "10Gi"}, "bootstrap": {"recovery": {"volumeSnapshots":
           {"walStorage": {"name": "c-wal"}}}}}})");
  seen_.snapshots.push_back(edited(aSnapshotObject("c-wal", "PG_WAL"),
                                   R"({"metadata": {"labels": {"cnpg.io/backupName": "c"}}})"));
  expect(State::kFailed, Cause::kSnapshotUnfit, true, "is of backup c, not b");
}

TEST_F(RecoveryProgressTest, ASnapshotThatIsNotReadyMayBecomeSo) {
  notBegun();
  seen_.snapshots = {edited(aSnapshotObject("b"), R"({"status": {"readyToUse": false,
                              "error": {"message": "busy"}}})")};
  expect(State::kGoingOn, Cause::kSnapshotNotReady, false, "is not ready: \"busy\"");
}

TEST_F(RecoveryProgressTest, AVolumeWithoutASnapshotIsWaitedForForEver) {
  settingUp();
  edit(R"({"spec": {"walStorage": {"size": "10Gi"}}, "status": {"phase": ""}})");
  expect(State::kFailed, Cause::kSourceMissing, true, "PG_WAL");
}

TEST_F(RecoveryProgressTest, AClaimSmallerThanItsSnapshotIsNeverProvisioned) {
  settingUp();
  claimPending();
  editClaim(R"({"spec": {"resources": {"requests": {"storage": "49Gi"}}}})");
  expect(State::kFailed, Cause::kVolumeTooSmall, true, "of 49Gi is smaller than VolumeSnapshot b");
}

TEST_F(RecoveryProgressTest, TheProvisionersWordForTooSmallCountsWhereTheSnapshotTellsNoSize) {
  settingUp();
  claimPending();
  seen_.snapshots.front()["status"].object()->erase("restoreSize");
  seen_.events = {warningAbout(kFirst, "2025-01-15T10:01:00Z",
                               "requested volume size 1 is less than the size 2 for the source "
                               "snapshot b")};
  expect(State::kFailed, Cause::kVolumeTooSmall, true, "ProvisioningFailed");
}

TEST_F(RecoveryProgressTest, AClaimThatIsPendingGoesOnAndTellsTheNewestWarning) {
  settingUp();
  claimPending();
  seen_.events = {warningAbout(kFirst, "2025-01-15T10:02:00Z", "storageclass not found"),
                  warningAbout(kFirst, "2025-01-15T10:01:00Z", "something older"),
                  warningAbout("other", "2025-01-15T10:03:00Z", "something else")};
  expect(State::kGoingOn, Cause::kVolumePending, false, "storageclass not found");
}

TEST_F(RecoveryProgressTest, APodThatFindsNoNodeIsTold) {
  settingUp();
  seen_.pods = {edited(aPartOfCluster("Pod", kFirst), R"({"status": {"conditions": [
    {"type": "PodScheduled", "status": "False", "message": "Insufficient memory"}]}})")};
  expect(State::kGoingOn, Cause::kInProgress, false, "can't be scheduled: Insufficient memory");
}

TEST_F(RecoveryProgressTest, APodThatGetsNoImageIsTold) {
  settingUp();
  seen_.pods = {edited(aPartOfCluster("Pod", kFirst), R"({"status": {"containerStatuses": [
    {"name": "postgres", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}})")};
  expect(State::kGoingOn, Cause::kInProgress, false, "can't get its image: ImagePullBackOff");
}

TEST_F(RecoveryProgressTest, BegunWithNothingThereIsBurnt) {
  notBegun();
  edit(R"({"status": {"latestGeneratedNode": 1}})");
  expect(State::kFailed, Cause::kBurnt, true, "never begins again");
}

TEST_F(RecoveryProgressTest, BegunJustNowIsNotBurnt) {
  notBegun();
  edit(R"({"status": {"latestGeneratedNode": 1}})");
  seen_.now = *timing::parseRfc3339("2025-01-15T10:01:00Z");
  EXPECT_EQ(progress().state, State::kGoingOn);
}

TEST_F(RecoveryProgressTest, ClaimsThatAreStillGoingAreNotTakenForOtherData) {
  settingUp();
  editClaim(R"({"metadata": {"deletionTimestamp": "2025-01-15T10:00:30Z",
                             "creationTimestamp": "2025-01-01T00:00:00Z"}})");
  EXPECT_EQ(progress().state, State::kGoingOn);
}

}  // namespace
}  // namespace job
