#include "job/decide/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/job/builders.h"

namespace job {
namespace {

using testing::ElementsAre;

using Candidates = std::vector<RetentionCandidate>;

/// "name: kept, WithinMaxSnapshots" for each decision.
std::vector<std::string> plan(const Candidates& candidates,
                              std::optional<std::int64_t> max_snapshots) {
  std::vector<std::string> texts;
  for (const RetentionDecision& decision : planRetention(candidates, max_snapshots)) {
    texts.push_back(decision.name + (decision.remove ? ": removed, " : ": kept, ") +
                    std::string(toString(decision.reason)));
  }
  return texts;
}

TEST(RetentionTest, KeepsTheNewestGoodOnesAndRemovesOlderOnes) {
  EXPECT_THAT(
      plan({aCandidate("a").goodAt(1), aCandidate("b").goodAt(2), aCandidate("c").goodAt(3)}, 2),
      ElementsAre("a: removed, ExceedsMaxSnapshots", "b: kept, WithinMaxSnapshots",
                  "c: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, DecidesInTheOrderGivenWhateverTheOrderIs) {
  EXPECT_THAT(
      plan({aCandidate("c").goodAt(3), aCandidate("a").goodAt(1), aCandidate("b").goodAt(2)}, 1),
      ElementsAre("c: kept, WithinMaxSnapshots", "a: removed, ExceedsMaxSnapshots",
                  "b: removed, ExceedsMaxSnapshots"));
}

TEST(RetentionTest, TakesTheGreaterNameForTheNewerOfEqualTimes) {
  EXPECT_THAT(plan({aCandidate("a").goodAt(1), aCandidate("b").goodAt(1)}, 1),
              ElementsAre("a: removed, ExceedsMaxSnapshots", "b: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, OrdersGoodOnesByTheirEndAndNotByTheirName) {
  EXPECT_THAT(plan({aCandidate("z").goodAt(1), aCandidate("a").goodAt(2)}, 1),
              ElementsAre("z: removed, ExceedsMaxSnapshots", "a: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, CountsUncertifiedOnesAsGood) {
  EXPECT_THAT(
      plan({aCandidate("a").goodAt(1), aCandidate("b").goodAt(2).verdict(Verdict::kUncertified)},
           1),
      ElementsAre("a: removed, ExceedsMaxSnapshots", "b: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, NeverEvictsGoodOnesForBadOnes) {
  EXPECT_THAT(
      plan({aCandidate("a").goodAt(1), aCandidate("b").badAt(2), aCandidate("c").badAt(3)}, 1),
      ElementsAre("a: kept, WithinMaxSnapshots", "b: kept, NewerThanNewestGood",
                  "c: kept, NewerThanNewestGood"));
}

TEST(RetentionTest, RemovesBadOnesOlderThanTheNewestGoodOne) {
  EXPECT_THAT(
      plan({aCandidate("a").badAt(1, Verdict::kFailed), aCandidate("b").badAt(2, Verdict::kUnclean),
            aCandidate("c").badAt(3, Verdict::kIncomplete), aCandidate("d").goodAt(4)},
           5),
      ElementsAre("a: removed, FailedSuperseded", "b: removed, FailedSuperseded",
                  "c: removed, FailedSuperseded", "d: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, KeepsABadOneThatBeganWhenTheNewestGoodOneEnded) {
  EXPECT_THAT(plan({aCandidate("a").badAt(4), aCandidate("b").goodAt(4)}, 5),
              ElementsAre("a: kept, NewerThanNewestGood", "b: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, RemovesNothingWhenNoGoodOneExists) {
  EXPECT_THAT(plan({aCandidate("a").badAt(1), aCandidate("b").badAt(2, Verdict::kUnclean)}, 1),
              ElementsAre("a: kept, NoGoodBackupWouldRemain", "b: kept, NoGoodBackupWouldRemain"));
}

TEST(RetentionTest, RemovesNothingWhenTheOnlyGoodOneHasNoReadableTime) {
  EXPECT_THAT(plan({aCandidate("a").badAt(1), aCandidate("b").goodAt(2).withUnreadableTimes()}, 1),
              ElementsAre("a: kept, NoGoodBackupWouldRemain", "b: kept, UnreadableTime"));
}

TEST(RetentionTest, RemovesNothingWhenTheOnlyGoodOneIsTheOperators) {
  EXPECT_THAT(plan({aCandidate("a").badAt(1), aCandidate("b").goodAt(2).operators()}, 1),
              ElementsAre("a: kept, NoGoodBackupWouldRemain", "b: kept, OperatorSchedule"));
}

TEST(RetentionTest, LetsAHeldGoodOneSupersedeBadOnes) {
  EXPECT_THAT(
      plan({aCandidate("a").badAt(1), aCandidate("b").goodAt(2).held(), aCandidate("c").badAt(3)},
           1),
      ElementsAre("a: removed, FailedSuperseded", "b: kept, HeldByAnnotation",
                  "c: kept, NewerThanNewestGood"));
}

TEST(RetentionTest, DoesNotCountHeldOnes) {
  EXPECT_THAT(plan({aCandidate("a").goodAt(1), aCandidate("b").goodAt(2),
                    aCandidate("c").goodAt(3).held(), aCandidate("d").goodAt(4).held()},
                   1),
              ElementsAre("a: removed, ExceedsMaxSnapshots", "b: kept, WithinMaxSnapshots",
                          "c: kept, HeldByAnnotation", "d: kept, HeldByAnnotation"));
}

TEST(RetentionTest, DoesNotCountTheOperatorsOnes) {
  EXPECT_THAT(plan({aCandidate("a").goodAt(1), aCandidate("b").goodAt(2).operators(),
                    aCandidate("c").badAt(0).operators()},
                   1),
              ElementsAre("a: kept, WithinMaxSnapshots", "b: kept, OperatorSchedule",
                          "c: kept, OperatorSchedule"));
}

TEST(RetentionTest, DoesNotCountGoodOnesWithoutAReadableTime) {
  EXPECT_THAT(plan({aCandidate("a").goodAt(1), aCandidate("b").goodAt(2).withUnreadableTimes(),
                    aCandidate("c").goodAt(2).withoutTimes()},
                   1),
              ElementsAre("a: kept, WithinMaxSnapshots", "b: kept, UnreadableTime",
                          "c: kept, UnreadableTime"));
}

TEST(RetentionTest, GoesByTheEndAloneForGoodOnes) {
  EXPECT_THAT(plan({aCandidate("a").goodAt(1).withUnreadableEnd(), aCandidate("b").goodAt(2)}, 1),
              ElementsAre("a: kept, UnreadableTime", "b: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, GoesByTheBeginningAloneForBadOnes) {
  EXPECT_THAT(plan({aCandidate("a").badAt(1).withUnreadableEnd(), aCandidate("b").goodAt(2)}, 1),
              ElementsAre("a: removed, FailedSuperseded", "b: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, KeepsBadOnesWithoutAReadableTime) {
  EXPECT_THAT(plan({aCandidate("a").badAt(1).withUnreadableTimes(), aCandidate("b").goodAt(2)}, 1),
              ElementsAre("a: kept, UnreadableTime", "b: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, KeepsWhatIsHeldByAnything) {
  EXPECT_THAT(
      plan({aCandidate("a").goodAt(1).held(Hold::kAnnotation),
            aCandidate("b").goodAt(1).held(Hold::kRecovery),
            aCandidate("c").goodAt(1).held(Hold::kCluster),
            aCandidate("d").goodAt(1).held(Hold::kPvc), aCandidate("e").goodAt(2),
            aCandidate("f").goodAt(1).held(Hold::kDrill)},
           1),
      ElementsAre("a: kept, HeldByAnnotation", "b: kept, HeldByRecovery", "c: kept, HeldByCluster",
                  "d: kept, HeldByPVC", "e: kept, WithinMaxSnapshots", "f: kept, HeldByDrill"));
}

TEST(RetentionTest, KeepsHeldBadOnes) {
  EXPECT_THAT(plan({aCandidate("a").badAt(1).held(), aCandidate("b").goodAt(2)}, 1),
              ElementsAre("a: kept, HeldByAnnotation", "b: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, KeepsWhatHasNotEndedAndWhatIsGoingAlready) {
  EXPECT_THAT(
      plan({aCandidate("a").badAt(1, Verdict::kPending),
            aCandidate("b").badAt(1, Verdict::kTerminating), aCandidate("c").goodAt(2)},
           1),
      ElementsAre("a: kept, InFlight", "b: kept, Terminating", "c: kept, WithinMaxSnapshots"));
}

TEST(RetentionTest, DoesNotCountATerminatingOneAsGood) {
  EXPECT_THAT(
      plan({aCandidate("a").badAt(1), aCandidate("b").goodAt(2).verdict(Verdict::kTerminating)}, 1),
      ElementsAre("a: kept, NoGoodBackupWouldRemain", "b: kept, Terminating"));
}

TEST(RetentionTest, RemovesNothingWithoutALimit) {
  EXPECT_THAT(plan({aCandidate("a").badAt(1), aCandidate("b").goodAt(2), aCandidate("c").badAt(3)},
                   std::nullopt),
              ElementsAre("a: kept, NoLimit", "b: kept, NoLimit", "c: kept, NoLimit"));
}

TEST(RetentionTest, NamesReasonsOfTheirOwnWithoutALimitToo) {
  EXPECT_THAT(
      plan({aCandidate("a").goodAt(1).held(Hold::kRecovery), aCandidate("b").goodAt(2).operators(),
            aCandidate("c").badAt(3, Verdict::kPending),
            aCandidate("d").badAt(3, Verdict::kTerminating),
            aCandidate("e").goodAt(4).withUnreadableTimes()},
           std::nullopt),
      ElementsAre("a: kept, HeldByRecovery", "b: kept, OperatorSchedule", "c: kept, InFlight",
                  "d: kept, Terminating", "e: kept, UnreadableTime"));
}

TEST(RetentionTest, NamesTheReasonThatIsHardestToLift) {
  EXPECT_THAT(
      plan(
          {aCandidate("a").badAt(1, Verdict::kTerminating).withUnreadableTimes().held().operators(),
           aCandidate("b").badAt(1, Verdict::kTerminating).withUnreadableTimes().held(),
           aCandidate("c").badAt(1, Verdict::kPending).withUnreadableTimes()},
          1),
      ElementsAre("a: kept, OperatorSchedule", "b: kept, HeldByAnnotation", "c: kept, InFlight"));
}

TEST(RetentionTest, NeverKeepsLessThanOneGoodBackup) {
  for (const std::int64_t senseless : {std::int64_t{0}, std::int64_t{-3}}) {
    EXPECT_THAT(plan({aCandidate("a").goodAt(1), aCandidate("b").goodAt(2)}, senseless),
                ElementsAre("a: removed, ExceedsMaxSnapshots", "b: kept, WithinMaxSnapshots"));
  }
}

TEST(RetentionTest, HasNothingToSayAboutNothing) {
  EXPECT_THAT(plan({}, 1), ElementsAre());
}

TEST(RetentionTest, HasWordsForEveryReason) {
  using R = RetentionReason;
  struct Told {
    R reason;
    std::string_view code;
    std::string_view words;  // those that tell it from the others
  };
  constexpr std::array kTold = {
      Told{R::kWithinMaxSnapshots, "WithinMaxSnapshots", "one of the newest maxSnapshots"},
      Told{R::kExceedsMaxSnapshots, "ExceedsMaxSnapshots", "maxSnapshots newer"},
      Told{R::kFailedSuperseded, "FailedSuperseded", "a newer good one exists"},
      Told{R::kHeldByAnnotation, "HeldByAnnotation", "noobaa.io/db-backup-hold"},
      Told{R::kHeldByRecovery, "HeldByRecovery", "dbRecovery"},
      Told{R::kHeldByCluster, "HeldByCluster", "Cluster's bootstrap"},
      Told{R::kHeldByDrill, "HeldByDrill", "restore drill"},
      Told{R::kHeldByPvc, "HeldByPVC", "PersistentVolumeClaim"},
      Told{R::kLastCertified, "LastCertified", "newest certified one"},
      Told{R::kLastOfItsDatabase, "LastOfItsDatabase", "newest of its database"},
      Told{R::kNothingMissing, "NothingMissing", "nothing of it is missing"},
      Told{R::kInFlight, "InFlight", "not ended"},
      Told{R::kTerminating, "Terminating", "being deleted"},
      Told{R::kNewerThanNewestGood, "NewerThanNewestGood", "newer than the newest good one"},
      Told{R::kNoGoodBackupWouldRemain, "NoGoodBackupWouldRemain", "no good backup exists"},
      Told{R::kUnreadableTime, "UnreadableTime", "can't be read"},
      Told{R::kOperatorSchedule, "OperatorSchedule", "ScheduledBackup"},
      Told{R::kNoLimit, "NoLimit", "maxSnapshots is not set"}};
  for (std::size_t i = 0; i < kTold.size(); ++i) {
    EXPECT_EQ(kTold[i].reason, static_cast<R>(i));
    EXPECT_EQ(toString(kTold[i].reason), kTold[i].code);
    EXPECT_THAT(std::string(inWords(kTold[i].reason)), testing::HasSubstr(kTold[i].words));
  }
}

}  // namespace
}  // namespace job
