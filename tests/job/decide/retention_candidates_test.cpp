#include "job/decide/retention_candidates.h"

#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

JudgedGroup judged(BackupGroup group) {
  Judgement judgement = judge(group, VolumeSet());
  return {std::move(group), std::move(judgement)};
}

TEST(RetentionCandidatesTest, OrderGoodOnesByTheirEndAndOthersByTheirBeginning) {
  const auto candidates =
      retentionCandidates({judged(aGroup("a", aBackup("a").startedAt(3).failed(), {})),
                           judged(aGroup("b", aBackup("b"), {aSnapshot("b").endedAt(7)}))},
                          {}, {});
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
      {});
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
      references, {nightly});
  EXPECT_EQ(candidates[0].hold, Hold::kRecovery);
  EXPECT_FALSE(candidates[0].operators);
  EXPECT_TRUE(candidates[1].operators);
}

}  // namespace
}  // namespace job
