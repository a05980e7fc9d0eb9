#include "job/decide/prune_plan_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/json/write.h"
#include "tests/job/builders.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

PlannedBackup kept(const std::string& name, int minute,
                   RetentionReason reason = RetentionReason::kWithinMaxSnapshots,
                   Verdict verdict = Verdict::kCertified) {
  return {name, false, reason, verdict, atMinute(minute), {"backup-" + name, "data-" + name}};
}

PlannedBackup removed(const std::string& name, int minute,
                      RetentionReason reason = RetentionReason::kExceedsMaxSnapshots,
                      Verdict verdict = Verdict::kCertified) {
  return {name, true, reason, verdict, atMinute(minute), {"backup-" + name, "data-" + name}};
}

/// Two that go and two that stay, of each kind one, and one in flight.
PrunePlanFile aPlan() {
  return {.made = atMinute(10),
          .name_space = "noobaa",
          .cluster = kTestCluster,
          .cluster_uid = "uid-of-cluster",
          .max_snapshots = 2,
          .recovery_snapshot = std::nullopt,
          .backups = {removed("a", 1),
                      removed("b", 2, RetentionReason::kFailedSuperseded, Verdict::kFailed),
                      kept("c", 3), kept("d", 4),
                      kept("e", 9, RetentionReason::kInFlight, Verdict::kPending)}};
}

struct Change {
  std::string what;
  std::function<void(PrunePlanFile&)> act;
  std::string why;  // empty: the plan still holds
};

std::vector<Change> changes() {
  using Plan = PrunePlanFile;
  return {
      {"nothing", [](Plan&) {}, ""},
      {"time passed", [](Plan& now) { now.made = atMinute(100000); }, ""},
      {"another Cluster", [](Plan& now) { now.cluster_uid = "other"; }, "another one"},
      {"the Cluster gone", [](Plan& now) { now.cluster_uid.clear(); }, "another one"},
      {"maxSnapshots raised", [](Plan& now) { now.max_snapshots = 3; }, "was 2 and is 3"},
      {"maxSnapshots lowered", [](Plan& now) { now.max_snapshots = 1; }, "was 2 and is 1"},
      {"no limit any more", [](Plan& now) { now.max_snapshots.reset(); }, "is not set"},
      {"dbRecovery set", [](Plan& now) { now.recovery_snapshot = "x"; }, "named none and names x"},

      {"a deletion held",
       [](Plan& now) { now.backups[0] = kept("a", 1, RetentionReason::kHeldByAnnotation); },
       "backup a would be kept now: annotation"},
      {"a deletion needed by a claim",
       [](Plan& now) { now.backups[0] = kept("a", 1, RetentionReason::kHeldByPvc); },
       "backup a would be kept now"},
      {"a deletion that fits again", [](Plan& now) { now.backups[0] = kept("a", 1); },
       "backup a would be kept now"},
      {"a deletion of another verdict",
       [](Plan& now) {
         now.backups[0] = removed("a", 1, RetentionReason::kFailedSuperseded, Verdict::kUnclean);
       },
       "backup a was certified (ExceedsMaxSnapshots) and is unclean (FailedSuperseded)"},
      {"a failed one that became good", [](Plan& now) { now.backups[1] = removed("b", 2); },
       "backup b was failed"},
      {"a deletion's name used anew", [](Plan& now) { now.backups[0].uids = {"another"}; },
       "backup a has other objects"},
      {"one more snapshot of a deletion",
       [](Plan& now) { now.backups[0].uids.emplace_back("more"); }, "backup a has other objects"},
      {"a deletion made", [](Plan& now) { now.backups.erase(now.backups.begin()); }, ""},
      {"all deletions made",
       [](Plan& now) { now.backups.erase(now.backups.begin(), now.backups.begin() + 2); }, ""},
      {"a deletion half made",
       [](Plan& now) {
         now.backups[0] = removed("a", 1, RetentionReason::kFailedSuperseded, Verdict::kIncomplete);
         now.backups[0].uids = {"backup-a"};
       },
       ""},
      {"a deletion half made, and held",
       [](Plan& now) {
         now.backups[0] = kept("a", 1, RetentionReason::kHeldByAnnotation, Verdict::kIncomplete);
         now.backups[0].uids = {"backup-a"};
       },
       "backup a would be kept now"},
      {"a deletion under way",
       [](Plan& now) {
         now.backups[0] = kept("a", 1, RetentionReason::kTerminating, Verdict::kTerminating);
       },
       ""},

      {"a kept one gone", [](Plan& now) { now.backups.erase(now.backups.begin() + 2); },
       "backup c, which the plan keeps, is gone"},
      {"a kept one spoilt", [](Plan& now) { now.backups[3].verdict = Verdict::kIncomplete; },
       "backup d was certified and is incomplete"},
      {"a kept one short of a part", [](Plan& now) { now.backups[3].uids.pop_back(); },
       "backup d has other objects"},
      {"a kept one held",
       [](Plan& now) { now.backups[2].reason = RetentionReason::kHeldByAnnotation; }, "backup c"},
      {"a kept one that is to go though nothing came",
       [](Plan& now) {
         now.backups.pop_back();
         now.backups[2] = removed("c", 3);
       },
       ""},  // the one in flight may have displaced it, whatever became of it

      {"the one in flight ended well",
       [](Plan& now) {
         now.backups[2] = removed("c", 3);
         now.backups[4] = kept("e", 9);
         now.backups[4].uids.emplace_back("wal-e");
       },
       ""},
      {"the one in flight failed",
       [](Plan& now) {
         now.backups[4] = kept("e", 9, RetentionReason::kNewerThanNewestGood, Verdict::kFailed);
       },
       ""},
      {"the one in flight deleted", [](Plan& now) { now.backups.pop_back(); }, ""},
      {"a newer one came", [](Plan& now) { now.backups.push_back(kept("f", 11)); }, ""},
      {"a newer one came and displaces",
       [](Plan& now) {
         now.backups[2] = removed("c", 3);
         now.backups.push_back(kept("f", 11));
       },
       ""},
      {"a newer one came, and a hold",
       [](Plan& now) {
         now.backups[2] = kept("c", 3, RetentionReason::kHeldByAnnotation);
         now.backups.push_back(kept("f", 11));
       },
       "of backup c"},
      {"an older one appeared", [](Plan& now) { now.backups.push_back(kept("x", 0)); },
       "backup x is not in the plan"},
      {"one of no time appeared",
       [](Plan& now) {
         now.backups.push_back(kept("x", 0, RetentionReason::kUnreadableTime));
         now.backups.back().time.reset();
       },
       "backup x is not in the plan"},
  };
}

