#include "job/decide/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

using testing::HasSubstr;

const VolumeSet kDataOnly;
const VolumeSet kWithWal{.wal = true, .tablespaces = {}};
const VolumeSet kWithTablespaces{.wal = false, .tablespaces = {"cold", "hot"}};

Judgement judged(std::optional<Backup> backup, std::vector<VolumeSnapshot> members,
                 const std::optional<VolumeSet>& live = kDataOnly) {
  return judge(aGroup("b", std::move(backup), std::move(members)), live);
}

MATCHER_P2(Is, verdict, reason, "") {
  *result_listener << toString(arg.verdict) << ": " << arg.reason;
  return arg.verdict == verdict && arg.reason.find(reason) != std::string::npos;
}

TEST(VerdictTest, CertifiesAStandbyThatWasShutDown) {
  EXPECT_THAT(
      judged(aBackup("b"), {aSnapshot("b")}),
      Is(Verdict::kCertified, "PostgreSQL was shut down in recovery when the snapshot was taken"));
}

TEST(VerdictTest, CertifiesAPrimaryThatWasShutDown) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").state("shut down")}),
              Is(Verdict::kCertified, "PostgreSQL was shut down when"));
}

TEST(VerdictTest, CertifiesSnapshotsWhoseBackupIsGone) {
  EXPECT_THAT(judged({}, {aSnapshot("b")}), Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, CertifiesABackupWithAllItsVolumes) {
  const VolumeSet volumes{.wal = true, .tablespaces = {"hot"}};
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").manifest(volumes), aSnapshot("b").wal(),
                                    aSnapshot("b").tablespace("hot")}),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, DoesNotCertifyWithoutControlData) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").withoutControlData()}),
              Is(Verdict::kUncertified, "no pgControldata"));
}

TEST(VerdictTest, GoesByTheControlDataOfTheDataMemberAlone) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").withoutControlData(), aSnapshot("b").wal()}),
              Is(Verdict::kUncertified, "no pgControldata"));
}

TEST(VerdictTest, DoesNotCertifyAnOnlineBackupWhateverItsControlDataSays) {
  EXPECT_THAT(judged(aBackup("b").online(), {aSnapshot("b")}),
              Is(Verdict::kUncertified, "online backup"));
  EXPECT_THAT(judged(aBackup("b").online(), {aSnapshot("b").state("in production")}),
              Is(Verdict::kUncertified, "online backup"));
}

TEST(VerdictTest, KnowsAnOnlineBackupByTheLabelFileOfEitherPart) {
  EXPECT_THAT(judged(aBackup("b").online(std::nullopt).withLabelFile(), {aSnapshot("b")}),
              Is(Verdict::kUncertified, "online backup"));
  EXPECT_THAT(judged({}, {aSnapshot("b").withLabelFile()}),
              Is(Verdict::kUncertified, "online backup"));
}

TEST(VerdictTest, CallsARunningDatabaseUnclean) {
  EXPECT_THAT(
      judged(aBackup("b"), {aSnapshot("b").state("in production")}),
      Is(Verdict::kUnclean, "PostgreSQL was \"in production\" when the snapshot was taken"));
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").state("shutting down")}),
              Is(Verdict::kUnclean, "shutting down"));
}

TEST(VerdictTest, IsIncompleteWithoutTheDataMember) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").wal()}),
              Is(Verdict::kIncomplete, "PG_DATA member is missing"));
}

TEST(VerdictTest, IsIncompleteWhenNobodyKnowsWhatTheOnlyMemberHolds) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").withoutRole()}),
              Is(Verdict::kIncomplete, "PG_DATA member is missing"));
}

TEST(VerdictTest, IsIncompleteWithTwoDataMembers) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b"), aSnapshot("b").named("copy")}),
              Is(Verdict::kIncomplete, "more than one PG_DATA member"));
  EXPECT_THAT(
      judged(aBackup("b"), {aSnapshot("b"), aSnapshot("b").wal(), aSnapshot("b").named("copy")}),
      Is(Verdict::kIncomplete, "more than one PG_DATA member"));
}

