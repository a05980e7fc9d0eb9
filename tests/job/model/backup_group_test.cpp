#include "job/model/backup_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> memberNames(const BackupGroup& group) {
  std::vector<std::string> names;
  for (const VolumeSnapshot& member : group.members) names.push_back(member.name);
  return names;
}

std::vector<BackupGroup> groupBackups(Backups backups, VolumeSnapshots snapshots,
                                      const std::string& cluster) {
  const BackupGroups groups(std::move(backups), std::move(snapshots), cluster);
  return {groups.begin(), groups.end()};
}

TEST(BackupGroupTest, JoinsABackupWithItsSnapshotsInOrderOfNames) {
  const auto groups = groupBackups(
      {aBackup("b2"), aBackup("b1")},
      {aSnapshot("b1").wal(), aSnapshot("b2"), aSnapshot("b1").tablespace("hot"), aSnapshot("b1")},
      kTestCluster);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].name, "b1");
  EXPECT_THAT(memberNames(groups[0]), ElementsAre("b1", "b1-tbs-hot", "b1-wal"));
  EXPECT_EQ(groups[0].backup->name, "b1");
  EXPECT_EQ(groups[1].name, "b2");
  EXPECT_THAT(memberNames(groups[1]), ElementsAre("b2"));
}

TEST(BackupGroupTest, KeepsEitherPartWhenTheOtherIsGone) {
  const auto groups = groupBackups({aBackup("b1")}, {aSnapshot("b2")}, kTestCluster);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_TRUE(groups[0].backup);
  EXPECT_THAT(groups[0].members, IsEmpty());
  EXPECT_EQ(groups[0].data(), nullptr);
  EXPECT_FALSE(groups[1].backup);
  EXPECT_EQ(groups[1].data()->name, "b2");
}

TEST(BackupGroupTest, LeavesOutWhatIsOfAnotherCluster) {
  EXPECT_THAT(groupBackups({aBackup("b1").ofCluster("other")}, {aSnapshot("b2").ofCluster("other")},
                           kTestCluster),
              IsEmpty());
}

TEST(BackupGroupTest, LeavesOutBackupsOfOtherMethods) {
  EXPECT_THAT(groupBackups({aBackup("b1").method("barmanObjectStore")}, {}, kTestCluster),
              IsEmpty());
}

TEST(BackupGroupTest, LeavesOutSnapshotsThatBelongToNoBackup) {
  EXPECT_THAT(groupBackups({}, {aSnapshot("b1").ofBackup("")}, kTestCluster), IsEmpty());
}

TEST(BackupGroupTest, FindsTheDataMemberAmongTheOthers) {
  const auto group = aGroup("b1", {}, {aSnapshot("b1").wal(), aSnapshot("b1")});
  ASSERT_NE(group.data(), nullptr);
  EXPECT_EQ(group.data()->name, "b1");
}

TEST(BackupGroupTest, IsOnlineBySpecOrByALabelFileOnEitherPart) {
  EXPECT_FALSE(aGroup("b1", aBackup("b1"), {aSnapshot("b1")}).online());
  EXPECT_FALSE(aGroup("b1", aBackup("b1").online(std::nullopt), {aSnapshot("b1")}).online());
  EXPECT_TRUE(aGroup("b1", aBackup("b1").online(), {aSnapshot("b1")}).online());
  EXPECT_TRUE(aGroup("b1", aBackup("b1").withLabelFile(), {aSnapshot("b1")}).online());
  EXPECT_TRUE(aGroup("b1", {}, {aSnapshot("b1").withLabelFile()}).online());
}

TEST(BackupGroupTest, IsOursOrHeldByAnyOfItsParts) {
  EXPECT_FALSE(aGroup("b1", aBackup("b1").foreign(), {aSnapshot("b1")}).ours());
  EXPECT_TRUE(aGroup("b1", aBackup("b1"), {aSnapshot("b1")}).ours());
  EXPECT_TRUE(aGroup("b1", {}, {aSnapshot("b1"), aSnapshot("b1").wal().ours()}).ours());

  EXPECT_FALSE(aGroup("b1", aBackup("b1"), {aSnapshot("b1")}).heldByAnnotation());
  EXPECT_TRUE(aGroup("b1", aBackup("b1").held(), {aSnapshot("b1")}).heldByAnnotation());
  EXPECT_TRUE(aGroup("b1", {}, {aSnapshot("b1"), aSnapshot("b1").wal().held()}).heldByAnnotation());
}

TEST(BackupGroupTest, KnowsThatOneOfItsMembersCannotBeRead) {
  EXPECT_FALSE(aGroup("b1", {}, {aSnapshot("b1")}).hasUnreadableMember());
  EXPECT_TRUE(aGroup("b1", {}, {aSnapshot("b1"), aSnapshot("b1").wal().unreadable()})
                  .hasUnreadableMember());
}

TEST(BackupGroupTest, EndsWhenItsDataMemberSaysSo) {
  EXPECT_EQ(aGroup("b1", {}, {aSnapshot("b1").wal().endedAt(9), aSnapshot("b1").endedAt(5)})
                .endTime()
                .instant(),
            atMinute(5));
  EXPECT_TRUE(aGroup("b1", aBackup("b1"), {}).endTime().absent());
}

