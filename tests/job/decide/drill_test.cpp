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

json::Value aDrill(const std::string& holder) {
  json::Value cluster;
  cluster["metadata"]["name"] = "noobaa-db-pg-cluster-drill";
  cluster["metadata"]["namespace"] = "noobaa";
  cluster["metadata"]["uid"] = "uid-1";
  markDrill(cluster, {.live = kTestCluster, .holder = holder});
  return cluster;
}

ExistingDrill judged(const json::Value& cluster) {
  return judgeExistingDrill(cluster, kTestCluster);
}

TEST(DrillMarkTest, TellsWhoMadeIt) {
  const json::Value cluster = aDrill("run/pod-1");
  EXPECT_TRUE(hasMark(cluster, {.live = kTestCluster, .holder = "run/pod-1"}));
  EXPECT_FALSE(hasMark(cluster, {.live = kTestCluster, .holder = "run/pod-2"}));
  EXPECT_FALSE(hasMark(cluster, {.live = "another-cluster", .holder = "run/pod-1"}));
  EXPECT_FALSE(hasMark(json::Object{}, {.live = "", .holder = ""}));
}

TEST(ExistingDrillTest, WhoeverMadeItIsNotAtItAnyMore) {
  EXPECT_EQ(judged(aDrill("run/pod-1")).state, State::kAbandoned);
  EXPECT_EQ(judged(aDrill("run/pod-1")).uid, "uid-1");
}

TEST(ExistingDrillTest, OneThatIsBeingDeletedGoesByItself) {
  json::Value cluster = aDrill("run/pod-1");
  cluster["metadata"]["deletionTimestamp"] = "2025-01-15T00:05:00Z";
  EXPECT_EQ(judged(cluster).state, State::kGoing);
}

TEST(ExistingDrillTest, AClusterWithoutTheLabelOrOfAnotherDatabaseIsForeign) {
  json::Value unlabelled = aDrill("run/pod-1");
  unlabelled["metadata"]["labels"] = json::Object{};
  EXPECT_EQ(judged(unlabelled).state, State::kForeign);
  EXPECT_THAT(judged(unlabelled).words, StartsWith("Cluster noobaa/noobaa-db-pg-cluster-drill"));
  EXPECT_FALSE(isDrill(unlabelled));

  json::Value of_another = aDrill("run/pod-1");
  of_another["metadata"]["labels"]["noobaa.io/db-backup-drill"] = "another-cluster";
  EXPECT_EQ(judged(of_another).state, State::kForeign);
  EXPECT_TRUE(isDrill(of_another));
}

JudgedGroup judgedGroup(const BackupGroup& group, Verdict verdict) {
  return {group, {.verdict = verdict, .reason = "because"}};
}

std::string chosen(const std::vector<JudgedGroup>& groups, const std::string& wanted = "") {
  const auto choice = chooseForDrill(groups, wanted, atMinute(100));
  return choice ? choice->group.name : "none: " + choice.error().words;
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
