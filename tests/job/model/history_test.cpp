#include "job/model/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/time/rfc3339.h"
#include "job/model/history_key.h"

namespace job {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

timing::Instant at(const char* text) {
  return timing::parseRfc3339(text).value();
}

std::string keyOf(const std::string& cluster, const char* end) {
  return historyKey(cluster, at(end), "run", "id", "holder");
}

json::Value entryOf(const char* end) {
  return writeHistoryEntry({.at = at(end), .run_id = end, .result = {}, .deleted = {}});
}

TEST(HistoryTest, HasTheRunsOfOneClusterNewestFirst) {
  json::Value map;
  for (const char* end : {"2025-01-14T02:00:00Z", "2025-01-16T02:00:00Z", "2025-01-15T02:00:00Z"}) {
    map["data"].object();
    map["data"][keyOf("c", end)] = entryOf(end);
  }
  map["data"][keyOf("other", "2025-01-13T02:00:00Z")] = entryOf("2025-01-13T02:00:00Z");
  const History history = readHistory(map, "c");
  std::vector<std::string> ids;
  for (const History::Run& run : history.runs) ids.push_back(run.entry.run_id);
  EXPECT_THAT(ids,
              ElementsAre("2025-01-16T02:00:00Z", "2025-01-15T02:00:00Z", "2025-01-14T02:00:00Z"));
  EXPECT_THAT(history.others, ElementsAre(Pair("other", 1)));
  EXPECT_EQ(history.since(), at("2025-01-14T02:00:00Z"));
}

TEST(HistoryTest, AnUnreadableRunIsShownAsSuchAndSpoilsNothing) {
  json::Value map;
  map["data"][keyOf("c", "2025-01-14T02:00:00Z")] = "{";
  map["data"][keyOf("c", "2025-01-15T02:00:00Z")] = entryOf("2025-01-15T02:00:00Z");
  map["data"]["notes"] = "somebody's";
  const History history = readHistory(map, "c");
  EXPECT_EQ(history.runs.size(), 1U);
  ASSERT_EQ(history.unreadable.size(), 1U);
  EXPECT_EQ(history.unreadable[0].at, at("2025-01-14T02:00:00Z"));
  EXPECT_EQ(history.since(), at("2025-01-14T02:00:00Z"));
}

TEST(HistoryTest, IsEmptyOfWhateverElseIsThere) {
  for (const json::Value& map :
       {json::Value(), json::Value(json::Object{}), json::Value(json::Object{{"data", "x"}}),
        json::Value(json::Array{})}) {
    EXPECT_THAT(readHistory(map, "c").runs, IsEmpty());
    EXPECT_FALSE(readHistory(map, "c").since());
  }
}

}  // namespace
}  // namespace job
