#include "job/decide/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"
#include "tests/job/json_objects.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::set<std::string> referencedBy(std::string_view pvc) {
  References references;
  addPvcReference(parsed(pvc), references);
  return references.pending_pvc_snapshots;
}

TEST(ReferencesTest, FindsTheSnapshotAPendingClaimIsFilledFrom) {
  EXPECT_THAT(referencedBy(R"({"metadata": {"namespace": "noobaa"}, "status": {"phase": "Pending"},
    "spec": {"dataSource": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot",
                            "name": "b1"}}})"),
              ElementsAre("b1"));
  EXPECT_THAT(referencedBy(R"({"metadata": {"namespace": "noobaa"}, "status": {"phase": "Pending"},
    "spec": {"dataSourceRef": {"kind": "VolumeSnapshot", "name": "b1", "namespace": "noobaa"}}})"),
              ElementsAre("b1"));
}

TEST(ReferencesTest, TakesAClaimWithoutAPhaseForPending) {
  EXPECT_THAT(referencedBy(R"({"spec": {"dataSource": {"kind": "VolumeSnapshot", "name": "b1"}}})"),
              ElementsAre("b1"));
}

TEST(ReferencesTest, IgnoresClaimsThatAreBoundOrLost) {
  for (const std::string phase : {"Bound", "Lost"}) {
    EXPECT_THAT(referencedBy(R"({"status": {"phase": ")" + phase + R"("},
      "spec": {"dataSource": {"kind": "VolumeSnapshot", "name": "b1"}}})"),
                IsEmpty());
  }
}

TEST(ReferencesTest, IgnoresSourcesWithoutAKindOrAName) {
  EXPECT_THAT(referencedBy(R"({"spec": {"dataSource": {"kind": "VolumeSnapshot"}}})"), IsEmpty());
  EXPECT_THAT(referencedBy(R"({"spec": {"dataSource": {"name": "b1"}}})"), IsEmpty());
}

TEST(ReferencesTest, IgnoresClaimsFilledFromSomethingElse) {
  EXPECT_THAT(referencedBy(R"({"status": {"phase": "Pending"},
    "spec": {"dataSource": {"kind": "PersistentVolumeClaim", "name": "b1"}}})"),
              IsEmpty());
  EXPECT_THAT(referencedBy(R"({"status": {"phase": "Pending"}, "spec": {}})"), IsEmpty());
  EXPECT_THAT(referencedBy(R"({"metadata": {"namespace": "noobaa"}, "status": {"phase": "Pending"},
    "spec": {"dataSourceRef": {"kind": "VolumeSnapshot", "name": "b1", "namespace": "other"}}})"),
              IsEmpty());
}

class HoldTest : public testing::Test {
 protected:
  BackupGroup group_ = aGroup("b1", aBackup("b1"), {aSnapshot("b1"), aSnapshot("b1").wal()});
  References references_;
};

TEST_F(HoldTest, IsNoneWhenNobodyNeedsTheBackup) {
  references_.recovery_snapshots = {"b2"};
  references_.cluster_snapshots = {"b2"};
  references_.cluster_backups = {"b2"};
  references_.pending_pvc_snapshots = {"b2"};
  EXPECT_EQ(holdOf(group_, references_), Hold::kNone);
}

TEST_F(HoldTest, IsByAnnotationOnEitherPart) {
  EXPECT_EQ(holdOf(aGroup("b1", aBackup("b1").held(), {}), references_), Hold::kAnnotation);
  EXPECT_EQ(holdOf(aGroup("b1", {}, {aSnapshot("b1").wal().held()}), references_),
            Hold::kAnnotation);
}

TEST_F(HoldTest, IsByRecoveryForAnyMember) {
  references_.recovery_snapshots = {"b1"};
  EXPECT_EQ(holdOf(group_, references_), Hold::kRecovery);
  references_.recovery_snapshots = {"b1-wal"};
  EXPECT_EQ(holdOf(group_, references_), Hold::kRecovery);
}

TEST_F(HoldTest, IsByADrillUnlessAnotherClusterRefersToItToo) {
  references_.drill_snapshots = {group_.members.back().name};
  EXPECT_EQ(holdOf(group_, references_), Hold::kDrill);
  references_.cluster_backups = {group_.name};
  EXPECT_EQ(holdOf(group_, references_), Hold::kCluster);
}

TEST_F(HoldTest, IsByClusterForAnyMemberAndForTheBackup) {
  references_.cluster_snapshots = {"b1-wal"};
  EXPECT_EQ(holdOf(group_, references_), Hold::kCluster);
  references_.cluster_snapshots = {};
  references_.cluster_backups = {"b1"};
  EXPECT_EQ(holdOf(group_, references_), Hold::kCluster);
}

TEST_F(HoldTest, IsByPvcForAnyMember) {
  references_.pending_pvc_snapshots = {"b1-wal"};
  EXPECT_EQ(holdOf(group_, references_), Hold::kPvc);
}

TEST_F(HoldTest, IsTheOneAPersonMeantFirst) {
  references_.recovery_snapshots = {"b1"};
  references_.cluster_snapshots = {"b1"};
  references_.pending_pvc_snapshots = {"b1"};
  EXPECT_EQ(holdOf(group_, references_), Hold::kRecovery);
  references_.recovery_snapshots = {};
  EXPECT_EQ(holdOf(group_, references_), Hold::kCluster);
  references_.recovery_snapshots = {"b1"};
  group_.backup->held = true;
  EXPECT_EQ(holdOf(group_, references_), Hold::kAnnotation);
}

}  // namespace
}  // namespace job
