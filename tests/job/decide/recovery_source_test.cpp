#include "job/decide/recovery_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"
#include "tests/job/recovery_objects.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class RecoverySourceTest : public testing::Test {
 protected:
  static JudgedGroup judgedAs(Verdict verdict, const std::string& reason = "so it is") {
    return {aGoodGroup("b", 2), {.verdict = verdict, .reason = reason}};
  }
  auto choose(const std::vector<json::Value>& of_backup) {
    return chooseSource("b", of_backup, judged_ ? &*judged_ : nullptr, demands_);
  }
  std::string refusal(const std::vector<json::Value>& of_backup) {
    const auto chosen = choose(of_backup);
    return chosen ? "" : chosen.error();
  }
  std::string refusal(const json::Value& snapshot) { return refusal(std::vector{snapshot}); }

  static json::Value withWal() {
    return edited(aManifest(), R"({"spec": {"walStorage": {"size": "10Gi"}}})");
  }
  static json::Value withTablespace() {
    return edited(aManifest(),
                  R"({"spec": {"tablespaces": [{"name": "hot", "storage": {"size": "5Gi"}}]}})");
  }
  static json::Value ofTablespace(const std::string& name) {
    json::Value snapshot = aSnapshotObject("b-tbs-" + name, "PG_TABLESPACE", withTablespace());
    snapshot["metadata"]["labels"]["cnpg.io/tablespaceName"] = name;
    return snapshot;
  }

  RecoveryDemands demands_{.name_space = "noobaa", .cluster = kTestCluster, .major = 16};
  std::optional<JudgedGroup> judged_ = judgedAs(Verdict::kCertified);
};

TEST_F(RecoverySourceTest, AGoodBackupIsTakenAsItIs) {
  const auto source = choose({aSnapshotObject("b")});
  ASSERT_TRUE(source) << source.error();
  EXPECT_EQ(source->backup, "b");
  EXPECT_EQ(source->data, "b");
  EXPECT_EQ(source->wal, "");
  EXPECT_EQ(source->mark(), "b/uid-of-b");
  EXPECT_EQ(source->system_identifier, "7460052021379461143");
  EXPECT_EQ(source->major, 16);
  EXPECT_EQ(source->manifest, aManifest());
  EXPECT_THAT(source->restore_size, ElementsAre(Pair("b", "50Gi")));
  EXPECT_THAT(source->warnings, IsEmpty());
}

TEST_F(RecoverySourceTest, ASnapshotThatIsNotThereIsRefused) {
  EXPECT_THAT(refusal(std::vector<json::Value>{}),
              HasSubstr("VolumeSnapshot noobaa/b does not exist"));
}

TEST_F(RecoverySourceTest, AnotherClustersSnapshotIsRefused) {
  EXPECT_THAT(refusal(edited(aSnapshotObject("b"),
                             R"({"metadata": {"labels": {"cnpg.io/cluster": "other"}}})")),
              HasSubstr("is of Cluster other"));
}

TEST_F(RecoverySourceTest, ASnapshotThatIsNotCnpgsIsRefused) {
  json::Value snapshot = aSnapshotObject("b");
  snapshot["metadata"].object()->erase("labels");
  EXPECT_THAT(refusal(snapshot), HasSubstr("has no label cnpg.io/cluster"));
}

TEST_F(RecoverySourceTest, AWalSnapshotIsRefusedAndTheDataSnapshotNamed) {
  EXPECT_THAT(refusal(std::vector{aSnapshotObject("b", "PG_WAL"), aSnapshotObject("b-data")}),
              HasSubstr("is of role \"PG_WAL\" (annotation cnpg.io/pvcRole), not PG_DATA; name the "
                        "data volume's: b-data"));
}

TEST_F(RecoverySourceTest, ASnapshotThatIsNotReadyIsRefusedWithTheDriversError) {
  EXPECT_THAT(refusal(edited(aSnapshotObject("b"),
                             R"({"status": {"readyToUse": false, "error": {"message": "full"}}})")),
              HasSubstr("is not ready (status.readyToUse): \"full\""));
}

