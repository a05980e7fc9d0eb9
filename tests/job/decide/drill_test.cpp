#include "job/decide/drill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "job/model/name_rules.h"
#include "tests/job/builders.h"

namespace job {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using State = ExistingDrill::State;

TEST(DrillClusterNameTest, SaysWhoseItIs) {
  EXPECT_EQ(drillClusterName("noobaa-db-pg-cluster"), "noobaa-db-pg-cluster-drill");
}

TEST(DrillClusterNameTest, IsNoLongerThanCnpgTakesAndStillOfOneClusterAlone) {
  const std::string longest(50, 'a');
  const std::string name = drillClusterName(longest);
  EXPECT_THAT(name, SizeIs(50));
  EXPECT_THAT(name, EndsWith("-drill"));
  EXPECT_TRUE(isDnsLabel(name));
  const std::string other = std::string(49, 'a') + "b";
  EXPECT_NE(drillClusterName(other), name);
  EXPECT_EQ(drillClusterName(std::string(44, 'a')), std::string(44, 'a') + "-drill");
}

json::Value aDrill(const std::string& run, timing::Instant expiry) {
  json::Value cluster;
  cluster["metadata"]["name"] = "noobaa-db-pg-cluster-drill";
  cluster["metadata"]["namespace"] = "noobaa";
  cluster["metadata"]["uid"] = "uid-1";
  markDrill(cluster, {.live = kTestCluster, .run = run, .expiry = expiry});
  return cluster;
}

ExistingDrill judged(const json::Value& cluster) {
  return judgeExistingDrill(cluster, kTestCluster, "my-run", atMinute(10));
}

TEST(ExistingDrillTest, AnothersIsOnUntilItExpires) {
  const ExistingDrill existing = judged(aDrill("other-run", atMinute(11)));
  EXPECT_EQ(existing.state, State::kRunning);
  EXPECT_EQ(existing.uid, "uid-1");
  EXPECT_THAT(existing.words, HasSubstr("run other-run"));
  EXPECT_THAT(existing.words, HasSubstr("2025-01-15T00:11:00Z"));
  EXPECT_THAT(existing.words, HasSubstr("--run-id other-run"));
  EXPECT_EQ(judged(aDrill("other-run", atMinute(10))).state, State::kAbandoned);
}

TEST(ExistingDrillTest, OneOfTheSameRunWasLeftByItsKilledForerunner) {
  EXPECT_EQ(judged(aDrill("my-run", atMinute(11))).state, State::kAbandoned);
}

TEST(ExistingDrillTest, OneThatDoesNotSayUntilWhenIsAbandoned) {
  json::Value cluster = aDrill("other-run", atMinute(11));
  cluster["metadata"]["annotations"] = json::Object{};
  EXPECT_EQ(judged(cluster).state, State::kAbandoned);
}

TEST(ExistingDrillTest, OneThatIsBeingDeletedGoesWhoseverItIs) {
  json::Value cluster = aDrill("other-run", atMinute(11));
  cluster["metadata"]["deletionTimestamp"] = "2025-01-15T00:05:00Z";
  EXPECT_EQ(judged(cluster).state, State::kGoing);
}

TEST(ExistingDrillTest, AClusterWithoutTheLabelOrOfAnotherDatabaseIsForeign) {
  json::Value unlabelled = aDrill("my-run", atMinute(5));
  unlabelled["metadata"]["labels"] = json::Object{};
  EXPECT_EQ(judged(unlabelled).state, State::kForeign);
  EXPECT_THAT(judged(unlabelled).words, StartsWith("Cluster noobaa/noobaa-db-pg-cluster-drill"));
  EXPECT_FALSE(isDrill(unlabelled));

  json::Value of_another = aDrill("my-run", atMinute(5));
  of_another["metadata"]["labels"]["noobaa.io/db-backup-drill"] = "another-cluster";
  EXPECT_EQ(judged(of_another).state, State::kForeign);
  EXPECT_TRUE(isDrill(of_another));
}

JudgedGroup judgedGroup(const BackupGroup& group, Verdict verdict) {
  return {group, {.verdict = verdict, .reason = "because"}};
}

std::string chosen(const std::vector<JudgedGroup>& groups, const std::string& wanted = "") {
  const auto choice = chooseForDrill(groups, wanted, atMinute(100));
  return choice ? (*choice)->group.name : "none: " + choice.error().words;
}

TEST(ChooseForDrillTest, TakesTheNewestGoodOne) {
  EXPECT_EQ(chosen({judgedGroup(aGoodGroup("z-old", 5), Verdict::kCertified),
                    judgedGroup(aGoodGroup("a-new", 9), Verdict::kUncertified),
                    judgedGroup(aGoodGroup("b-failed", 20), Verdict::kFailed),
                    judgedGroup(aGoodGroup("c-unclean", 21), Verdict::kUnclean)}),
            "a-new");
}

TEST(ChooseForDrillTest, TakesTheGreaterNameOfTwoThatEndedTogether) {
  EXPECT_EQ(chosen({judgedGroup(aGoodGroup("b", 5), Verdict::kCertified),
                    judgedGroup(aGoodGroup("a", 5), Verdict::kCertified)}),
            "b");
}

TEST(ChooseForDrillTest, TakesOneThatIsDatedAheadOnlyWhenAllAre) {
  const JudgedGroup ahead = judgedGroup(aGoodGroup("ahead", 5000), Verdict::kCertified);
  EXPECT_EQ(chosen({ahead, judgedGroup(aGoodGroup("now", 5), Verdict::kCertified)}), "now");
  EXPECT_EQ(chosen({ahead}), "ahead");
}

TEST(ChooseForDrillTest, HasFailedWhenNoneIsGood) {
  const auto choice = chooseForDrill({}, "", atMinute(100));
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().why, NothingToRestore::Why::kNotGood);
  EXPECT_THAT(choice.error().words, HasSubstr("no good backup"));
}

TEST(ChooseForDrillTest, TakesTheNamedOneThoughItIsOlder) {
  EXPECT_EQ(chosen({judgedGroup(aGoodGroup("old", 5), Verdict::kCertified),
                    judgedGroup(aGoodGroup("new", 9), Verdict::kCertified)},
                   "old"),
            "old");
}

TEST(ChooseForDrillTest, ANamedOneThatIsNoGoodHasFailedTheDrill) {
  for (const Verdict verdict : {Verdict::kFailed, Verdict::kUnclean, Verdict::kIncomplete}) {
    const auto choice =
        chooseForDrill({judgedGroup(aGoodGroup("b", 5), verdict)}, "b", atMinute(100));
    ASSERT_FALSE(choice);
    EXPECT_EQ(choice.error().why, NothingToRestore::Why::kNotGood);
    EXPECT_THAT(choice.error().words,
                HasSubstr("backup b is " + std::string(toString(verdict)) + ": because"));
  }
}

TEST(ChooseForDrillTest, ANamedOneThatHasNotEndedOrIsNotThereIsToldApart) {
  for (const Verdict verdict : {Verdict::kPending, Verdict::kTerminating}) {
    const auto choice =
        chooseForDrill({judgedGroup(aGoodGroup("b", 5), verdict)}, "b", atMinute(100));
    ASSERT_FALSE(choice);
    EXPECT_EQ(choice.error().why, NothingToRestore::Why::kNotNow);
  }
  const auto choice = chooseForDrill({}, "b", atMinute(100));
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().why, NothingToRestore::Why::kUnknown);
  EXPECT_THAT(choice.error().words, HasSubstr("there is no backup b"));
}

}  // namespace
}  // namespace job
