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

std::string whyNot(const std::string& name) {
  return whyNotBackupName(name, kTestCluster);
}

TEST(BackupNameTest, MayBeAnyLabelValueThatIsADnsName) {
  for (const std::string& name : {std::string("backup-20250115-020000"), std::string("b"),
                                  std::string("1.2.3-before-upgrade"), std::string(63, 'a')}) {
    EXPECT_EQ(whyNot(name), "") << name;
  }
}

TEST(BackupNameTest, MustNotBeTooLongForALabel) {
  EXPECT_THAT(whyNot(std::string(64, 'a')), HasSubstr("64 characters"));
}

TEST(BackupNameTest, MustBeADnsName) {
  for (const char* name : {"", "Backup", "back_up", "-backup", "backup-", "a..b", ".a", "a.", "a b",
                           "a/b", "a.-b", "bäckup"}) {
    EXPECT_NE(whyNot(name), "") << name;
  }
  EXPECT_THAT(whyNot("Backup"), HasSubstr("\"Backup\" is no DNS-1123 name"));
}

TEST(BackupNameTest, MustNotBeOneOfTheOperators) {
  EXPECT_THAT(whyNot("noobaa-db-pg-cluster-scheduled-backup2"), HasSubstr("noobaa-operator"));
  EXPECT_THAT(whyNot("noobaa-db-pg-cluster-backup-20250115"), HasSubstr("noobaa-operator"));
  EXPECT_EQ(whyNot("noobaa-db-pg-cluster-backup"), "");
  EXPECT_EQ(whyNot("other-scheduled-backup"), "");
}

TEST(FreeNameTest, IsOneThatNothingUses) {
  EXPECT_THAT(judgeName("b1", {aBackup("b2")}, {aSnapshot("b2"), aSnapshot("b2").wal()}),
              IsEmpty());
}

TEST(FreeNameTest, IsNotThatOfABackupOfWhateverCluster) {
  EXPECT_THAT(texts(judgeName("b1", {aBackup("b1").ofCluster("other")}, {})),
              ElementsAre(AllOf(StartsWith("refuse: "), HasSubstr("\"b1\" is taken by a Backup"))));
}

TEST(FreeNameTest, IsNotThatOfASnapshotOrOfABackupThatIsGone) {
  EXPECT_THAT(texts(judgeName("b1", {}, {aSnapshot("b1").ofBackup("")})),
              ElementsAre(AllOf(StartsWith("refuse: "), HasSubstr("VolumeSnapshot \"b1\""))));
  EXPECT_THAT(texts(judgeName("b1", {}, {aSnapshot("b1").named("x")})),
              ElementsAre(HasSubstr("VolumeSnapshot \"x\"")));
}

TEST(FreeNameTest, IsNotOneWhoseOtherVolumesWouldCollide) {
  EXPECT_THAT(texts(judgeName("b1", {}, {aSnapshot("b1").wal().ofBackup("")})),
              ElementsAre(HasSubstr("\"b1-wal\"")));
  EXPECT_THAT(texts(judgeName("b1", {}, {aSnapshot("b1").tablespace("hot").ofBackup("")})),
              ElementsAre(HasSubstr("\"b1-tbs-hot\"")));
}

}  // namespace
}  // namespace job