TEST(PrunePlanFileTest, APlanIsStaleForExactlyWhatCouldMakeADeletionWrong) {
  for (const Change& change : changes()) {
    PrunePlanFile now = aPlan();
    change.act(now);
    const auto reasons = whyStale(aPlan(), now);
    SCOPED_TRACE(change.what);
    if (change.why.empty()) {
      EXPECT_THAT(reasons, IsEmpty());
    } else {
      EXPECT_THAT(reasons, ElementsAre(HasSubstr(change.why)));
    }
  }
}

TEST(PrunePlanFileTest, AReasonOfItsOwnIsNotDisplacedByNewerBackups) {
  PrunePlanFile filed = aPlan();
  filed.backups.pop_back();
  PrunePlanFile now = filed;
  now.backups[2] = removed("c", 3);
  EXPECT_THAT(whyStale(filed, now), ElementsAre(HasSubstr("of backup c")));
}

bool areSame(const PrunePlanFile& a, const PrunePlanFile& b) {
  return json::write(toJson(a)) == json::write(toJson(b));
}

TEST(PrunePlanFileTest, WhatIsWrittenIsReadBack) {
  PrunePlanFile plan = aPlan();
  for (int i = 0; i <= static_cast<int>(RetentionReason::kNoLimit); ++i) {
    const auto reason = static_cast<RetentionReason>(i);
    const bool removes = reason == RetentionReason::kExceedsMaxSnapshots ||
                         reason == RetentionReason::kFailedSuperseded;
    const auto verdict = static_cast<Verdict>(i % 7);
    const std::string name = "of-reason-" + std::to_string(i);
    plan.backups.push_back(removes ? removed(name, i, reason, verdict)
                                   : kept(name, i, reason, verdict));
  }
  plan.backups.back().time.reset();
  plan.recovery_snapshot = "snapshot";
  auto read = readPrunePlan(json::writePretty(toJson(plan)));
  ASSERT_TRUE(read) << read.error();
  EXPECT_TRUE(areSame(*read, plan));
  EXPECT_EQ(read->made, plan.made);
  EXPECT_EQ(read->backups.front().time, plan.backups.front().time);

  plan.cluster_uid.clear();
  plan.max_snapshots.reset();
  plan.recovery_snapshot.reset();
  read = readPrunePlan(json::write(toJson(plan)));
  ASSERT_TRUE(read) << read.error();
  EXPECT_TRUE(areSame(*read, plan));
}