TEST(VerdictTest, IsIncompleteWithoutAMemberItsManifestNames) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").manifest(kWithWal)}),
              Is(Verdict::kIncomplete, "PG_WAL member is missing"));
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").manifest(kWithTablespaces),
                                    aSnapshot("b").tablespace("cold")}),
              Is(Verdict::kIncomplete, "PG_TABLESPACE \"hot\" member is missing"));
}

TEST(VerdictTest, PrefersTheManifestToTheLiveCluster) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").manifest(kDataOnly)}, kWithWal),
              Is(Verdict::kCertified, ""));
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").manifest(kWithWal)}, kDataOnly),
              Is(Verdict::kIncomplete, "PG_WAL"));
}

TEST(VerdictTest, PrefersTheDataMembersManifestToTheOthers) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").tablespace("hot").manifest(kWithWal),
                                    aSnapshot("b").manifest(kDataOnly)}),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, TakesAnyMembersManifestWhenTheDataMemberHasNone) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").withoutManifest(),
                                    aSnapshot("b").tablespace("hot").manifest(kWithWal)}),
              Is(Verdict::kIncomplete, "PG_WAL"));
}

TEST(VerdictTest, GoesByTheLiveClusterWithoutAManifest) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").withoutManifest()}, kWithWal),
              Is(Verdict::kIncomplete, "PG_WAL"));
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").withoutManifest()}, kDataOnly),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, RequiresTheDataMemberAloneWithoutManifestAndCluster) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").withoutManifest()}, std::nullopt),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, IsIncompleteWhileAnyMemberIsNotReady) {
  const Judgement unready = judged(aBackup("b"), {aSnapshot("b").notReady()});
  EXPECT_EQ(unready.verdict, Verdict::kIncomplete);
  EXPECT_EQ(unready.reason, "PG_DATA member \"b\" is not ready to use");
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b"), aSnapshot("b").wal().notReady("no space")}),
              Is(Verdict::kIncomplete, "PG_WAL member \"b-wal\" is not ready to use: no space"));
  EXPECT_THAT(
      judged(aBackup("b"), {aSnapshot("b"), aSnapshot("b").named("x").withoutRole().notReady()}),
      Is(Verdict::kIncomplete, "snapshot \"x\" is not ready to use"));
}

TEST(VerdictTest, ForgivesAnErrorThatPassed) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").staleError("timed out")}),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, IsIncompleteWithoutTheMarkOfCompletion) {
  // The snapshotter may finish a snapshot long after CNPG gave the backup up.
  EXPECT_THAT(judged({}, {aSnapshot("b").withoutEnd()}),
              Is(Verdict::kIncomplete, "no backupEndTime"));
}

TEST(VerdictTest, AcceptsAMarkOfCompletionItCannotRead) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").withUnreadableEnd()}),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, SeesThroughANameUsedBefore) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").startedAt(5).createdAt(3)}),
              Is(Verdict::kIncomplete, "PG_DATA member \"b\" is older than the backup"));
  EXPECT_THAT(judged(aBackup("b"),
                     {aSnapshot("b").startedAt(5).createdAt(6), aSnapshot("b").wal().createdAt(3)}),
              Is(Verdict::kIncomplete, "PG_WAL member \"b-wal\" is older than the backup"));
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").startedAt(5).createdAt(5)}),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, SeesThroughANameUsedBeforeWhenItsBackupIsGone) {
  EXPECT_THAT(judged(std::nullopt, {aSnapshot("b").startedAt(5).createdAt(3)}),
              Is(Verdict::kIncomplete, "older than the backup"));
}

TEST(VerdictTest, AllowsForClocksThatAreAMinuteApart) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").startedAt(5).createdAt(4)}),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, TakesARestoredNamespacesBackupsForWhatTheyWere) {
  // Whoever restored them created the Backup after its snapshot.
  EXPECT_THAT(judged(aBackup("b").createdAt(100), {aSnapshot("b").createdAt(99)}),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, NeedsBothTimesToSayThatANameWasUsedBefore) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").startedAt(5).created(Timestamp())}),
              Is(Verdict::kCertified, ""));
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b").started(Timestamp()).createdAt(1)}),
              Is(Verdict::kCertified, ""));
}

