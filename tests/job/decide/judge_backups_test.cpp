#include "job/decide/judge_backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/builders.h"

namespace job {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A good backup that ended at the minute, and where its database was.
struct Night {
  std::string name;
  int minute;
  WalPosition checkpoint;
  std::string cluster = "uid-of-cluster";
  std::string system = "7460052021379461143";
  std::string recorded = {};
};

JudgedGroup judgedGroup(const Night& night) {
  VolumeSnapshot data = aSnapshot(night.name).endedAt(night.minute);
  data.control_data->checkpoint = night.checkpoint;
  data.control_data->system_identifier = night.system;
  data.manifest_cluster_uid = night.cluster;
  data.recorded_verdict = night.recorded;
  return {aGroup(night.name, aBackup(night.name), {data}), {}};
}

void judgeBackups(std::vector<JudgedGroup>& groups, const VolumeSet& live) {
  JudgedGroups packed = groups;
  job::judgeBackups(packed, live);
  groups.assign(packed.begin(), packed.end());
}

std::vector<JudgedGroup> judgedNights(const std::vector<Night>& nights) {
  std::vector<JudgedGroup> groups;
  groups.reserve(nights.size());
  for (const Night& night : nights) groups.push_back(judgedGroup(night));
  judgeBackups(groups, VolumeSet());
  return groups;
}

std::vector<Verdict> verdicts(const std::vector<Night>& nights) {
  std::vector<Verdict> found;
  for (const JudgedGroup& judged : judgedNights(nights)) found.push_back(judged.judgement.verdict);
  return found;
}

constexpr Verdict kGood = Verdict::kCertified;
constexpr Verdict kStale = Verdict::kUncertified;

TEST(JudgeBackupsTest, CertifiesWhatGoesForwardOrStandsStill) {
  EXPECT_THAT(verdicts({{"a", 1, {1, 100}}, {"b", 2, {1, 100}}, {"c", 3, {1, 101}}}),
              testing::Each(kGood));
}

TEST(JudgeBackupsTest, DoesNotCertifyABackupOfAStandbyThatFellBehind) {
  const auto groups = judgedNights({{"a", 1, {1, 0x5000028}}, {"b", 2, {1, 0x4000028}}});
  EXPECT_EQ(groups[0].judgement.verdict, kGood);
  EXPECT_EQ(groups[1].judgement.verdict, kStale);
  EXPECT_THAT(groups[1].judgement.reason,
              AllOf(HasSubstr("0/4000028 on timeline 1"), HasSubstr("backup a"),
                    HasSubstr("0/5000028 on timeline 1"), HasSubstr("fallen behind")));
}

TEST(JudgeBackupsTest, TakesAPromotedStandbysTimelineForTheLaterHistory) {
  EXPECT_THAT(verdicts({{"a", 1, {1, 900}}, {"b", 2, {2, 500}}}), testing::Each(kGood));
  // The old primary, which never followed the new one.
  EXPECT_EQ(verdicts({{"a", 1, {2, 500}}, {"b", 2, {1, 900}}}), (std::vector{kGood, kStale}));
}

TEST(JudgeBackupsTest, ComparesWithTheFurthestAndNotWithTheOneJustBefore) {
  EXPECT_EQ(verdicts({{"a", 1, {1, 300}}, {"b", 2, {1, 100}}, {"c", 3, {1, 200}}}),
            (std::vector{kGood, kStale, kStale}));
}

TEST(JudgeBackupsTest, ComparesByWhenTheyEndedAndNotByTheirNames) {
  EXPECT_EQ(verdicts({{"z", 1, {1, 200}}, {"a", 2, {1, 100}}}), (std::vector{kGood, kStale}));
  EXPECT_EQ(verdicts({{"a", 2, {1, 200}}, {"z", 1, {1, 100}}}), (std::vector{kGood, kGood}));
}

TEST(JudgeBackupsTest, DoesNotCompareAnotherClusterObjectWhichWasRecovered) {
  EXPECT_THAT(verdicts({{"a", 1, {1, 200}}, {"b", 2, {1, 100}, "uid-of-recovered"}}),
              testing::Each(kGood));
}

TEST(JudgeBackupsTest, DoesNotCompareAnotherDatabaseSystem) {
  EXPECT_THAT(verdicts({{"a", 1, {1, 200}}, {"b", 2, {1, 100}, "uid-of-cluster", "8"}}),
              testing::Each(kGood));
}

TEST(JudgeBackupsTest, DoesNotCompareWhatDoesNotSayWhereItWasOrWhoseItIs) {
  EXPECT_THAT(verdicts({{"a", 1, {1, 200}, ""}, {"b", 2, {1, 100}, ""}}), testing::Each(kGood));
  EXPECT_THAT(verdicts({{"a", 1, {1, 200}, "u", ""}, {"b", 2, {1, 100}, "u", ""}}),
              testing::Each(kGood));
  std::vector<JudgedGroup> groups = {judgedGroup({"a", 1, {1, 200}}),
                                     judgedGroup({"b", 2, {1, 100}})};
  groups[1].group.members.front().control_data->checkpoint.reset();
  judgeBackups(groups, VolumeSet());
  EXPECT_EQ(groups[1].judgement.verdict, kGood);
}

TEST(JudgeBackupsTest, DoesNotCompareAgainWhatWasCertifiedWhenItWasNew) {
  EXPECT_THAT(
      verdicts({{"a", 1, {1, 200}}, {"b", 2, {1, 100}, "uid-of-cluster", "7", "certified"}}),
      testing::Each(kGood));
  EXPECT_EQ(verdicts({{"a", 1, {1, 200}},
                      {.name = "b", .minute = 2, .checkpoint = {1, 100}, .recorded = "unclean"}}),
            (std::vector{kGood, kStale}));
}

TEST(JudgeBackupsTest, IsNotCertifiedByItsAnnotationAlone) {
  std::vector<JudgedGroup> groups = {
      judgedGroup({.name = "a", .minute = 1, .checkpoint = {1, 1}, .recorded = "certified"})};
  groups[0].group.members.front().control_data->state = "in production";
  judgeBackups(groups, VolumeSet());
  EXPECT_EQ(groups[0].judgement.verdict, Verdict::kUnclean);
}

TEST(JudgeBackupsTest, DoesNotLetOneThatIsNotCertifiedSpeakAgainstOthers) {
  std::vector<JudgedGroup> groups = {judgedGroup({"a", 1, {1, 200}}),
                                     judgedGroup({"b", 2, {1, 100}})};
  groups[0].group.members.front().control_data->state = "in production";
  judgeBackups(groups, VolumeSet());
  EXPECT_EQ(groups[1].judgement.verdict, kGood);
}

TEST(JudgeBackupsTest, JudgesWhatIsLeftAnew) {
  std::vector<JudgedGroup> groups = judgedNights({{"a", 1, {1, 200}}, {"b", 2, {1, 100}}});
  groups.erase(groups.begin());
  judgeBackups(groups, VolumeSet());
  EXPECT_EQ(groups[0].judgement.verdict, kGood) << "an older state is better than none";
}

TEST(DoubtsTest, TellOfAnotherDatabaseByTheSystemIdentifier) {
  const auto groups = judgedNights(
      {{"a", 1, {1, 1}, "u", "6"}, {"b", 2, {1, 1}, "u", "7"}, {"c", 3, {1, 1}, "v", "8"}});
  EXPECT_THAT(doubtsAbout(groups, "c"), ElementsAre(AllOf(HasSubstr("c is of another database"),
                                                          HasSubstr("b:"), HasSubstr("8, not 7"))));
}

TEST(DoubtsTest, TellOfADatabaseThatStoodStillForAnHour) {
  const auto groups = judgedNights({{"a", 1, {1, 0x28}}, {"b", 61, {1, 0x28}}});
  EXPECT_THAT(doubtsAbout(groups, "b"),
              ElementsAre(AllOf(HasSubstr("same latest checkpoint as a"),
                                HasSubstr("0/28 on timeline 1"), HasSubstr("no longer follows"))));
  EXPECT_THAT(doubtsAbout(judgedNights({{"a", 1, {1, 1}}, {"b", 60, {1, 1}}}), "b"), IsEmpty());
  EXPECT_THAT(doubtsAbout(judgedNights({{"a", 1, {1, 1}}, {"b", 90, {1, 2}}}), "b"), IsEmpty());
}

TEST(DoubtsTest, AreNoneAboutTheFirstTheUnknownAndWhatIsNotGood) {
  EXPECT_THAT(doubtsAbout(judgedNights({{"a", 1, {1, 1}}}), "a"), IsEmpty());
  EXPECT_THAT(doubtsAbout(judgedNights({{"a", 1, {1, 1}}, {"b", 2, {1, 1}, "u", ""}}), "b"),
              IsEmpty());
  EXPECT_THAT(doubtsAbout({}, "a"), IsEmpty());
  auto groups = judgedNights({{"a", 1, {1, 1}, "u", "6"}, {"b", 2, {1, 1}, "u", "7"}});
  groups[1].judgement.verdict = Verdict::kFailed;
  EXPECT_THAT(doubtsAbout(groups, "b"), IsEmpty());
}

}  // namespace
}  // namespace job
