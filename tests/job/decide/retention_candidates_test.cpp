#include "job/decide/retention_candidates.h"

#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

const timing::Instant kNow = atMinute(1000);

JudgedGroup judged(BackupGroup group) {
  Judgement judgement = judge(group, VolumeSet());
  return {std::move(group), std::move(judgement)};
}

TEST(RetentionCandidatesTest, OrderGoodOnesByTheirEndAndOthersByTheirBeginning) {
  const auto candidates =
      retentionCandidates({judged(aGroup("a", aBackup("a").startedAt(3).failed(), {})),
                           judged(aGroup("b", aBackup("b"), {aSnapshot("b").endedAt(7)}))},
                          {}, {}, kNow);
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_EQ(candidates[0].name, "a");
  EXPECT_EQ(candidates[0].verdict, Verdict::kFailed);
  EXPECT_EQ(candidates[0].begin.instant(), atMinute(3));
  EXPECT_EQ(candidates[1].verdict, Verdict::kCertified);
  EXPECT_EQ(candidates[1].end.instant(), atMinute(7));
  EXPECT_EQ(candidates[1].hold, Hold::kNone);
  EXPECT_FALSE(candidates[1].operators);
}

TEST(RetentionCandidatesTest, OrderNothingByASnapshotThatCannotBeRead) {
  const auto candidates = retentionCandidates(
      {judged(aGroup("b", aBackup("b"), {aSnapshot("b"), aSnapshot("b").wal().unreadable()}))}, {},
      {}, kNow);
  EXPECT_TRUE(candidates[0].begin.unreadable());
  EXPECT_TRUE(candidates[0].end.unreadable());
}

TEST(RetentionCandidatesTest, KnowWhatIsHeldAndWhatIsTheOperators) {
  ScheduledBackup nightly;
  nightly.name = "nightly";
  References references;
  references.recovery_snapshots = {"a"};
  const auto candidates = retentionCandidates(
      {judged(aGoodGroup("a", 1)),
       judged(aGroup("b", aBackup("b").scheduledBy("nightly"), {aSnapshot("b")}))},
      references, {nightly}, kNow);
  EXPECT_EQ(candidates[0].hold, Hold::kRecovery);
  EXPECT_FALSE(candidates[0].operators);
  EXPECT_TRUE(candidates[1].operators);
}

/// A good backup that ended at the minute; without an identifier it is uncertified.
JudgedGroup good(const std::string& name, int minute, const std::string& system_identifier) {
  VolumeSnapshot data = aSnapshot(name).endedAt(minute);
  data.control_data->system_identifier = system_identifier;
  if (system_identifier.empty()) data.control_data.reset();
  return judged(aGroup(name, aBackup(name), {data}));
}

std::vector<Hold> holds(const std::vector<JudgedGroup>& groups,
                        const std::vector<ScheduledBackup>& schedules = {}) {
  std::vector<Hold> found;
  for (const auto& candidate : retentionCandidates(groups, {}, schedules, kNow)) {
    found.push_back(candidate.hold);
  }
  return found;
}

TEST(RetentionCandidatesTest, OrderNothingByADateAhead) {
  const auto candidates =
      retentionCandidates({good("a", 1006, "6"), good("b", 1005, "6")}, {}, {}, kNow);
  EXPECT_TRUE(candidates[0].end.unreadable());
  EXPECT_EQ(candidates[1].end.instant(), atMinute(1005));
}

TEST(RetentionCandidatesTest, HoldTheNewestCertifiedOneWhileNewerOnesAreUncertified) {
  EXPECT_EQ(holds({good("a", 1, "6"), good("b", 2, "6"), good("c", 3, ""), good("d", 4, "")}),
            (std::vector{Hold::kNone, Hold::kLastCertified, Hold::kNone, Hold::kNone}));
  EXPECT_EQ(holds({good("a", 1, ""), good("b", 2, "6")}), (std::vector{Hold::kNone, Hold::kNone}));
  EXPECT_EQ(holds({good("a", 1, ""), good("b", 2, "")}), (std::vector{Hold::kNone, Hold::kNone}));
}

TEST(RetentionCandidatesTest, HoldTheNewestOfEachOtherDatabase) {
  EXPECT_EQ(holds({good("a", 1, "5"), good("b", 2, "6"), good("c", 3, "6"), good("d", 4, "7"),
                   good("e", 5, "7")}),
            (std::vector{Hold::kLastOfItsDatabase, Hold::kNone, Hold::kLastOfItsDatabase,
                         Hold::kNone, Hold::kNone}));
}

TEST(RetentionCandidatesTest, HoldNothingForWhatDoesNotCount) {
  JudgedGroup failed = judged(aGroup("d", aBackup("d").failed(), {aSnapshot("d").endedAt(9)}));
  EXPECT_EQ(holds({good("a", 1, "6"), failed, good("b", 2, "6")}),
            (std::vector{Hold::kNone, Hold::kNone, Hold::kNone}));
  ScheduledBackup nightly;
  nightly.name = "nightly";
  JudgedGroup operators =
      judged(aGroup("z", aBackup("z").scheduledBy("nightly"), {aSnapshot("z")}));
  operators.group.members.front().control_data->system_identifier = "9";
  EXPECT_EQ(holds({good("a", 1, "6"), operators}, {nightly}),
            (std::vector{Hold::kNone, Hold::kNone}));
}

TEST(RetentionCandidatesTest, HoldWhatIsNotGoodNowThoughNothingIsMissing) {
  EXPECT_EQ(holds({judged(aGroup("a", aBackup("a"), {aSnapshot("a").notReady()})),
                   judged(aGroup("b", aBackup("b"), {aSnapshot("b").withoutEnd()}))}),
            (std::vector{Hold::kNothingMissing, Hold::kNone}));
}

TEST(RetentionCandidatesTest, LetSomebodysHoldGoFirst) {
  JudgedGroup held = judged(aGroup("a", aBackup("a"), {aSnapshot("a").notReady().held()}));
  EXPECT_EQ(holds({held}), (std::vector{Hold::kAnnotation}));
}

}  // namespace
}  // namespace job