TEST(BackupGroupTest, BeginsWhenItsBackupStartedElseWhenThatWasCreated) {
  EXPECT_EQ(aGroup("b1", aBackup("b1").createdAt(3).startedAt(4), {}).beginTime().instant(),
            atMinute(4));
  EXPECT_EQ(aGroup("b1", aBackup("b1").createdAt(3).started({}), {}).beginTime().instant(),
            atMinute(3));
}

TEST(BackupGroupTest, BeginsWithItsFirstSnapshotWhenItsBackupIsGone) {
  EXPECT_EQ(aGroup("b1", {}, {aSnapshot("b1").createdAt(8), aSnapshot("b1").wal().createdAt(7)})
                .beginTime()
                .instant(),
            atMinute(7));
}

TEST(BackupGroupTest, HasAnUnreadableBeginningRatherThanASubstitute) {
  const Timestamp unreadable = Timestamp::read("soon");
  EXPECT_TRUE(
      aGroup("b1", aBackup("b1").started(unreadable), {aSnapshot("b1")}).beginTime().unreadable());
  EXPECT_TRUE(aGroup("b1", {}, {aSnapshot("b1"), aSnapshot("b1").wal().created(unreadable)})
                  .beginTime()
                  .unreadable());
}

// Its own backups are kept in order of names by a Catalogue; these are what holds besides.

BackupGroup aGroup(const std::string& name) {
  return {.name = name, .backup = aBackup(name), .members = {aSnapshot(name)}};
}

std::vector<std::string> namesOf(const BackupGroups& groups) {
  std::vector<std::string> names;
  for (const BackupGroup& group : groups) names.push_back(group.name);
  return names;
}

TEST(BackupGroupsTest, EachIsFoundByItsNameAndNothingElseIs) {
  const BackupGroups groups({aBackup("b1"), aBackup("b3"), aBackup("b5")}, {}, kTestCluster);
  EXPECT_EQ(groups.find("b1"), 0U);
  EXPECT_EQ(groups.find("b3"), 1U);
  EXPECT_EQ(groups.find("b5"), 2U);
  for (const char* missing : {"", "b0", "b2", "b4", "b6"}) {
    EXPECT_EQ(groups.find(missing), std::nullopt) << missing;
  }
  EXPECT_EQ(BackupGroups().find("b1"), std::nullopt);
}

TEST(BackupGroupsTest, OnesAddedOutOfOrderAreFound) {
  BackupGroups groups({aBackup("b3"), aBackup("b5")}, {}, kTestCluster);
  groups.push_back(aGroup("b1"));
  groups.push_back(aGroup("b4"));
  EXPECT_THAT(namesOf(groups), ElementsAre("b3", "b5", "b1", "b4"));
  EXPECT_EQ(groups.find("b1"), 2U);
  EXPECT_EQ(groups.find("b3"), 0U);
  EXPECT_EQ(groups.find("b4"), 3U);
  EXPECT_EQ(groups.find("b2"), std::nullopt);
  EXPECT_THAT(memberNames(groups[2]), ElementsAre("b1"));
}

TEST(BackupGroupsTest, OneWithoutPartsHasItsName) {
  BackupGroups groups;
  groups.push_back({.name = "b1", .backup = {}, .members = {}});
  groups.push_back(aGroup("b2"));
  EXPECT_EQ(groups.find("b1"), 0U);
  EXPECT_FALSE(groups[0].backup);
  EXPECT_EQ(groups.nameOf(1), "b2");
}

TEST(BackupGroupsTest, TheFirstAndTheLastCanBeTakenOut) {
  BackupGroups groups({aBackup("b1"), aBackup("b2"), aBackup("b3")},
                      {aSnapshot("b1"), aSnapshot("b3"), aSnapshot("b3").wal()}, kTestCluster);
  groups.erase(0);
  EXPECT_THAT(namesOf(groups), ElementsAre("b2", "b3"));
  EXPECT_EQ(groups.find("b1"), std::nullopt);
  EXPECT_THAT(memberNames(groups[1]), ElementsAre("b3", "b3-wal"));
  groups.erase(1);
  EXPECT_THAT(namesOf(groups), ElementsAre("b2"));
  EXPECT_EQ(groups.find("b3"), std::nullopt);
}

TEST(BackupGroupsTest, AChangedOneHasItsNewPartsAndTheOthersTheirs) {
  BackupGroups groups({aBackup("b1"), aBackup("b2")}, {aSnapshot("b1"), aSnapshot("b2")},
                      kTestCluster);
  BackupGroup changed = groups[0];
  changed.backup->phase = "a phase longer than the one before";
  changed.members.push_back(aSnapshot("b1").wal());
  groups.set(0, changed);
  EXPECT_EQ(groups[0].backup->phase, "a phase longer than the one before");
  EXPECT_THAT(memberNames(groups[0]), ElementsAre("b1", "b1-wal"));
  EXPECT_THAT(memberNames(groups[1]), ElementsAre("b2"));
  EXPECT_EQ(groups.listedBackups().size(), 2U);
  changed.backup.reset();
  changed.members.clear();
  groups.set(0, changed);
  EXPECT_FALSE(groups[0].backup);
  EXPECT_THAT(memberNames(groups[0]), IsEmpty());
  EXPECT_EQ(groups.find("b1"), 0U);
}

}  // namespace
}  // namespace job
