#include "job/decide/history_mentions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/json/parse.h"
#include "common/time/rfc3339.h"
#include "job/decide/retention.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using What = HistoryMention::What;

/// Runs are added oldest first, an hour apart.
class HistoryMentionsTest : public testing::Test {
 protected:
  void add(const std::string& result,
           std::map<std::string, std::vector<std::string>> deleted = {}) {
    const auto begin = timing::parseRfc3339("2025-01-15T00:00:00Z").value();
    HistoryEntry entry{.at = begin + std::chrono::hours(history_.runs.size()),
                       .run_id = "run-" + std::to_string(history_.runs.size()),
                       .result = *json::parse(result).value().object(),
                       .deleted = std::move(deleted)};
    history_.runs.insert(history_.runs.begin(), {"key", std::move(entry)});
  }
  std::vector<What> whats(const std::string& backup) {
    std::vector<What> whats;
    for (const auto& mention : mentionsOf(history_, backup)) whats.push_back(mention.what);
    return whats;
  }
  History history_;
};

TEST_F(HistoryMentionsTest, TellALifeInItsOrder) {
  add(R"({"command":"run","outcome":"completed","exitCode":0,"backup":"b","verdict":"certified"})");
  add(R"({"command":"verify","exitCode":0,"backup":"b","verified":true})");
  add(R"({"command":"recover","exitCode":0,"backup":"b","reason":"recovered"})");
  add(R"({"command":"run","exitCode":4,"backup":"c","failedToPrune":["b"],"reason":"forbidden"})");
  add(R"({"command":"prune","exitCode":0,"pruned":["b"]})", {{"ExceedsMaxSnapshots", {"b"}}});
  const auto mentions = mentionsOf(history_, "b");
  EXPECT_THAT(whats("b"), ElementsAre(What::kMade, What::kDrilled, What::kRestored,
                                      What::kNotDeleted, What::kDeleted));
  EXPECT_EQ(mentions[0].words, "certified");
  EXPECT_EQ(mentions[0].run_id, "run-0");
  EXPECT_EQ(mentions[1].words, "verified");
  EXPECT_EQ(mentions[3].words, "forbidden");
  EXPECT_EQ(mentions[4].reason, "ExceedsMaxSnapshots");
  EXPECT_EQ(mentions[4].command, "prune");
}

TEST_F(HistoryMentionsTest, ABackupThatCameToNothingWasNotMade) {
  add(R"({"command":"run","exitCode":3,"backup":"b","verdict":"failed","reason":"timed out"})");
  add(R"({"command":"verify","exitCode":3,"backup":"b","verified":false,"reason":"differs"})");
  const auto mentions = mentionsOf(history_, "b");
  EXPECT_THAT(whats("b"), ElementsAre(What::kNotGood, What::kDrilled));
  EXPECT_EQ(mentions[0].words, "timed out");
  EXPECT_EQ(mentions[1].words, "differs");
}

TEST_F(HistoryMentionsTest, AGoodBackupWhoseRunEndedIncompleteWasMade) {
  add(R"({"command":"run","exitCode":4,"backup":"b","verdict":"certified","reason":"status"})");
  EXPECT_THAT(whats("b"), ElementsAre(What::kMade));
}

TEST_F(HistoryMentionsTest, ADeletionWithoutAReasonIsOneAllTheSame) {
  add(R"({"command":"run","exitCode":0,"pruned":["b"]})");
  EXPECT_EQ(mentionsOf(history_, "b").at(0).reason, "");
}

TEST_F(HistoryMentionsTest, ANameUsedTwiceHasBothLives) {
  for (int life = 0; life < 2; ++life) {
    add(R"({"command":"db-backup","exitCode":0,"backup":"b","verdict":"certified"})");
    add(R"({"command":"prune","exitCode":0})", {{"FailedSuperseded", {"b"}}});
  }
  EXPECT_THAT(whats("b"), ElementsAre(What::kMade, What::kDeleted, What::kMade, What::kDeleted));
}

TEST_F(HistoryMentionsTest, ThereAreNoneOfANameThatNoRunKnows) {
  add(R"({"command":"run","exitCode":0,"backup":"b"})");
  add("{}");
  EXPECT_THAT(whats("c"), IsEmpty());
}

TEST_F(HistoryMentionsTest, ASnapshotLeadsToItsBackup) {
  add(R"({"command":"run","backup":"b","snapshots":["b","b-wal"]})");
  EXPECT_EQ(backupOfSnapshot(history_, "b-wal"), "b");
  EXPECT_EQ(backupOfSnapshot(history_, "c-wal"), "");
}

TEST_F(HistoryMentionsTest, EveryReasonCodeIsReadBack) {
  for (int i = 0; i <= static_cast<int>(RetentionReason::kNoLimit); ++i) {
    const auto reason = static_cast<RetentionReason>(i);
    EXPECT_EQ(retentionReasonNamed(toString(reason)), reason);
  }
  EXPECT_FALSE(retentionReasonNamed("SomeLaterReason"));
}

}  // namespace
}  // namespace job
