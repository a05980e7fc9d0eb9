#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/write.h"
#include "job/decide/preflight.h"
#include "tests/job/builders.h"
#include "tests/job/decide/findings.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

constexpr const char* kClass = "csi-snapshots";
constexpr const char* kDriver = "rbd.csi.ceph.com";

SnapshotClass aClass(const std::string& name, const std::string& driver = kDriver) {
  return {.name = name, .exists = true, .driver = driver, .deletion_policy = "Delete"};
}

SnapshotClass noClass(const std::string& name) {
  return {.name = name, .exists = false, .driver = "", .deletion_policy = ""};
}

class PreflightClassesTest : public testing::Test {
 protected:
  PreflightClassesTest() {
    addVolume("pg-1", "PG_DATA", kDriver);
    addVolume("pg-2", "PG_DATA", kDriver);
  }

  void addVolume(const std::string& name, const std::string& role, const std::string& provisioner,
                 const std::string& tablespace = "") {
    volumes_.push_back({.name = name,
                        .role = role,
                        .tablespace = tablespace,
                        .provisioner = provisioner,
                        .storage_class = ""});
  }
  void makeVolumesOf(const std::string& provisioner) {
    for (ClusterVolume& volume : volumes_) volume.provisioner = provisioner;
  }
  std::vector<std::string> findings(const std::vector<SnapshotClass>& classes) const {
    return texts(judgeClasses(cluster_, kClass, classes, volumes_));
  }

  Cluster cluster_ = aCluster();
  std::vector<ClusterVolume> volumes_;
};

TEST_F(PreflightClassesTest, RequireTheCrsClassForTheData) {
  EXPECT_THAT(requiredClasses(cluster_, kClass), ElementsAre(Pair(kClass, "PG_DATA")));
}

TEST_F(PreflightClassesTest, RequireTheCrsClassForWhateverHasNoneOfItsOwn) {
  cluster_.volumes = {.wal = true, .tablespaces = {"cold", "hot"}};
  cluster_.tablespace_snapshot_classes = {{"hot", "hot-class"}, {"cold", ""}, {"gone", "gone"}};
  EXPECT_THAT(requiredClasses(cluster_, kClass),
              ElementsAre(Pair(kClass, "PG_DATA, PG_WAL, PG_TABLESPACE \"cold\""),
                          Pair("hot-class", "PG_TABLESPACE \"hot\"")));
  cluster_.wal_snapshot_class = "wal-class";
  EXPECT_THAT(requiredClasses(cluster_, kClass), testing::Contains(Pair("wal-class", "PG_WAL")));
}

TEST_F(PreflightClassesTest, RequireNoClassForVolumesTheClusterHasNot) {
  cluster_.wal_snapshot_class = "wal-class";
  EXPECT_THAT(requiredClasses(cluster_, kClass), ElementsAre(Pair(kClass, "PG_DATA")));
}

TEST_F(PreflightClassesTest, FindNothingAgainstClassesThatFit) {
  EXPECT_THAT(findings({aClass(kClass)}), IsEmpty());
}

TEST_F(PreflightClassesTest, RefuseAClassThatDoesNotExist) {
  EXPECT_THAT(findings({noClass(kClass)}),
              ElementsAre(AllOf(
                  StartsWith("refuse: VolumeSnapshotClass \"csi-snapshots\" for PG_DATA does not "
                             "exist"),
                  HasSubstr("kubectl get volumesnapshotclasses"),
                  HasSubstr(".spec.dbSpec.dbBackup.volumeSnapshot.volumeSnapshotClass"))));
}

TEST_F(PreflightClassesTest, RefuseAMissingClassOfTheOtherVolumesWhereItIsSaid) {
  cluster_.volumes = {.wal = true, .tablespaces = {"hot"}};
  cluster_.wal_snapshot_class = "wal-class";
  cluster_.tablespace_snapshot_classes = {{"hot", "hot-class"}};
  EXPECT_THAT(findings({aClass(kClass), noClass("wal-class"), noClass("hot-class")}),
              ElementsAre(AllOf(HasSubstr("\"wal-class\" for PG_WAL"), HasSubstr("walClassName")),
                          AllOf(HasSubstr("\"hot-class\" for PG_TABLESPACE \"hot\""),
                                HasSubstr("tablespaceClassName"))));
}

TEST_F(PreflightClassesTest, RefuseAClassOfAnotherDriverAndNameTheVolumesOnce) {
  EXPECT_THAT(findings({aClass(kClass, "ebs.csi.aws.com")}),
              ElementsAre(AllOf(StartsWith("refuse: "), HasSubstr("\"ebs.csi.aws.com\""),
                                HasSubstr("PG_DATA volumes pg-1, pg-2 are of \"rbd.csi.ceph.com\""),
                                HasSubstr("volumeSnapshotClass"))));
}