TEST_F(RecoverySourceTest, ASnapshotThatIsBeingDeletedIsRefused) {
  EXPECT_THAT(refusal(edited(aSnapshotObject("b"),
                             R"({"metadata": {"deletionTimestamp": "2025-01-15T10:00:00Z"}})")),
              HasSubstr("is being deleted"));
}

TEST_F(RecoverySourceTest, AnUnreadableManifestIsRefusedWithTheWayOut) {
  EXPECT_THAT(refusal(edited(aSnapshotObject("b"), R"({"metadata": {"annotations":
                {"cnpg.io/clusterManifest": "{cut"}}})")),
              HasSubstr("bootstrap --from-snapshot b"));
  EXPECT_THAT(refusal(aSnapshotObject("b", "PG_DATA", parsed("{}"))),
              HasSubstr("cnpg.io/clusterManifest"));
}

TEST_F(RecoverySourceTest, AnUnreadableManifestIsAWarningWhereTheClusterIsMadeWithoutIt) {
  demands_.without_manifest = true;
  const auto source = choose({aSnapshotObject("b", "PG_DATA", parsed("{}")),
                              aSnapshotObject("b-wal", "PG_WAL", parsed("{}"))});
  ASSERT_TRUE(source) << source.error();
  EXPECT_TRUE(source->manifest.isNull());
  EXPECT_EQ(source->wal, "b-wal");
  EXPECT_THAT(source->warnings, ElementsAre(HasSubstr("cnpg.io/clusterManifest can't be read")));
}

TEST_F(RecoverySourceTest, TheWalSiblingComesAlong) {
  const auto source = choose(
      {aSnapshotObject("b", "PG_DATA", withWal()), aSnapshotObject("b-wal", "PG_WAL", withWal())});
  ASSERT_TRUE(source) << source.error();
  EXPECT_EQ(source->wal, "b-wal");
  EXPECT_THAT(source->restore_size, ElementsAre(Pair("b", "50Gi"), Pair("b-wal", "50Gi")));
}

TEST_F(RecoverySourceTest, AMissingWalSiblingIsRefused) {
  EXPECT_THAT(refusal(aSnapshotObject("b", "PG_DATA", withWal())),
              HasSubstr("no sibling of role PG_WAL"));
}

TEST_F(RecoverySourceTest, AWalSiblingThatItsClusterHadNoVolumeForIsRefused) {
  EXPECT_THAT(refusal(std::vector{aSnapshotObject("b"), aSnapshotObject("b-wal", "PG_WAL")}),
              HasSubstr("which its Cluster had no volume for"));
}

TEST_F(RecoverySourceTest, ASiblingThatIsNotReadyIsRefused) {
  const json::Value wal =
      edited(aSnapshotObject("b-wal", "PG_WAL", withWal()), R"({"status": {"readyToUse": false}})");
  EXPECT_THAT(refusal(std::vector{aSnapshotObject("b", "PG_DATA", withWal()), wal}),
              HasSubstr("without its sibling b-wal, which is not ready"));
}

TEST_F(RecoverySourceTest, TwoSnapshotsForOneVolumeAreRefused) {
  EXPECT_THAT(refusal(std::vector{aSnapshotObject("b"), aSnapshotObject("b2")}),
              HasSubstr("one of two PG_DATA snapshots"));
  EXPECT_THAT(refusal(std::vector{aSnapshotObject("b", "PG_DATA", withWal()),
                                  aSnapshotObject("w1", "PG_WAL", withWal()),
                                  aSnapshotObject("w2", "PG_WAL", withWal())}),
              HasSubstr("two siblings for one volume, w1 and w2"));
}

TEST_F(RecoverySourceTest, TablespacesComeAlongAndNoneMayBeMissing) {
  const json::Value data = aSnapshotObject("b", "PG_DATA", withTablespace());
  const auto source = choose({data, ofTablespace("hot")});
  ASSERT_TRUE(source) << source.error();
  EXPECT_THAT(source->tablespaces, ElementsAre(Pair("hot", "b-tbs-hot")));
  EXPECT_THAT(refusal(data), HasSubstr("no sibling for tablespace \"hot\""));
  EXPECT_THAT(refusal(std::vector{data, ofTablespace("cold")}),
              HasSubstr("which its Cluster had no volume for"));
}