TEST(PrunePlanFileTest, WhatIsNoPlanIsRefusedWithThePlace) {
  const std::string good = json::write(toJson(aPlan()));
  ASSERT_TRUE(readPrunePlan(good));
  struct Case {
    std::string from, to, error;
  };
  for (const Case& c : std::vector<Case>{
           {good, "", "no JSON"},
           {good, "[]", "must be an object"},
           {good, R"({"version":1})", "has no key \"made\""},
           {R"("version":1)", R"("version":2)", ".version: must be 1"},
           {R"("version":1)", R"("version":"1")", ".version: must be"},
           {R"("cluster":)", R"("clusters":)", "unknown key"},
           {R"("maxSnapshots":2)", R"("maxSnapshots":0)", ".maxSnapshots: must be at least 1"},
           {R"("maxSnapshots":2)", R"("maxSnapshots":"2")", ".maxSnapshots"},
           {R"("made":")", R"("made":"on )", ".made"},
           {R"("name":"a")", R"("name":"")", ".backups[0].name"},
           {R"("name":"b")", R"("name":"a")", ".backups[1].name: is there twice"},
           {R"("remove":true)", R"("remove":false)", ".backups[0].remove: contradicts"},
           {R"("remove":false)", R"("remove":true)", ".backups[2].remove: contradicts"},
           {"ExceedsMaxSnapshots", "Because", ".backups[0].reason: is unknown"},
           {R"("verdict":"failed")", R"("verdict":"bad")", ".backups[1].verdict: is unknown"},
           {R"(["backup-a","data-a"])", "[]", ".backups[0].uids"},
           {R"(["backup-a","data-a"])", R"(["backup-a",""])", ".backups[0].uids"},
           {R"(["backup-a","data-a"])", R"(["backup-a",5])", ".backups[0].uids[1]"},
           {R"("why":)", R"("because":)", "unknown key"},
       }) {
    std::string text = good;
    ASSERT_NE(text.find(c.from), std::string::npos) << c.from;
    const auto read = readPrunePlan(text.replace(text.find(c.from), c.from.size(), c.to));
    ASSERT_FALSE(read) << c.to;
    EXPECT_THAT(read.error(), HasSubstr(c.error));
  }
}

TEST(PrunePlanFileTest, EachBackupIsPlannedWithItsTimeAndAllItsObjects) {
  const BackupGroup good =
      aGroup("g", aBackup("g"), {aSnapshot("g").endedAt(5), aSnapshot("g").wal()});
  const BackupGroup bad = aGroup("h", aBackup("h").failed().startedAt(7), {});
  const auto planned = plannedBackups(
      {{good, {Verdict::kCertified, "", false}}, {bad, {Verdict::kFailed, "", false}}},
      {{"g", false, RetentionReason::kWithinMaxSnapshots},
       {"h", true, RetentionReason::kFailedSuperseded}});
  ASSERT_EQ(planned.size(), 2U);
  EXPECT_EQ(planned[0].time, atMinute(5));
  EXPECT_EQ(planned[0].uids.size(), 3U);
  EXPECT_EQ(planned[1].time, atMinute(7));
  EXPECT_TRUE(planned[1].remove);
  EXPECT_THAT(planned[1].uids, ElementsAre("uid-of-backup-h"));
}

}  // namespace
}  // namespace job