TEST_F(PreflightClassesTest, CompareEachVolumeWithTheClassOfItsRole) {
  cluster_.volumes = {.wal = true, .tablespaces = {"cold", "hot"}};
  cluster_.wal_snapshot_class = "wal-class";
  cluster_.tablespace_snapshot_classes = {{"hot", "hot-class"}};
  addVolume("pg-1-wal", "PG_WAL", "wal.driver");
  addVolume("pg-1-tbs-hot", "PG_TABLESPACE", "hot.driver", "hot");
  addVolume("pg-1-tbs-cold", "PG_TABLESPACE", kDriver, "cold");
  const std::vector<SnapshotClass> fitting = {aClass(kClass), aClass("wal-class", "wal.driver"),
                                              aClass("hot-class", "hot.driver")};
  EXPECT_THAT(findings(fitting), IsEmpty());
  EXPECT_THAT(findings({aClass(kClass), aClass("wal-class"), aClass("hot-class", "hot.driver")}),
              ElementsAre(HasSubstr("PG_WAL volumes pg-1-wal")));
  EXPECT_THAT(findings({aClass(kClass), aClass("wal-class", "wal.driver"), aClass("hot-class")}),
              ElementsAre(HasSubstr("PG_TABLESPACE \"hot\" volumes pg-1-tbs-hot")));
}

TEST_F(PreflightClassesTest, HaveNoOpinionOnProvisionersThatCannotBeCompared) {
  makeVolumesOf("");
  EXPECT_THAT(findings({aClass(kClass)}), IsEmpty());
  // Served by the CSI driver ebs.csi.aws.com.
  makeVolumesOf("kubernetes.io/aws-ebs");
  EXPECT_THAT(findings({aClass(kClass, "ebs.csi.aws.com")}), IsEmpty());
}

TEST_F(PreflightClassesTest, RefuseVolumesThatNothingProvisions) {
  makeVolumesOf("kubernetes.io/no-provisioner");
  EXPECT_THAT(findings({aClass(kClass)}), ElementsAre(StartsWith("refuse: ")));
}

TEST_F(PreflightClassesTest, HaveNoOpinionOnClassesThatCouldNotBeLookedAt) {
  EXPECT_THAT(findings({}), IsEmpty());
}

TEST_F(PreflightClassesTest, WarnOfAClassThatKeepsTheStorageOfPrunedBackups) {
  SnapshotClass retaining = aClass(kClass);
  retaining.deletion_policy = "Retain";
  cluster_.volumes.wal = true;
  EXPECT_THAT(findings({retaining}),
              ElementsAre(AllOf(StartsWith("warn: "), HasSubstr("for PG_DATA, PG_WAL has "
                                                                "deletionPolicy \"Retain\""))));
}

class BackupSectionTest : public testing::Test {
 protected:
  std::string patch(bool class_alone = false) const {
    const auto patch = backupSectionPatch(cluster_, kClass, class_alone);
    return patch ? json::write(*patch) : "none";
  }

  Cluster cluster_ = aCluster();
};

TEST_F(BackupSectionTest, NeedsNoPatchWhenItFits) {
  EXPECT_EQ(patch(), "none");
}

TEST_F(BackupSectionTest, GetsTheCrsClass) {
  cluster_.snapshot_class = "other";
  EXPECT_EQ(patch(), R"({"spec":{"backup":{"volumeSnapshot":{"className":"csi-snapshots"}}}})");
}

TEST_F(BackupSectionTest, IsMadeOfflineWhetherItSaysOnlineOrNothing) {
  constexpr const char* kOffline = R"({"spec":{"backup":{"volumeSnapshot":{"online":false}}}})";
  cluster_.online = true;
  EXPECT_EQ(patch(), kOffline);
  cluster_.online = std::nullopt;
  EXPECT_EQ(patch(), kOffline);
}

TEST_F(BackupSectionTest, OfAnotherIsLeftAloneButForTheClass) {
  cluster_.online = true;
  EXPECT_EQ(patch(/*class_alone=*/true), "none");
  cluster_.snapshot_class = "other";
  EXPECT_EQ(patch(/*class_alone=*/true),
            R"({"spec":{"backup":{"volumeSnapshot":{"className":"csi-snapshots"}}}})");
}

TEST_F(BackupSectionTest, IsMadeWhereThereIsNone) {
  cluster_.has_backup_section = false;
  cluster_.snapshot_class = "";
  cluster_.online = std::nullopt;
  EXPECT_EQ(patch(), R"({"spec":{"backup":{"volumeSnapshot":{"className":"csi-snapshots",)"
                     R"("online":false}}}})");
}

}  // namespace
}  // namespace job