TEST_F(RecoverySourceTest, AnotherMajorThanTheSystemsIsRefused) {
  demands_.major = 17;
  EXPECT_THAT(refusal(aSnapshotObject("b")),
              HasSubstr("is of PostgreSQL major 16, but the NooBaa CR asks for 17"));
}

TEST_F(RecoverySourceTest, WithoutTheLabelTheManifestTellsTheMajor) {
  demands_.major = 17;
  json::Value snapshot = aSnapshotObject("b");
  snapshot["metadata"]["labels"].object()->erase("cnpg.io/majorVersion");
  EXPECT_THAT(refusal(snapshot), HasSubstr("is of PostgreSQL major 16"));
}

TEST_F(RecoverySourceTest, ALabelAndAManifestOfTwoMajorsAreRefused) {
  demands_.major.reset();
  EXPECT_THAT(refusal(edited(aSnapshotObject("b"),
                             R"({"metadata": {"labels": {"cnpg.io/majorVersion": "15"}}})")),
              HasSubstr("is of PostgreSQL major 15"));
}

TEST_F(RecoverySourceTest, AMajorThatNothingTellsIsAWarning) {
  json::Value manifest = aManifest();
  manifest["spec"].object()->erase("imageCatalogRef");
  json::Value snapshot = aSnapshotObject("b", "PG_DATA", manifest);
  snapshot["metadata"]["labels"].object()->erase("cnpg.io/majorVersion");
  const auto source = choose({snapshot});
  ASSERT_TRUE(source) << source.error();
  EXPECT_THAT(source->warnings, ElementsAre(HasSubstr("PostgreSQL major")));
}

TEST_F(RecoverySourceTest, ABackupThatIsNoneIsRefusedForItsVerdict) {
  for (const Verdict verdict :
       {Verdict::kPending, Verdict::kFailed, Verdict::kIncomplete, Verdict::kTerminating}) {
    judged_ = judgedAs(verdict);
    EXPECT_THAT(refusal(aSnapshotObject("b")), HasSubstr(std::string(toString(verdict))));
  }
}

TEST_F(RecoverySourceTest, ADoubtfulBackupIsTakenWithAWarning) {
  for (const Verdict verdict : {Verdict::kUncertified, Verdict::kUnclean}) {
    judged_ = judgedAs(verdict, "nobody knows");
    const auto source = choose({aSnapshotObject("b")});
    ASSERT_TRUE(source) << source.error();
    EXPECT_THAT(source->warnings, ElementsAre(HasSubstr("(nobody knows)")));
  }
}

TEST_F(RecoverySourceTest, AnOnlineBackupOfSeveralVolumesIsRefused) {
  judged_->group.backup->online = true;
  EXPECT_THAT(refusal(std::vector{aSnapshotObject("b", "PG_DATA", withWal()),
                                  aSnapshotObject("b-wal", "PG_WAL", withWal())}),
              HasSubstr("online backup of several volumes"));
  EXPECT_EQ(refusal(aSnapshotObject("b")), "");
}

TEST_F(RecoverySourceTest, ALabelFileMakesABackupOnlineWhoeverJudgedIt) {
  judged_.reset();
  const auto source = choose({edited(aSnapshotObject("b"), R"({"metadata": {"annotations":
                                {"cnpg.io/backupLabelFile": "START WAL"}}})")});
  ASSERT_TRUE(source) << source.error();
  EXPECT_THAT(source->warnings, ElementsAre(HasSubstr("online")));
}

TEST_F(RecoverySourceTest, ARestoreSizeMayBeANumber) {
  const auto source =
      choose({edited(aSnapshotObject("b"), R"({"status": {"restoreSize": 53687091200}})")});
  ASSERT_TRUE(source) << source.error();
  EXPECT_THAT(source->restore_size, ElementsAre(Pair("b", "53687091200")));
}

}  // namespace
}  // namespace job