TEST(VerdictTest, KnowsAnIncompleteOneOfWhichNothingIsMissing) {
  const auto nothingMissing = [](std::vector<VolumeSnapshot> members) {
    return judge(aGroup("b", aBackup("b"), std::move(members)),
                 VolumeSet{.wal = true, .tablespaces = {}})
        .nothing_missing;
  };
  const auto whole = [](SnapshotBuilder data) {
    return std::vector<VolumeSnapshot>{data.withoutManifest(),
                                       aSnapshot("b").wal().withoutManifest()};
  };
  EXPECT_TRUE(nothingMissing(whole(aSnapshot("b").notReady())));
  EXPECT_TRUE(nothingMissing(whole(aSnapshot("b").startedAt(5))));
  EXPECT_FALSE(nothingMissing(whole(aSnapshot("b").withoutEnd().notReady())));
  EXPECT_FALSE(nothingMissing({aSnapshot("b").withoutManifest().notReady()}));
  EXPECT_FALSE(nothingMissing(whole(aSnapshot("b").unreadable())));
  EXPECT_FALSE(nothingMissing(whole(aSnapshot("b"))));
}

TEST(VerdictTest, IsIncompleteWhenTheSnapshotsOfACompletedBackupAreGone) {
  EXPECT_THAT(judged(aBackup("b"), {}), Is(Verdict::kIncomplete, "its snapshots are gone"));
}

TEST(VerdictTest, IsIncompleteWithASnapshotThatCannotBeRead) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b"), aSnapshot("b").wal().unreadable()}),
              Is(Verdict::kIncomplete, "can't be read"));
}

TEST(VerdictTest, HasFailedWithItsBackup) {
  EXPECT_THAT(judged(aBackup("b").failed("can't execute snapshot backup"), {aSnapshot("b")}),
              Is(Verdict::kFailed, "phase \"failed\": can't execute snapshot backup"));
  EXPECT_EQ(judged(aBackup("b").failed(), {}).reason, "its Backup ended in phase \"failed\"");
}

TEST(VerdictTest, IsPendingWhileItsBackupIs) {
  EXPECT_THAT(judged(aBackup("b").inFlight(), {aSnapshot("b").withoutEnd().notReady()}),
              Is(Verdict::kPending, "phase \"started\""));
  EXPECT_THAT(judged(aBackup("b").inFlight(""), {}), Is(Verdict::kPending, "has not begun"));
}

TEST(VerdictTest, IsTerminatingBeforeAnythingElse) {
  EXPECT_THAT(judged(aBackup("b"), {aSnapshot("b"), aSnapshot("b").wal().deleting()}),
              Is(Verdict::kTerminating, "PG_WAL member \"b-wal\" is being deleted"));
  EXPECT_THAT(judged(aBackup("b").inFlight(), {aSnapshot("b").deleting()}),
              Is(Verdict::kTerminating, ""));
  EXPECT_THAT(judged(aBackup("b").failed(), {aSnapshot("b").deleting()}),
              Is(Verdict::kTerminating, ""));
}

TEST(VerdictTest, IsTerminatingWithABackupWhoseSnapshotsMayGoWithIt) {
  EXPECT_THAT(judged(aBackup("b").deleting(), {aSnapshot("b")}),
              Is(Verdict::kTerminating, "its Backup is being deleted"));
}

TEST(VerdictTest, CallsOnlyCertifiedAndUncertifiedGood) {
  EXPECT_TRUE(isGood(Verdict::kCertified));
  EXPECT_TRUE(isGood(Verdict::kUncertified));
  for (const Verdict verdict : {Verdict::kUnclean, Verdict::kIncomplete, Verdict::kFailed,
                                Verdict::kPending, Verdict::kTerminating}) {
    EXPECT_FALSE(isGood(verdict)) << toString(verdict);
  }
}

TEST(VerdictTest, HasANameForEveryVerdict) {
  EXPECT_EQ(toString(Verdict::kCertified), "certified");
  EXPECT_EQ(toString(Verdict::kUncertified), "uncertified");
  EXPECT_EQ(toString(Verdict::kUnclean), "unclean");
  EXPECT_EQ(toString(Verdict::kIncomplete), "incomplete");
  EXPECT_EQ(toString(Verdict::kFailed), "failed");
  EXPECT_EQ(toString(Verdict::kPending), "pending");
  EXPECT_EQ(toString(Verdict::kTerminating), "terminating");
}

}  // namespace
}  // namespace job
